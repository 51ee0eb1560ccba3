import { type ClOrdID, type MassCancelID } from '../../domain/ids.ts';
import { failRequest, pendingRequest, rejectOrder } from './answer-request.ts';
import { continueMassCancelByID } from './continue-mass-cancel.ts';
import { type Draft } from './draft.ts';
import { type InputBody } from '../input.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { cancelSurvivors, type MassCancelDeps } from './mass-cancel.ts';
import { type EngineState } from '../state.ts';

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/** The adapter gave the request its number. */
export const requestSent = (draft: Draft, body: Body<'RequestSent'>): void => {
  const { clOrdID, session, epoch, msgSeqNum } = body;
  const sequenceEpoch = draft.state.routes.get(session)?.sequenceEpoch ?? 0;
  const { at } = draft;
  const request = draft.state.requests.get(clOrdID);
  const order = request?.kind === 'new' ? draft.order(request.orderID) : undefined;
  draft.add({ type: 'RequestSent', at, clOrdID, session, epoch, sequenceEpoch, msgSeqNum });
  if (order === undefined || !isClosedStatus(order.base) || order.attempt?.answered === true)
    return;
  // The link broke within the turn and the order was ended as never sent; it was sent after all.
  const { orderID } = order;
  draft.add({ type: 'OrdersDoubted', at, session, orders: [{ orderID, doubt: 'UNCONFIRMED' }] });
  draft.alert(
    'critical',
    'SENT_AFTER_END',
    `order ${orderID} was ${order.base} when it was written`,
  );
};

/** The adapter can prove that nothing was written: ends the request and answers the client. */
export const requestNotSent = (draft: Draft, { clOrdID, reason }: Body<'RequestNotSent'>): void => {
  const request = draft.state.requests.get(clOrdID);
  if (request === undefined) return;
  const answer = { code: 'NOT_SENT', text: `NOT_SENT: ${reason}` };
  if (request.kind === 'massCancel') {
    // The mass cancel that it served goes on by its timer; one of an earlier version had none.
    const served = draft.state.massCancels.get(clOrdID)?.massCancelID;
    draft.add({ type: 'MassCancelSettled', at: draft.at, clOrdID, reason: answer.text });
    if (served !== undefined) return;
    draft.alert('critical', 'MASS_CANCEL_NOT_SENT', `mass cancel ${clOrdID}: ${reason}`);
    return;
  }
  const order = draft.order(request.orderID);
  if (order === undefined) return;
  const pending = pendingRequest(order, clOrdID);
  if (pending !== undefined) {
    failRequest(draft, order, pending, answer);
  } else if (order.attempt?.clOrdID === clOrdID && order.attempt.sentAs === undefined) {
    rejectOrder(draft, order, answer);
  }
};

/** Timers only ask, alert and fall back to single cancels; time alone closes no order. */
export const timerFired = (
  draft: Draft,
  { name }: Body<'TimerFired'>,
  deps: MassCancelDeps,
): void => {
  const [kind, id] = name.split(':', 2);
  if (id === undefined) return;
  const clOrdID = id as ClOrdID;
  if (kind === 'mass-cancel') {
    continueMassCancelByID(draft, id as MassCancelID, deps);
  } else if (kind === 'mass') {
    cancelSurvivors(draft, { clOrdID, reason: 'TIMEOUT: single cancels follow' }, deps);
  } else if (kind === 'ack' && isUnanswered(draft.state, clOrdID)) {
    draft.alert('warning', 'ACK_LATE', `request ${clOrdID} has no answer yet`);
  }
};

const isUnanswered = (state: EngineState, clOrdID: ClOrdID): boolean => {
  const request = state.requests.get(clOrdID);
  if (request === undefined || request.kind === 'massCancel') return false;
  const order = state.orders.get(request.orderID);
  if (order === undefined) return false;
  if (order.attempt?.clOrdID === clOrdID) {
    return order.base === 'PendingNew' && !order.attempt.answered;
  }
  return pendingRequest(order, clOrdID)?.answered === false;
};
