import { type PositionView } from '../../core/positions/position-view.ts';
import { type EngineState, type Order } from '../../core/state.ts';
import { isInOpening } from '../../core/decide/reports/external-order.ts';
import { isClosedStatus } from '../../core/evolve/lifecycle.ts';
import { type SessionName } from '../../domain/ids.ts';
import { decimal } from '../../lib/decimal.ts';
import { type AccountReconciler } from '../../kraken/account/account-reconciler.ts';
import { type Balances } from '../../kraken/websocket/views/account-view.ts';
import { type Fill } from '../../kraken/websocket/events/private-events.ts';
import { type OrderState } from '../../kraken/websocket/views/order-state.ts';
import { type Clock, type EpochMs, type Timers } from '../../lib/time.ts';

/** Where the engine and the venue say different things. */
interface ReconcileDifference {
  readonly what: 'order' | 'fill' | 'position';
  /** OrderID(37) of the venue, fill_id, or instrument. */
  readonly id: string;
  readonly ours?: string;
  readonly venue?: string;
  readonly text: string;
}

/** The engine held against the venue, at one moment. */
export interface ReconcileReport {
  readonly at: EpochMs;
  /** Both sides are known whole, and say the same. */
  readonly agrees: boolean;
  readonly openOrders: { readonly ours: number; readonly venue: number };
  /** Of the venue, since `fillsSince`; those that are booked or in the opening positions. */
  readonly fills: { readonly venue: number; readonly accounted: number };
  readonly positions: { readonly compared: number };
  readonly differences: readonly ReconcileDifference[];
  /** What is not known whole, so that it cannot be compared. */
  readonly incomplete: readonly string[];
  /** As the venue says; the engine keeps none of its own. */
  readonly balances: Balances;
}

export interface ReconcileDeps {
  readonly reconciler: AccountReconciler;
  readonly books: () => EngineState;
  readonly positions: () => readonly PositionView[];
  readonly session: SessionName;
  /** A fill of an order that left memory, and that it has. */
  readonly isArchived: (fill: Fill) => boolean;
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long books and view may differ while reports are under way. */
  readonly settleMs: number;
  /** The engine stops: nothing is waited for any more. */
  readonly isStopped: () => boolean;
}

const LOOK_MS = 100;
const ANSWER_MS_MAX = 15_000;
const DIFFERENCES_MAX = 1_000;

/**
 * Asks REST for open orders, fills, positions and balances, and compares what it and the feeds say
 * with the books. A difference that is gone within `settleMs` was a report under way.
 */
export const reconcile = async (deps: ReconcileDeps): Promise<ReconcileReport> => {
  const { reconciler, clock, isStopped } = deps;
  for (const type of ['OpenOrders', 'Fills', 'Positions', 'Balances'] as const) {
    reconciler.ask({ type });
  }
  const askedUntil = clock.monotonic() + ANSWER_MS_MAX;
  const isAsking = (): boolean => reconciler.health().questions > 0 && !isStopped();
  while (isAsking() && clock.monotonic() < askedUntil) await pause(deps);
  const settledAt = clock.monotonic() + deps.settleMs;
  let report = compare(deps);
  while (!report.agrees && !isStopped() && clock.monotonic() < settledAt) {
    await pause(deps);
    report = compare(deps);
  }
  return report;
};

const pause = ({ timers }: ReconcileDeps): Promise<void> =>
  new Promise((resolve) => {
    timers.set(LOOK_MS, resolve);
  });

const compare = (deps: ReconcileDeps): ReconcileReport => {
  const { reconciler, clock } = deps;
  const { state } = reconciler;
  const books = deps.books();
  const ours = openOrders(books, deps.session);
  const venue = state.orders.open();
  const fills = state.fills.latest(state.fills.size);
  const unaccounted = fills.filter((fill) => !isAccounted(books, fill, deps));
  const positions = deps.positions();
  // Fills and positions from before our books are told apart by the opening positions alone.
  const isOpeningKnown = books.openings.has(deps.session);
  const differences = [
    ...orderDifferences(ours, venue, books),
    ...(isOpeningKnown ? unaccounted.map(fillDifference) : []),
    ...(isOpeningKnown ? positions.flatMap(positionDifference) : []),
  ];
  const incomplete = gaps(deps, positions);
  return {
    at: clock.wall(),
    agrees: differences.length === 0 && incomplete.length === 0,
    openOrders: { ours: ours.length, venue: venue.length },
    fills: { venue: fills.length, accounted: fills.length - unaccounted.length },
    positions: { compared: positions.filter(({ venueQty }) => venueQty !== undefined).length },
    differences: differences.slice(0, DIFFERENCES_MAX),
    incomplete,
    balances: state.balances.current(),
  };
};

