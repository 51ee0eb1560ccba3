import { readFileSync } from 'node:fs';
import { type Config, type KeyPair, type RestConfig } from '../../config/config.ts';
import { type RawClientSettings } from '../../kraken/rest/raw-client.ts';
import { DEFAULT_TRANSPORT } from '../../kraken/rest/transport.ts';
import { type SocketSettings } from '../../kraken/websocket/connection/feed-driver.ts';
import { type Secret } from '../../lib/secret.ts';
import { type AccountBudgets, makeAccountBudgets } from '../../kraken/rate-budget.ts';

/**
 * The REST client as the configuration describes it, with this key; without one it makes public
 * calls only.
 */
export const restSettingsOf = (
  rest: RestConfig,
  credential: KeyPair | undefined,
): RawClientSettings => ({
  origin: rest.origin,
  connectTimeoutMs: rest.connectTimeoutMs,
  startWithinMs: rest.startWithinMs,
  timeoutMs: { ...DEFAULT_TRANSPORT.timeoutMs, ...rest.timeoutMs },
  ...(rest.proxyUrl === undefined ? {} : { proxyUrl: rest.proxyUrl }),
  ...(rest.caFile === undefined ? {} : { ca: readFileSync(rest.caFile, 'utf8') }),
  ...(credential === undefined ? {} : { credential }),
});

/** How the feeds reach the venue: as REST does, unless the configuration says otherwise. */
export const socketSettingsOf = ({
  webSocket,
  rest,
}: Pick<Config, 'webSocket' | 'rest'>): SocketSettings => {
  const caFile = webSocket.caFile ?? rest?.caFile;
  const proxyUrl = webSocket.proxyUrl ?? rest?.proxyUrl;
  return {
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
};

/** The secrets of REST and funds, to be blotted out wherever they might be written. */
export const webSecretsOf = ({ rest, funds }: Config): readonly Secret[] =>
  [rest?.credentials, funds.credentials].flatMap((pair) =>
    pair === undefined ? [] : [pair.apiKey, pair.apiSecret],
  );

/** The venue counts by key: whoever uses the same one takes from the same pools. */
export const makeKeyBudgets = (): ((apiKey: Secret) => AccountBudgets) => {
  const byKey = new Map<string, AccountBudgets>();
  return (apiKey) => {
    const known = byKey.get(apiKey.reveal()) ?? makeAccountBudgets();
    byKey.set(apiKey.reveal(), known);
    return known;
  };
};
