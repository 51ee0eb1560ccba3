import { expect } from 'chai';
import { epochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import {
  Account,
  fillBody,
  fillsFrame,
  fillsSnapshot,
  goneFrame,
  id,
  orderBody,
  orderFrame,
  ordersSnapshot,
  placed,
  polledOrders,
} from './private-frames.ts';

const SETTLE_MS = 90_000;

const poll = (account: Account, ...bodies: object[]): void => {
  account.found.push(
    ...account.state.applyOpenOrdersPoll(
      polledOrders(...bodies),
      { asOf: epochMs(0), settleMs: SETTLE_MS, isComplete: true },
      monotonicMs(account.now),
    ),
  );
};

const stop = (time: number): object => ({
  ...orderBody('S', 1, 0, time),
  type: 'stop',
  stop_price: 170,
  triggerSignal: 'mark',
});

describe('order view: an order that has ended here and is open at the venue [websocket 8.1, 11.2]', () => {
  const fired = (): Account =>
    new Account()
      .ready()
      .frame(orderFrame(stop(1_000), 'new_placed_order_by_user'))
      .frame(orderFrame(stop(2_000), 'stop_order_triggered', true));

  it('a stop that fired goes on as a limit order, under the same id if the venue likes', () => {
    const account = fired();
    expect(account.shown('S')).to.equal('Triggered 0');
    account.frame(orderFrame(orderBody('S', 1, 0, 2_001), 'limit_order_from_stop'));
    expect(account.shown('S')).to.equal('open 0');
    account.frame(orderFrame(orderBody('S', 0.4, 0.6, 3_000), 'partial_fill'));
    expect(account.shown('S')).to.equal('open 0.6');
  });

  it('a frame of the stop from before it fired opens nothing', () => {
    const account = fired().frame(orderFrame(stop(1_500), 'edited_by_user'));
    expect(account.shown('S')).to.equal('Triggered 0');
  });

  it('the first list of the next connection is the venue’s whole word, and a proven end is asked about', () => {
    const account = new Account().ready().frame(placed('P')).frame(placed('Q'));
    account.frame(orderFrame(orderBody('P', 0.6, 0.4, 2_000), 'partial_fill', true));
    account.frame(goneFrame('Q', 'cancelled_by_user'));
    expect([account.shown('P'), account.shown('Q')]).to.deep.equal(['Unknown 0.4', 'Canceled 0']);
    account.findings();
    account.state.connectionLost();
    account.frame(ordersSnapshot(orderBody('P', 0.6, 0.4, 2_000), orderBody('Q', 1, 0)));
    expect([account.shown('P'), account.shown('Q')]).to.deep.equal(['open 0.4', 'open 0']);
    expect(account.findings()).to.deep.equal(['CheckOrder OpenAfterClose']);
  });

  it('what ended after that list follows it, in the frames that waited', () => {
    const account = new Account().ready().frame(placed('P'));
    account.state.connectionLost();
    account.frame(goneFrame('P', 'cancelled_by_user')).frame(ordersSnapshot(orderBody('P', 1, 0)));
    expect(account.shown('P')).to.equal('Canceled 0');
  });

  it('no list undoes fills: an order whose fills are its size stays filled', () => {
    const account = new Account().ready().frame(placed('F'));
    account.frame(fillsFrame(fillBody('F', 'f1', [1, 0])));
    account.state.connectionLost();
    account.frame(fillsSnapshot()).frame(ordersSnapshot(orderBody('F', 1, 0)));
    expect(account.shown('F')).to.equal('Filled 1');
  });

  it('REST is believed when it must have seen the end, not before', () => {
    const account = new Account().ready().frame(placed('P'));
    account.frame(goneFrame('P', 'cancelled_by_user')).pass(SETTLE_MS);
    poll(account, orderBody('P', 1, 0));
    expect(account.shown('P')).to.equal('Canceled 0');
    expect(account.state.orders.reopen(id('P'), SETTLE_MS, monotonicMs(account.now))).to.equal(
      false,
    );
    account.pass(1);
    poll(account, orderBody('P', 1, 0));
    expect(account.shown('P')).to.equal('open 0');
    expect(account.findings()).to.include('CheckOrder OpenAfterClose');
  });

  it('a frame that closes nothing and cannot be read is asked about', () => {
    const body = { ...orderBody('N', 1, 0), qty: undefined };
    const account = new Account().ready().frame(orderFrame(body, 'new_placed_order_by_user'));
    expect(account.shown('N')).to.equal('unknown');
    expect(account.findings()).to.deep.equal([
      'CheckOrder BodyUnreadable',
      'CheckOpenOrders FrameIncomplete',
    ]);
  });
});
