import { decimalOf, ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type DecimalText, type VenueOrderID } from '../../domain/ids.ts';
import { type ExecType, type OrdStatus } from '../../domain/order.ts';
import { type ReportSource, type VenueExecutionReport } from '../../domain/venue-report.ts';
import { ZERO } from '../../lib/decimal.ts';
import { defined } from '../../lib/defined.ts';
import { endReplaced, failRequest } from '../decide/answer-request.ts';
import { type Draft } from '../decide/draft.ts';
import { applyReport } from '../decide/reports/apply-report.ts';
import { type RefusalDeps } from '../decide/reports/apply-refusal.ts';
import { bookEdit } from '../decide/rest/book-answer.ts';
import { evidenceExecID } from '../decide/reports/booking.ts';
import { type DoubtCase, type SeenInRound } from '../facts/doubt-case.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { sentReplacement, venueCumQty } from '../evolve/venue-orders.ts';
import { type Verdict } from '../fact.ts';
import { type Order } from '../state.ts';
import { replaceOutcome } from './verdict.ts';

export type CarryOutDeps = RefusalDeps;

export interface Proven {
  readonly verdict: Verdict;
  readonly evidence: readonly string[];
  readonly row?: SeenInRound;
  readonly doubt: DoubtCase;
  readonly channel: ReportSource['channel'];
}

/**
 * Carries a verdict out: what the evidence shows is booked like a report of the venue, so that
 * books and client learn it in the same way, and the doubt ends.
 */
export const carryOut = (draft: Draft, order: Order, proven: Proven, deps: CarryOutDeps): void => {
  const { verdict, evidence, doubt } = proven;
  const { orderID, session } = order;
  const resolved = { orderID, session, doubt: doubt.doubt, verdict, evidence };
  draft.add({ type: 'DoubtResolved', at: draft.at, ...resolved });
  switch (verdict) {
    case 'CLOSED-FILLED':
      endRequests(draft, order, `TOO_LATE: order ${orderID} is Filled`);
      return;
    case 'ABSENT(seq)':
    case 'ABSENT(full)':
      endAbsent(draft, order, proven);
      return;
    case 'LIVE':
      bookLive(draft, order, proven, deps);
      return;
    default:
      if (!isClosedStatus(order.base)) {
        book(draft, order, { proven, execType: EXEC_TYPE[verdict] }, deps);
      }
      endRequests(draft, order, `TOO_LATE: order ${orderID} is no longer at the venue`);
  }
};

const EXEC_TYPE = {
  'CLOSED-CANCELED': 'Canceled',
  'CLOSED-EXPIRED': 'Expired',
  REJECTED: 'Rejected',
} as const;

/** Requests of ours on an order that is closed can have no effect. */
const endRequests = (draft: Draft, { orderID }: Order, text: string): void => {
  for (const { clOrdID } of draft.order(orderID)?.pending ?? []) {
    const order = draft.order(orderID);
    const request = order?.pending.find((one) => one.clOrdID === clOrdID);
    if (order !== undefined && request !== undefined) {
      failRequest(draft, order, request, { code: 'TOO_LATE', text });
    }
  }
};

const bookLive = (draft: Draft, order: Order, proven: Proven, deps: CarryOutDeps): void => {
  const { row } = proven;
  const isNews = order.attempt?.answered !== true || row?.venueOrderID !== order.venueOrderID;
  if (isNews) book(draft, order, { proven, execType: 'New' }, deps);
  endReplace(draft, order, proven, deps);
};

/** The order is live with the terms of a replace, or with those before it. */
const endReplace = (draft: Draft, order: Order, proven: Proven, deps: CarryOutDeps): void => {
  const { row } = proven;
  const outcome = row === undefined ? 'none' : replaceOutcome(order, row);
  const after = draft.order(order.orderID);
  const replace = after?.pending.find((one) => one.replace?.step === 'asked');
  if (after === undefined || replace === undefined) return;
  if (outcome === 'new' && replace.replace?.method === 'editOrder') {
    bookEdit({ draft, order: after, source: sourceOf(draft, order, proven.channel) }, replace);
  } else if (outcome === 'new') {
    book(draft, after, { proven, execType: 'Replaced', replace: replace.clOrdID }, deps);
  } else {
    const text = `NOT_REPLACED: order ${order.orderID} is live with its old terms`;
    failRequest(draft, after, replace, { code: 'NOT_REPLACED', text });
  }
};

