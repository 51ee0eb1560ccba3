import { decimalOf, decimalTextOf } from '../../../domain/decimal-text.ts';
import { type ClOrdID, type OrderID, type TradingSymbol } from '../../../domain/ids.ts';
import { type Instrument } from '../../../domain/instrument.ts';
import { type OrderRoute, type OrderTerms, type ReplaceMethod } from '../../../domain/order.ts';
import { ZERO } from '../../../lib/decimal.ts';
import { defined } from '../../../lib/defined.ts';
import { type AccountsDep, hasRest } from '../../accounts.ts';
import { isClosedStatus, statusAfter } from '../../evolve/lifecycle.ts';
import { cancelRouteOf, orderRouteOf, saidRoute } from '../../evolve/order-route.ts';
import { sentReplacement, venueCumQty } from '../../evolve/venue-orders.ts';
import { isInScope } from '../../mass-cancel-scope.ts';
import { CXL_REJ, ORD_REJ, refusal, refusalCode, type Refusal } from '../../refusal.ts';
import { checkKillOfReplace } from '../../risk/check-kill.ts';
import { checkDoubts } from '../../risk/check-order.ts';
import { checkQuantity } from '../../risk/check-price-and-size.ts';
import {
  type EngineState,
  type Order,
  type PendingReplace,
  type PendingRequest,
} from '../../state.ts';
import { endReplaced, failReplaces, failRequest, pendingRequest } from '../answer-request.ts';
import { type Booking, commonOf, ILLEGAL, type Problem } from '../reports/booking.ts';
import { type Draft, type NextClOrdID } from '../draft.ts';
import { checkRoute, checkRouteTerms } from '../place-order.ts';

export interface ReplaceDeps extends AccountsDep {
  readonly nextClOrdID: NextClOrdID;
  readonly instruments: ReadonlyMap<TradingSymbol, Instrument>;
}

/** A new order is not sent later than this after the client asked: the market has moved on. */
const REPLACE_AGE_MS_MAX = 30_000;

/**
 * The venue answers the cancel that begins a `cancelThenNew`: its order is gone for certain. A
 * cancel that it made by itself is no such answer, because it had a reason of its own.
 */
export const isProofForReplace = ({ order, report }: Booking): boolean => {
  const replace = pendingRequest(order, report.clOrdID)?.replace;
  return replace?.method === 'cancelThenNew' && replace.step === 'asked';
};

/**
 * The old order is cancelled: sends the new one for what is left, or ends the order where nothing
 * is left or a new one may not be sent. At no time are both at the venue.
 */
export const cancelProven = (booking: Booking, deps: ReplaceDeps): Problem => {
  const { draft, order, report } = booking;
  const request = pendingRequest(order, report.clOrdID);
  if (request?.replace === undefined) return ILLEGAL;
  const { terms } = request.replace;
  const cumQty = decimalOf(order.cumQty);
  const left = decimalOf(terms.orderQty).minus(cumQty);
  const isAgreed = venueCumQty(order).eq(decimalOf(report.cumQty));
  if (isAgreed && left.lte(ZERO)) return endAtCumQty(booking, request);
  const sent: OrderTerms = { ...terms, orderQty: decimalTextOf(left) };
  const broken = isAgreed
    ? whyNotSent({ draft, order, replace: request.replace, sent }, deps)
    : refusal('CUM_QTY_MISMATCH', ORD_REJ.other, 'what is filled is not certain');
  const made = broken === undefined ? draft.newClOrdID(deps.nextClOrdID) : undefined;
  if (made?.ok !== true) return endCanceled(booking, request, broken ?? CLOCK_BEHIND);
  intendNew(booking, request, { clOrdID: made.value, sent });
  return undefined;
};

const CLOCK_BEHIND = refusal(
  'CLOCK_BEHIND',
  ORD_REJ.other,
  'the clock is too far behind the last ClOrdID',
);

const intendNew = (
  { draft, order, report, source }: Booking,
  { clOrdID: request, answered }: PendingRequest,
  { clOrdID, sent }: { readonly clOrdID: ClOrdID; readonly sent: OrderTerms },
): void => {
  const quantities = { orderQty: decimalOf(order.terms.orderQty), cumQty: decimalOf(order.cumQty) };
  draft.add({
    type: 'ReplacementIntended',
    at: draft.at,
    orderID: order.orderID,
    request,
    clOrdID,
    session: order.session,
    ...saidRoute(orderRouteOf(draft.state, order.session) ?? 'FIX'),
    terms: sent,
    ordStatus: statusAfter('New', 'New', quantities) ?? order.base,
    ...defined({ answers: answered ? undefined : request }),
    venueExecID: report.execID,
    canceledVenueOrderID: report.venueOrderID,
    canceledCumQty: decimalTextOf(venueCumQty(order)),
    source,
  });
};

