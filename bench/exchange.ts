import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
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

interface ExchangeBench {
  readonly ops: number;
  /** What every engine did with the flow: they must agree to be compared. */
  readonly tally: Tally;
  /**
   * One operation: a limit order that rests or trades, or a cancel. The first row is our order book
   * alone.
   */
  readonly matching: readonly Measured[];
  readonly memory: readonly MemoryRow[];
}

interface MemoryRow {
  readonly name: string;
  readonly orders: number;
  readonly bytesPerOrder: number;
  readonly megabytes: number;
}

const OPS = 60_000;
const RESTING_ORDERS = 1_000_000;
const PACKAGES = ['nodejs-order-book', 'hft-limit-order-book'];

/**
 * Orders matched per second and memory of resting orders, beside two npm order books, in one run on
 * one flow. The packages are order books: compare them with "order book alone"; the exchange rows
 * do all that a venue does.
 */
export const benchExchange = async (
  rounds: number,
  options: {
    readonly ops?: number;
    readonly restingOrders?: number;
    /** Called with every step before it begins. */
    readonly onProgress?: (text: string) => void;
  } = {},
): Promise<ExchangeBench> => {
  const { onProgress = () => undefined } = options;
  const flow = makeFlow(options.ops ?? OPS, 1);
  const books = [fathomBook, ...(await Promise.all(PACKAGES.map(packageEngine)))];
  const engines = [...books, ...fathomEngines];
  onProgress(`${engines.length} engines, ${flow.length} operations: do they agree?`);
  const tally = agree(engines, flow);
  const matching = measureEngines(engines, { flow, rounds, onProgress });
  const memory: MemoryRow[] = [];
  for (const engine of engines) {
    onProgress(`memory: ${engine.name}`);
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
  of: {
    readonly flow: readonly Op[];
    readonly rounds: number;
    readonly onProgress: (text: string) => void;
  },
): readonly Measured[] => {
  const { flow, rounds, onProgress } = of;
  const times = engines.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    onProgress(`round ${round + 1} of ${rounds}`);
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

/** Heap that so many resting orders take, in a process of their own. */
const measureMemory = async (engine: Engine, orders: number): Promise<MemoryRow> => {
  const child = fork(new URL('./exchange-memory.ts', import.meta.url), [
    engine.name,
    String(orders),
  ]);
  const [answer] = (await Promise.race([once(child, 'message'), died(child)])) as [MemoryAnswer];
  const lots = Array.from({ length: orders }, (_, i) => 1 + (i % 100)).reduce((a, b) => a + b, 0);
  if (answer.resting !== lots) throw new Error(`${engine.name} kept ${answer.resting} of ${lots}`);
  return {
    name: engine.name,
    orders,
    bytesPerOrder: Math.round(answer.bytes / orders),
    megabytes: Math.round(answer.bytes / 1_048_576),
  };
};

interface MemoryAnswer {
  readonly bytes: number;
  readonly resting: number;
}

const died = async (child: ChildProcess): Promise<never> => {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the memory measurement ended with ${String(code)}`);
};

const collectGarbage = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();
