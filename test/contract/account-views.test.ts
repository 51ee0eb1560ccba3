import { expect } from 'chai';
import { systemClock, systemTimers } from '../../src/app/system-clock.ts';
import { AccountReconciler } from '../../src/kraken/account/account-reconciler.ts';
import { answerQuestion } from '../../src/kraken/account/read-answers.ts';
import { type AccountReaders } from '../../src/kraken/account/read-deps.ts';
import { makeAccountBudgets } from '../../src/kraken/rate-budget.ts';
import { makeRestAccountGateway } from '../../src/kraken/rest/account/account-gateway.ts';
import { makeRestHistoryGateway } from '../../src/kraken/rest/history/history-gateway.ts';
import { makeRestOrderCalls } from '../../src/kraken/rest/orders/order-calls.ts';
import { makeRawClient } from '../../src/kraken/rest/raw-client.ts';
import { makeVenueClock } from '../../src/kraken/rest/venue-clock.ts';
import { PrivateState } from '../../src/kraken/websocket/views/private-state.ts';
import { toDecimalText } from '../../src/lib/decimal-text.ts';
import { Secret } from '../../src/lib/secret.ts';
import { epochMs } from '../../src/lib/time.ts';
import { openStage, type Stage } from '../integration/simulator-rest/stage.ts';
import { until } from '../support/until.ts';

