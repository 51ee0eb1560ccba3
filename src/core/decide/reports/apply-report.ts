import { decimalOf } from '../../../domain/decimal-text.ts';
import { type OrderID } from '../../../domain/ids.ts';
import { defined } from '../../../lib/defined.ts';
import {
  type ReportSource,
  type VenueExecutionReport,
  type VenueReport,
} from '../../../domain/venue-report.ts';
import { applyBusinessReject, applySessionReject, type RefusalDeps } from './apply-refusal.ts';
import { applyFills, retryFills } from './apply-fill.ts';
import { bookReport } from './book-report.ts';
import { type Booking, evidenceExecID, isEvidence } from './booking.ts';
import { type Draft } from '../draft.ts';
import { adoptReported } from './external-order.ts';
import { freezeInstrument } from '../kill-switch.ts';
import { quarantine, takeQuarantined } from './quarantine.ts';
import { type DoubtClass, isFreezing } from '../../doubt-class.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { earlierVenueOrder, venueCumQty } from '../../evolve/venue-orders.ts';
import { type EngineState, type Order } from '../../state.ts';

/**
 * Applies a venue report, from any channel and in any state of the link. Every report ends in a
 * fact unless it was seen before.
 */
export const applyReport = (
  draft: Draft,
  report: VenueReport,
  source: ReportSource,
  deps: RefusalDeps,
): void => {
  switch (report.type) {
    case 'ExecutionReport':
      applyExecutionReport(draft, report, source, deps);
      return;
    case 'SessionReject':
      applySessionReject(draft, report, source, deps);
      return;
    case 'BusinessReject':
      applyBusinessReject(draft, report, source, deps);
      return;
    case 'Fill':
      applyFills(draft, [{ fill: report, isLasting: false }], source);
      return;
  }
};

const applyExecutionReport = (
  draft: Draft,
  report: VenueExecutionReport,
  source: ReportSource,
  deps: RefusalDeps,
): void => {
  if (draft.hasSeen(report.execID)) return;
  if (isKnownByEvidence(draft, report, source)) {
    ignoreKnown(draft, report, source);
    return;
  }
  const orderID = orderIDOf(draft.state, report);
  const order = orderID === undefined ? adoptReported(draft, report, source) : draft.order(orderID);
  if (order === undefined) {
    quarantine(draft, report, source, 'no order of ours has these ids');
    return;
  }
  applyToOrder({ draft, order, report, source }, deps);
  releaseQuarantined(draft, order.orderID, report, deps);
  if (draft.state.quarantine.size > 0) retryFills(draft, order.orderID);
};

/** FIX tells late what a round of questions has shown, and the client was told, before. */
const isKnownByEvidence = (
  draft: Draft,
  { venueOrderID, execType, clOrdID }: VenueExecutionReport,
  { channel }: ReportSource,
): boolean =>
  channel === 'fix' &&
  (draft.hasSeen(evidenceExecID(venueOrderID, execType)) ||
    draft.hasSeen(evidenceExecID(venueOrderID, execType, clOrdID)));

const ignoreKnown = (draft: Draft, report: VenueExecutionReport, source: ReportSource): void => {
  const orderID = orderIDOf(draft.state, report);
  draft.add({
    type: 'ReportIgnored',
    at: draft.at,
    ...defined({ orderID }),
    venueExecID: report.execID,
    reason: `${report.execType} of venue order ${report.venueOrderID} was shown by REST before`,
    report,
    source,
  });
};

const releaseQuarantined = (
  draft: Draft,
  orderID: OrderID,
  { venueOrderID, execID }: VenueExecutionReport,
  deps: RefusalDeps,
): void => {
  if (draft.state.quarantine.size === 0) return;
  const taken = new Set<string>([execID]);
  for (;;) {
    const kept = takeQuarantined(draft, orderID, venueOrderID, taken);
    const order = draft.order(orderID);
    if (kept === undefined || order === undefined) return;
    if (draft.hasSeen(kept.report.execID)) continue;
    applyToOrder({ draft, order, ...kept }, deps);
  }
};

/**
 * OrderID(37) is the key; on its first appearance ClOrdID(11) or OrigClOrdID(41) leads to the
 * order.
 */
