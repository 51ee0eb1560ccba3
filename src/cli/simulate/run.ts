import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock, systemTimers } from '../../app/system-clock.ts';
import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { dictionaryPath, loadDictionary } from '../../fix/dictionary/jspurefix.ts';
import { defined } from '../../lib/defined.ts';
import { makeFolder } from '../../lib/files/make-folder.ts';
import { runScenario } from '../../simulator/faults/scenario.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { type SimulatorOptions } from '../../simulator/settings/simulator-options.ts';
import { StateLog } from '../../simulator/state/state-log.ts';
import { announce } from './announcement.ts';
import { keepLedger } from './ledger-file.ts';
import { type Options } from './options.ts';
import { prepare, type PreparedRun } from './prepare.ts';
import { problemOf, StartRefusal } from './refusal.ts';
import { showStatus } from './status.ts';
import { settingsOf } from '../../simulator/settings/venue-settings.ts';
import { type CliIo, EXIT } from '../shared/cli-io.ts';
import { untilSignal } from '../shared/until-signal.ts';

const HOST = '127.0.0.1';
/** Offsets from `--port-base`; FIX as Kraken numbers its ports (4003 trading). */
const PORT_OFFSETS = { rest: 0, feeds: 1, l2: 2, trading: 3, l3: 4, admin: 5 } as const;
/** Between steps of the background market at normal speed, and of a recording at any. */
const MARKET_INTERVAL_MS = 100;
const RECORDING_INTERVAL_MS = 10;

/** The venue as a process of its own, until a signal ends it. Returns the exit code. */
export const simulate = async (options: Options, io: CliIo): Promise<number> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) {
    io.err(`dictionary: ${dictionary.error}`);
    return EXIT.failed;
  }
  const closers: (() => void)[] = [];
  const code = await run(options, { dictionary: dictionary.value, closers, io });
  return closeAll(closers, io) ? code : EXIT.failed;
};

interface Around {
  readonly dictionary: FixDictionary;
  /** Called in reverse order when the venue has ended. */
  readonly closers: (() => void)[];
  readonly io: CliIo;
}

const run = async (options: Options, { dictionary, closers, io }: Around): Promise<number> => {
  try {
    const prepared = await prepare(options, io.env, systemClock.wall());
    closers.push(() => prepared.kept?.run.close());
    writeCertificate(options, prepared);
    const { ledger, state } = options;
    const onLedgerEntry = ledger && keepLedger(ledger, state !== undefined, { closers, io });
    const simulator = await startSimulator(
      { ...venueOf(options, prepared, io), ...(onLedgerEntry && { onLedgerEntry }) },
      { clock: systemClock, timers: systemTimers, dictionary },
    );
    await serve(simulator, prepared, { options, io });
    return EXIT.ok;
  } catch (cause) {
    io.err(problemOf(cause));
    return cause instanceof StartRefusal ? EXIT.badConfiguration : EXIT.failed;
  }
};

/** Closes all, prints a line for each that fails, and is false when one did. */
const closeAll = (closers: readonly (() => void)[], io: CliIo): boolean => {
  let isClean = true;
  for (const close of [...closers].reverse()) {
    try {
      close();
    } catch (cause) {
      io.err(problemOf(cause));
      isClean = false;
    }
  }
  return isClean;
};

const writeCertificate = ({ caFile }: Options, { certificate }: PreparedRun): void => {
  if (caFile === undefined) return;
  try {
    makeFolder(dirname(caFile));
    writeFileSync(caFile, certificate.cert);
  } catch (cause) {
    throw new StartRefusal(`--ca-file ${caFile}: ${problemOf(cause)}`);
  }
};

/** Runs until a signal ends it. */
const serve = async (
  simulator: Simulator,
  prepared: PreparedRun,
  { options, io }: { readonly options: Options; readonly io: CliIo },
): Promise<void> => {
  const { keys, scenario, settings } = prepared;
  simulator.rest?.setSkewMs(settings.rest?.clockSkewMs ?? 0);
  simulator.rest?.venue.history.setLagMs(settings.rest?.historyLagMs ?? 0);
  const tls = tlsOf(options, prepared);
  announce({ host: HOST, simulator, keys, isJson: options.json === true, ...tls }, io);
  const faults =
    scenario && runScenario(scenario, systemTimers, (fault) => simulator.faults.inject(fault));
  const status =
    options.json === true ? undefined : showStatus(simulator, io, systemClock.monotonic);
  await untilSignal(options.for);
  status?.stop();
  faults?.stop();
  await simulator.stop();
};

/** Which parts speak TLS. */
const tlsOf = (options: Options, { certificate }: PreparedRun) => ({
  isPlain: options.plain === true || options.json === true,
  fixCa: options.fixPlain === true ? undefined : certificate.cert,
});

/** What the simulator is started with. */
export const venueOf = (options: Options, prepared: PreparedRun, io: CliIo): SimulatorOptions => {
  const { keys, certificate, settings, kept } = prepared;
  const { isPlain, fixCa } = tlsOf(options, prepared);
  const port = (part: keyof typeof PORT_OFFSETS): number =>
    options.portBase === undefined ? 0 : options.portBase + PORT_OFFSETS[part];
  const tls = isPlain ? {} : { certificate };
  return {
    ...{ seed: prepared.seed, symbols: prepared.symbols, host: HOST },
    ...{ clients: keys.clients, keys: keys.rest, accounts: keys.accounts },
    tradingPort: port('trading'),
    ...settingsOf(settings, { rest: port('rest'), feeds: port('feeds'), tls }),
    marketData: {
      l2Port: port('l2'),
      l3Port: port('l3'),
      ...defined({ idleDropMs: settings.fix?.marketDataIdleDropMs }),
    },
    adminPort: port('admin'),
    marketIntervalMs: intervalOf(options),
    ...(prepared.background && { background: prepared.background }),
    ...(fixCa !== undefined && { certificate }),
    ...(kept && { state: { startAt: kept.startAt, log: stateLogOf(kept.run.log, io) } }),
  };
};

const intervalOf = ({ speed, replay }: Options): number => {
  if (speed === 0) return 0;
  return replay === undefined ? Math.max(1, MARKET_INTERVAL_MS / speed) : RECORDING_INTERVAL_MS;
};

/** A venue that cannot record its answers must not give them. */
const stateLogOf = (file: ConstructorParameters<typeof StateLog>[0]['file'], io: CliIo): StateLog =>
  new StateLog({
    file,
    onFailure: (text) => {
      io.err(`state: ${text}`);
      process.exit(EXIT.failed);
    },
    onRead: (records) => {
      io.err(`state: ${records} records played again, going on`);
    },
  });
