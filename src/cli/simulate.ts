import {
  createWriteStream,
  mkdirSync,
  readFileSync,
  writeFileSync,
  type WriteStream,
} from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock, systemTimers } from '../app/system-clock.ts';
import { dictionaryPath } from '../fix/dictionary-path.ts';
import { loadDictionary } from '../fix/jspurefix.ts';
import { makeLoopbackCertificate } from '../simulator/certificate.ts';
import { type Certificate } from '../simulator/certificate.ts';
import {
  INSTRUMENT_CATALOGUE,
  WHOLE_CATALOGUE,
} from '../simulator/exchange/instrument-catalogue.ts';
import { readScenario, runScenario, type Scenario } from '../simulator/faults/scenario.ts';
import { seededScenario } from '../simulator/faults/seeded-scenario.ts';
import { fundedAccount, type Simulator, startSimulator } from '../simulator/simulator.ts';
import { announce } from './simulate/announcement.ts';
import { simulateFaultCommand } from './simulate/fault.ts';
import { makeKeys, type SimulationKeys } from './simulate/keys.ts';
import { type CliIo, EXIT, processIo } from './cli-io.ts';
import { parseDuration } from './duration.ts';
import { untilSignal } from './until-signal.ts';

interface Options {
  readonly seed: number;
  readonly speed: keyof typeof MARKET_INTERVAL_MS;
  readonly portBase?: number;
  readonly compId: string;
  readonly fixPlain?: boolean;
  readonly ledger?: string;
  readonly caFile?: string;
  readonly symbols?: readonly string[];
  readonly instruments?: number;
  readonly for?: number;
  readonly json?: boolean;
  readonly plain?: boolean;
  readonly clients: number;
  readonly scenario?: string;
  readonly scenarioSeed?: number;
}

const HOST = '127.0.0.1';
const STATUS_MS = 1_000;
/** Offsets from `--port-base`; FIX as Kraken numbers its ports (4003 trading). */
const PORT_OFFSETS = { rest: 0, feeds: 1, l2: 2, trading: 3, l3: 4, admin: 5 } as const;
const SEEDED_SCENARIO_MS = 3_600_000;

const INSTRUMENTS_HELP = `contracts to list: recorded ones first, then made by rule, up to ${WHOLE_CATALOGUE.length} (default: the ${INSTRUMENT_CATALOGUE.length} recorded)`;

const MARKET_INTERVAL_MS = { off: 0, slow: 1_000, normal: 100, fast: 10 } as const;

/** `fathom simulate`: the venue as a process of its own. */
export const simulateCommand = (io: CliIo = processIo): Command =>
  new Command('simulate')
    .description('run the venue simulator: a seeded market behind Kraken’s FIX, REST and WebSocket')
    .option('--seed <number>', 'of everything random', parseSeed, 1)
    .option(
      '--speed <pace>',
      'of the background market: off, slow, normal or fast',
      parseSpeed,
      'normal',
    )
    .option(
      '--port-base <port>',
      'REST listens on this, WebSocket on + 1, FIX on + 2 (L2), + 3 (trading) and + 4 (L3), admin on + 5',
      parsePort,
    )
    .option('--comp-id <id>', 'SenderCompID of the first client', 'FATHOM-DRV')
    .option('--clients <number>', 'accounts with keys of their own', parseClients, 2)
    .option('--symbols <list>', 'contracts to list, by comma', (text: string) => text.split(','))
    .option('--instruments <number>', INSTRUMENTS_HELP, parseInstruments)
    .option('--plain', 'REST and WebSocket without TLS')
    .option('--fix-plain', 'FIX without TLS')
    .option('--scenario <file>', 'faults in time, see config/scenarios/README.md')
    .option('--scenario-seed <number>', 'faults drawn by a seed', parseSeed)
    .option('--ca-file <file>', 'write the certificate made for this run there')
    .option('--ledger <file>', 'append the truth about every order and fill there, as JSON lines')
    .option('--for <duration>', 'end after this time, e.g. 10m', parseDuration)
    .option('--json', 'print one JSON object when everything listens; implies --plain')
    .addCommand(simulateFaultCommand(io))
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options: Options) => {
      io.setExitCode(await simulate(options, io));
    });

const ENVIRONMENT_HELP = `
The clients' keys are made for the run and printed, unless FATHOM_SIM_FIX_API_KEY, FATHOM_SIM_FIX_API_SECRET, FATHOM_SIM_API_KEY and
FATHOM_SIM_API_SECRET (base64) give those of the first client.`;

