import { readFileSync } from 'node:fs';
import { type Config, type KeyPair, type RestConfig } from '../config/config.ts';
import { type RawClientSettings } from '../kraken/rest/raw-client.ts';
import { DEFAULT_TRANSPORT } from '../kraken/rest/transport.ts';
import { type Secret } from '../lib/secret.ts';

/** The REST client as the configuration describes it, with this key; without one it makes public calls only. */
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

/** TLS of the feeds; `ws:` on loopback needs none. */
export const socketOptionsOf = ({ webSocket, rest }: Config): { readonly ca?: string } => {
  const caFile = webSocket.caFile ?? rest?.caFile;
  return caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
};

/** The secrets of REST and funds, to be blotted out wherever they might be written. */
export const webSecretsOf = ({ rest, funds }: Config): readonly Secret[] =>
  [rest?.credentials, funds.credentials].flatMap((pair) =>
    pair === undefined ? [] : [pair.apiKey, pair.apiSecret],
  );
