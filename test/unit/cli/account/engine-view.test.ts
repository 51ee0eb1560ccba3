import { expect } from 'chai';
import { type AccountSnapshot } from '../../../../src/app/venue-view/account-snapshot.ts';
import { engineViewToText, isAtOne } from '../../../../src/cli/account/engine-view.ts';
import {
  type Fill,
  type OpenPosition,
} from '../../../../src/kraken/websocket/events/private-events.ts';
import { type OrderState } from '../../../../src/kraken/websocket/views/order-state.ts';
import { epochMs } from '../../../../src/lib/time.ts';

const EMPTY: AccountSnapshot = {
  at: epochMs(Date.UTC(2026, 10, 26, 12)),
  health: {
    isReady: true,
    unread: [],
    restFailures: 0,
    questions: 0,
    phase: 'Ready',
    epoch: 1,
    downFeeds: [],
  },
  openOrders: [],
  positions: [],
  balances: { holding: {}, futures: {}, totals: {} },
  fillsKnown: 0,
  lastFills: [],
  notifications: [],
  differences: [],
};

describe('the view of a running engine, for people', () => {
  it('says in a line that it is current, and names what is empty', () => {
    expect(engineViewToText(EMPTY).split('\n').filter(Boolean)).to.deep.equal([
      "the engine's view of the account, 2026-11-26T12:00:00.000Z: current",
      'differences with our books: none',
      'open orders: none',
      'positions: none',
      'balances: none',
      'fills, the last of 0 known: none',
    ]);
    expect(isAtOne(EMPTY)).to.equal(true);
  });

  it('says why it is not to be believed', () => {
    const health = {
      isReady: false,
      unread: [],
      restFailures: 2,
      questions: 3,
      phase: 'Waiting' as const,
    };
    const stale = { ...EMPTY, health: { ...health, epoch: 4, downFeeds: ['fills', 'balances'] } };
    expect(engineViewToText(stale)).to.include(
      ': NOT CURRENT, Waiting; down: fills, balances; 2 REST calls failed; 3 questions wait for REST',
    );
    expect(isAtOne(stale)).to.equal(false);
  });

  it('shows every amount as it came, also of an order that is known from a fill alone', () => {
    const order = { venueOrderID: 'v-1', cumQty: '0.10', isOpen: true } as OrderState;
    const position = { symbol: 'PF_XBTUSD', qty: '-0.5000', entryPx: '84000.5' } as OpenPosition;
    const fill = { at: EMPTY.at, symbol: 'PF_XBTUSD', lastQty: '0.1', lastPx: '84000' } as Fill;
    const text = engineViewToText({
      ...EMPTY,
      openOrders: [order],
      positions: [position],
      lastFills: [{ ...fill, fillID: 'f-1', side: 'Sell' }],
      differences: [{ key: 'k', code: 'VENUE_FILL_MISSING', text: 'O-1: a fill of 0.1' }],
    });
    const lines = text.split('\n').map((line) => line.replaceAll(/[\s│]+/g, ' ').trim());
    expect(lines).to.include.members([
      'VENUE_FILL_MISSING O-1: a fill of 0.1',
      '- - - - - - 0.10 v-1 -',
      'PF_XBTUSD -0.5000 84000.5 - -',
      '2026-11-26T12:00:00.000Z PF_XBTUSD Sell 0.1 84000 - - f-1',
    ]);
  });
});
