import { defined } from '../../lib/defined.ts';
import { readFileSync } from 'node:fs';
import {
  type Config,
  type TradingSessionConfig,
  type VenueSessionConfig,
} from '../../config/config.ts';
import { type ConnectionSettings } from '../../fix/runtime/connector.ts';
import { type Secret } from '../../lib/secret.ts';

/**
 * Where the venue is and who we are there; the embedded simulator tells it, else the configuration
 * does.
 */
export interface VenueAccess {
  readonly connection: ConnectionSettings;
  /** By role, where the configuration does not say it. */
  readonly marketData?: Readonly<Record<'marketDataL2' | 'marketDataL3', ConnectionSettings>>;
  readonly credential: { readonly apiKey: Secret; readonly apiSecret: Secret };
}

/** The venue as the configuration names it. */
export const accessOf = (trading: TradingSessionConfig): VenueAccess | undefined =>
  trading.credentials === undefined
    ? undefined
    : { credential: trading.credentials, connection: connectionOf(trading) };

export const connectionOf = ({
  tls,
  hosts,
  connectTimeoutMs,
}: VenueSessionConfig): ConnectionSettings => {
  const secure: NonNullable<ConnectionSettings['tls']> = {
    rejectUnauthorized: tls.rejectUnauthorized,
    minVersion: tls.minVersion,
    ...defined({ servername: tls.serverName }),
  };
  if (tls.caFile !== undefined) addAuthorities(secure, tls.caFile);
  return { hosts, connectTimeoutMs, ...(tls.enabled ? { tls: secure } : {}) };
};

/** Read at each connect, so renewed ones count; a file that has gone leaves those of before. */
const addAuthorities = (secure: NonNullable<ConnectionSettings['tls']>, path: string): void => {
  let last = readFileSync(path);
  const get = (): Buffer => {
    try {
      last = readFileSync(path);
    } catch {
      // The peer is verified with what was read before.
    }
    return last;
  };
  Object.defineProperty(secure, 'ca', { get, enumerable: true });
};

/** Every secret that this engine knows, to be blotted out wherever it might be written. */
export const secretsOf = (
  { sessions }: Config,
  access: Pick<VenueAccess, 'credential'> | undefined,
): readonly Secret[] => [
  ...(access === undefined ? [] : [access.credential.apiKey, access.credential.apiSecret]),
  ...sessions.flatMap((session) => {
    if (session.role === 'client' && session.credentials !== undefined) {
      return [session.credentials.username, session.credentials.password];
    }
    return session.role === 'trading' && session.credentials !== undefined
      ? [session.credentials.apiKey, session.credentials.apiSecret]
      : [];
  }),
];
