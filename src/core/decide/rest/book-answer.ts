import { decimalOf, decimalTextOf, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import {
  type ClOrdID,
  type DecimalText,
  type VenueExecID,
  type VenueOrderID,
} from '../../../domain/ids.ts';
import { type ReportSource, type VenueExecutionReport } from '../../../domain/venue-report.ts';
import { type Decimal, maxDecimal } from '../../../lib/decimal.ts';
import { defined } from '../../../lib/defined.ts';
import { type DoubtClass, isFreezing } from '../../doubt-class.ts';
import { statusAfter } from '../../evolve/lifecycle.ts';
import { leavesQtyOf } from '../../evolve/order-status.ts';
import { venueCumQty } from '../../evolve/venue-orders.ts';
import { type Order, type PendingRequest } from '../../state.ts';
import { failRequest, pendingRequest } from '../answer-request.ts';
import { type Draft } from '../draft.ts';
import { namesOf } from '../replace/continue-replace.ts';
import { type RefusalDeps } from '../reports/apply-refusal.ts';
import { applyBooking } from '../reports/apply-report.ts';
import { type Booking } from '../reports/booking.ts';

/** A request of an order, and what the call about it is known to have done. */
export interface Answer {
  readonly draft: Draft;
  readonly order: Order;
  readonly clOrdID: ClOrdID;
  readonly source: ReportSource;
  readonly deps: RefusalDeps;
}

export const notSent = ({ text }: { readonly text: string }) => ({
  code: 'NOT_SENT',
  text: `NOT_SENT: ${text}`,
});

/** The venue refuses an order that it has told of. */
export const contradicts = ({ draft, order }: Answer, why: string): void => {
  const { orderID, session, base } = order;
  const orders = [{ orderID, doubt: 'UNCONFIRMED' }] as const;
  draft.add({ type: 'OrdersDoubted', at: draft.at, session, orders });
  const detail = `REST refuses order ${orderID} (${base}), which the venue has told of: ${why}`;
  draft.alert('critical', 'REPORT_DOUBTED', detail, orderID);
};

/** One that freezes its instrument is not overwritten. */
export const doubt = (
  { draft, order }: Answer,
  of: DoubtClass,
  what: string,
  why: string,
): void => {
  const { orderID, session } = order;
  const before = draft.state.doubts.get(orderID);
  if (before === undefined || !isFreezing(before)) {
    const orders = [{ orderID, doubt: of, execID: draft.newExecID() }];
    draft.add({ type: 'OrdersDoubted', at: draft.at, session, orders });
  }
  const detail = `REST has not proven what became of ${what} of order ${orderID}, and it is not called again: ${why}`;
  draft.alert('critical', 'REST_UNKNOWN', detail, orderID);
};

interface Told {
  readonly venueOrderID: VenueOrderID;
  readonly execType: 'New' | 'Trade' | 'Canceled';
  /** Of the venue order, after it. */
  readonly cumQty: Decimal;
  /** The venue has said it: it is held against our executions. */
  readonly isSumKnown: boolean;
  readonly trade?: Pick<VenueExecutionReport, 'lastQty' | 'lastPx' | 'tradeID'>;
  readonly fillID?: string;
  readonly text?: string;
}

/** Books a part of an answer as the execution report that FIX would have sent of it. */
export const book = (answer: Answer, told: Told): void => {
  const { draft, clOrdID, source, deps } = answer;
  const order = draft.order(answer.order.orderID) ?? answer.order;
  const { venueOrderID, execType, cumQty, trade, fillID, text, isSumKnown } = told;
  const left = decimalOf(order.terms.orderQty).minus(cumQty);
  const isPending = pendingRequest(order, clOrdID) !== undefined;
  const report: VenueExecutionReport = {
    type: 'ExecutionReport',
    execID: (fillID === undefined
      ? `rest:${clOrdID}:${execType}:${order.orderID}`
      : `fill:${fillID}`) as VenueExecID,
    venueOrderID,
    clOrdID,
    ...defined({ origClOrdID: isPending ? order.venueClOrdID : undefined }),
    ...{ execType, ordStatus: ORD_STATUS[execType] },
    ...{ symbol: order.terms.symbol, side: order.terms.side },
    cumQty: decimalTextOf(cumQty),
    leavesQty: execType === 'Canceled' ? ZERO_TEXT : decimalTextOf(left),
    ...trade,
    ...defined({ text }),
  };
  if (draft.hasSeen(report.execID)) return;
  const booking: Booking = { draft, order, report, source };
  applyBooking(booking, deps, { isSumKnown });
};

const ORD_STATUS = { New: 'New', Trade: 'PartiallyFilled', Canceled: 'Canceled' } as const;

/**
 * Fills that the answer counts and the books lack are on their way by the feeds: the order is open
 * for them, and only an agreement ends a doubt.
 */
export const bookCanceled = (
  answer: Answer,
  venueOrderID: VenueOrderID,
  said: DecimalText | undefined,
): void => {
  const ours = venueCumQty(answer.order, venueOrderID);
  const cumQty = said === undefined ? ours : decimalOf(said);
  const isSumKnown = said !== undefined && cumQty.eq(ours);
  book(answer, { venueOrderID, execType: 'Canceled', cumQty, isSumKnown });
  if (isSumKnown) settleClosed(answer);
};

/** It is closed, and all of its fills are booked: nothing is in doubt. */
const settleClosed = ({ draft, order }: Answer): void => {
  const { orderID, session } = order;
  const doubt = draft.state.doubts.get(orderID);
  // Those that freeze were settled with the sums.
  if (doubt === undefined || isFreezing(doubt)) return;
  draft.add({ type: 'DoubtsSettled', at: draft.at, session, orderIDs: [orderID] });
};

/**
 * The venue has edited its order: it keeps its OrderID(37) and ClOrdID(11) there, and the client's
 * order has the terms of the request.
 */
export const bookEdit = (
  { draft, order, source }: Pick<Answer, 'draft' | 'order' | 'source'>,
  request: PendingRequest,
): void => {
  const { replace } = request;
  if (replace === undefined) return;
  const cumQty = decimalOf(order.cumQty);
  // What was filled meanwhile is filled: the quantity becomes that (matrix C.3.c).
  const orderQty = maxDecimal(decimalOf(replace.terms.orderQty), cumQty);
  const terms = { ...replace.terms, orderQty: decimalTextOf(orderQty) };
  const ordStatus = statusAfter(order.base, 'Replaced', { orderQty, cumQty }, order.closedAs);
  if (ordStatus === undefined) {
    const text = `TOO_LATE: order ${order.orderID} is ${order.base}`;
    failRequest(draft, order, request, { code: 'TOO_LATE', text, source });
    return;
  }
  draft.add({
    type: 'OrderReplaced',
    ...{ at: draft.at, orderID: order.orderID, execID: draft.newExecID() },
    ...defined({ answers: request.answered ? undefined : request.clOrdID }),
    ...defined({ venueOrderID: order.venueOrderID }),
    ...{ ordStatus, leavesQty: leavesQtyOf(ordStatus, orderQty, cumQty), source },
    clOrdID: order.venueClOrdID ?? request.clOrdID,
    terms,
    ...namesOf(order, request),
  });
};
