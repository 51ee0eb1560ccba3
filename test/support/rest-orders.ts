import { type ClOrdID, type OrderID, type VenueOrderID } from '../../src/domain/ids.ts';
import { type OrderTerms } from '../../src/domain/order.ts';
import { type RestOutcome } from '../../src/domain/ports.ts';
import { type ClientOrderID, type ExecID } from '../../src/domain/ids.ts';
import { Bench, type BenchDeps, c, CLIENT, DEPS, SESSION, TERMS, text } from './bench.ts';
import { v } from './given.ts';

const [ACCOUNT] = DEPS.accounts;

/** The account has a key for REST. */
const WITH_REST: Partial<BenchDeps> = { accounts: [{ ...ACCOUNT, hasRest: true }] };

export const restReady = (deps: Partial<BenchDeps> = {}): Bench =>
  Bench.ready({ ...WITH_REST, ...deps });

/** An order that went by REST, as the journal has it; its call is under way. */
export const placedByRest = (
  bench: Bench,
  clientOrderID: string,
  terms: Partial<OrderTerms> = {},
): ClOrdID => {
  const n = bench.state.ordersMade + 1;
  const orderID = `F-${n}` as OrderID;
  const clOrdID = c(1_000 + n);
  const { at } = bench;
  bench.apply({
    ...{ type: 'OrderAccepted', at, orderID, execID: `E-${1_000 + n}` as ExecID, client: CLIENT },
    ...{ clientOrderID: clientOrderID as ClientOrderID, session: SESSION },
    terms: { ...TERMS, ...terms },
  });
  bench.apply({ type: 'AttemptIntended', at, orderID, clOrdID, session: SESSION, route: 'REST' });
  bench.input({ type: 'RequestSent', route: 'REST', clOrdID, session: SESSION });
  return clOrdID;
};

/** The call about this request is over. */
export const answered = (bench: Bench, clOrdID: ClOrdID, outcome: RestOutcome): void => {
  bench.input({ type: 'RestAnswered', clOrdID, session: SESSION, outcome });
};

type Accepted = Extract<RestOutcome, { type: 'Accepted' }>;

export const accepted = (more: Partial<Accepted> = {}): Accepted => ({
  ...{ type: 'Accepted', text: 'placed', fills: [], isResting: true, isComplete: true },
  venueOrderID: v('A'),
  ...more,
});

export const filled = (lastQty: string, lastPx = '100', fillID = `fill-${lastQty}`) => ({
  ...{ fillID, lastQty: text(lastQty), lastPx: text(lastPx) },
});

export const refusedBy = (code: string, mayHaveFilled = false): RestOutcome => ({
  ...{ type: 'Refused', code, text: code.toLowerCase(), mayHaveFilled },
});

export const UNKNOWN: RestOutcome = { type: 'Unknown', text: 'Timeout: no answer' };
export const NOT_CALLED: RestOutcome = { type: 'NotSent', text: 'TooOld: it waited too long' };

/** A live order that went by REST. */
export const liveByRest = (
  bench: Bench,
  clientOrderID: string,
  terms: Partial<OrderTerms> = {},
): VenueOrderID => {
  const clOrdID = placedByRest(bench, clientOrderID, terms);
  answered(bench, clOrdID, accepted({ venueOrderID: v(clientOrderID) }));
  return v(clientOrderID);
};
