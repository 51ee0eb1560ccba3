import { type Command, InvalidArgumentError } from 'commander';
import { type Config } from '../../config/config.ts';
import { problemToLine } from '../../config/config-problem.ts';
import { inspectConfig } from '../../config/load/inspect-config.ts';
import { KRAKEN_WEBSOCKET_URL } from '../../kraken/websocket/connection/feed-types.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type CliIo } from './cli-io.ts';
import { endOfLifeDatesOf } from '../../app/operator/end-of-life.ts';
import { secretsOf } from '../../app/sessions/venue-access.ts';
import { systemClock } from '../../app/system-clock.ts';
import { webSecretsOf } from '../../app/venue-view/rest-access.ts';
import { type Secret } from '../../lib/secret.ts';
import { endOfLifeNotice } from '../../kraken/end-of-life.ts';

/**
 * What the commands that talk to the venue take beside their own options. A flag wins over the
 * configuration.
 */
export interface VenueOptions {
  readonly config?: string;
  readonly origin?: string;
  readonly url?: string;
  readonly proxy?: string;
  readonly caFile?: string;
  readonly account?: string;
}

/** The default origin of REST [rest 1.1]. */
export const KRAKEN_REST_ORIGIN = 'https://futures.kraken.com';

export const withConfig = (command: Command): Command =>
  command.option(
    '-c, --config <file>',
    'take addresses, key, proxy, authorities and time-outs from this configuration',
  );

/** `--ca-file` and `--proxy`. */
export const withProxy = (command: Command): Command =>
  command
    .option('--ca-file <file>', 'trust these certificate authorities, e.g. the simulator’s')
    .option('--proxy <url>', 'an HTTP proxy on the way out', urlOf('http:', 'https:'));

export const withRest = (command: Command): Command =>
  command.option(
    '--origin <url>',
    `where REST is; without, \`rest.origin\` of the configuration or ${KRAKEN_REST_ORIGIN}`,
    urlOf('https:', 'http:'),
  );

export const withWebSocket = (command: Command): Command =>
  command.option(
    '--url <url>',
    `where the WebSocket is; without, FATHOM_WEBSOCKET_URL, \`webSocket.url\` of the configuration or ${KRAKEN_WEBSOCKET_URL}`,
    urlOf('wss:', 'ws:'),
  );

export const withAccount = (command: Command): Command =>
  command.option(
    '--account <name>',
    'whose account: its key is FATHOM_REST_<NAME>_API_KEY and _API_SECRET of the environment, or that of the configuration: `rest.credentials`, with several accounts `restCredentials` of the trading session whose `account` it is',
  );

const urlOf =
  (...schemes: readonly string[]) =>
  (text: string): string => {
    if (URL.canParse(text) && schemes.includes(new URL(text).protocol)) return text;
    throw new InvalidArgumentError(`give a URL that begins with ${schemes.join(' or ')}`);
  };

/**
 * The configuration of a command, with which secrets are missing; `undefined` when none was given.
 */
export interface CommandConfig {
  readonly path: string;
  readonly config: Config;
  /** One line for each secret that cannot be fetched. */
  readonly missingSecrets: ReadonlyMap<string, string>;
}

/**
 * Lines for the operator when the configuration cannot be used; a secret that the command may not
 * need is no reason.
 */
export const openConfig = (
  path: string | undefined,
  env: CliIo['env'],
): Result<CommandConfig | undefined, readonly string[]> => {
  if (path === undefined) return ok(undefined);
  const inspected = inspectConfig({ path, env });
  if (!inspected.ok) return err([problemToLine(inspected.error)]);
  const { whole, problems, secretProblems } = inspected.value;
  if (whole === undefined) return err(problems.map(problemToLine));
  const missingSecrets = new Map(secretProblems.map((one) => [one.path, problemToLine(one)]));
  return ok({ path, config: whole.config, missingSecrets });
};

/** Every secret of a configuration, to be masked in what a command prints. */
export const secretsOfFile = (file: CommandConfig | undefined): readonly Secret[] =>
  file === undefined ? [] : [...secretsOf(file.config, undefined), ...webSecretsOf(file.config)];

/**
 * Tells an operator that Derivatives REST and WebSocket v1 end, from the configured day on; before
 * it nothing.
 */
export const sayEndOfLife = (endOfLife: Config['endOfLife'] | undefined, io: CliIo): void => {
  const at = io.now?.() ?? systemClock.wall();
  const notice = endOfLifeNotice(at, endOfLifeDatesOf(endOfLife));
  if (notice !== undefined) io.err(`notice: ${notice.text}`);
};

/** By a configuration file when one is at hand; what is wrong with it is not for here. */
export const sayEndOfLifeBy = (config: string | undefined, io: CliIo): void => {
  const file = openConfig(config, io.env);
  sayEndOfLife(file.ok ? file.value?.config.endOfLife : undefined, io);
};
