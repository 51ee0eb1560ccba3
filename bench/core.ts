import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Config } from '../src/config/config.ts';
import { FastEngine, fastConfig } from '../test/support/fast-engine.ts';

/** What `npm run bench -- core` prints: medians over the rounds. */
export interface CoreMeasured {
  /** One order: placed, sent, acknowledged, filled; everything of the engine but sockets. */
  readonly nsPerOrder: number;
  readonly parts: readonly { readonly name: string; readonly nsPerOrder: number }[];
  readonly ordersPerSecond: number;
  readonly openOrders: number;
  readonly openOrdersMB: number;
  readonly replayFactsPerSecond: number;
}

const WARM_UP = 10_000;
const ORDERS = 20_000;
const BATCH = 100;
const OPEN_ORDERS = 100_000;

const SETTINGS = {
  // Neither snapshot nor archive: they are looked at by bench/day.ts.
  closedOrders: { keepSeconds: 86_400, countMax: 1_000_000 },
  journal: { snapshotRecords: 100_000_000, segmentBytesMax: 1_073_741_824 },
  risk: {
    ...{ orderQtyMax: '100', notionalMax: '100000000', withoutReferencePrice: 'allow' },
    openOrdersMax: 1_000_000,
  },
};

export const benchCore = async (rounds: number): Promise<CoreMeasured> => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-core-'));
  try {
    const measured: (readonly [number, number, Timed])[] = [];
    const replays: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const config = fastConfig(join(dir, `run-${round}`), SETTINGS);
      measured.push(await placeOrders(config));
      replays.push(await replay(config));
    }
    const openOrdersMB = await memoryOfOpen(fastConfig(join(dir, 'open'), SETTINGS));
    const partOf = (pick: (timed: Timed) => number): number =>
      median(measured.map(([, , timed]) => pick(timed) / ORDERS));
    return {
      nsPerOrder: median(measured.map(([ns]) => ns)),
      parts: [
        { name: 'decide', nsPerOrder: partOf(({ decide }) => decide) },
        { name: 'evolve, positions and limits', nsPerOrder: partOf(({ evolve }) => evolve) },
        { name: 'journal, facts into the block', nsPerOrder: partOf(({ append }) => append) },
      ],
      ordersPerSecond: median(measured.map(([, perSecond]) => perSecond)),
      ...{ openOrders: OPEN_ORDERS, openOrdersMB, replayFactsPerSecond: median(replays) },
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
};

interface Timed {
  decide: number;
  evolve: number;
  append: number;
}

const placeOrders = async (config: Config): Promise<readonly [number, number, Timed]> => {
  const engine = await FastEngine.open(config);
  await place(engine, WARM_UP);
  const timed = watch(engine);
  const begun = process.hrtime.bigint();
  await place(engine, ORDERS);
  const ns = Number(process.hrtime.bigint() - begun);
  await engine.stop();
  return [ns / ORDERS, (ORDERS * 1e9) / ns, timed];
};

const place = async (engine: FastEngine, orders: number): Promise<void> => {
  for (let n = 0; n < orders; n += BATCH) {
    await engine.second(BATCH, { cancelEach: Number.POSITIVE_INFINITY });
  }
  await engine.loop.settled();
};

/** Puts a stop watch around the functions of the core and the journal. */
const watch = ({ core, stored }: FastEngine): Timed => {
  const timed: Timed = { decide: 0, evolve: 0, append: 0 };
  const around =
    <A extends unknown[], R>(name: keyof Timed, run: (...args: A) => R) =>
    (...args: A): R => {
      const begun = process.hrtime.bigint();
      const result = run(...args);
      timed[name] += Number(process.hrtime.bigint() - begun);
      return result;
    };
  const decider = core.decider as {
    -readonly [K in keyof typeof core.decider]: (typeof core.decider)[K];
  };
  decider.decide = around('decide', decider.decide);
  decider.evolve = around('evolve', decider.evolve);
  const { journal } = stored.opened;
  journal.append = around('append', journal.append.bind(journal));
  return timed;
};

const replay = async (config: Config): Promise<number> => {
  const begun = process.hrtime.bigint();
  const engine = await FastEngine.open(config);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const facts = engine.factsBefore;
  await engine.stop();
  return facts / seconds;
};

const memoryOfOpen = async (config: Config): Promise<number> => {
  const engine = await FastEngine.open(config);
  await place(engine, 1_000);
  const before = heapMB();
  for (let n = 0; n < OPEN_ORDERS; n += BATCH) {
    await engine.second(BATCH, { cancelEach: Number.POSITIVE_INFINITY, areFilled: false });
  }
  const after = heapMB();
  if (engine.state.openOrderIDs.size !== OPEN_ORDERS) throw new Error('not all orders are open');
  await engine.stop();
  return after - before;
};

const heapMB = (): number => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1_048_576;
};

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
};