interface Booked {
  readonly proven: Proven;
  readonly execType: ExecType;
  /** ClOrdID(11) of the replace that the order has shown to be made. */
  readonly replace?: VenueExecutionReport['clOrdID'];
}

/** What a view showed, as the report that the venue would have sent. */
const book = (
  draft: Draft,
  order: Order,
  { proven, execType, replace }: Booked,
  deps: CarryOutDeps,
): void => {
  const { row, channel } = proven;
  const venueOrderID = row?.venueOrderID ?? order.venueOrderID;
  if (venueOrderID === undefined) return;
  const { symbol, side } = order.terms;
  const filled = venueCumQty(order, venueOrderID);
  const report: VenueExecutionReport = {
    type: 'ExecutionReport',
    execID: evidenceExecID(venueOrderID, execType, replace),
    ...{ venueOrderID, execType, symbol, side },
    ordStatus: ordStatusOf(execType, filled.gt(ZERO)),
    cumQty: filled.toFixed() as DecimalText,
    leavesQty: CLOSES.has(execType) ? ZERO_TEXT : (row?.leavesQty ?? order.leavesQty),
    ...defined({ clOrdID: replace ?? order.venueClOrdID, transactTime: row?.at, text: row?.text }),
    ...(execType === 'Replaced' && newTerms(row)),
  };
  applyReport(draft, report, sourceOf(draft, order, channel), deps);
};

const sourceOf = (
  { state }: Draft,
  { session }: Order,
  channel: ReportSource['channel'],
): ReportSource => ({
  ...{ channel, session, epoch: state.routes.get(session)?.epoch ?? 0 },
  ...{ possDup: false, possResend: false },
});

const CLOSES: ReadonlySet<ExecType> = new Set(['Canceled', 'Expired', 'Rejected']);

const ordStatusOf = (execType: ExecType, hasFills: boolean): OrdStatus => {
  if (execType === 'Canceled' || execType === 'Expired' || execType === 'Rejected') return execType;
  return hasFills ? 'PartiallyFilled' : 'New';
};

const newTerms = (row: SeenInRound | undefined): Partial<VenueExecutionReport> => {
  const { cumQty, leavesQty, price, stopPx } = row ?? {};
  if (cumQty === undefined || leavesQty === undefined) return {};
  const orderQty = decimalOf(cumQty).plus(decimalOf(leavesQty)).toFixed() as DecimalText;
  return { orderQty, ...defined({ price, stopPx }) };
};

/** The venue never had it: the client is told that it was not placed. */
const endAbsent = (draft: Draft, order: Order, { verdict, evidence, doubt }: Proven): void => {
  const { orderID, attempt } = order;
  const text = `ABSENT: the venue never had the order (${[verdict, ...evidence].join('; ')})`;
  if (sentReplacement(order) !== undefined) {
    endReplaced(draft, order, { code: 'ABSENT', text });
    return;
  }
  // It was ended here before, and the client knows.
  if (attempt === undefined || isClosedStatus(order.base)) return;
  const { proof } = doubt;
  draft.add({
    type: 'AttemptAbsent',
    at: draft.at,
    orderID,
    execID: draft.newExecID(),
    clOrdID: attempt.clOrdID,
    proof:
      verdict === 'ABSENT(seq)' && proof !== undefined
        ? {
            kind: 'sequence',
            session: order.session,
            msgSeqNum: proof.msgSeqNum,
            beginSeqNo: proof.beginSeqNo,
          }
        : { kind: 'views', session: order.session, evidence },
    text,
  });
  endRequests(draft, order, text);
};

/** OrderID(37) that two persons name, where the books have none. */
export const namedRow = (
  order: Order,
  venueOrderID: VenueOrderID | undefined,
): SeenInRound | undefined => {
  const id = venueOrderID ?? order.venueOrderID;
  if (id === undefined) return undefined;
  const { orderID } = order;
  return { orderID, venueOrderID: id, status: 'known', view: 'openorders', round: 0 };
};