/** The new quantity is not above what is filled: it becomes what is filled (matrix C.3.c). */
const endAtCumQty = (booking: Booking, request: PendingRequest): Problem => {
  const { draft, order } = booking;
  const cumQty = decimalOf(order.cumQty);
  const common = commonOf(booking, { orderQty: cumQty, cumQty }, 'Replaced');
  if (common === undefined || request.replace === undefined) return ILLEGAL;
  draft.add({
    type: 'OrderReplaced',
    ...common,
    clOrdID: order.venueClOrdID ?? request.clOrdID,
    terms: { ...request.replace.terms, orderQty: order.cumQty },
    ...namesOf(order, request),
    isEnded: true,
  });
  return undefined;
};

/** How the report of a replaced order names the request and the order before it. */
export const namesOf = (order: Order, request: PendingRequest) => ({
  request: request.clOrdID,
  ...defined({
    clientOrderID: request.clientOrderID,
    origClientOrderID: order.clientOrderID,
    secondaryClientOrderID: request.secondaryClientOrderID,
  }),
});

/** The old order is cancelled, and no new one follows: the client's order is cancelled with it. */
const endCanceled = (
  booking: Booking,
  request: PendingRequest,
  { code, text: why }: Refusal,
): Problem => {
  const { draft, order } = booking;
  const quantities = {
    orderQty: decimalOf(order.terms.orderQty),
    cumQty: decimalOf(order.cumQty),
  };
  const common = commonOf(booking, quantities);
  if (common === undefined) return ILLEGAL;
  const cancel = order.pending.find(({ kind }) => kind === 'cancel');
  const text = `${why}; the order was cancelled to be replaced, no new one was sent`;
  draft.add({
    type: 'OrderCanceled',
    ...common,
    ...defined({
      answers: request.answered ? undefined : request.clOrdID,
      ends: cancel?.clOrdID,
      clientOrderID: cancel?.clientOrderID,
    }),
    unsolicited: cancel === undefined,
    ...(cancel === undefined && { code, text }),
  });
  failReplaces(draft, order, { code, text, cxlRejReason: CXL_REJ.other });
  return undefined;
};

interface Sending {
  readonly draft: Draft;
  readonly order: Order;
  readonly replace: PendingReplace;
  /** The new order as it would be sent. */
  readonly sent: OrderTerms;
}

/** What has changed since the request was accepted and forbids the new order. */
const whyNotSent = (
  { draft, order, replace, sent }: Sending,
  { instruments }: ReplaceDeps,
): Refusal | undefined => {
  const { state, at } = draft;
  if (order.pending.some(({ kind }) => kind === 'cancel')) {
    return refusal('CANCELED', ORD_REJ.other, `a cancel of order ${order.orderID} is under way`);
  }
  const instrument = instruments.get(sent.symbol);
  if (instrument === undefined) {
    return refusal('UNKNOWN_SYMBOL', ORD_REJ.unknownSymbol, `no instrument ${sent.symbol}`);
  }
  if (at - replace.askedAt > REPLACE_AGE_MS_MAX) {
    const seconds = Math.round((at - replace.askedAt) / 1_000);
    const detail = `the venue took ${seconds} s to cancel, at most ${REPLACE_AGE_MS_MAX / 1_000} s`;
    return refusal('STALE', ORD_REJ.staleOrder, detail);
  }
  return (
    checkKillOfReplace(state, order, replace.terms) ??
    checkMassCancels(state, order) ??
    checkRoute(draft, order.session) ??
    checkRouteTerms(draft, sent, order.session) ??
    checkDoubts(state, sent, order.session) ??
    checkQuantity(sent, instrument)
  );
};

/** A mass cancel that means the order goes on until it is closed. */
export const checkMassCancels = (
  { activeMassCancels }: EngineState,
  order: Order,
): Refusal | undefined => {
  for (const active of activeMassCancels.values()) {
    if (!isInScope(order, active)) continue;
    const detail = `mass cancel ${active.massCancelID} by ${active.by} is under way`;
    return refusal('MASS_CANCEL', CXL_REJ.alreadyPending, detail);
  }
  return undefined;
};

