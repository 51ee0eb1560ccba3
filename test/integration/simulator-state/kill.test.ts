import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Prng } from '../../../src/lib/prng.ts';
import { RawTrader } from '../simulator-rest/channel-clients.ts';
import { V3 } from '../simulator-rest/stage.ts';
import { until } from '../../support/until.ts';
import { KeptVenue } from './kept-venue.ts';

/** CI kills it more often. */
const KILLS = Number(process.env['FATHOM_VENUE_KILLS'] ?? '4');
const SEEDS = KILLS < 10 ? [1] : [1, 2, 3];
const ORDERS_MAX = 2_000;
const HISTORY = '/api/history/v3';

interface Told {
  readonly orderIds: Set<string>;
  readonly fillIds: Set<string>;
}

/**
 * Orders of every kind by seed, one after another, until the venue is gone; what it answered is
 * remembered.
 */
const trade = async (venue: KeptVenue, prng: Prng, told: Told): Promise<void> => {
  for (let i = 0; i < ORDERS_MAX; i += 1) {
    const side = prng.pick(['buy', 'sell'] as const);
    const terms = prng.pick([
      { orderType: 'mkt' },
      { orderType: 'lmt', limitPrice: side === 'buy' ? 60_000 : 110_000 },
      { orderType: 'stp', stopPrice: side === 'buy' ? 120_000 : 50_000, triggerSignal: 'mark' },
    ] as const);
    const order = { symbol: 'PF_XBTUSD', side, size: 0.001 * prng.between(1, 5), ...terms };
    const answer = await venue.post('sendorder', order, prng.below(2)).catch(() => undefined);
    if (answer === undefined) return;
    const { order_id: orderId, orderEvents = [] } = (answer['sendStatus'] ?? {}) as SendStatus;
    if (orderId !== undefined) told.orderIds.add(orderId);
    for (const { type, executionId } of orderEvents) {
      if (type === 'EXECUTION' && executionId !== undefined) told.fillIds.add(executionId);
    }
  }
};

interface SendStatus {
  readonly order_id?: string;
  readonly orderEvents?: readonly { readonly type: string; readonly executionId?: string }[];
}

const everyExecutionOf = async (venue: KeptVenue): Promise<string> =>
  JSON.stringify(
    await Promise.all(
      [0, 1].flatMap((at) => [
        venue.get(`${HISTORY}/executions`, at, { count: 10_000 }),
        venue.get(`${HISTORY}/orders`, at, { count: 10_000 }),
        venue.get(`${HISTORY}/triggers`, at, { count: 10_000 }),
        venue.get(`${V3}/fills`, at),
      ]),
    ),
  );

/** Under the market, within the collar: a sell order trades at once, a buy order rests. */
const lowPrice = async (venue: KeptVenue): Promise<string> => {
  const { ticker } = (await venue.get(`${V3}/tickers/PF_XBTUSD`)) as {
    readonly ticker: { readonly markPrice: number };
  };
  return String(Math.floor(ticker.markPrice * 0.95));
};

/** Things to remember beside orders. */
const setEverything = async (venue: KeptVenue): Promise<void> => {
  await venue.put('leveragepreferences', { symbol: 'PF_XBTUSD', maxLeverage: 3 });
  await venue.put('self-trade-strategy', { strategy: 'CANCEL_MAKER_SELF' });
  await venue.put('rfq-assignment/max-leverage', { maxLeverage: 7 });
  await venue.post('transfer', {
    fromAccount: 'cash',
    toAccount: 'flex',
    unit: 'USD',
    amount: 12.5,
  });
  await venue.post('cancelallordersafter', { timeout: 600 }, 1);
  for (const at of [0, 1]) {
    await venue.post('sendorder', { ...RESTING, limitPrice: 61_000 + at, cliOrdId: 'mine' }, at);
  }
};
const RESTING = { orderType: 'lmt', symbol: 'PF_XBTUSD', side: 'buy', size: 0.5 } as const;

