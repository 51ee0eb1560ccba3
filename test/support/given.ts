import { expect } from 'chai';
import { decimalOf, decimalTextOf } from '../../src/domain/decimal-text.ts';
import { type ClOrdID, type VenueExecID, type VenueOrderID } from '../../src/domain/ids.ts';
import { type OrderTerms } from '../../src/domain/order.ts';
import { type VenueExecutionReport } from '../../src/domain/venue-report.ts';
import { type Effect } from '../../src/core/effect.ts';
import { type Fact } from '../../src/core/fact.ts';
import { type InputBody } from '../../src/core/input.ts';
import { Bench, type BenchDeps, place, SOURCE, text } from './bench.ts';

/** An input, or something that makes inputs out of what the books hold by then. */
export type Step = InputBody | ((bench: Bench) => unknown);

/** A fact or effect as far as a test cares about it. */
type Like<T> = T extends unknown ? Partial<T> & { readonly type: unknown } : never;

/** Given these steps, when this one, then these facts: a specification that reads aloud. */
export const given = (...before: readonly Step[]): Scenario => new Scenario(Bench.ready(), before);

export const givenDeps = (deps: Partial<BenchDeps>, ...before: readonly Step[]): Scenario =>
  new Scenario(Bench.ready(deps), before);

class Scenario {
  readonly bench: Bench;

  constructor(bench: Bench, before: readonly Step[]) {
    this.bench = bench;
    for (const step of before) run(bench, step);
  }

  when(...steps: readonly Step[]): Outcome {
    this.bench.facts.length = 0;
    this.bench.effects.length = 0;
    for (const step of steps) run(this.bench, step);
    return new Outcome(this.bench);
  }
}

class Outcome {
  readonly bench: Bench;

  constructor(bench: Bench) {
    this.bench = bench;
  }

  /** Exactly these facts in this order, each with at least these fields. */
  then(...facts: readonly Like<Fact>[]): this {
    compare(this.bench.facts, facts);
    return this;
  }

  /** Exactly these effects in this order; timers are left out. */
  causing(...effects: readonly Like<Effect>[]): this {
    const isTimer = ({ type }: Effect): boolean => type === 'SetTimer' || type === 'CancelTimer';
    compare(
      this.bench.effects.filter((effect) => !isTimer(effect)),
      effects,
    );
    return this;
  }
}

const compare = (actual: readonly { type: string }[], expected: readonly object[]): void => {
  const types = (items: readonly object[]): unknown[] =>
    items.map((item) => ('type' in item ? item.type : undefined));
  expect(types(actual)).to.deep.equal(types(expected));
  expected.forEach((item, at) => {
    expect(actual[at]).to.deep.include(item);
  });
};

const run = (bench: Bench, step: Step): void => {
  if (typeof step === 'function') step(bench);
  else bench.input(step);
};

/** OrderID(37) that the simulated venue gives the client's order. */
export const v = (clientOrderID: string): VenueOrderID => `V-${clientOrderID}` as VenueOrderID;

type ReportStep = (clientOrderID: string, more?: Partial<VenueExecutionReport>) => Step;

const onOrder =
  (body: Partial<VenueExecutionReport>): ReportStep =>
  (clientOrderID, more = {}) =>
  (bench) => {
    const { venueClOrdID: clOrdID, cumQty, leavesQty, terms } = bench.order(clientOrderID);
    const { side, symbol } = terms;
    const ids = clOrdID === undefined ? {} : { clOrdID };
    const sums = { cumQty, leavesQty, side, symbol };
    return bench.report({ venueOrderID: v(clientOrderID), ...ids, ...sums, ...body, ...more });
  };

export const acked = onOrder({ execType: 'New', ordStatus: 'New' });
export const rejected = onOrder({
  execType: 'Rejected',
  ordStatus: 'Rejected',
  leavesQty: text('0'),
});
export const expired = onOrder({ execType: 'Expired', ordStatus: 'Expired', leavesQty: text('0') });
export const canceledUnasked = onOrder({
  execType: 'Canceled',
  ordStatus: 'Canceled',
  leavesQty: text('0'),
});

/** An order that the venue acknowledged. */
export const live =
  (
    clientOrderID: string,
    terms: Partial<OrderTerms> = {},
    rest: Parameters<typeof place>[2] = {},
  ): Step =>
  (bench) => {
    run(bench, place(clientOrderID, terms, rest));
    run(bench, acked(clientOrderID));
  };

/** The answer to our cancel: ClOrdID(11) is the request's, OrigClOrdID(41) the order's. */
export const canceled =
  (clientOrderID: string, more: Partial<VenueExecutionReport> = {}): Step =>
  (bench) => {
    const { venueClOrdID, pending } = bench.order(clientOrderID);
    const ids = { clOrdID: pending[0]!.clOrdID, origClOrdID: venueClOrdID! };
    run(bench, canceledUnasked(clientOrderID, { ...ids, ...more }));
  };

export const traded =
  (
    clientOrderID: string,
    lastQty: string,
    lastPx = '100',
    more: Partial<VenueExecutionReport> = {},
  ): Step =>
  (bench) => {
    const { cumQty: before, terms } = bench.order(clientOrderID);
    const cumQty = decimalOf(before).plus(decimalOf(text(lastQty)));
    const leavesQty = decimalTextOf(decimalOf(terms.orderQty).minus(cumQty));
    const sums = { cumQty: decimalTextOf(cumQty), leavesQty };
    const trade = { lastQty: text(lastQty), lastPx: text(lastPx) };
    const ordStatus = leavesQty === '0' ? 'Filled' : 'PartiallyFilled';
    run(bench, onOrder({ execType: 'Trade', ordStatus, ...sums, ...trade })(clientOrderID, more));
  };

/** BusinessMessageReject(j) of a request. */
export const businessReject =
  (
    refMsgType: string,
    refID: (bench: Bench) => ClOrdID | undefined,
    said: string,
    reason = 0,
  ): Step =>
  (bench) => {
    const id = refID(bench);
    const ref = id === undefined ? {} : { refID: id };
    bench.input({
      type: 'VenueReported',
      report: { type: 'BusinessReject', refMsgType, ...ref, reason, text: said },
      source: SOURCE,
    });
  };

export const cancelRejected = (clientOrderID: string, said = 'EOrder:Unknown order'): Step =>
  businessReject('F', (bench) => bench.order(clientOrderID).pending[0]!.clOrdID, said, 101);

export const execID = (id: string): VenueExecID => id as VenueExecID;

export const cut: Step = (bench) => bench.cut();
export const logOn: Step = (bench) => {
  bench.logOn();
};
export const logOnWithReset: Step = (bench) => {
  bench.logOn(true);
};
export const synchronize: Step = (bench) => bench.synchronize();
export const askResend =
  (beginSeqNo: number): Step =>
  (bench) =>
    bench.askResend(beginSeqNo);

export const doubtsOf = (bench: Bench): readonly string[] => [...bench.state.doubts.values()];
export const factTypes = (bench: Bench): readonly string[] => bench.facts.map(({ type }) => type);
