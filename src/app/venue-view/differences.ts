import { type EngineState, EXTERNAL, type Order } from '../../core/state.ts';
import { earlierVenueOrder } from '../../core/evolve/venue-orders.ts';
import {
  type ClOrdID,
  type OrderID,
  type SessionName,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type Decimal, decimal, decimalToText, maxDecimal, ZERO } from '../../lib/decimal.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { type OrderState } from '../../kraken/websocket/views/order-state.ts';
import { type PrivateState } from '../../kraken/websocket/views/private-state.ts';

/**
 * A difference between our books and the venue's view of the account. It becomes an alert and never
 * changes the books.
 */
export interface AccountDifference {
  /** Identifies the difference, which is alerted once. */
  readonly key: string;
  readonly code:
    | 'VENUE_ORDER_UNKNOWN'
    | 'VENUE_ORDER_CLOSED'
    | 'VENUE_ORDER_OPEN'
    | 'VENUE_FILL_MISSING'
    | 'VENUE_POSITION_DIFFERS';
  readonly text: string;
  readonly orderID?: OrderID;
}

/** Differences between the orders of both sides on one account, lasting or not. */
export const orderDifferences = (
  books: EngineState,
  view: PrivateState,
  session: SessionName,
): readonly AccountDifference[] =>
  view.orders.all().flatMap((theirs): readonly AccountDifference[] => {
    const found = orderOf(books, theirs);
    // An order of ours on another account would be news here.
    const ours = found?.session === session ? found : undefined;
    // How such an order stands is taken from this view.
    if (ours?.client === EXTERNAL) return [];
    if (ours !== undefined) {
      return [
        ...fillMissing(ours, theirs),
        ...closed(books, ours, theirs),
        ...stillOpen(books, ours, theirs),
      ];
    }
    return theirs.isOpen ? [unknown(theirs)] : [];
  });

/** Our open orders that the view does not know. Absence is no evidence, so REST is asked. */
export const ordersWithoutReport = (
  books: EngineState,
  view: PrivateState,
  session: SessionName,
): readonly VenueOrderID[] =>
  [...books.openOrderIDs].flatMap((orderID) => {
    const order = books.orders.get(orderID);
    const venueOrderID = order?.session === session ? order.venueOrderID : undefined;
    return venueOrderID === undefined || view.orders.get(venueOrderID) !== undefined
      ? []
      : [venueOrderID];
  });

const orderOf = (books: EngineState, { venueOrderID, clOrdID }: OrderState): Order | undefined => {
  const byVenueID = books.orderIDByVenueOrderID.get(venueOrderID);
  if (byVenueID !== undefined) return books.orders.get(byVenueID);
  const request = clOrdID === undefined ? undefined : books.requests.get(clOrdID as ClOrdID);
  return request !== undefined && 'orderID' in request
    ? books.orders.get(request.orderID)
    : undefined;
};

const unknown = ({ venueOrderID, clOrdID, body }: OrderState): AccountDifference => {
  const what = body === undefined ? '' : ` (${body.side} ${body.leavesQty} ${body.symbol})`;
  const id = clOrdID === undefined ? '' : `, client id ${clOrdID}`;
  const text = `order ${venueOrderID}${id}${what} is open at the venue, and we did not send it`;
  return { key: `UNKNOWN ${venueOrderID}`, code: 'VENUE_ORDER_UNKNOWN', text };
};

const fillMissing = (ours: Order, theirs: OrderState): readonly AccountDifference[] => {
  const { orderID } = ours;
  const earlier = earlierVenueOrder(ours, theirs.venueOrderID);
  const reported = earlier === undefined ? reportedQtyOf(ours) : decimal(earlier.cumQty);
  if (decimal(theirs.cumQty).lte(reported)) return [];
  const text = `order ${orderID} (${theirs.venueOrderID}): the venue filled ${theirs.cumQty}, FIX reported ${decimalToText(reported)}`;
  return [{ key: `FILL ${orderID}`, code: 'VENUE_FILL_MISSING', text, orderID }];
};

/**
 * What FIX ever reported of an order. A bust or a correction takes executions back from CumQty(14),
 * and the feeds go on counting them: they are no missing fill.
 */
const reportedQtyOf = ({ cumQty, reportedQty, executedQty }: Order): Decimal => {
  const takenBack = decimal(reportedQty).minus(decimal(executedQty));
  return decimal(cumQty).plus(maxDecimal(takenBack, ZERO));
};

/** Reports proven closes only. A guessed one is asked about first. */
const closed = (
  books: EngineState,
  ours: Order,
  { venueOrderID, isOpen, isGuess, cause }: OrderState,
): readonly AccountDifference[] => {
  const { orderID } = ours;
  // A replace has ended it, and the client's order goes on.
  if (earlierVenueOrder(ours, venueOrderID) !== undefined) return [];
  const isProven = !isOpen && !isGuess && cause !== undefined && cause !== 'Unknown';
  if (!isProven || cause === 'Triggered' || !books.openOrderIDs.has(orderID)) return [];
  const text = `order ${orderID} (${venueOrderID}) is open in our books and ${cause} at the venue`;
  return [{ key: `CLOSED ${orderID}`, code: 'VENUE_ORDER_CLOSED', text, orderID }];
};

/** Ended here, as never sent or absent, and the venue has it open after all. */
const stillOpen = (
  books: EngineState,
  { orderID, base, attempt }: Order,
  { venueOrderID, isOpen, isGuess }: OrderState,
): readonly AccountDifference[] => {
  const isEnded = attempt?.answered === false && !books.openOrderIDs.has(orderID);
  if (!isEnded || !isOpen || isGuess) return [];
  const text = `order ${orderID} is ${base} in our books and open at the venue as ${venueOrderID}`;
  return [{ key: `OPEN ${orderID}`, code: 'VENUE_ORDER_OPEN', text, orderID }];
};

/** Alerts per comparison. The others follow later. */
const ALERTS_PER_LOOK_MAX = 20;
const TOLD_MAX = 10_000;

/** Reports a difference once, after it has lasted. Pure. */
export class DifferenceWatch {
  readonly #alertAfterMs: number;
  readonly #since = new Map<string, MonotonicMs>();
  readonly #told = new Set<string>();

  constructor(alertAfterMs: number) {
    this.#alertAfterMs = alertAfterMs;
  }

  /** Takes all differences at `at` and returns those to alert now. */
  look(found: readonly AccountDifference[], at: MonotonicMs): readonly AccountDifference[] {
    const keys = new Set(found.map(({ key }) => key));
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
    const due: AccountDifference[] = [];
    for (const difference of found) {
      const since = this.#since.get(difference.key) ?? at;
      this.#since.set(difference.key, since);
      const isDue = at - since >= this.#alertAfterMs && !this.#told.has(difference.key);
      if (isDue && due.length < ALERTS_PER_LOOK_MAX) due.push(difference);
    }
    for (const { key } of due) this.#tell(key);
    return due;
  }

  /** True for the first call with a key. */
  isNews(key: string): boolean {
    if (this.#told.has(key)) return false;
    this.#tell(key);
    return true;
  }

  #tell(key: string): void {
    this.#told.add(key);
    for (const oldest of this.#told) {
      if (this.#told.size <= TOLD_MAX) return;
      this.#told.delete(oldest);
    }
  }
}