describe('a simulator with --state, killed at any moment', () => {
  let dir: string;
  let venue: KeptVenue | undefined;
  const start = async (args: readonly string[]): Promise<KeptVenue> => {
    venue = await KeptVenue.start(args);
    return venue;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-state-'));
  });
  afterEach(async () => {
    await venue?.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  for (const seed of SEEDS) {
    it(`seed ${seed}: knows everything that it has answered, over REST and FIX`, async () => {
      const prng = new Prng(seed);
      const ledgerFile = join(dir, 'ledger.jsonl');
      const args = ['--state', join(dir, 'state'), '--ledger', ledgerFile];
      const listing = ['--symbols', 'PF_XBTUSD,PI_XBTUSD'];

      // Traded with, and killed in the middle of it.
      const first = await start([...args, ...listing, '--speed', 'fast']);
      const told: Told = { orderIds: new Set(), fillIds: new Set() };
      const fix = new RawTrader(first.run.fix.trading.port, first.run.fix.trading.senderCompID);
      await fix.logon(first.fixKey(0));
      await setEverything(first);
      const clients = [trade(first, prng.fork(), told), trade(first, prng.fork(), told)];
      const price = await lowPrice(first);
      for (let i = 0; i < 5; i += 1) {
        fix.order('buy', price);
        fix.order('sell', price);
      }
      await until(() => fix.reports('F').length > 0, 'a fill over FIX');
      await until(() => told.fillIds.size > 0, 'a fill over REST');
      await sleep(prng.between(100, 900));
      await first.kill();
      await Promise.all(clients);
      fix.raw.close();

      // Everything that was told is there; and from here on nothing moves by itself.
      const second = await start([...args, '--speed', 'off']);
      expect(second.run.keys).to.deep.equal(first.run.keys);
      const known = await everyExecutionOf(second);
      for (const id of [...told.orderIds, ...told.fillIds]) expect(known).to.include(id);
      expect(told.fillIds.size).to.be.greaterThan(0);
      const resumed = new RawTrader(
        second.run.fix.trading.port,
        second.run.fix.trading.senderCompID,
      );
      await resumed.resume(second.fixKey(0), fix.raw.nextSeqNum + 1);
      resumed.raw.sendRaw(resumed.raw.frameOf('2', fix.raw.nextSeqNum + 2, '7=1|16=0'));
      const before = fix.reports().map((report) => report.get('17'));
      await until(() => {
        const again = resumed.reports().filter((report) => report.get('43') === 'Y');
        const ids = again.map((report) => report.get('17'));
        return before.every((id) => ids.includes(id));
      }, 'every report of before is resent');
      for (const report of fix.reports()) {
        const again = resumed.reports().find((each) => each.get('17') === report.get('17'));
        expect(again?.get('34')).to.equal(report.get('34'));
        expect(again?.get('37')).to.equal(report.get('37'));
      }
      resumed.raw.close();
      const views = await second.views();
      expect(JSON.stringify(views)).to.include('"maxLeverage":3').and.include('"mine"');
      await second.kill();

      // Killed again: each view is as it was, to the last digit.
      const third = await start([...args, '--speed', 'off']);
      const after = await third.views();
      for (const name of Object.keys(views)) expect(after[name], name).to.deep.equal(views[name]);
      await until(
        () =>
          readFileSync(ledgerFile, 'utf8').split('\n').length >
          (views['ledger'] as string[]).length,
        'the ledger file is whole',
      );
      expect(readFileSync(ledgerFile, 'utf8').trimEnd().split('\n')).to.deep.equal(views['ledger']);
      await third.kill();
    });
  }

  it('killed again and again under load: ledger, state and books agree after each', async function () {
    this.timeout(300_000);
    const prng = new Prng(10);
    const ledgerFile = join(dir, 'ledger.jsonl');
    const args = ['--state', join(dir, 'state'), '--ledger', ledgerFile];
    const told: Told = { orderIds: new Set(), fillIds: new Set() };
    let before: readonly string[] = [];
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const run = await start([...args, '--symbols', 'PF_XBTUSD', '--speed', 'fast']);
      const ledger = await run.ledger();
      // Nothing of the run before is lost, changed or doubled.
      expect(ledger.slice(0, before.length), `kill ${kill - 1}`).to.deep.equal(before);
      expect(new Set(ledger).size).to.equal(ledger.length);
      const answered = told.fillIds.size;
      const clients = [trade(run, prng.fork(), told), trade(run, prng.fork(), told)];
      await until(() => told.fillIds.size > answered, 'a fill under load', 60_000);
      await sleep(prng.between(20, 400));
      before = await run.ledger();
      await run.kill();
      await Promise.all(clients);
    }
    const last = await start([...args, '--symbols', 'PF_XBTUSD', '--speed', 'off']);
    const known = await everyExecutionOf(last);
    for (const id of [...told.orderIds, ...told.fillIds]) expect(known).to.include(id);
    const views = await last.views();
    const ledger = views['ledger'] as readonly string[];
    expect(ledger.slice(0, before.length)).to.deep.equal(before);
    await until(
      () => readFileSync(ledgerFile, 'utf8').trimEnd().split('\n').length >= ledger.length,
      'the ledger file is whole',
    );
    expect(readFileSync(ledgerFile, 'utf8').trimEnd().split('\n')).to.deep.equal(ledger);
    await last.kill();
    const again = await start([...args, '--symbols', 'PF_XBTUSD', '--speed', 'off']);
    const after = await again.views();
    for (const name of Object.keys(views)) expect(after[name], name).to.deep.equal(views[name]);
    await again.kill();
  });
});
