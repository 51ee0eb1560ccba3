import { expect } from 'chai';
import { type DecimalText, type VenueOrderID } from '../../../../src/domain/ids.ts';
import {
  type ViewQuestion,
  type ViewReaders,
} from '../../../../src/kraken/account/resolution-reading.ts';
import { readView } from '../../../../src/kraken/account/resolution-views.ts';
import { err, ok } from '../../../../src/lib/result.ts';
import { epochMs } from '../../../../src/lib/time.ts';

const AT = epochMs(1_795_348_800_000);
const ours = 'V1' as VenueOrderID;
const QUESTION: ViewQuestion = {
  since: epochMs(AT - 60_000),
  venueOrderIDs: [ours],
  clOrdIDs: ['c1' as never],
  cancels: [],
};

const reading = <T>(value: T, more: object = {}) =>
  Promise.resolve(
    ok({ value, isComplete: true, hasEveryElement: true, oddities: [], serverTime: AT, ...more }),
  );
const failed = () =>
  Promise.resolve(err({ type: 'Unknown', cause: 'Timeout', text: 'no answer', isNovel: false }));

const fill = (id: string, size: string, at = AT, order = 'V1') => ({
  ...{ executionID: id, venueOrderID: order as VenueOrderID, symbol: 'PF_XBTUSD', side: 'Buy' },
  ...{ lastQty: size as DecimalText, lastPx: '100' as DecimalText, at, type: 'maker' },
});

const event = (name: string, order: object, at = AT) => ({ uid: 'u', at, name, event: { order } });
const historic = (more: object = {}) => ({
  ...{ venueOrderID: ours, symbol: 'PF_XBTUSD', side: 'Buy', leavesQty: '10', cumQty: '0' },
  ...{ enteredAt: AT, updatedAt: AT, ordType: 'Limit', isReduceOnly: false, ...more },
});

const readersOf = (given: {
  readonly account?: object;
  readonly orders?: object;
  readonly history?: object;
  readonly feeds?: ViewReaders['feeds'];
}): ViewReaders =>
  ({ account: {}, orders: {}, history: {}, feeds: () => undefined, ...given }) as never;

describe('a view of the venue, read about orders in doubt', () => {
  it('is complete when every element was understood, and names our orders and those without an id', async () => {
    const body = { venueOrderID: ours, clOrdID: 'c1', order: { cumQty: '4', leavesQty: '6' } };
    const listed = [body, { venueOrderID: 'V2' }, { venueOrderID: 'V3', clOrdID: 'other' }];
    const readers = readersOf({ orders: { openOrders: () => reading(listed) } });
    const view = await readView('openorders', QUESTION, readers);
    expect(view).to.deep.include({ complete: true, asOf: AT, channel: 'rest' });
    expect(view.hash).to.match(/^[0-9a-f]{64}$/);
    expect(view.orders.map(({ venueOrderID, status }) => [venueOrderID, status])).to.deep.equal([
      ['V1', 'open'],
      ['V2', 'open'],
    ]);
  });

  it('F16: is incomplete when one element cannot be read, and when the call fails', async () => {
    const dropped = reading([], { hasEveryElement: false });
    const unread = await readView(
      'openorders',
      QUESTION,
      readersOf({ orders: { openOrders: () => dropped } }),
    );
    expect(unread).to.deep.include({ complete: false, why: 'an element could not be read' });
    const lost = await readView(
      'openorders',
      QUESTION,
      readersOf({ orders: { openOrders: failed } }),
    );
    expect(lost).to.deep.include({ complete: false, why: 'openorders: Unknown no answer' });
  });

  it('reads fills back to its time page by page, and sums them by order', async () => {
    const page = Array.from({ length: 100 }, (_, at) => fill(`f${at}`, '1', epochMs(AT - at)));
    const older = [fill('old', '2', epochMs(AT - 61_000))];
    const asked: (string | undefined)[] = [];
    const fills = (before?: string) => {
      asked.push(before);
      return reading(before === undefined ? page : [page[99], ...older]);
    };
    const view = await readView('fills', QUESTION, readersOf({ account: { fills } }));
    expect(view.complete).to.equal(true);
    expect(asked).to.have.length(2);
    expect(view.fills).to.have.length(101);
    expect(view.fills[0]?.venueCumQty).to.equal('102');
    expect(view.orders).to.have.length(1);
    expect(view.orders[0]).to.deep.include({ status: 'known', cumQty: '102' });
  });

  it('follows the continuation tokens of history to the end; the newest event of an order counts', async () => {
    const tokens: (string | undefined)[] = [];
    const orders = ({ continuationToken }: { readonly continuationToken?: string }) => {
      tokens.push(continuationToken);
      return continuationToken === undefined
        ? reading({ elements: [event('OrderCancelled', historic())], continuationToken: 't' })
        : reading({ elements: [event('OrderPlaced', historic())] });
    };
    const view = await readView('history-orders', QUESTION, readersOf({ history: { orders } }));
    expect(tokens).to.deep.equal([undefined, 't']);
    expect(view.complete).to.equal(true);
    expect(view.orders.map(({ status }) => status)).to.deep.equal(['canceled']);
  });

  it('does not take “placed” in history for “open now”, and “placed with nothing left” for its end', async () => {
    const statusOf = async (order: object): Promise<string | undefined> => {
      const orders = () => reading({ elements: [event('OrderPlaced', order)] });
      const view = await readView('history-orders', QUESTION, readersOf({ history: { orders } }));
      return view.orders[0]?.status;
    };
    expect(await statusOf(historic())).to.equal('known');
    expect(await statusOf(historic({ leavesQty: '0', cumQty: '10' }))).to.equal('filled');
  });

  it('F19: takes what orders/status finds, in calls of fifty ids', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `V${at}` as VenueOrderID);
    const calls: number[] = [];
    const orderStates = ({
      venueOrderIDs = [],
    }: {
      readonly venueOrderIDs?: readonly string[];
    }) => {
      calls.push(venueOrderIDs.length);
      const [first] = venueOrderIDs;
      return reading([{ order: { venueOrderID: first, cumQty: '0' }, status: 'CANCELLED' }]);
    };
    const question = { ...QUESTION, venueOrderIDs: ids, clOrdIDs: [] };
    const view = await readView('orders-status', question, readersOf({ orders: { orderStates } }));
    expect(calls).to.deep.equal([50, 10]);
    expect(view.orders.map(({ status }) => status)).to.deep.equal(['canceled', 'canceled']);
  });

  it('asks a cancel again by the id of the venue, and says how many are not answered', async () => {
    const asked: object[] = [];
    const cancelOrder = (target: object) => {
      asked.push(target);
      return Promise.resolve({ outcome: { type: 'Unknown', cause: 'Timeout', text: '' } });
    };
    const question = { ...QUESTION, cancels: [ours] };
    const view = await readView('cancelorder', question, readersOf({ orders: { cancelOrder } }));
    expect(asked).to.deep.equal([{ venueOrderID: 'V1' }]);
    expect(view).to.deep.include({ complete: false, why: '1 cancels are not answered' });
  });

  it('says that the feeds are not current when they are down', async () => {
    const view = await readView('websocket', QUESTION, readersOf({}));
    expect(view).to.deep.include({ complete: false, orders: [] });
  });
});