const orderIDOf = (state: EngineState, report: VenueExecutionReport): OrderID | undefined => {
  const byVenueOrderID = state.orderIDByVenueOrderID.get(report.venueOrderID);
  if (byVenueOrderID !== undefined) return byVenueOrderID;
  for (const clOrdID of [report.clOrdID, report.origClOrdID]) {
    const request = clOrdID === undefined ? undefined : state.requests.get(clOrdID);
    if (request !== undefined && request.kind !== 'massCancel') return request.orderID;
  }
  return undefined;
};

const applyToOrder = (booking: Booking, deps: RefusalDeps): void => {
  applyBooking(booking, deps, { isSumKnown: true });
};

/** Books a report on its order; `isSumKnown`: CumQty(14) is what the venue says. */
export const applyBooking = (
  booking: Booking,
  deps: RefusalDeps,
  { isSumKnown }: { readonly isSumKnown: boolean },
): void => {
  const { draft, order, report, source } = booking;
  const problem = conflictOf(draft.state, order, report) ?? bookReport(booking, deps);
  if (problem === 'quarantined') return;
  if (problem !== undefined) {
    doubtReport(draft, order, { report, source }, problem);
    return;
  }
  if (isSumKnown) checkSums(draft, order.orderID, report);
};

/** The report says of itself that it is about another order, or about another kind of order. */
const conflictOf = (
  state: EngineState,
  order: Order,
  report: VenueExecutionReport,
): string | undefined => {
  const isKnown =
    order.venueOrderID === undefined ||
    order.venueOrderID === report.venueOrderID ||
    earlierVenueOrder(order, report.venueOrderID) !== undefined;
  if (!isKnown) {
    return `OrderID(37) was ${order.venueOrderID}`;
  }
  if (order.terms.symbol !== report.symbol || order.terms.side !== report.side) {
    return `the order is ${order.terms.side} ${order.terms.symbol}`;
  }
  const request = report.clOrdID === undefined ? undefined : state.requests.get(report.clOrdID);
  if (request !== undefined && request.kind !== 'massCancel' && request.orderID !== order.orderID) {
    return `ClOrdID(11) belongs to order ${request.orderID}`;
  }
  return undefined;
};

const doubtReport = (
  draft: Draft,
  order: Order,
  { report, source }: { report: VenueExecutionReport; source: ReportSource },
  reason: string,
): void => {
  const { orderID, base } = order;
  const detail = `${report.execType} on order ${orderID} (${base}): ${reason}`;
  draft.add({
    type: 'ReportDoubted',
    at: draft.at,
    orderID,
    venueExecID: report.execID,
    reason: detail,
    report,
    source,
  });
  draft.alert('critical', 'REPORT_DOUBTED', detail, orderID);
};

/** A round of questions ends the doubts of what it proves by itself. */
const isSettledBy = (
  { state }: Draft,
  { base, session }: Order,
  { report, doubt }: { readonly report: VenueExecutionReport; readonly doubt: DoubtClass },
): boolean => {
  if (isEvidence(report)) return false;
  const isUp = state.routes.get(session)?.phase === 'Active';
  return isFreezing(doubt) || (isUp && isClosedStatus(base));
};

/**
 * The sum of our executions is the truth; CumQty(14) of the report is its check. Agreement ends a
 * doubt that froze the instrument: the venue has the order, and we have all of its fills.
 */
const checkSums = (draft: Draft, orderID: OrderID, report: VenueExecutionReport): void => {
  const order = draft.order(orderID);
  if (order === undefined) return;
  const doubt = draft.state.doubts.get(orderID);
  const ours = venueCumQty(order, report.venueOrderID);
  if (!ours.eq(decimalOf(report.cumQty))) {
    const detail = `order ${orderID}: CumQty(14) ${report.cumQty}, our executions ${ours.toFixed()}`;
    draft.alert('error', 'CUM_QTY_MISMATCH', detail, orderID);
  } else if (doubt !== undefined && isSettledBy(draft, order, { report, doubt })) {
    const { at } = draft;
    draft.add({ type: 'DoubtsSettled', at, session: order.session, orderIDs: [orderID] });
  }
  if (decimalOf(order.cumQty).gt(decimalOf(order.terms.orderQty))) {
    const detail = `order ${orderID}: ${order.cumQty} of ${order.terms.orderQty}`;
    const frozen = `${detail}; instrument:${order.terms.symbol} takes no new orders until it is released`;
    draft.alert('critical', 'OVERFILL', frozen, orderID);
    freezeInstrument(draft, order.terms.symbol, `OVERFILL of ${detail}`);
  }
};
