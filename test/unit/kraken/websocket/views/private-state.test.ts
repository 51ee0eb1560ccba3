import { expect } from 'chai';
import { type DecimalText, type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { defined } from '../../../../../src/lib/defined.ts';
import {
  ACCOUNT_FEEDS,
  PrivateFeed,
} from '../../../../../src/kraken/websocket/feeds/private-feed.ts';
import { epochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import { Conversation, CREDENTIAL } from '../connection/conversation.ts';
import { exampleFrame } from '../examples.ts';
import {
  Account,
  eventOf,
  fillBody,
  fillsFrame,
  fillsSnapshot,
  ordersSnapshot,
  polledFills,
} from './private-frames.ts';

describe('fill view [websocket 8.3, 11.2]', () => {
  const fill = (fillID: string, seq: number): object => fillBody('a', fillID, [1, 0], { seq });

  it('trusts a snapshot that contains the last known fill', () => {
    const account = new Account({ lastFillID: 'f1' });
    account.frame(fillsSnapshot(fill('f1', 7), fill('f2', 8)));
    expect(account.findings()).to.deep.equal([]);
  });

  for (const [what, options, frame] of [
    ['does not contain the last known fill', { lastFillID: 'f0' }, fillsSnapshot(fill('f1', 0))],
    ['meets a process that knows no fill', {}, fillsSnapshot(fill('f1', 0))],
    ['is empty although a fill is known', { lastFillID: 'f0' }, fillsSnapshot()],
  ] as const)
    it(`asks for older fills when the snapshot ${what}`, () => {
      expect(new Account(options).frame(frame).findings()).to.deep.equal([
        'CheckFills SnapshotMayHaveHole',
      ]);
    });

  it('asks when the numbers jump, and accepts lower numbers as a restart', () => {
    const account = new Account({ lastFillID: 'f1' }).frame(fillsSnapshot(fill('f1', 7)));
    expect(account.frame(fillsFrame(fill('f2', 8))).findings()).to.deep.equal([]);
    expect(account.frame(fillsFrame(fill('f3', 10))).findings()).to.deep.equal([
      'CheckFills SequenceJump',
    ]);
    expect(account.frame(fillsFrame(fill('f4', 0))).findings()).to.deep.equal([]);
    expect(account.frame(fillsFrame(fill('f5', 1))).findings()).to.deep.equal([]);
  });

  it('asks when a fill of a frame cannot be read, and keeps the others', () => {
    const account = new Account().ready().frame(fillsFrame(fill('f1', 1), { fill_id: 'f2' }));
    expect(account.findings()).to.deep.equal(['CheckFills FrameIncomplete']);
    expect(account.state.fills.size).to.equal(1);
  });

  it('completes a fill that a poll brought without its fee', () => {
    const account = new Account().ready();
    const [polled] = polledFills(fillBody('a', 'f1', [1, 0]));
    if (polled === undefined) throw new Error('no fill');
    const bare = defined({ ...polled, fee: undefined, feeCurrency: undefined });
    account.state.applyFillsPoll([bare], monotonicMs(0));
    account.frame(fillsFrame(fillBody('a', 'f1', [1, 0])));
    expect(account.state.fills.get('f1')?.fee).to.equal('0.01');
    expect(account.state.fills.size).to.equal(1);
  });
});

describe('position view [websocket 8.4]', () => {
  const XBT = 'PF_XBTUSD' as TradingSymbol;
  const XRP = 'PI_XRPUSD' as TradingSymbol;

  it('takes an absent instrument for flat', () => {
    const account = new Account().frame(exampleFrame('open_positions.update'));
    expect(account.state.positions.get(XBT)?.qty).to.equal('0.04');
    const flat = {
      feed: 'open_positions',
      account: 'A',
      positions: [],
      seq: 5,
      timestamp: 1_687_383_625_331,
    };
    expect(account.frame(flat).state.positions.all()).to.deep.equal([]);
  });

  it('proves no absence by a list with an element that it cannot read', () => {
    const account = new Account().frame(exampleFrame('open_positions.update'));
    account.frame({
      feed: 'open_positions',
      positions: [{ instrument: 'PF_X' }],
      timestamp: 1_687_383_625_331,
    });
    expect(account.state.positions.all().length).to.equal(2);
  });

  it('does not take an older list over a newer one', () => {
    const account = new Account().frame(exampleFrame('open_positions.update'));
    const at = epochMs((account.state.positions.at ?? 0) - 1);
    expect(account.state.positions.apply({ positions: [], isComplete: true, at })).to.equal(false);
    expect(account.state.positions.all().length).to.equal(2);
  });

  it('finds where the fills add up to something else', () => {
    const account = new Account().frame(exampleFrame('open_positions.update'));
    const expected = new Map([
      [XBT, '0.04' as DecimalText],
      [XRP, '-500' as DecimalText],
      ['PF_GONE' as TradingSymbol, '1' as DecimalText],
    ]);
    expect(account.state.positions.compare(expected)).to.deep.equal([
      { type: 'CheckPosition', symbol: XRP, expected: '-500', actual: '500' },
      { type: 'CheckPosition', symbol: 'PF_GONE', expected: '1', actual: '0' },
    ]);
  });
});

describe('balance view [websocket 8.5]', () => {
  it('merges the sections that changed and keeps the others', () => {
    const account = new Account().frame(exampleFrame('balances.snapshot'));
    account.frame(exampleFrame('balances.update'));
    account.frame(exampleFrame('balances.variants.delta_single_collateral_only[0]'));
    const { holding, futures, flex } = account.state.balances.current();
    expect(holding['XBT']).to.equal('0.1285407184');
    expect(futures['F-XBT:USD']?.figures['balance']).to.equal('0.1219368845');
    expect(futures['F-ETH:EUR']?.figures['balance']).to.equal('0');
    expect(flex?.currencies['USD']?.['quantity']).to.equal('5000');
    expect(flex?.figures['availableMargin']).to.equal('5000');
    expect(account.findings()).to.deep.equal([]);
  });

  it('asks for a new snapshot when a frame was lost', () => {
    const account = new Account().frame(exampleFrame('balances.snapshot'));
    account.frame(exampleFrame('balances.variants.delta_holding_only[0]'));
    expect(account.findings()).to.deep.equal(['Resync']);
  });

  it('takes a poll only when it is newer', () => {
    const account = new Account().frame(exampleFrame('balances.snapshot'));
    const event = eventOf(exampleFrame('balances.variants.delta_holding_only[0]'));
    if (event.type !== 'Balances') throw new Error('no balances');
    const { balances } = account.state;
    expect(balances.applyPoll({ ...event, at: epochMs(1_640_995_200_000) })).to.equal(false);
    expect(balances.applyPoll({ ...event, at: epochMs(1_640_995_200_001) })).to.equal(true);
    expect(balances.current().holding['USD']).to.equal('5000');
  });
});

describe('private state', () => {
  it('raises announced downtime once', () => {
    const account = new Account().frame(exampleFrame('notifications_auth.update'));
    account
      .frame(exampleFrame('notifications_auth.update'))
      .frame(exampleFrame('notifications_auth.snapshot'));
    expect(account.findings()).to.deep.equal(['Alarm DOWNTIME_ANNOUNCED']);
    expect(account.state.notifications().map(({ id }) => id)).to.deep.equal([6, 5]);
  });

  it('is ready when fills and open orders came on this connection', () => {
    const account = new Account().frame(ordersSnapshot());
    expect(account.state.isReady).to.equal(false);
    account.frame(fillsSnapshot());
    expect(account.state.isReady).to.equal(true);
    account.state.connectionLost();
    expect(account.state.isReady).to.equal(false);
  });
});

describe('private feed: the views on a feed machine', () => {
  const subscriptions = ACCOUNT_FEEDS;
  const open = (): Conversation<PrivateFeed> => {
    const feed = new PrivateFeed({ subscriptions, credential: CREDENTIAL, random: () => 0.5 });
    const talk = new Conversation(feed).connect();
    const answered = new Set<string>();
    for (let round = 0; round < 40; round++) {
      talk.pass(50);
      for (const request of talk.sent()) {
        const name = request['feed'] as string;
        if (request['event'] === 'challenge') talk.frame({ event: 'challenge', message: 'C' });
        else talk.frame({ event: 'subscribed', feed: name });
        answered.add(name);
      }
    }
    for (const feedName of subscriptions.map((subscription) => subscription.feed))
      expect([...answered]).to.include(feedName);
    return talk;
  };
  const findingsOf = (talk: Conversation<PrivateFeed>): string[] =>
    talk.take().flatMap((output) => (output.type === 'Finding' ? [output.finding.type] : []));

  it('is ready when every snapshot came, and not after the line was cut', () => {
    const talk = open();
    expect(talk.machine.isReady).to.equal(false);
    talk.frame(exampleFrame('fills.snapshot')).frame(exampleFrame('open_orders_verbose.snapshot'));
    expect(talk.machine.isReady).to.equal(true);
    for (const frame of ['open_positions.snapshot', 'balances.snapshot', 'account_log.snapshot'])
      talk.frame(exampleFrame(frame));
    expect(talk.machine.status().isPrivateUp).to.equal(true);
    talk.give({ type: 'Closed', reason: 'x' });
    expect(talk.machine.isReady).to.equal(false);
  });

  it('reports what is overdue without being asked', () => {
    const talk = open().frame(fillsSnapshot()).frame(ordersSnapshot());
    talk.take();
    talk.frame(exampleFrame('open_orders.variants.full_fill_with_order_body[0]'));
    expect(findingsOf(talk)).to.deep.equal([]);
    expect(findingsOf(talk.pass(2_600))).to.deep.equal(['CheckFills']);
  });

  it('fetches the balances anew when a frame of theirs was lost', () => {
    const talk = open().frame(exampleFrame('balances.snapshot')).pass(100);
    talk.take();
    talk.frame(exampleFrame('balances.variants.delta_holding_only[0]'));
    expect(
      talk.sent().map((request) => [request['event'], request['feed']].join(' ')),
    ).to.deep.equal(['unsubscribe balances']);
  });

  it('asks when a frame of fills or orders cannot be read at all', () => {
    const talk = open().frame(fillsSnapshot()).frame(ordersSnapshot());
    talk.take();
    talk.frame({ feed: 'open_orders_verbose', is_cancel: true });
    expect(findingsOf(talk)).to.deep.equal(['CheckOpenOrders']);
  });
});
