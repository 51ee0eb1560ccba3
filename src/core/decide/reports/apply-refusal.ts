import { type ClOrdID } from '../../../domain/ids.ts';
import {
  type ReportSource,
  type VenueBusinessReject,
  type VenueReport,
  type VenueSessionReject,
} from '../../../domain/venue-report.ts';
import { defined, ownValue } from '../../../lib/defined.ts';
import { endAttempt, failRequest, pendingRequest } from '../answer-request.ts';
import { type Draft } from '../draft.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { isAttemptOpen } from '../../evolve/venue-orders.ts';
import { cancelSurvivors, type MassCancelDeps } from '../mass-cancel/mass-cancel.ts';
import { clOrdIDInText, codedText, isGone, refusalCode } from '../../refusal.ts';
import { seqNumKey, type EngineState, type Order, type PendingRequest } from '../../state.ts';

export type RefusalDeps = MassCancelDeps;

interface RefusedRequest {
  readonly source: ReportSource;
  readonly code: string;
  readonly text: string;
}

interface Refused extends RefusedRequest {
  readonly report: VenueReport;
}

/** Reject(3): a format check failed. RefSeqNum(45) is our MsgSeqNum(34) of this sequence epoch. */
export const applySessionReject = (
  draft: Draft,
  report: VenueSessionReject,
  source: ReportSource,
  deps: RefusalDeps,
): void => {
  const { session } = source;
  const sequenceEpoch = draft.state.routes.get(session)?.sequenceEpoch ?? 0;
  const key = seqNumKey({ session, sequenceEpoch, msgSeqNum: report.refSeqNum });
  const clOrdID = draft.state.clOrdIDBySeqNum.get(key);
  const said =
    report.text ?? `reason ${report.reason ?? 'not given'}, tag ${report.refTagID ?? 'none'}`;
  const code = 'VENUE_REJECTED_FORMAT';
  refuse(draft, clOrdID, { report, source, code, text: codedText(code, said) }, deps);
};

/** BusinessMessageReject(j): a rule was broken. BusinessRejectRefID(379) is our ClOrdID(11). */
export const applyBusinessReject = (
  draft: Draft,
  report: VenueBusinessReject,
  source: ReportSource,
  deps: RefusalDeps,
): void => {
  const inText = clOrdIDInText(report.text);
  const named =
    report.refID ?? (inText !== undefined && draft.state.requests.has(inText) ? inText : undefined);
  const clOrdID = named ?? onlyOneInFlight(draft.state, report.refMsgType);
  const byText = refusalCode(report.text);
  const isUnknownOrder = report.reason === 101 && !isGone(byText);
  const code = isUnknownOrder ? 'UNKNOWN_ORDER' : byText;
  const text = codedText(code, report.text ?? `reason ${report.reason}`);
  refuse(draft, clOrdID, { report, source, code, text }, deps);
};

const REQUEST_KIND_BY_MSG_TYPE: Readonly<Record<string, string>> = {
  D: 'new',
  F: 'cancel',
  G: 'replace',
  q: 'massCancel',
};

/** A refusal without an id can only mean the one request of its type that has no answer yet. */
const onlyOneInFlight = (state: EngineState, refMsgType: string): ClOrdID | undefined => {
  const kind = ownValue(REQUEST_KIND_BY_MSG_TYPE, refMsgType);
  let found: ClOrdID | undefined;
  for (const clOrdID of state.clOrdIDBySeqNum.values()) {
    if (state.requests.get(clOrdID)?.kind !== kind) continue;
    if (found !== undefined) return undefined;
    found = clOrdID;
  }
  return found;
};

