import { ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type ClOrdID } from '../../domain/ids.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { defined } from '../../lib/defined.ts';
import { type Draft } from './draft.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { CXL_REJ, isGone, ORD_REJ } from '../refusal.ts';
import { type Order, type PendingRequest, type VenueRequest } from '../state.ts';

/** A refusal, or the proof that a request was never sent, in the client's terms. */
export interface NegativeAnswer {
  readonly code: string;
  readonly text: string;
  /** The venue's report; absent when we know it by ourselves. */
  readonly source?: ReportSource;
}

/** Ends an order whose one attempt failed. */
export const rejectOrder = (draft: Draft, order: Order, answer: NegativeAnswer): void => {
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
      secondaryClientOrderID: request.secondaryClientOrderID,
    }),
    code,
    cxlRejReason: cxlRejReason(order, code),
    text,
    ...defined({ source }),
  });
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
  if (isClosedStatus(order.base)) return CXL_REJ.tooLate;
  return isGone(code) ? CXL_REJ.unknownOrder : CXL_REJ.other;
};
