import { readFileSync } from 'node:fs';
import { restSettingsOf, socketSettingsOf } from '../../app/venue-view/rest-access.ts';
import { isLoopback, isTls } from '../../config/check/check-web.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { type RawClientSettings } from '../../kraken/rest/raw-client.ts';
import { type SocketSettings } from '../../kraken/websocket/connection/feed-driver.ts';
import { KRAKEN_WEBSOCKET_URL } from '../../kraken/websocket/connection/feed-types.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type CliIo } from './cli-io.ts';
import { type CommandConfig, KRAKEN_REST_ORIGIN, type VenueOptions } from './venue-options.ts';

/** REST as flags and configuration say, without a key; the error is for the operator. */
export const restOf = (
  options: VenueOptions,
  file: CommandConfig | undefined,
): Result<RawClientSettings, string> => {
  const configured = file?.config.rest;
  const origin = originOf(options, file);
  if (!origin.ok) return origin;
  const ca = readPem(options.caFile);
  if (!ca.ok) return ca;
  return ok({
    ...(configured && restSettingsOf(configured, undefined)),
    origin: origin.value,
    ...(options.proxy && { proxyUrl: options.proxy }),
    ...(ca.value && { ca: ca.value }),
  });
};

/**
 * A configuration that does not say where REST is means no venue; without a configuration it is
 * Kraken's own.
 */
const originOf = (
  { origin }: VenueOptions,
  file: CommandConfig | undefined,
): Result<string, string> => {
  if (file === undefined) return ok(new URL(origin ?? KRAKEN_REST_ORIGIN).origin);
  const found = origin ?? file.config.rest?.origin;
  return found === undefined
    ? err(`config: rest.origin: is not set in ${file.path}; set it or give --origin`)
    : ok(new URL(found).origin);
};

export interface WebSocketPlace {
  readonly url: string;
  readonly socket: SocketSettings;
}

/**
 * The feeds as flags, environment and configuration say; authorities and proxy are REST's unless
 * the configuration has others.
 */
export const webSocketOf = (
  options: VenueOptions,
  file: CommandConfig | undefined,
  env: CliIo['env'],
): Result<WebSocketPlace, string> => {
  const url = options.url ?? env['FATHOM_WEBSOCKET_URL'] ?? configuredUrl(file);
  if (url === undefined)
    return err(`config: webSocket.url: is not set in ${file?.path ?? ''}; set it or give --url`);
  if (!URL.canParse(url)) return err(`FATHOM_WEBSOCKET_URL: ${url} is no URL`);
  const ca = readPem(options.caFile);
  if (!ca.ok) return ca;
  const socket = {
    ...(file && socketSettingsOf(file.config)),
    ...(ca.value && { ca: ca.value }),
    ...(options.proxy && { proxyUrl: options.proxy }),
  };
  return ok({ url, socket });
};

const configuredUrl = (file: CommandConfig | undefined): string | undefined =>
  file === undefined ? KRAKEN_WEBSOCKET_URL : file.config.webSocket.url;

const readPem = (path: string | undefined): Result<string | undefined, string> => {
  if (path === undefined) return ok(undefined);
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (cause) {
    return err(`--ca-file ${path}: cannot be read: ${fileFault(cause)}`);
  }
};

/**
 * Why a key must not go to this address; `undefined` when it may: the rule of the configuration,
 * for flags.
 */
export const faultOfPlain = (url: string): string | undefined =>
  isTls(url) || isLoopback(url)
    ? undefined
    : `${url}: a key does not travel without TLS unless the host is loopback`;