interface Way {
  readonly state: PrivateState;
  /** One look at the venue, where the way has to look. */
  readonly look: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const clock = systemClock;

const readersOf = ({ url, alice }: Stage): AccountReaders & { close: () => Promise<void> } => {
  const { client, close } = makeRawClient(
    { origin: url, credential: { apiKey: new Secret(alice.apiKey), apiSecret: alice.apiSecret } },
    { clock, timers: systemTimers, random: () => 0.5, budgets: makeAccountBudgets() },
  );
  return {
    account: makeRestAccountGateway(client),
    orders: makeRestOrderCalls({ client, venueClock: makeVenueClock(clock) }),
    history: makeRestHistoryGateway(client),
    close,
  };
};

const openFeeds = (stage: Stage): Way => {
  const { close, ...readers } = readersOf(stage);
  const reconciler = new AccountReconciler(
    {
      url: `ws://127.0.0.1:${stage.simulator.feedsPort}/ws/v1`,
      credential: { apiKey: new Secret(stage.alice.apiKey), apiSecret: stage.alice.apiSecret },
      ...{ pollIntervalMs: 0, settleMs: 0, fillsLookBackMs: 60_000 },
    },
    {
      ...{ clock, timers: systemTimers, random: () => 0.5, readers },
      ...{ onNotice: () => undefined, onOutput: () => undefined, onAlarm: () => undefined },
    },
  );
  reconciler.start();
  const stop = async (): Promise<void> => {
    const stopped = reconciler.stop();
    await close();
    await stopped;
  };
  return { state: reconciler.state, look: () => Promise.resolve(), stop };
};

const openPolls = (stage: Stage): Way => {
  const { close, ...readers } = readersOf(stage);
  const state = new PrivateState();
  const deps = {
    ...{ ...readers, state, clock, settleMs: 0, call: {}, onFillsProven: () => undefined },
    fillsSince: () => epochMs(clock.wall() - 60_000),
  };
  const look = async (): Promise<void> => {
    for (const type of ['OpenOrders', 'Fills', 'Positions', 'Balances'] as const) {
      const { findings } = await answerQuestion({ type }, deps);
      for (const finding of findings)
        if (finding.type === 'CheckOrder')
          await answerQuestion({ type: 'Order', venueOrderID: finding.venueOrderID }, deps);
    }
    // What fills alone told of is asked for as the running engine does when the order frame is
    // overdue.
    for (const { venueOrderID, isOpen, body } of state.orders.all())
      if (isOpen && body === undefined) await answerQuestion({ type: 'Order', venueOrderID }, deps);
  };
  return { state, look, stop: close };
};

for (const [name, open] of [
  ['the private feeds', openFeeds],
  ['REST alone', openPolls],
] as const)
  describe(`the views of an account by ${name}`, () => {
    let stage: Stage;
    let way: Way;
    before(async () => {
      stage = await openStage({ symbols: ['PF_XBTUSD', 'PF_ETHUSD'], feeds: { port: 0 } });
      way = open(stage);
    });
    after(async () => {
      await way.stop();
      await stage.stop();
    });

    const place = (account: string, terms: object): void => {
      stage.simulator.submit({
        ...{ type: 'PlaceOrder', account, owner: 'test', symbol: 'PF_XBTUSD', orderType: 'lmt' },
        ...(terms as { side: 'buy'; size: string; limitPrice: string }),
      });
    };
    const shown = (): string => {
      const { orders, positions, fills } = way.state;
      return [
        ...orders
          .open()
          .map(({ venueOrderID, cumQty, body }) => `${venueOrderID} ${cumQty} ${body?.leavesQty}`)
          .sort(),
        ...positions.all().map(({ symbol, qty }) => `${symbol} ${qty}`),
        ...fills.latest(100).map(({ fillID, lastPx, lastQty }) => `${fillID} ${lastPx} ${lastQty}`),
      ].join('; ');
    };
    const text = (amount: string): string => toDecimalText(amount) ?? '';
    const truth = (): string => {
      const { queries } = stage.simulator;
      return [
        ...queries
          .openOrders('alice')
          .map((o) => `${o.orderId} ${text(o.filled)} ${text(o.remaining)}`)
          .sort(),
        ...queries
          .positions('alice')
          .filter(({ size }) => Number(size) !== 0)
          .map(({ symbol, size }) => `${symbol} ${text(size)}`),
        ...[...queries.fills('alice')]
          .sort((a, b) => a.trade.at - b.trade.at)
          .map(({ trade, fill }) => `${fill.fillId} ${text(trade.price)} ${text(trade.size)}`),
      ].join('; ');
    };
    /** Looks until it is right; a view that stays wrong says how. */
    const isRight = async (what: string): Promise<void> => {
      const deadline = performance.now() + 120_000;
      do {
        await way.look();
        await until(() => shown() === truth(), what, 100).catch(() => undefined);
      } while (shown() !== truth() && performance.now() < deadline);
      expect(shown(), what).to.equal(truth());
    };

    it('show an order that rests, with its client id and price to the last digit', async () => {
      place('alice', { side: 'buy', size: '0.0123', limitPrice: '84000', cliOrdId: 'mine' });
      await isRight('one order');
      const [order] = way.state.orders.open();
      expect(order?.clOrdID).to.equal('mine');
      expect(order?.body).to.deep.include({ side: 'Buy', kind: 'Limit', limitPx: '84000' });
    });

    it('show a part that was filled, its fill and the position', async () => {
      place('bob', { side: 'sell', size: '0.0023', limitPrice: '84000' });
      await isRight('a partial fill');
      expect(way.state.orders.open()[0]?.cumQty).to.equal('0.0023');
      const [fill] = way.state.fills.latest(1);
      expect(fill).to.deep.include({ side: 'Buy', liquidity: 'Maker', clOrdID: 'mine' });
    });

    it('show an order that was filled whole as closed', async () => {
      place('bob', { side: 'sell', size: '0.01', limitPrice: '84000' });
      await isRight('the whole fill');
      expect(way.state.orders.open()).to.deep.equal([]);
    });

    it('show what was sold short as a negative position', async () => {
      place('bob', { side: 'buy', size: '0.05', limitPrice: '84100' });
      place('alice', { side: 'sell', size: '0.05', limitPrice: '84100' });
      await isRight('a short position');
      expect(way.state.positions.all().map(({ qty }) => qty)).to.deep.equal(['-0.0377']);
    });

    it('show an order that was cancelled as closed, and its cause', async () => {
      place('alice', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId: 'gone' });
      await isRight('an order to cancel');
      stage.simulator.submit({ type: 'CancelOrder', account: 'alice', cliOrdId: 'gone' });
      await isRight('no order');
      const [order] = way.state.orders.byClOrdID('gone');
      expect(order).to.deep.include({ isOpen: false, cause: 'Canceled' });
    });

    it('show balances under the same names', async () => {
      await way.look();
      const has = (): boolean => way.state.balances.current().flex !== undefined;
      await until(has, 'balances');
      const { flex, holding } = way.state.balances.current();
      expect(flex?.figures).to.include.keys('availableMargin', 'initialMargin', 'balanceValue');
      expect(flex?.currencies['USD']?.['quantity']).to.match(/^\d+(\.\d+)?$/);
      expect(holding['USD']).to.equal('100000');
      expect(holding['XBT']).to.equal('10');
    });
  });
