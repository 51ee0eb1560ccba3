import { expect } from 'chai';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCore } from '../../src/app/loop/decider.ts';
import { executionsOfJournal } from '../../src/app/loop/journal-executions.ts';
import { recoverEngine } from '../../src/app/loop/recovery.ts';
import { openEngineStorage } from '../../src/app/loop/storage.ts';
import { verifyJournal } from '../../src/app/loop/verify-journal.ts';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { loadConfig } from '../../src/config/load/load-config.ts';
import { executions, orders } from '../../src/core/views.ts';
import { type OrderID, type SessionName, type TradingSymbol } from '../../src/domain/ids.ts';
import { verifyExecutions } from '../../src/execution-log/verify/verify.ts';
import { decimal, decimalToText } from '../../src/lib/decimal.ts';
import { makeRedactor } from '../../src/lib/redaction/redactor.ts';
import { silentLogger } from '../../src/observability/logger.ts';
import { makeMetrics } from '../../src/observability/metrics.ts';
import { okValue } from '../support/ok-value.ts';

const FIXTURE = 'test/fixtures/journal-of-before';

interface Told {
  readonly orders: readonly (Readonly<Record<string, unknown>> & {
    readonly orderID: OrderID;
    readonly symbol: TradingSymbol;
    readonly side: 'Buy' | 'Sell';
  })[];
  readonly executions: readonly (Readonly<Record<string, unknown>> & {
    readonly orderID: OrderID;
    readonly lastQty: string;
  })[];
  readonly openOrders: readonly OrderID[];
  readonly lastClOrdID: string;
}

const told = JSON.parse(readFileSync(join(FIXTURE, 'told.json'), 'utf8')) as Told;

/** The same fields as an expected object has. */
const pick = (from: object, like: object): unknown =>
  Object.fromEntries(Object.keys(like).map((key) => [key, (from as Record<string, unknown>)[key]]));

describe('a journal of the version before (test/fixtures/journal-of-before)', function () {
  this.timeout(60_000);
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'fathom-before-'));
    cpSync(FIXTURE, dataDir, { recursive: true });
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });

  const recovered = async () => {
    const loaded = loadConfig({
      path: 'config/demo.json',
      env: {},
      overrides: { 'engine.dataDir': dataDir, 'engine.durability': 'process' },
    });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
    const { config } = loaded.value;
    const deps = { clock: systemClock, timers: systemTimers, logger: silentLogger };
    const metrics = makeMetrics({ engine: 'test' });
    const stored = okValue(
      await openEngineStorage(config, { ...deps, metrics, redactor: makeRedactor([]) }),
    );
    try {
      const trading = config.sessions.find((session) => session.role === 'trading')!;
      const core = makeCore(config, [trading], {
        randomBytes: (count) => new Uint8Array(count),
        hasOrderRoom: () => true,
        cancelRoom: () => ({ cancels: 1, cancelAfterMs: 0, massCancelAfterMs: 0 }),
      });
      const republish = { afterSeq: Number.POSITIVE_INFINITY, tell: () => undefined };
      const engine = okValue(await recoverEngine(stored.opened, core, republish, deps));
      return { ...engine, core, logSeq: stored.executionLog.lastSeq() };
    } finally {
      stored.executionLog.close();
      stored.fixLogs.close();
      await stored.closedOrders.close();
      await stored.opened.journal.close();
    }
  };

  it('has the orders and executions that the earlier program told', async () => {
    const { state } = await recovered();
    const found = orders(state).map(({ order, ordStatus, avgPx, isOpen }, at) => {
      const { symbol, side, orderQty } = order.terms;
      return pick({ ...order, symbol, side, orderQty, ordStatus, avgPx, isOpen }, told.orders[at]!);
    });
    expect(found).to.deep.equal(told.orders);
    expect([...state.openOrderIDs]).to.deep.equal(told.openOrders);
    expect(state.lastClOrdID).to.equal(told.lastClOrdID);
    const booked = executions(state);
    expect(booked.map((one, at) => pick(one, told.executions[at]!))).to.deep.equal(told.executions);
  });

  it('has the positions that its executions come to, and goes on with the execution log', async () => {
    const { state, core, logSeq } = await recovered();
    const account = 'trading' as SessionName;
    const sides = new Map(told.orders.map((order) => [order.orderID, order]));
    const sums = new Map<TradingSymbol, ReturnType<typeof decimal>>();
    for (const { orderID, lastQty } of told.executions) {
      const { symbol, side } = sides.get(orderID)!;
      const qty = decimal(lastQty).times(side === 'Buy' ? '1' : '-1');
      sums.set(symbol, (sums.get(symbol) ?? decimal('0')).plus(qty));
    }
    expect(sums.size).to.equal(3);
    for (const [symbol, qty] of sums)
      expect(core.positions.qtyOf(state, account, symbol), symbol).to.equal(decimalToText(qty));
    expect(logSeq).to.be.greaterThan(0);
  });

  it('is verified by journal verify and executions verify', async () => {
    const journal = join(dataDir, 'journal');
    expect(okValue(verifyJournal(journal))).to.deep.include({ from: 1, orders: 12 });
    const verified = await verifyExecutions(dataDir, {
      journal: okValue(executionsOfJournal(journal)),
    });
    expect(okValue(verified).disagreements).to.deep.equal([]);
  });
});
