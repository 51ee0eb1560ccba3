import { Command } from 'commander';
// `import type`, or the import would stay in the output and load the engine.
import type { StartedEngine } from '../app/start-engine.ts';
import { type CliIo, EXIT, processIo } from './shared/cli-io.ts';
import { sayEndOfLife } from './shared/venue-options.ts';
import { untilSignal } from './shared/until-signal.ts';

interface Options {
  readonly config: string;
  readonly for?: number;
  readonly json?: boolean;
}

const HALT_MS_MAX = 15_000;

/** `fathom start`: the engine, until SIGINT or SIGTERM. SIGHUP reads renewed certificates. */
export const startCommand = (io: CliIo = processIo): Command =>
  new Command('start')
    .description(
      'run the engine until Ctrl-C; SIGTERM ends it cleanly, a second one at once; SIGHUP reads renewed certificates',
    )
    .requiredOption('-c, --config <file>', 'the configuration file')
    .option('--json', 'print one JSON line with the ports when everything listens')
    .action(async (options: Options) => {
      io.setExitCode(await start(options, io));
    });

const start = async (options: Options, io: CliIo): Promise<number> => {
  let started: StartedEngine | undefined;
  // SIGHUP ends a process that does not ask for it, also while it starts.
  const renewCertificates = (): void => started?.engine.renewCertificates();
  process.on('SIGHUP', renewCertificates);
  try {
    return await run(options, io, (engine) => {
      started = engine;
    });
  } finally {
    process.off('SIGHUP', renewCertificates);
  }
};

const run = async (
  options: Options,
  io: CliIo,
  onStarted: (started: StartedEngine) => void,
): Promise<number> => {
  // The engine's modules take a second to load, which no help has to wait for.
  const { StartError, startWithVenue } = await import('../app/start-engine.ts');
  let started: StartedEngine;
  // A recovery may take minutes; a signal ends it between two slices.
  const starting = new AbortController();
  const signal = untilSignal();
  void signal.then(() => {
    starting.abort();
  });
  try {
    started = await startWithVenue({
      config: options.config,
      env: io.env,
      signal: starting.signal,
    });
  } catch (cause) {
    if (!(cause instanceof StartError)) throw cause;
    if (cause.code === 'FATHOM_START_STOPPED') {
      io.err(cause.message);
      return EXIT.ok;
    }
    for (const line of cause.message.split('\n')) io.err(line);
    return cause.code === 'FATHOM_CONFIG_INVALID' ? EXIT.badConfiguration : EXIT.failed;
  }
  onStarted(started);
  const { engine, config } = started;
  announce(options, started, io);
  sayEndOfLife(config.endOfLife, io);
  let haltedBy = '';
  const halted = new Promise<'halt'>((resolve) => {
    engine.on('halt', ({ message }) => {
      haltedBy = message;
      resolve('halt');
    });
  });
  const cause = await Promise.race([signal, halted]);
  const trouble = cause === 'halt' ? haltedBy : engine.notDurable;
  if (cause === 'halt') {
    // Whatever hangs on a disk that takes nothing: a halted engine ends.
    setTimeout(() => process.exit(EXIT.failed), HALT_MS_MAX).unref();
  }
  await engine.stop().catch((error: unknown) => {
    // A halted journal refuses to close cleanly; the exit code says it.
    if (trouble === undefined) throw error;
  });
  // The disk may have filled up while the engine stopped.
  const fault = trouble ?? engine.notDurable;
  if (fault === undefined) return EXIT.ok;
  io.err(
    `${cause === 'halt' ? 'halted' : 'NOT_DURABLE'}: ${fault} (engine.dataDir ${config.engine.dataDir}); ` +
      'mend that and start again, the start finds out what became of every order',
  );
  return EXIT.failed;
};

const announce = (options: Options, { engine, config }: StartedEngine, io: CliIo): void => {
  const clients = Object.fromEntries(engine.clientPorts);
  const { dataDir, controlSocket } = config.engine;
  if (options.json === true) {
    io.out(JSON.stringify({ engine: config.engine.name, dataDir, controlSocket, clients }));
    return;
  }
  io.out(`${config.engine.name} is running, data in ${dataDir}`);
  for (const [name, port] of engine.clientPorts)
    io.out(`client session ${name} listens on ${port}`);
};
