import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Config } from '../config/config.ts';
import { problemToLine } from '../config/config-problem.ts';
import { type LoadedConfig, loadConfig } from '../config/load/load-config.ts';
import { type ConfigObject } from '../config/load/read-config-file.ts';
import { type Logger, makeLogger } from '../observability/logger.ts';
import { defined } from '../lib/defined.ts';
import { folderProblem } from './check-folders.ts';
import { composeEngine } from './compose.ts';
import { endOfLifeDatesOf, watchEndOfLife } from './operator/end-of-life.ts';
import { Engine } from './engine.ts';
import { type EmbeddedVenue } from './embedded-venue.ts';
import { webSecretsOf } from './venue-view/rest-access.ts';
import { systemClock, systemRandom, systemRandomBytes, systemTimers } from './system-clock.ts';
import { secretsOf } from './sessions/venue-access.ts';

const { version: VERSION } = createRequire(import.meta.url)('../../package.json') as {
  version: string;
};

export interface StartOptions {
  /**
   * Path of a configuration file, what such a file holds as an object, or a configuration that
   * `loadConfig` has returned.
   */
  readonly config: string | ConfigObject | Config;
  /**
   * Secrets by name and `FATHOM_SECTION__KEY` overrides; the process's environment when left out.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Log lines of the engine; files and console as configured when left out. */
  readonly logger?: Logger;
  /** Ends a start that is still recovering, with FATHOM_START_STOPPED. */
  readonly signal?: AbortSignal;
}

/**
 * Why an engine did not start: FATHOM_CONFIG_INVALID (every problem is a line),
 * FATHOM_START_FAILED, or FATHOM_START_STOPPED by `signal`.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly code: 'FATHOM_CONFIG_INVALID' | 'FATHOM_START_FAILED' | 'FATHOM_START_STOPPED';
  constructor(code: StartError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** A started engine with what was started around it. */
export interface StartedEngine {
  readonly engine: Engine;
  readonly config: Config;
  /** Present when the configuration asks for the embedded simulator. */
  readonly venue: EmbeddedVenue | undefined;
  readonly logger: Logger;
}

/**
 * Starts an engine from a configuration: journal recovered, client sessions listening, venue
 * session connecting. Its `stop` ends everything that was started for it.
 * @throws StartError
 */
export const startEngine = async (options: StartOptions): Promise<Engine> =>
  (await startWithVenue(options)).engine;

export const startWithVenue = async (options: StartOptions): Promise<StartedEngine> => {
  const { config: loaded, warnings } = readConfig(options);
  const unusable = folderProblem(loaded);
  if (unusable !== undefined) throw new StartError('FATHOM_START_FAILED', unusable);
  const venue =
    loaded.venue.kind === 'simulator-embedded' ? await startSimulatorOf(loaded) : undefined;
  const config = venue?.config ?? loaded;
  const { level, format, dir } = config.logging;
  const logger =
    options.logger ??
    makeLogger({
      ...{ level, format, dir },
      name: config.engine.name,
      clock: systemClock,
      secrets: [...secretsOf(config, venue?.access), ...webSecretsOf(config)],
    });
  logger.info(`Fathom ${VERSION} starts`, {
    code: 'START',
    version: VERSION,
    configuration: typeof options.config === 'string' ? resolve(options.config) : '(an object)',
    dataDir: resolve(config.engine.dataDir),
    venue: config.venue.kind,
    environment: config.venue.environment,
    pid: process.pid,
    node: process.version,
  });
  for (const warning of warnings) logger.warn(warning, { code: 'OPEN_FILE' });
  const closeAround = async (): Promise<void> => {
    await venue?.simulator.stop();
    await logger.close();
  };
  const { signal } = options;
  const deps = { ...system, logger, ...defined({ signal }) };
  const parts = await composeEngine(config, venue?.access, deps);
  if (!parts.ok) {
    logger.error(`did not start: ${parts.error}`, { code: 'START_FAILED' });
    await closeAround();
    throw new StartError(codeOfFailure(signal), parts.error);
  }
  for (const [session, port] of parts.value.clientPorts)
    logger.info(`client session ${session} listens on port ${port}`, {
      code: 'LISTENING',
      session,
    });
  const stopEngine = async (): Promise<void> => {
    const { loop, stop: stopParts } = parts.value;
    const ordersOpen = loop.state.openOrderIDs.size;
    logger.info(`stopping with ${ordersOpen} open orders`, { code: 'STOPPING', ordersOpen });
    await stopParts();
    const left = loop.state.openOrderIDs.size;
    logger.info(`stopped with ${left} open orders`, { code: 'STOPPED', ordersOpen: left });
  };
  const endWatch = watchEndOfLife({
    ...{ dates: endOfLifeDatesOf(config.endOfLife), clock: systemClock, timers: systemTimers },
    tell: ({ severity, text, daysLeft }) => {
      // Operators are to see it whatever level they log at, but for the least talkative one.
      logger[severity === 'error' ? 'error' : 'warn'](text, { code: 'END_OF_LIFE', daysLeft });
    },
  });
  const stop = (): Promise<void> => {
    endWatch();
    return (stopping ??= stopEngine().finally(closeAround));
  };
  let stopping: Promise<void> | undefined;
  return { engine: new Engine({ ...parts.value, stop }), config, venue, logger };
};

/** An engine that trades at Kraken never loads the simulator. */
const startSimulatorOf = async (config: Config): Promise<EmbeddedVenue> =>
  (await import('./embedded-venue.ts')).startEmbeddedVenue(config);

const codeOfFailure = (signal: AbortSignal | undefined): StartError['code'] =>
  signal?.aborted === true ? 'FATHOM_START_STOPPED' : 'FATHOM_START_FAILED';

const system = {
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom,
  randomBytes: systemRandomBytes,
};

/** Sessions are a list once they are loaded, and stand by name in a file. */
const isLoaded = (config: StartOptions['config']): config is Config =>
  typeof config === 'object' && Array.isArray(config.sessions);

const readConfig = ({
  config,
  env = process.env,
}: StartOptions): Pick<LoadedConfig, 'config' | 'warnings'> => {
  if (isLoaded(config)) return { config, warnings: [] };
  const loaded = loadConfig({ path: config, env });
  if (loaded.ok) return loaded.value;
  throw new StartError('FATHOM_CONFIG_INVALID', loaded.error.map(problemToLine).join('\n'));
};
