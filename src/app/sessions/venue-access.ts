import { defined } from '../../lib/defined.ts';
import { readFileSync } from 'node:fs';
import {
  type Config,
  type KeyPair,
  type TradingSessionConfig,
  type VenueSessionConfig,
} from '../../config/config.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type ConnectionSettings } from '../../fix/runtime/connector.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';

/**
 * Where the venue is and who we are there; the embedded simulator tells it, else the configuration
 * does.
 */
export interface VenueAccess {
  /** By trading session. */
  readonly trading: ReadonlyMap<SessionName, TradingAccess>;
  /** By role, where the configuration does not say it. */
  readonly marketData?: Readonly<Record<'marketDataL2' | 'marketDataL3', ConnectionSettings>>;
}

interface TradingAccess {
  readonly connection: ConnectionSettings;
  readonly credential: KeyPair;
}

/** The trading sessions of a configuration, each an account of its own. At least one. */
export const tradingSessionsOf = ({ sessions }: Config): readonly TradingSessionConfig[] =>
  sessions.filter((session) => session.role === 'trading');

/** The venue as the configuration names it. */
export const accessOf = (config: Config): Result<VenueAccess, string> => {
  const trading = new Map<SessionName, TradingAccess>();
  for (const session of tradingSessionsOf(config)) {
    const { name, credentials: credential } = session;
    if (credential === undefined) return err(`sessions.${name}.credentials: missing`);
    trading.set(name, { credential, connection: connectionOf(session) });
  }
  return ok({ trading });
};

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
  access: Pick<VenueAccess, 'trading'> | undefined,
): readonly Secret[] => [
  ...[...(access?.trading.values() ?? [])].flatMap(({ credential }) => secretsOfPair(credential)),
  ...sessions.flatMap((session) => {
    if (session.role === 'client' && session.credentials !== undefined) {
      return [session.credentials.username, session.credentials.password];
    }
    return session.role === 'trading'
      ? [...secretsOfPair(session.credentials), ...secretsOfPair(session.restCredentials)]
      : [];
  }),
];

const secretsOfPair = (pair: KeyPair | undefined): readonly Secret[] =>
  pair === undefined ? [] : [pair.apiKey, pair.apiSecret];
