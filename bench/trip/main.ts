import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, freePortBase } from '../../test/support/engine-process.ts';
import { RawFixClient } from '../../test/support/raw-fix-client.ts';
import { epochMs, toUtcTimestamp } from '../../src/lib/time.ts';
import { until } from '../../test/support/until.ts';
import { type InstrumentedTree, instrumentTree } from './instrument.ts';
import { type TripName } from './probe.ts';
import {
  figuresOf,
  filesInOrder,
  middleTrip,
  type Path,
  sourceFiguresOf,
  type SourceFigures,
  type TripFigures,
} from './trip.ts';

/**
 * npm run trip [-- --json] [--tree DIR] [--files]
 * How many files an order, a fill, a REST order and a book frame pass, and how often the next
 * function stands in another file. `--tree` measures another checkout, `--files` lists the files.
 */
const TRIPS_EACH = 9;
const FIX_KEY = randomBytes(24).toString('base64');
const FIX_SECRET = randomBytes(48).toString('base64');

interface Measured {
  readonly tree: string;
  readonly node: string;
  readonly source: SourceFigures;
  readonly trips: Readonly<Record<string, TripFigures>>;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

type Trips = Map<TripName, Path[]>;

interface Venue {
  readonly portBase: number;
  readonly caFile: string;
  readonly rest: string;
  readonly ws: string;
  readonly keys: readonly { readonly apiKey: string; readonly apiSecret: string }[];
  readonly stop: () => Promise<void>;
}

/** The simulator of the same tree, in a process of its own, so that it is no part of a trip. */
const startVenue = async (dist: string, dir: string): Promise<Venue> => {
  const portBase = await freePortBase();
  const caFile = join(dir, 'ca.pem');
  const child = spawn(
    process.execPath,
    [
      ...[join(dist, 'main.js'), 'simulate', '--json'],
      ...['--port-base', String(portBase), '--ca-file', caFile],
    ],
    {
      env: {
        ...process.env,
        FATHOM_SIM_FIX_API_KEY: FIX_KEY,
        FATHOM_SIM_FIX_API_SECRET: FIX_SECRET,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { keys, rest, ws } = JSON.parse(line) as Pick<Venue, 'keys' | 'rest' | 'ws'>;
  const stop = async (): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return { portBase, caFile, rest, ws, keys, stop };
};

const startChild = (
  { child: program, dist }: Pick<InstrumentedTree, 'child' | 'dist'>,
  args: readonly [mode: string, settings: unknown],
  trips: Trips,
): {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly gone: Promise<void>;
} => {
  const [mode, settings] = args;
  const child = spawn(process.execPath, [program, dist, mode, JSON.stringify(settings)], {
    env: {
      ...process.env,
      FATHOM_SIM_FIX_API_KEY: FIX_KEY,
      FATHOM_SIM_FIX_API_SECRET: FIX_SECRET,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = new Promise<void>((resolveReady, reject) => {
    child.on('message', (message) => {
      const { name, path, answer, isReady } = message as {
        readonly name?: TripName;
        readonly path?: Path;
        readonly answer?: { readonly outcome: { readonly type: string } };
        readonly isReady?: boolean;
      };
      if (isReady === true) resolveReady();
      if (name === undefined || path === undefined) return;
      if (answer !== undefined && answer.outcome.type !== 'Confirmed')
        console.error(`trip: the venue answered ${JSON.stringify(answer)}`);
      trips.set(name, [...(trips.get(name) ?? []), path]);
    });
    child.once('exit', (code) => {
      reject(new Error(`the measured process ended with ${String(code)}`));
    });
  });
  ready.catch(() => undefined);
  const gone = once(child, 'exit').then(() => undefined);
  return { child, ready, gone };
};

/** The sandbox's configuration on these ports; without the feeds nothing runs beside an order. */
const writeConfig = async (
  tree: string,
  dir: string,
  at: { readonly venue: Venue; readonly hasFeeds: boolean },
): Promise<{ readonly config: string; readonly clientPort: number }> => {
  const { venue, hasFeeds } = at;
  const clientPort = await freePort();
  const text = readFileSync(join(tree, 'config/simulator.json'), 'utf8');
  const config = JSON.parse(text) as Record<'engine' | 'rest' | 'webSocket', unknown> & {
    sessions: {
      trading: { hosts: string[]; tls: { caFile: string } };
      desk1: { listen: { port: number } };
    };
  };
  config.engine = { name: 'trip', dataDir: join(dir, 'data') };
  config.sessions.trading.hosts = [`localhost:${venue.portBase + 3}`];
  config.sessions.trading.tls.caFile = venue.caFile;
  config.sessions.desk1.listen.port = clientPort;
  config.rest = { origin: venue.rest };
  if (hasFeeds) config.webSocket = { url: venue.ws };
  else Reflect.deleteProperty(config, 'webSocket');
  const path = join(dir, 'engine.json');
  writeFileSync(path, JSON.stringify(config));
  return { config: path, clientPort };
};

/** Above the seeded market, and not so far that the venue refuses them. */
const CROSSING_PRICES = [84_500, 85_000, 85_500, 86_500];

/** Orders that cross the spread: each is a trip out, its fill a trip back. */
const tradeOrders = async (clientPort: number, trips: Trips): Promise<void> => {
  const client = new RawFixClient(clientPort, { sender: 'DESK1', target: 'FATHOM' });
  await client.logon();
  const enough = (): boolean =>
    (trips.get('order')?.length ?? 0) >= TRIPS_EACH &&
    (trips.get('fill')?.length ?? 0) >= TRIPS_EACH;
  for (let n = 1; !enough() && n <= 100; n += 1) {
    const clOrdID = `T${n}`;
    const price = CROSSING_PRICES[n % CROSSING_PRICES.length] ?? 0;
    const terms = `55=PF_XBTUSD|54=1|40=2|44=${price}|38=0.001|59=3`;
    client.send('D', `11=${clOrdID}|${terms}|60=${toUtcTimestamp(epochMs(Date.now()))}`);
    await until(() => isSettled(client, clOrdID), `an answer to ${clOrdID}`);
  }
  client.close();
};

const FINAL = new Set(['2', '4', '8', 'C']);

/** Filled, ended, or refused before it became an order. */
const isSettled = (client: RawFixClient, clOrdID: string): boolean =>
  client.received.some(
    (message) =>
      (message.get('11') === clOrdID && FINAL.has(message.get('39') ?? '')) ||
      ['3', 'j'].includes(message.get('35') ?? ''),
  );

const REST_PARTS = [
  ...['makeRawClient', 'makeRestOrderCalls', 'makeVenueClock', 'makeAccountBudgets'],
  ...['Secret', 'systemClock', 'systemTimers'],
];

const modulesOf = (tree: string, { files }: InstrumentedTree): Record<string, string> => {
  const modules: Record<string, string> = {};
  for (const file of files) {
    const text = readFileSync(join(tree, file), 'utf8');
    for (const name of REST_PARTS)
      if (new RegExp(`^export (const|class) ${name}\\b`, 'm').test(text))
        modules[name] = file.slice('src/'.length).replace(/\.ts$/, '.js');
  }
  return modules;
};

const runEngine = async (
  place: { readonly tree: string; readonly dir: string; readonly build: InstrumentedTree },
  venue: Venue,
  trips: Trips,
): Promise<void> => {
  for (const hasFeeds of [false, true]) {
    const { config, clientPort } = await writeConfig(place.tree, place.dir, { venue, hasFeeds });
    const { child, ready, gone } = startChild(place.build, ['engine', { config }], trips);
    await ready;
    if (hasFeeds)
      await until(() => (trips.get('book frame')?.length ?? 0) >= TRIPS_EACH, 'frames of books');
    else await tradeOrders(clientPort, trips);
    child.send('stop');
    await gone;
  }
};

const measureTree = async (tree: string): Promise<Measured> => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-trip-'));
  const instrumented = instrumentTree(tree);
  const { dist, files } = instrumented;
  const trips: Trips = new Map();
  const venue = await startVenue(dist, dir);
  try {
    await runEngine({ tree, dir, build: instrumented }, venue, trips);
    const settings = {
      ...{ origin: venue.rest },
      ...{ key: venue.keys[0], modules: modulesOf(tree, instrumented), orders: TRIPS_EACH },
    };
    await startChild(instrumented, ['rest', settings], trips).gone;
  } finally {
    await venue.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  const middles = (['order', 'fill', 'rest order', 'book frame'] as const).map((name) => {
    const path = middleTrip(trips.get(name) ?? []);
    if (path === undefined) throw new Error(`no trip of ${name} was seen`);
    return [name, path] as const;
  });
  return {
    tree,
    node: process.version,
    source: sourceFiguresOf(files.map((file) => readFileSync(join(tree, file), 'utf8'))),
    trips: Object.fromEntries(middles.map(([name, path]) => [name, figuresOf(path)])),
    files: Object.fromEntries(
      middles.map(([name, path]) => [name, filesInOrder(path).map((at) => files[at] ?? '?')]),
    ),
  };
};

const table = ({ source, trips }: Measured): string =>
  [
    `src: ${source.files} files, ${source.lines} lines, ${source.meanLines} a file, ` +
      `${source.medianLines} in the middle`,
    '',
    'trip          files  changes  calls',
    ...Object.entries(trips).map(
      ([name, { files, changes, calls }]) =>
        `${name.padEnd(12)}${String(files).padStart(7)}${String(changes).padStart(9)}` +
        String(calls).padStart(7),
    ),
  ].join('\n');

const args = process.argv.slice(2);
const at = args.indexOf('--tree');
const own = fileURLToPath(new URL('../..', import.meta.url));
const measured = await measureTree(at === -1 ? resolve(own) : resolve(args[at + 1] ?? own));
if (args.includes('--json')) console.log(JSON.stringify(measured, undefined, 2));
else {
  console.log(table(measured));
  if (args.includes('--files'))
    for (const [name, files] of Object.entries(measured.files))
      console.log(`\n${name}\n  ${files.join('\n  ')}`);
}
