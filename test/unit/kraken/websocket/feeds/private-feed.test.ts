import { expect } from 'chai';
import {
  ACCOUNT_FEEDS,
  PrivateFeed,
} from '../../../../../src/kraken/websocket/feeds/private-feed.ts';
import { Conversation, CREDENTIAL } from '../connection/conversation.ts';
import { alert, subscribed } from '../connection/venue-frames.ts';

const SNAPSHOTS: Readonly<Record<string, object>> = {
  fills: { feed: 'fills_snapshot', account: 'a', fills: [] },
  open_orders_verbose: { feed: 'open_orders_verbose_snapshot', account: 'a', orders: [] },
  open_positions: { feed: 'open_positions', account: 'a', positions: [], seq: 1, timestamp: 1 },
  balances: { feed: 'balances_snapshot', account: 'a', timestamp: 1, seq: 0, holding: {} },
  account_log: { feed: 'account_log_snapshot', account: 'a', logs: [] },
};

/** An account whose feeds are answered as told: held, refused, acknowledged only, or not at all. */
const account = (feed: string, what: 'held' | 'refused' | 'acknowledged' | 'unanswered') => {
  const random = (): number => 0.5;
  const machine = new PrivateFeed({ subscriptions: ACCOUNT_FEEDS, credential: CREDENTIAL, random });
  const talk = new Conversation(machine).give({ type: 'Start' }).greet();
  for (let turn = 0; turn < 100; turn++) {
    for (const request of talk.sent()) {
      const asked = String(request['feed']);
      if (request['event'] === 'challenge') talk.frame({ event: 'challenge', message: 'c' });
      if (request['event'] !== 'subscribe') continue;
      if (asked === feed && what === 'unanswered') continue;
      if (asked === feed && what === 'refused')
        talk.frame(alert('Failed to subscribe to authenticated feed'));
      else talk.frame(subscribed(asked));
      const snapshot = SNAPSHOTS[asked];
      if (snapshot !== undefined && (asked !== feed || what === 'held')) talk.frame(snapshot);
    }
    talk.pass(100);
  }
  return machine;
};

describe('the private feeds of an account', () => {
  const isReady = (machine: PrivateFeed): boolean => machine.isReady && machine.isAllLive;

  it('make the view ready when every one is acknowledged and has had its snapshot', () =>
    expect(isReady(account('fills', 'held'))).to.equal(true));

  for (const feed of ['fills', 'open_positions', 'balances', 'account_log'])
    for (const what of ['refused', 'acknowledged', 'unanswered'] as const)
      it(`do not make it ready while ${feed} is ${what}`, () =>
        expect(isReady(account(feed, what))).to.equal(false));
});
