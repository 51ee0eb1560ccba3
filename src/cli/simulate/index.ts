import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Command } from 'commander';
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
import { simulateFaultCommand } from './fault.ts';
import { keepLedger } from './ledger-file.ts';
import {
  collect,
  DEFAULT_CLIENTS,
  DEFAULT_COMP_ID,
  DEFAULT_SEED,
  INSTRUMENTS_HELP,
  type Options,
  parseClients,
  parseCompID,
  parseInstruments,
  parsePort,
  parseSeed,
  parseSpeed,
  parseSymbols,
} from './options.ts';
import { prepare, type PreparedRun } from './prepare.ts';
import { problemOf, StartRefusal } from './refusal.ts';
import { showStatus } from './status.ts';
import { settingsOf } from '../../simulator/settings/venue-settings.ts';
import { simulateWaitCommand } from './wait.ts';
import { type CliIo, EXIT, processIo, parseDuration } from '../shared/cli-io.ts';
import { untilSignal } from '../shared/until-signal.ts';

const HOST = '127.0.0.1';
/** Offsets from `--port-base`; FIX as Kraken numbers its ports (4003 trading). */
const PORT_OFFSETS = { rest: 0, feeds: 1, l2: 2, trading: 3, l3: 4, admin: 5 } as const;
/** Between steps of the background market at normal speed, and of a recording at any. */
const MARKET_INTERVAL_MS = 100;
const RECORDING_INTERVAL_MS = 10;

/** `fathom simulate`: the venue as a process of its own. */
export const simulateCommand = (io: CliIo = processIo): Command =>
  new Command('simulate')
    .description('run the venue simulator: a seeded market behind Kraken’s FIX, REST and WebSocket')
    .option('--seed <number>', `of everything random (default: ${DEFAULT_SEED})`, parseSeed)
    .option(
      '--speed <pace>',
      'of the background market: off, slow, normal, fast, or how many times as fast as normal (default: normal)',
      parseSpeed,
      1,
    )
    .option(
      '--port-base <port>',
      'REST listens on this, WebSocket on + 1, FIX on + 2 (L2), + 3 (trading) and + 4 (L3), admin on + 5',
      parsePort,
    )
    .option(
      '--comp-id <id>',
      `SenderCompID of the first client (default: ${DEFAULT_COMP_ID})`,
      parseCompID,
    )
    .option(
      '--clients <number>',
      `accounts with keys of their own (default: ${DEFAULT_CLIENTS})`,
      parseClients,
    )
    .option('--keys <file>', 'accounts, keys and CompIDs instead of made ones')
    .option('--symbols <list>', 'contracts to list, by comma', parseSymbols)
    .option('--instruments <number>', INSTRUMENTS_HELP, parseInstruments)
    .option('--replay <file>', 'recorded trades and books instead of the seeded agents')
    .option('--settings <file>', 'what the venue does one way and may do another')
    .option('--set <path=value>', 'one setting, e.g. feeds.info=omit; may be repeated', collect, [])
    .option('--state <dir>', 'keep the venue there over restarts')
    .option('--plain', 'REST and WebSocket without TLS')
    .option('--fix-plain', 'FIX without TLS')
    .option('--scenario <file>', 'faults in time, see config/scenarios/README.md')
    .option('--scenario-seed <number>', 'faults drawn by a seed', parseSeed)
    .option('--ca-file <file>', 'write the certificate of the run there')
    .option('--ledger <file>', 'append the truth about every order and fill there, as JSON lines')
    .option('--for <duration>', 'end after this time, e.g. 10m', parseDuration)
    .option('--json', 'print one JSON object when everything listens; implies --plain')
    .addCommand(simulateFaultCommand(io))
    .addCommand(simulateWaitCommand(io))
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options: Options) => {
      io.setExitCode(await simulate(options, io));
    });

const ENVIRONMENT_HELP = `
The clients' keys are made for the run and printed, unless FATHOM_SIM_FIX_API_KEY, FATHOM_SIM_FIX_API_SECRET, FATHOM_SIM_API_KEY and
FATHOM_SIM_API_SECRET (base64) give those of the first client, or --keys gives them all. See docs/simulator.md.`;

const simulate = async (options: Options, io: CliIo): Promise<number> => {
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
