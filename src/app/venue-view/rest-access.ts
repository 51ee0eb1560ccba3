import { defined } from '../../lib/defined.ts';
import { readFileSync } from 'node:fs';
import { type Config, type KeyPair, type RestConfig } from '../../config/config.ts';
import { type RawClientSettings } from '../../kraken/rest/raw-client.ts';
import { DEFAULT_TRANSPORT } from '../../kraken/rest/transport.ts';
import { type SocketSettings } from '../../kraken/websocket/connection/feed-driver.ts';
import { type Secret } from '../../lib/secret.ts';
import { type AccountBudgets, makeAccountBudgets } from '../../kraken/rate-budget.ts';

/** Settings of the REST client with this key. Without a key it makes public calls only. */
export const restSettingsOf = (
  rest: RestConfig,
  credential: KeyPair | undefined,
): RawClientSettings => ({
  origin: rest.origin,
  connectTimeoutMs: rest.connectTimeoutMs,
  startWithinMs: rest.startWithinMs,
  timeoutMs: { ...DEFAULT_TRANSPORT.timeoutMs, ...rest.timeoutMs },
  ...defined({
    proxyUrl: rest.proxyUrl,
    ca: rest.caFile === undefined ? undefined : readFileSync(rest.caFile, 'utf8'),
    credential,
  }),
});

/** How the feeds reach the venue: as REST does, unless configured otherwise. */
export const socketSettingsOf = ({
  webSocket,
  rest,
}: Pick<Config, 'webSocket' | 'rest'>): SocketSettings => {
  const caFile = webSocket.caFile ?? rest?.caFile;
  const proxyUrl = webSocket.proxyUrl ?? rest?.proxyUrl;
  return defined({ ca: caFile === undefined ? undefined : readFileSync(caFile, 'utf8'), proxyUrl });
};

/** The secrets of REST and funds, to be masked in every output. */
export const webSecretsOf = ({ rest, funds }: Config): readonly Secret[] =>
  [rest?.credentials, funds.credentials].flatMap((pair) =>
    pair === undefined ? [] : [pair.apiKey, pair.apiSecret],
  );

/** One set of budgets per API key, because the venue counts by key. */
export const makeKeyBudgets = (): ((apiKey: Secret) => AccountBudgets) => {
  const byKey = new Map<string, AccountBudgets>();
  return (apiKey) => {
    const known = byKey.get(apiKey.reveal()) ?? makeAccountBudgets();
    byKey.set(apiKey.reveal(), known);
    return known;
  };
};
