import { ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type ClOrdID } from '../../domain/ids.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { defined } from '../../lib/defined.ts';
import { type Draft } from './draft.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { sentReplacement } from '../evolve/venue-orders.ts';
import { type OnOrder } from '../facts/order-facts.ts';
import { CXL_REJ, isGone, ORD_REJ } from '../refusal.ts';
import { type Order, type PendingRequest, type VenueRequest } from '../state.ts';

/** A refusal, or the proof that a request was never sent, in the client's terms. */
export interface NegativeAnswer {
  readonly code: string;
  readonly text: string;
  /** The venue's report; absent when we know it by ourselves. */
  readonly source?: ReportSource;
  /** CxlRejReason(102), where the code does not say it. */
  readonly cxlRejReason?: number;
}

/** Ends the last order-creating request of an order: the order itself, or its replacement. */
export const endAttempt = (draft: Draft, order: Order, answer: NegativeAnswer): void => {
  if (sentReplacement(order) === undefined) rejectOrder(draft, order, answer);
  else endReplaced(draft, order, answer);
};

/**
 * The new order of a replace came to nothing, and the old one is cancelled: the client's order ends
 * as Canceled, and so does its request.
 */
export const endReplaced = (
  draft: Draft,
  order: Order,
  answer: NegativeAnswer,
  report: Partial<OnOrder> = {},
): void => {
  const { code, source } = answer;
  const text = `${answer.text}; the order was cancelled to be replaced, no new one is at the venue`;
  const cancel = order.pending.find(({ kind }) => kind === 'cancel');
  draft.add({
    type: 'OrderCanceled',
    at: draft.at,
    orderID: order.orderID,
    execID: draft.newExecID(),
    ...answersOf(order.attempt, source),
    ...report,
    ordStatus: 'Canceled',
    leavesQty: ZERO_TEXT,
    ...defined({ ends: cancel?.clOrdID, clientOrderID: cancel?.clientOrderID }),
    unsolicited: cancel === undefined,
    code,
    text,
    ...defined({ source }),
  });
  failReplaces(draft, order, { code, text, cxlRejReason: CXL_REJ.other });
};

/** Ends an order whose first attempt failed. */
const rejectOrder = (draft: Draft, order: Order, answer: NegativeAnswer): void => {
  const { code, text, source } = answer;
  draft.add({
    type: 'OrderRejected',
    at: draft.at,
    orderID: order.orderID,
    execID: draft.newExecID(),
    ...answersOf(order.attempt, source),
    ordStatus: 'Rejected',
    leavesQty: ZERO_TEXT,
    code,
    ordRejReason: ORD_REJ.other,
    text,
    ...defined({ source }),
  });
};

/** Ends a cancel or replace that failed: the order itself is untouched. */
export const failRequest = (
  draft: Draft,
  order: Order,
  request: PendingRequest,
  answer: NegativeAnswer,
): void => {
  const { code, text, source } = answer;
  draft.add({
    type: 'CancelFailed',
    at: draft.at,
    orderID: order.orderID,
    clOrdID: request.clOrdID,
    responseTo: request.kind,
    ...answersOf(request, source),
    by: request.by,
    ...defined({
      clientOrderID: request.clientOrderID,
      origClientOrderID: request.replace?.origClientOrderID,
      secondaryClientOrderID: request.secondaryClientOrderID,
    }),
    code,
    cxlRejReason: answer.cxlRejReason ?? cxlRejReason(order, code),
    text,
    ...defined({ source }),
  });
};

/** Ends every replace of an order that is closed by now; `order` is as it was before. */
export const failReplaces = (draft: Draft, order: Order, answer: NegativeAnswer): void => {
  const after = draft.order(order.orderID) ?? order;
  for (const request of order.pending) {
    if (request.kind === 'replace') failRequest(draft, after, request, answer);
  }
};

export const pendingRequest = (order: Order, id: ClOrdID | undefined): PendingRequest | undefined =>
  order.pending.find(({ clOrdID }) => clOrdID === id);

/** The request that the venue answered; none when we know the outcome by ourselves. */
const answersOf = (
  request: VenueRequest | undefined,
  source: ReportSource | undefined,
): { readonly answers?: ClOrdID } =>
  defined({ answers: source === undefined ? undefined : request?.clOrdID });

/** The venue says "unknown order" of a closed one as well; our books tell the two apart. */
const cxlRejReason = (order: Order, code: string): number => {
  if (code === 'TOO_LATE' || isClosedStatus(order.base)) return CXL_REJ.tooLate;
  return isGone(code) ? CXL_REJ.unknownOrder : CXL_REJ.other;
};
