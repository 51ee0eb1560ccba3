import { expect } from 'chai';
import { type ClosedOrders } from '../../../../src/app/retention/closed-orders.ts';
import { archiveClosed, temporaryArchive } from '../../../support/archiving.ts';
import { Bench, cancel, place, text } from '../../../support/bench.ts';
import {
  businessReject,
  cancelRejected,
  canceled,
  canceledUnasked,
  execID,
  expired,
  live,
  rejected,
  traded,
  v,
  type Step,
} from '../../../support/given.ts';

/** Every kind of end that an order has, with everything that may happen before it. */
const lives = (n: number): readonly Step[] => {
  const id = (kind: string): string => `${kind}${n}`;
  const exec = (kind: string) => ({ execID: execID(`X-${kind}${n}`) });
  return [
    live(id('filled')),
    traded(id('filled'), '4', '100', exec('f1')),
    traded(id('filled'), '6', '101', exec('f2')),
    (b) => {
      const ids = { venueOrderID: v(id('filled')), ...exec('corrected') };
      const sums = { cumQty: text('10'), leavesQty: text('0'), lastQty: text('4') };
      b.report({
        ...{ ...ids, ...sums, lastPx: text('99'), execRefID: execID(`X-f1${n}`) },
        ...{ execType: 'TradeCorrect', ordStatus: 'Filled' },
      });
      b.report({
        ...{ ...ids, ...exec('busted'), cumQty: text('4'), execRefID: execID(`X-f2${n}`) },
        ...{ execType: 'TradeCancel', ordStatus: 'Filled' },
      });
    },
    // The bust has opened it again.
    canceledUnasked(id('filled'), exec('f3')),
    live(id('canceled')),
    cancel(id('c1-'), id('canceled')),
    cancelRejected(id('canceled'), 'EOrder:Too late'),
    cancel(id('c2-'), id('canceled')),
    canceled(id('canceled'), exec('c')),
    live(id('unasked')),
    canceledUnasked(id('unasked'), exec('u')),
    live(id('expired')),
    expired(id('expired'), exec('e')),
    place(id('rejected')),
    rejected(id('rejected'), exec('r')),
    place(id('refused'), { orderQty: text('0') }),
    place(id('businessRejected')),
    businessReject('D', (b) => b.order(id('businessRejected')).venueClOrdID, 'EOrder:No funds'),
    place(id('filled')),
  ];
};

/** Entries of all maps, sets and lists below a value. */
const entriesBelow = (value: unknown): number => {
  if (value instanceof Map)
    return [...value.values()].reduce<number>((sum, one) => sum + 1 + entriesBelow(one), 0);
  if (value instanceof Set) return value.size;
  if (typeof value !== 'object' || value === null) return 0;
  const list = Array.isArray(value) ? value.length : 0;
  return Object.values(value).reduce<number>((sum, one) => sum + entriesBelow(one), list);
};

describe('memory of the books', () => {
  let archive: ClosedOrders;
  let remove: () => Promise<void>;
  beforeEach(() => {
    ({ archive, remove } = temporaryArchive());
  });
  afterEach(() => remove());

  const after = (count: number): Bench => {
    const bench = Bench.ready();
    for (let n = 1; n <= count; n += 1) {
      for (const step of lives(n)) {
        if (typeof step === 'function') step(bench);
        else bench.input(step);
      }
      archiveClosed(bench, archive);
    }
    return bench;
  };

  it('holds nothing of orders that were closed and archived, whatever happened to them', () => {
    const { state } = after(20);
    expect([...state.orders.values()]).to.deep.equal([]);
    expect(state.ordersArchived).to.be.greaterThan(100);
    const few = after(1).state;
    for (const name of Object.keys(state) as (keyof typeof state)[]) {
      expect(entriesBelow(state[name]), `state.${name}`).to.equal(entriesBelow(few[name]));
    }
  });
});