const openOrders = (books: EngineState, session: SessionName): readonly Order[] =>
  [...books.openOrderIDs].flatMap((orderID) => {
    const order = books.orders.get(orderID);
    return order?.session !== session || isClosedStatus(order.base) ? [] : [order];
  });

const orderDifferences = (
  ours: readonly Order[],
  venue: readonly OrderState[],
  books: EngineState,
): readonly ReconcileDifference[] => {
  const byID = new Map(venue.map((one) => [one.venueOrderID, one]));
  const missing = ours.flatMap((order): readonly ReconcileDifference[] => {
    const { orderID, venueOrderID, base, cumQty } = order;
    const id = venueOrderID ?? orderID;
    const theirs = venueOrderID === undefined ? undefined : byID.get(venueOrderID);
    if (theirs === undefined) {
      const text = `order ${orderID} is ${base} here, and not open at the venue`;
      return [{ what: 'order', id, ours: base, text }];
    }
    if (decimal(theirs.cumQty).eq(decimal(cumQty))) return [];
    const text = `order ${orderID}: CumQty(14) ${cumQty} here, ${theirs.cumQty} at the venue`;
    return [{ what: 'order', id, ours: cumQty, venue: theirs.cumQty, text }];
  });
  const known = new Set(ours.flatMap(({ venueOrderID }) => venueOrderID ?? []));
  const unknown = venue.flatMap(({ venueOrderID, body }): readonly ReconcileDifference[] => {
    if (known.has(venueOrderID)) return [];
    const orderID = books.orderIDByVenueOrderID.get(venueOrderID);
    const base = orderID === undefined ? undefined : books.orders.get(orderID)?.base;
    const here = base === undefined ? 'unknown here' : `${base} here`;
    const what = body === undefined ? '' : ` (${body.side} ${body.leavesQty} ${body.symbol})`;
    const text = `order ${venueOrderID}${what} is open at the venue, and ${here}`;
    return [{ what: 'order', id: venueOrderID, venue: 'open', text }];
  });
  return [...missing, ...unknown];
};

const isAccounted = (
  books: EngineState,
  fill: Fill,
  { session, isArchived }: ReconcileDeps,
): boolean =>
  books.execIDByFill.has(fill.fillID) ||
  (books.openings.has(session) && isInOpening(books, session, fill.at)) ||
  isArchived(fill);

const fillDifference = (fill: Fill): ReconcileDifference => {
  const { fillID, side, lastQty, lastPx, symbol, venueOrderID } = fill;
  const trade = `${side} ${lastQty} ${symbol} at ${lastPx}`;
  const text = `fill ${fillID} of order ${venueOrderID} (${trade}) is in no execution here`;
  return { what: 'fill', id: fillID, venue: lastQty, text };
};

const positionDifference = (one: PositionView): readonly ReconcileDifference[] => {
  const { symbol, qty, venueQty, difference } = one;
  if (venueQty === undefined || difference === undefined || difference === '0') return [];
  const text = `${symbol}: position ${qty} here, ${venueQty} at the venue`;
  return [{ what: 'position', id: symbol, ours: qty, venue: venueQty, text }];
};

const gaps = (
  { reconciler, books, session }: ReconcileDeps,
  positions: readonly PositionView[],
): readonly string[] => {
  const { isReady, unread, questions, restFailures } = reconciler.health();
  const { quarantine, doubts, openings } = books();
  const unknown = positions.filter(({ venueQty }) => venueQty === undefined);
  return [
    ...(isReady ? [] : ['the private feeds are not current']),
    ...unread.map((view) => `${view}: something of the venue's answer could not be read`),
    ...(questions > 0 && restFailures > 0 ? [`REST does not answer ${questions} questions`] : []),
    ...(openings.has(session) ? [] : ['what the account held before is not known yet']),
    ...(quarantine.size > 0 ? [`${quarantine.size} reports wait in quarantine`] : []),
    ...(doubts.size > 0 ? [`${doubts.size} orders are in doubt`] : []),
    ...unknown.map(({ symbol }) => `${symbol}: the venue's position is not known`),
  ];
};
