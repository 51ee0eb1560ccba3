import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync, writeFileSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { systemClock, systemTimers } from '../app/system-clock.ts';
import { dictionaryPath } from '../fix/dictionary-path.ts';
import { loadDictionary } from '../fix/jspurefix.ts';
import { Secret } from '../lib/secret.ts';
import { makeLoopbackCertificate } from '../simulator/certificate.ts';
import {
  type Simulator,
  type SimulatorClient,
  startSimulator,
  TRADING_COMP_ID,
} from '../simulator/simulator.ts';
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
  readonly for?: number;
  readonly json?: boolean;
}

const HOST = '127.0.0.1';
const STATUS_MS = 1_000;
/** Offset from `--port-base`, as Kraken numbers its FIX ports (4003 trading). */
const TRADING_PORT_OFFSET = 3;

const MARKET_INTERVAL_MS = { off: 0, slow: 1_000, normal: 100, fast: 10 } as const;

/** `fathom simulate`: the venue as a process of its own. */
export const simulateCommand = (io: CliIo = processIo): Command =>
  new Command('simulate')
    .description('run the venue simulator: a seeded market behind Kraken’s FIX dialect')
    .option('--seed <number>', 'of everything random', parseSeed, 1)
    .option(
      '--speed <pace>',
      'of the background market: off, slow, normal or fast',
      parseSpeed,
      'normal',
    )
    .option(
      '--port-base <port>',
      'FIX trading listens on this + 3; chosen by the system without',
      parsePort,
    )
    .option('--comp-id <id>', 'SenderCompID of the client', 'FATHOM-DRV')
    .option('--symbols <list>', 'contracts to list, by comma', (text: string) => text.split(','))
    .option('--fix-plain', 'FIX without TLS')
    .option('--ca-file <file>', 'write the certificate made for this run there')
    .option('--ledger <file>', 'append the truth about every order and fill there, as JSON lines')
    .option('--for <duration>', 'end after this time, e.g. 10m', parseDuration)
    .option('--json', 'print one JSON object when everything listens, and no status')
    .addHelpText('after', ENVIRONMENT_HELP)
    .action(async (options: Options) => {
      io.setExitCode(await simulate(options, io));
    });

const ENVIRONMENT_HELP = `
The client's key is made for the run and printed, unless FATHOM_SIM_FIX_API_KEY and FATHOM_SIM_FIX_API_SECRET (base64) give one.`;

const simulate = async (options: Options, io: CliIo): Promise<number> => {
  const dictionary = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!dictionary.ok) {
    io.err(`dictionary: ${dictionary.error}`);
    return EXIT.failed;
  }
  const certificate =
    options.fixPlain === true
      ? undefined
      : await makeLoopbackCertificate(new Date(systemClock.wall()));
  if (certificate !== undefined && options.caFile !== undefined) {
    mkdirSync(dirname(options.caFile), { recursive: true });
    writeFileSync(options.caFile, certificate.cert);
  }
  const client = makeClient(options, io);
  const ledger = options.ledger === undefined ? undefined : openLedger(options.ledger);
  const simulator = await startSimulator(
    {
      seed: options.seed,
      clients: [client],
      host: HOST,
      tradingPort: options.portBase === undefined ? 0 : options.portBase + TRADING_PORT_OFFSET,
      marketIntervalMs: MARKET_INTERVAL_MS[options.speed],
      onLedgerEntry: (entry) => ledger?.write(`${JSON.stringify(entry)}\n`),
      ...(options.symbols && { symbols: options.symbols }),
      ...(certificate && { certificate }),
    },
    { clock: systemClock, timers: systemTimers, dictionary: dictionary.value },
  );
  announce(options, { simulator, client, ca: certificate?.cert }, io);
  const status = options.json === true ? undefined : showStatus(simulator, io);
  await untilSignal(options.for);
  clearInterval(status);
  await simulator.stop();
  if (ledger !== undefined) await finished(ledger.end());
  return EXIT.ok;
};

const makeClient = ({ compId }: Options, { env }: CliIo): SimulatorClient => ({
  compID: compId,
  account: 'client-1',
  key: {
    apiKey: new Secret(env['FATHOM_SIM_FIX_API_KEY'] ?? randomBytes(24).toString('base64')),
    apiSecret: new Secret(env['FATHOM_SIM_FIX_API_SECRET'] ?? randomBytes(48).toString('base64')),
  },
});

const openLedger = (file: string): WriteStream => {
  mkdirSync(dirname(file), { recursive: true });
  return createWriteStream(file, { flags: 'a' });
};

interface Running {
  readonly simulator: Simulator;
  readonly client: SimulatorClient;
  readonly ca: string | undefined;
}

/** The keys are made for a sandbox on this machine; printing them is how a client gets in. */
const announce = (options: Options, { simulator, client, ca }: Running, io: CliIo): void => {
  const trading = {
    host: HOST,
    port: simulator.tradingPort,
    senderCompID: client.compID,
    targetCompID: TRADING_COMP_ID,
    tls: ca !== undefined,
    ...(ca === undefined ? {} : { ca }),
  };
  const key = {
    account: client.account,
    fixApiKey: client.key.apiKey.reveal(),
    fixApiSecret: client.key.apiSecret.reveal(),
    permissions: ['trade'],
  };
  const symbols = simulator.queries.instruments().map(({ symbol }) => symbol);
  if (options.json === true) {
    io.out(JSON.stringify({ fix: { trading }, keys: [key], symbols }));
    return;
  }
  io.out(`FIX trading  ${HOST}:${trading.port}  ${ca === undefined ? 'plain TCP' : 'TLS'}`);
  io.out(`  SenderCompID ${client.compID}, TargetCompID ${TRADING_COMP_ID}`);
  io.out(`  Username(553) ${key.fixApiKey}`);
  io.out(`  API secret    ${key.fixApiSecret}`);
  io.out(`  markets       ${symbols.join(' ')}`);
  io.out('Ctrl-C ends it.');
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
