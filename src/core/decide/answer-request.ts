import { ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type ClOrdID } from '../../domain/ids.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type Draft } from './draft.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { CXL_REJ, ORD_REJ } from '../refusal.ts';
import { isGone } from '../refusal-text.ts';
import { type Order, type PendingRequest, type VenueRequest } from '../state.ts';

/** A refusal or a proof that a request was never sent, as it is told to the client. */
export interface NegativeAnswer {
  readonly code: string;
  readonly text: string;
  /** The venue's report; absent when we know it by ourselves. */
  readonly source?: ReportSource;
}

/** The order's one attempt came to nothing. */
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
    ...(source === undefined ? {} : { source }),
  });
};

/** A cancel or replace came to nothing: the order is what it was. */
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
    ...(request.clientOrderID === undefined ? {} : { clientOrderID: request.clientOrderID }),
    code,
    cxlRejReason: cxlRejReason(order, code),
    text,
    ...(source === undefined ? {} : { source }),
  });
};

export const pendingRequest = (order: Order, id: ClOrdID | undefined): PendingRequest | undefined =>
  order.pending.find(({ clOrdID }) => clOrdID === id);

const answersOf = (
  request: VenueRequest | undefined,
  source: ReportSource | undefined,
): { readonly answers?: ClOrdID } =>
  request === undefined || source === undefined ? {} : { answers: request.clOrdID };

/** The venue says "unknown order" of a finished one as well; our books know better which it is. */
const cxlRejReason = (order: Order, code: string): number => {
  if (isClosedStatus(order.base)) return CXL_REJ.tooLate;
  return isGone(code) ? CXL_REJ.unknownOrder : CXL_REJ.other;
};
