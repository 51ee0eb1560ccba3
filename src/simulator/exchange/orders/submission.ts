import { err, ok, type Result } from '../../../lib/result.ts';
import { listOrder } from '../model/account.ts';
import { restInBook } from '../trading/book-change.ts';
import { cancel, retire } from '../trading/closing.ts';
import { type ExecutionKind } from '../model/executed-trade.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { checkMargin } from './margin-check.ts';
import { fillable, match, meet } from '../trading/matching.ts';
import { type Order, toView } from '../model/order.ts';
import { keepReducing, reducible } from '../trading/reduce-only.ts';
import { checkCollar, checkDislocation, reserveCliOrdId } from './validation.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type OrderError } from '../model/vocabulary.ts';

interface Submission {
  readonly reason: 'new' | 'limitFromStop' | 'edit';
  readonly kind: ExecutionKind;
}

/**
 * Brings a checked order to the book: cut, margin, match, rest or drop the remainder. A refusal
 * leaves no trace.
 */
export const submit = (
  venue: Venue,
  order: Order,
  submission: Submission,
): Result<undefined, OrderError> => {
  const { holder } = order;
  const cut = cutToPosition(order);
  const refusal = checkSubmission(venue, order);
  if (refusal !== undefined) {
    order.lots += cut;
    return err(refusal);
  }
  order.status = 'Open';
  reserveCliOrdId(venue, order);
  const reducedQuantity = cutText(order, cut);
  emit(venue, { type: 'OrderAccepted', order: toView(order), reducedQuantity });
  listOrder(holder, order);
  run(venue, order, { ...submission, reducedQuantity });
  return ok(undefined);
};

/** Cuts a reduce-only order to what the position allows; answers with the lots cut off. */
export const cutToPosition = (order: Order): number => {
  if (!order.reduceOnly) return 0;
  const excess = Math.max(0, order.leaves - reducible(order.holder, order.market, order.side));
  order.lots -= excess;
  return excess;
};

export const cutText = (order: Order, lots: number): string | undefined =>
  lots === 0 ? undefined : stepsToText(lots, order.market.instrument.sizeGrid);

/** Checks of the engine, in the venue's order. `replaced` is the order that an edit replaces. */
export const checkSubmission = (
  venue: Venue,
  order: Order,
  replaced?: Order,
): OrderError | undefined =>
  (order.leaves === 0 ? 'WOULD_NOT_REDUCE_POSITION' : undefined) ??
  checkPrice(venue, order) ??
  checkBook(order) ??
  checkMargin(venue, order, replaced);

const checkPrice = (venue: Venue, order: Order): OrderError | undefined => {
  if (order.holder.background || order.orderType === 'liquidation') return undefined;
  return (
    checkCollar(venue, order.market, order.side, order.ticks) ??
    checkDislocation(order.market, order.side)
  );
};

/** Refusals that the state of the book decides. */
const checkBook = (order: Order): OrderError | undefined => {
  const { market, side, ticks } = order;
  const crosses = market.book.crosses(side, ticks);
  switch (order.orderType) {
    case 'post':
      return crosses ? 'POST_WOULD_EXECUTE' : undefined;
    case 'fok':
      return fillable(order, order.leaves) < order.leaves ? 'IOC_WOULD_NOT_EXECUTE' : undefined;
    case 'ioc':
    case 'mkt':
    case 'liquidation':
      return crosses ? checkFirstMaker(order) : 'IOC_WOULD_NOT_EXECUTE';
    default:
      return crosses ? checkFirstMaker(order) : undefined;
  }
};

/**
 * Refuses an order that meets an own order before it filled anything; later, its rest is canceled.
 */
const checkFirstMaker = (order: Order): OrderError | undefined => {
  const maker = order.market.book.against(order.side).best?.head;
  return maker !== undefined && meet(order, maker) === 'stopTaker'
    ? 'WOULD_EXECUTE_SELF'
    : undefined;
};

/** Matches an accepted order and lets its remainder rest, or drops it. */
export const run = (
  venue: Venue,
  order: Order,
  submission: Submission & { readonly reducedQuantity: string | undefined },
): void => {
  const filledBefore = order.filled;
  const { stopped } = match(venue, order, submission.kind);
  if (order.leaves === 0) {
    retire(venue, order, 'Filled');
  } else if (stopped) {
    cancel(venue, order, 'WOULD_EXECUTE_SELF_REASON');
  } else if (order.orderType === 'lmt' || order.orderType === 'post') {
    restInBook(venue, order);
    const { reason, reducedQuantity } = submission;
    // An edit that did not trade is complete with its OrderEdited.
    if (reason !== 'edit' || order.filled > filledBefore) {
      emit(venue, { type: 'OrderBooked', order: toView(order), reason, reducedQuantity });
    }
    if (order.reduceOnly) keepReducing(venue, order.holder, order.market);
  } else {
    cancel(venue, order, order.filled > 0 ? 'PARTIAL_FILL' : 'IOC_WOULD_NOT_EXECUTE_REASON');
  }
};
