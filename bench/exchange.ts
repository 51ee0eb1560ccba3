import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type Engine,
  fathomBook,
  fathomEngines,
  makeFlow,
  type Op,
  packageEngine,
  type Tally,
} from './exchange-engines.ts';
import { type Measured } from './measure.ts';

export interface ExchangeBench {
  readonly ops: number;
  /** What every engine did with the flow: they must agree to be compared. */
  readonly tally: Tally;
  /** One operation: a limit order that rests or trades, or a cancel. The first row is our order book alone. */
  readonly matching: readonly Measured[];
  readonly memory: readonly MemoryRow[];
}

export interface MemoryRow {
  readonly name: string;
  readonly orders: number;
  readonly bytesPerOrder: number;
  readonly megabytes: number;
}

const OPS = 60_000;
const RESTING_ORDERS = 1_000_000;
const PACKAGES = ['nodejs-order-book', 'hft-limit-order-book'];

/**
 * Orders matched per second and memory of resting orders, beside two npm order books, in one run on one flow. The
 * packages are order books: compare them with "order book alone"; the exchange rows do all that a venue does.
 */
export const benchExchange = async (
  rounds: number,
  options: { readonly ops?: number; readonly restingOrders?: number } = {},
): Promise<ExchangeBench> => {
  const flow = makeFlow(options.ops ?? OPS, 1);
  const books = [fathomBook, ...(await Promise.all(PACKAGES.map(packageEngine)))];
  const engines = [...books, ...fathomEngines];
  const tally = agree(engines, flow);
  const matching = measureEngines(engines, flow, rounds);
  const memory: MemoryRow[] = [];
  for (const engine of [...books, ...fathomEngines.slice(0, 1)]) {
    memory.push(await measureMemory(engine, options.restingOrders ?? RESTING_ORDERS));
  }
  return { ops: flow.length, tally, matching, memory };
};

/** Runs the flow once on every engine: a warm-up, and the proof that they do the same. */
const agree = (engines: readonly Engine[], flow: readonly Op[]): Tally => {
  const tallies = engines.map((engine) => {
    const run = engine.make();
    for (const op of flow) run.apply(op);
    return run.tally();
  });
  const [first] = tallies;
  for (const [i, tally] of tallies.entries()) {
    if (tally.volume !== first?.volume || tally.resting !== first.resting) {
      throw new Error(
        `${engines[i]?.name ?? ''} did ${JSON.stringify(tally)}, not ${JSON.stringify(first)}`,
      );
    }
  }
  return first ?? { volume: 0, resting: 0 };
};

/** Medians of processor time, engines in turn round by round, a fresh book each time. */
const measureEngines = (
  engines: readonly Engine[],
  flow: readonly Op[],
  rounds: number,
): readonly Measured[] => {
  const times = engines.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, engine] of engines.entries()) {
      const run = engine.make();
      collectGarbage();
      const before = process.cpuUsage();
      for (const op of flow) run.apply(op);
      const { user, system } = process.cpuUsage(before);
      times[i]?.push(((user + system) * 1_000) / flow.length);
    }
  }
  const medians = times.map(
    (each) => each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)] ?? Number.NaN,
  );
  return engines.map(({ name }, i) => {
    const nsPerOp = medians[i] ?? Number.NaN;
    return {
      name,
      nsPerOp,
      opsPerSecond: 1e9 / nsPerOp,
      ratio: nsPerOp / (medians[0] ?? Number.NaN),
    };
  });
};

/** Heap that so many resting orders take, spread over 2,000 prices a side. */
const measureMemory = async (engine: Engine, orders: number): Promise<MemoryRow> => {
  // What the engine before held is let go of only after the event loop has turned.
  await setImmediate();
  collectGarbage();
  const run = engine.make();
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < orders; i += 1) {
    const side = i % 2 === 0 ? 'buy' : 'sell';
    const distance = 1 + ((i >> 1) % 2_000);
    run.apply({
      kind: 'limit',
      id: `m${i.toString(36)}`,
      side,
      price: side === 'buy' ? 84_000 - distance : 84_000 + distance,
      lots: 1 + (i % 100),
    });
  }
  collectGarbage();
  const bytes = process.memoryUsage().heapUsed - before;
  if (run.tally().resting === 0) throw new Error(`${engine.name} kept nothing`);
  return {
    name: engine.name,
    orders,
    bytesPerOrder: Math.round(bytes / orders),
    megabytes: Math.round(bytes / 1_048_576),
  };
};

const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
