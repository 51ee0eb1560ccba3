import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NotOpenError } from '../../app/until-open.ts';
import { StartError, startWithVenue, type StartedEngine } from '../../app/start-engine.ts';
import { systemClock, systemTimers } from '../../app/system-clock.ts';
import { dictionaryPath, loadDictionary } from '../../fix/dictionary/jspurefix.ts';
import { makeFolder } from '../../lib/files/make-folder.ts';
import { takeLock } from '../../lib/files/lock-file.ts';
import { toUtcTimestamp } from '../../lib/time.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { type CliIo, EXIT } from '../shared/cli-io.ts';
import { untilSignal } from '../shared/until-signal.ts';
import { venueOf } from '../simulate/run.ts';
import { prepare, type PreparedRun } from '../simulate/prepare.ts';
import { problemOf, StartRefusal } from '../simulate/refusal.ts';
import {
  CLIENT,
  quickfixClient,
  sandboxFolder,
  type SandboxFolder,
  writeSandboxFolder,
} from './sandbox-folder.ts';

export interface Options {
  readonly dir: string;
  readonly port: number;
  readonly seed?: number;
  readonly clientTls?: boolean;
  readonly for?: number;
  readonly json?: boolean;
}

const OPEN_TIMEOUT_MS = 60_000;

/** Simulator and engine until a signal ends them. Returns the exit code. */
export const sandbox = async (options: Options, io: CliIo): Promise<number> => {
  const closers: (() => unknown)[] = [];
  try {
    const run = await start(options, closers, io);
    io.out(options.json === true ? JSON.stringify(describe(run)) : page(run));
    const halted = new Promise<'halt'>((settle) => {
      run.started.engine.on('halt', () => {
        settle('halt');
      });
    });
    const cause = await Promise.race([untilSignal(options.for), halted]);
    if (options.json !== true) io.out('ending: open orders are cancelled, sessions logged out');
    return cause === 'halt' ? EXIT.failed : EXIT.ok;
  } catch (cause) {
    if (cause instanceof StartError) for (const line of cause.message.split('\n')) io.err(line);
    else io.err(problemOf(cause));
    return cause instanceof StartRefusal ? EXIT.badConfiguration : EXIT.failed;
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

interface Run {
  readonly started: StartedEngine;
  readonly simulator: Simulator;
  readonly folder: SandboxFolder;
  readonly clientPort: number;
  readonly clientTls: boolean;
}

const start = async (options: Options, closers: (() => unknown)[], io: CliIo): Promise<Run> => {
  const clientTls = options.clientTls === true;
  const plan = {
    dir: options.dir,
    run: toUtcTimestamp(systemClock.wall()).slice(0, 17).replaceAll(':', ''),
    clientPort: options.port,
    clientTls,
  };
  const folder = sandboxFolder(plan);
  closers.push(lockFolder(folder.dir));
  const { simulator, prepared } = await startVenue(options, io);
  closers.push(() => simulator.stop());
  writeSandboxFolder(plan, folder, { simulator, prepared });
  const started = await startWithVenue({
    config: folder.config,
    env: { FATHOM_LOGGING__FORMAT: 'off', ...io.env },
  });
  closers.push(() => started.engine.stop());
  await started.engine.untilOpen({ timeoutMs: OPEN_TIMEOUT_MS }).catch((cause: unknown) => {
    // Its log says why; a client may connect all the same.
    if (!(cause instanceof NotOpenError)) throw cause;
    io.err(cause.message);
  });
  const clientPort = started.engine.clientPorts.get('desk1') ?? plan.clientPort;
  const client = quickfixClient({ port: clientPort, tls: clientTls, caFile: folder.caFile });
  writeFileSync(folder.quickfixFile, client);
  return { started, simulator, folder, clientPort, clientTls };
};

/** Two sandboxes in one folder would write over each other's keys. */
const lockFolder = (dir: string): (() => void) => {
  try {
    makeFolder(dir, 0o700);
  } catch (cause) {
    throw new StartRefusal(`--dir ${dir}: ${problemOf(cause)}`);
  }
  const lock = takeLock(join(dir, 'sandbox.lock'));
  if (!lock.ok) throw new StartRefusal(`--dir ${dir}: another sandbox runs there: ${lock.error}`);
  return lock.value;
};

const startVenue = async (
  { seed }: Options,
  io: CliIo,
): Promise<{ readonly simulator: Simulator; readonly prepared: PreparedRun }> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) throw new StartRefusal(`dictionary: ${dictionary.error}`);
  const options = { speed: 1, set: [], ...(seed !== undefined && { seed }) };
  const prepared = await prepare(options, {}, systemClock.wall());
  const simulator = await startSimulator(venueOf(options, prepared, io), {
    ...{ clock: systemClock, timers: systemTimers },
    dictionary: dictionary.value,
  });
  return { simulator, prepared };
};

const describe = ({ started, simulator, folder, clientPort, clientTls }: Run) => ({
  client: {
    ...{ host: '127.0.0.1', port: clientPort, beginString: 'FIX.4.4', ...CLIENT },
    ...{ tls: clientTls, ...(clientTls && { caFile: folder.caFile }) },
    dictionary: dictionaryPath('FATHOM-FIX44.xml'),
    quickfix: folder.quickfixFile,
  },
  simulator: {
    rest: `https://localhost:${simulator.restPort ?? 0}`,
    ws: `wss://localhost:${simulator.feedsPort ?? 0}/ws/v1`,
    fixTrading: `localhost:${simulator.tradingPort}`,
    admin: `http://127.0.0.1:${simulator.adminPort ?? 0}`,
    caFile: folder.caFile,
  },
  symbols: started.config.instruments.map(({ symbol }) => symbol),
  config: folder.config,
  dataDir: folder.dataDir,
  isOpen: started.engine.isOpen,
});

const page = (run: Run): string => {
  const { client, simulator, symbols, config, dataDir, isOpen } = describe(run);
  const command = (text: string): string => `  npx fathom ${text} --config ${config}`;
  return [
    isOpen ? 'The sandbox runs, and orders pass.' : 'The sandbox runs; orders do not pass yet.',
    '',
    'Connect a FIX 4.4 initiator:',
    `  address       ${client.host}:${client.port}  ${client.tls ? `TLS, certificate ${run.folder.caFile}` : 'plain TCP'}`,
    `  SenderCompID  ${client.senderCompID}`,
    `  TargetCompID  ${client.targetCompID}`,
    `  dictionary    ${client.dictionary}`,
    `  QuickFIX      ${client.quickfix}`,
    `  instruments   ${symbols.join(' ')}`,
    '',
    'Look at it:',
    command('session list'),
    command('account --engine'),
    command('doctor'),
    `  npx fathom fix-log ${venueLogOf(dataDir)}`,
    '',
    `The simulated venue: REST ${simulator.rest}, WebSocket ${simulator.ws}, FIX ${simulator.fixTrading},`,
    `faults and ledger ${simulator.admin}`,
    `Logs and journal: ${dataDir}`,
    'Ctrl-C ends it.',
  ].join('\n');
};

/** FIX messages with the simulated venue, of the day on which the run began. */
const venueLogOf = (dataDir: string): string =>
  join(
    dataDir,
    'fix-log',
    `FIX.4.4-FATHOM_DRV-KRAKEN_DRV_TRD.messages.${basename(dataDir).slice(0, 8)}.log`,
  );
