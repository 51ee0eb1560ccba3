import { expect } from 'chai';
import { epochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import {
  Account,
  fillBody,
  fillsSnapshot,
  goneFrame,
  id,
  orderBody,
  orderFrame,
  ordersSnapshot,
  placed,
  polledOrders,
} from './private-frames.ts';

describe('order view: reconnect and polls [websocket 11]', () => {
  const poll = { asOf: epochMs(100_000), settleMs: 60_000, isComplete: true };

  it('closes what a complete snapshot no longer has, as a guess to be asked about', () => {
    const account = new Account().ready().frame(placed('a')).frame(placed('b'));
    account.state.connectionLost();
    expect(account.state.isReady).to.equal(false);
    account.frame(fillsSnapshot(fillBody('b', 'f1', [1, 0]))).frame(ordersSnapshot());
    expect([account.shown('a'), account.shown('b')]).to.deep.equal(['Unknown? 0', 'Filled 1']);
    expect(account.findings()).to.include('CheckOrder GoneFromSnapshot');
    account.state.orders.resolve(id('a'), 'Canceled', monotonicMs(0));
    expect(account.shown('a')).to.equal('Canceled 0');
  });

  it('closes nothing when a snapshot has an order that it cannot read', () => {
    const account = new Account().ready().frame(placed('a'));
    account.state.connectionLost();
    account.frame(ordersSnapshot({ order_id: 7 }));
    expect(account.shown('a')).to.equal('open 0');
    expect(account.findings()).to.deep.equal(['CheckOpenOrders SnapshotIncomplete']);
  });

  it('asks about an order that vanished, and keeps one open of which only the id can be read', () => {
    const account = new Account().ready().frame(placed('a'));
    account.state.connectionLost();
    account.frame(ordersSnapshot({ order_id: 'b' }));
    expect([account.shown('a'), account.shown('b')]).to.deep.equal(['Unknown? 0', 'open 0']);
    expect(account.findings()).to.have.members([
      'CheckOrder BodyUnreadable',
      'CheckOpenOrders SnapshotIncomplete',
      'CheckOrder GoneFromSnapshot',
    ]);
    expect(account.state.unread).to.deep.equal(['openOrders']);
    account.state.connectionLost();
    account.frame(ordersSnapshot(orderBody('b', 1, 0)));
    expect(account.state.unread).to.deep.equal([]);
  });

  it('opens an order again whose close was only a guess', () => {
    const account = new Account().ready().frame(placed('a'));
    account.state.connectionLost();
    account
      .frame(ordersSnapshot())
      .frame(orderFrame(orderBody('a', 1, 0, 5_000), 'edited_by_user'));
    expect(account.shown('a')).to.equal('open 0');
  });

  it('holds updates back until the snapshot came, then applies them', () => {
    const account = new Account();
    account.frame(goneFrame('a', 'cancelled_by_user'));
    expect(account.shown('a')).to.equal('unknown');
    account.frame(ordersSnapshot(orderBody('a', 1, 0)));
    expect(account.shown('a')).to.equal('Canceled 0');
  });

  it('does not open orders for old fills of a snapshot', () => {
    const account = new Account().frame(fillsSnapshot(fillBody('old', 'f1', [1, 3])));
    account.frame(ordersSnapshot());
    expect(account.state.orders.open()).to.deep.equal([]);
    expect(account.findings()).to.deep.equal(['CheckFills SnapshotMayHaveHole']);
    account.frame(orderFrame(orderBody('old', 3, 1), 'edited_by_user'));
    expect(account.shown('old')).to.equal('open 1');
  });

  it('lets a poll add and correct, but not downgrade', () => {
    const account = new Account().ready().frame(placed('a'));
    account.frame(orderFrame(orderBody('a', 0.6, 0.4, 5_000), 'partial_fill'));
    const older = polledOrders(orderBody('a', 1, 0, 1_000), orderBody('b', 2, 0, 1_000));
    account.state.applyOpenOrdersPoll(older, poll, monotonicMs(0));
    expect([account.shown('a'), account.shown('b')]).to.deep.equal(['open 0.4', 'open 0']);
    const newer = polledOrders(orderBody('a', 0.5, 0.5, 6_000), orderBody('b', 2, 0, 1_000));
    account.state.applyOpenOrdersPoll(newer, poll, monotonicMs(0));
    expect(account.shown('a')).to.equal('open 0.5');
  });

  it('does not open an order again because a poll is behind', () => {
    const account = new Account()
      .ready()
      .frame(placed('a'))
      .frame(goneFrame('a', 'cancelled_by_user'));
    const behind = polledOrders(orderBody('a', 1, 0, 1_000));
    expect(account.state.applyOpenOrdersPoll(behind, poll, monotonicMs(0))).to.deep.equal([]);
    expect(account.shown('a')).to.equal('Canceled 0');
  });

  it('asks when a poll shows a closed order open with a later time', () => {
    const account = new Account()
      .ready()
      .frame(placed('a'))
      .frame(goneFrame('a', 'cancelled_by_user'));
    const later = polledOrders(orderBody('a', 1, 0, 9_000));
    const findings = account.state.applyOpenOrdersPoll(later, poll, monotonicMs(0));
    expect(findings.map((finding) => 'reason' in finding && finding.reason)).to.deep.equal([
      'OpenAfterClose',
    ]);
    expect(account.order('a')?.isOpen).to.equal(false);
  });

  it('asks about absence from a poll only when the order has settled, and closes nothing', () => {
    const account = new Account().ready();
    account.frame(orderFrame(orderBody('old', 1, 0, 40_000), 'new_placed_order_by_user'));
    account.frame(orderFrame(orderBody('young', 1, 0, 40_001), 'new_placed_order_by_user'));
    const findings = account.state.applyOpenOrdersPoll(polledOrders(), poll, monotonicMs(0));
    expect(findings).to.deep.equal([
      { type: 'CheckOrder', venueOrderID: 'old', clOrdID: 'cl-old', reason: 'AbsentFromPoll' },
    ]);
    expect(account.state.orders.open().length).to.equal(2);
  });

  it('forgets closed orders after an hour, open ones never', () => {
    const account = new Account().ready().frame(placed('a')).frame(placed('b'));
    account.frame(goneFrame('a', 'cancelled_by_user')).pass(3_600_001);
    expect([account.shown('a'), account.shown('b')]).to.deep.equal(['unknown', 'open 0']);
  });
});