const simulate = async (options: Options, io: CliIo): Promise<number> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) {
    io.err(`dictionary: ${dictionary.error}`);
    return EXIT.failed;
  }
  const scenario = scenarioOf(options);
  if (typeof scenario === 'string') {
    io.err(`scenario: ${scenario}`);
    return EXIT.failed;
  }
  const certificate = await makeLoopbackCertificate(new Date(systemClock.wall()));
  if (options.caFile !== undefined) writeFileSync(options.caFile, certificate.cert);
  const keys = makeKeys(options, io.env, systemClock.wall());
  const ledger = options.ledger === undefined ? undefined : openLedger(options.ledger);
  const simulator = await startSimulator(
    {
      ...venueOf(options, keys, certificate),
      onLedgerEntry: (entry) => ledger?.write(`${JSON.stringify(entry)}\n`),
    },
    { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
  );
  announce(
    { host: HOST, simulator, keys, isJson: options.json === true, ...tlsOf(options, certificate) },
    io,
  );
  if (scenario !== undefined) {
    runScenario(scenario, systemTimers, (fault) => simulator.faults.inject(fault));
  }
  const status = options.json === true ? undefined : showStatus(simulator, io);
  await untilSignal(options.for);
  clearInterval(status);
  await simulator.stop();
  if (ledger !== undefined) await finished(ledger.end());
  return EXIT.ok;
};

/** Which parts speak TLS. */
const tlsOf = (options: Options, certificate: Certificate) => ({
  isPlain: options.plain === true || options.json === true,
  fixCa: options.fixPlain === true ? undefined : certificate.cert,
});

const venueOf = (options: Options, keys: SimulationKeys, certificate: Certificate) => {
  const { isPlain, fixCa } = tlsOf(options, certificate);
  const port = (part: keyof typeof PORT_OFFSETS): number =>
    options.portBase === undefined ? 0 : options.portBase + PORT_OFFSETS[part];
  const tls = isPlain ? {} : { certificate };
  return {
    seed: options.seed,
    clients: keys.clients,
    keys: keys.rest,
    accounts: keys.subaccounts.map(({ account, master }) => fundedAccount(account, master)),
    host: HOST,
    tradingPort: port('trading'),
    rest: { port: port('rest'), ...tls },
    feeds: { port: port('feeds'), ...tls },
    marketData: { l2Port: port('l2'), l3Port: port('l3') },
    adminPort: port('admin'),
    marketIntervalMs: MARKET_INTERVAL_MS[options.speed],
    ...(options.symbols && { symbols: options.symbols }),
    ...(options.instruments !== undefined && { instruments: options.instruments }),
    ...(fixCa !== undefined && { certificate }),
  };
};

/** The faults asked for, or what is wrong with the file. */
const scenarioOf = ({ scenario, scenarioSeed }: Options): Scenario | string | undefined => {
  if (scenario === undefined) {
    return scenarioSeed === undefined
      ? undefined
      : seededScenario(scenarioSeed, SEEDED_SCENARIO_MS);
  }
  const read = readScenario(readFileSync(scenario, 'utf8'));
  return read.ok ? read.value : read.error;
};

const openLedger = (file: string): WriteStream => {
  mkdirSync(dirname(file), { recursive: true });
  return createWriteStream(file, { flags: 'a' });
};

const showStatus = (simulator: Simulator, io: CliIo): NodeJS.Timeout =>
  setInterval(() => {
    const sessions = simulator.acceptor.sessions().map((session) => session.view());
    const up = sessions.filter(({ phase }) => phase === 'LoggedOn').length;
    const entries = simulator.ledger.entries().length;
    const line = `sessions ${up}/${sessions.length}, ledger entries ${entries}`;
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line}`);
    else if (entries > 0) io.out(line);
  }, STATUS_MS);

const parseSeed = (text: string): number => {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new InvalidArgumentError('give a whole number');
  return seed;
};

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_000) {
    throw new InvalidArgumentError('give a port from 1 to 65000');
  }
  return port;
};

const parseSpeed = (text: string): string => {
  if (text in MARKET_INTERVAL_MS) return text;
  throw new InvalidArgumentError(`one of ${Object.keys(MARKET_INTERVAL_MS).join(', ')}`);
};

const CLIENTS_MAX = 200;

const parseClients = (text: string): number => {
  const clients = Number(text);
  if (!Number.isInteger(clients) || clients < 1 || clients > CLIENTS_MAX) {
    throw new InvalidArgumentError(`give a number from 1 to ${CLIENTS_MAX}`);
  }
  return clients;
};

const parseInstruments = (text: string): number => {
  const instruments = Number(text);
  const max = WHOLE_CATALOGUE.length;
  if (!Number.isInteger(instruments) || instruments < 1 || instruments > max) {
    throw new InvalidArgumentError(`give a number from 1 to ${max}`);
  }
  return instruments;
};