const refuse = (
  draft: Draft,
  clOrdID: ClOrdID | undefined,
  refused: Refused,
  deps: RefusalDeps,
): void => {
  const request = clOrdID === undefined ? undefined : draft.state.requests.get(clOrdID);
  if (clOrdID === undefined || request === undefined) {
    ignore(draft, refused, undefined, 'it names no request of ours');
    draft.alert('critical', 'REFUSAL_UNMATCHED', `${refused.report.type} ${refused.text}`);
    return;
  }
  if (request.kind === 'massCancel') {
    draft.alert('critical', 'MASS_CANCEL_REFUSED', refused.text);
    cancelSurvivors(draft, { clOrdID, reason: refused.text }, deps);
    return;
  }
  const order = draft.order(request.orderID);
  if (order === undefined) return;
  const pending = pendingRequest(order, clOrdID);
  if (request.kind === 'new' && order.attempt?.clOrdID === clOrdID) {
    refuseNew(draft, order, refused);
  } else if (pending !== undefined) refusePending(draft, order, pending, refused);
  else ignore(draft, refused, order, `request ${clOrdID} was answered before`);
};

const refuseNew = (draft: Draft, order: Order, refused: Refused): void => {
  if (isClosedStatus(order.base)) {
    ignore(draft, refused, order, `order ${order.orderID} is ${order.base} already`);
    settleClosed(draft, order);
    return;
  }
  if (isAttemptOpen(order) && refused.code !== 'CLIENT_ORDER_ID_IN_USE') {
    endAttempt(draft, order, refused);
    return;
  }
  // Either the venue acknowledged the order before, or it says that an order with this id exists:
  // never "rejected".
  const { report, source, text } = refused;
  const { orderID } = order;
  const reason = `refusal of order ${orderID} (${order.base}): ${text}`;
  draft.add({ type: 'ReportDoubted', at: draft.at, orderID, reason, report, source });
  draft.add({
    type: 'OrdersDoubted',
    at: draft.at,
    session: order.session,
    orders: [{ orderID, doubt: 'UNCONFIRMED' }],
  });
  draft.alert('critical', 'REPORT_DOUBTED', reason, orderID);
};

/** The venue refuses an order that we had ended in doubt: that settles the doubt. */
const settleClosed = (draft: Draft, { orderID, session, attempt }: Order): void => {
  if (attempt?.answered !== false || !draft.state.doubts.has(orderID)) return;
  draft.add({ type: 'DoubtsSettled', at: draft.at, session, orderIDs: [orderID] });
};

/** A request about an order that may be gone: the order itself is untouched. */
export const refusePending = (
  draft: Draft,
  order: Order,
  pending: PendingRequest,
  refused: RefusedRequest,
): void => {
  failRequest(draft, order, pending, isTooLate(order, refused) ? tooLate(order, refused) : refused);
  if (!isGone(refused.code) || isClosedStatus(order.base)) return;
  const detail = `order ${order.orderID} is ${order.base} here: its last report is missing`;
  draft.alert('error', 'GONE_AT_VENUE', detail, order.orderID);
  if (draft.state.doubts.has(order.orderID)) return;
  // It was filled or cancelled, and the report of it is missing: that is asked about.
  const { orderID, session, attempt } = order;
  const doubt = attempt?.answered === true ? 'D3' : 'D2';
  draft.add({ type: 'OrdersDoubted', at: draft.at, session, orders: [{ orderID, doubt }] });
};

/** The venue had the order, so what it does not find any more is closed. */
const isTooLate = (order: Order, { code }: RefusedRequest): boolean =>
  isGone(code) && (isClosedStatus(order.base) || order.attempt?.answered === true);

const tooLate = ({ orderID, base }: Order, refused: RefusedRequest): RefusedRequest => {
  const what = isClosedStatus(base) ? `is ${base}` : 'is no longer at the venue';
  return {
    ...refused,
    code: 'TOO_LATE',
    text: `TOO_LATE: order ${orderID} ${what}; ${refused.text}`,
  };
};

const ignore = (
  draft: Draft,
  { report, source }: Refused,
  order: Order | undefined,
  reason: string,
): void => {
  const { at } = draft;
  const about = defined({ orderID: order?.orderID });
  draft.add({ type: 'ReportIgnored', at, ...about, reason, report, source });
};