/** The first report of the new order says that it is there: the client's order is replaced. */
export const acknowledgeReplacement = (booking: Booking): Problem => {
  const { draft, order, report } = booking;
  const request = sentReplacement(order);
  const { venueClOrdID } = order;
  if (request?.replace === undefined || venueClOrdID === undefined) return ILLEGAL;
  const { terms } = request.replace;
  const quantities = { orderQty: decimalOf(terms.orderQty), cumQty: decimalOf(order.cumQty) };
  const common = commonOf(booking, quantities, 'Replaced');
  if (common === undefined) return ILLEGAL;
  const { venueExecID, ...withoutExecID } = common;
  draft.add({
    type: 'OrderReplaced',
    ...withoutExecID,
    // Another report than New is booked by itself, too, under its ExecID(17).
    ...defined({ venueExecID: report.execType === 'New' ? venueExecID : undefined }),
    clOrdID: venueClOrdID,
    terms,
    ...namesOf(order, request),
  });
  return undefined;
};

/** The venue ends the new order without having accepted it. */
export const endSentReplacement = (booking: Booking): void => {
  const { draft, order, report, source } = booking;
  const code = refusalCode(report.text);
  const said = report.text ?? `${report.execType} by the venue`;
  const { execID: venueExecID, venueOrderID, transactTime } = report;
  endReplaced(
    draft,
    order,
    { code, text: `${code}: ${said}`, source },
    { venueExecID, venueOrderID, ...defined({ transactTime }) },
  );
};

/** After a change of orders: begins or ends the replaces that waited for another one. */
export const continueReplaces = (
  draft: Draft,
  orderIDs: Iterable<OrderID>,
  deps: ReplaceDeps,
): void => {
  for (const orderID of new Set(orderIDs)) {
    for (;;) {
      const order = draft.order(orderID);
      const next = order === undefined ? undefined : nextWaiting(order);
      if (order === undefined || next === undefined || !continueWaiting(draft, order, next, deps))
        break;
    }
  }
};

/** The replace that may begin now: none is under way at the venue, and no cancel. */
const nextWaiting = ({ pending }: Order): PendingRequest | undefined =>
  pending.every(({ replace }) => replace?.step === 'waiting') ? pending[0] : undefined;

/** True when the request has failed, so that the one behind it is next. */
const continueWaiting = (
  draft: Draft,
  order: Order,
  request: PendingRequest,
  deps: ReplaceDeps,
): boolean => {
  const broken =
    checkPredecessor(order, request) ??
    checkMassCancels(draft.state, order) ??
    checkRoute(draft, order.session);
  const made = broken === undefined ? draft.newClOrdID(deps.nextClOrdID) : undefined;
  if (made?.ok !== true || order.venueClOrdID === undefined) {
    const { code, text } = broken ?? CLOCK_BEHIND;
    failRequest(draft, order, request, { code, text });
    return true;
  }
  draft.add({
    type: 'ReplaceStarted',
    at: draft.at,
    orderID: order.orderID,
    waiting: request.clOrdID,
    clOrdID: made.value,
    origClOrdID: order.venueClOrdID,
    session: order.session,
    ...saidRoute(replaceRouteOf(draft, order, request.replace?.method, deps) ?? 'FIX'),
  });
  return false;
};

/** The way of the request that begins a replace; `undefined`: there is none. */
export const replaceRouteOf = (
  { state }: Draft,
  order: Order,
  method: ReplaceMethod | undefined,
  deps: AccountsDep,
): OrderRoute | undefined => {
  if (method === 'editOrder') return hasRest(order.session, deps) ? 'REST' : undefined;
  return method === 'cancelThenNew' ? cancelRouteOf(state, order, deps) : 'FIX';
};

const checkPredecessor = (
  { orderID, base, clientOrderID }: Order,
  { replace }: PendingRequest,
): Refusal | undefined => {
  if (isClosedStatus(base)) {
    return refusal('TOO_LATE', CXL_REJ.tooLate, `order ${orderID} is ${base}`);
  }
  const named = replace?.origClientOrderID;
  if (named === clientOrderID) return undefined;
  const detail = `${named ?? ''} did not replace order ${orderID}`;
  return refusal('UNKNOWN_ORDER', CXL_REJ.unknownOrder, detail);
};
