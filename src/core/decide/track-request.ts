import { type ClOrdID, type MassCancelID } from '../../domain/ids.ts';
import { endAttempt, failRequest, pendingRequest } from './answer-request.ts';
import { continueMassCancelByID } from './mass-cancel/continue-mass-cancel.ts';
import { type Draft } from './draft.ts';
import { type InputBody } from '../input.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { isSent } from '../evolve/order-route.ts';
import { isAttemptOpen } from '../evolve/venue-orders.ts';
import { cancelSurvivors, type MassCancelDeps } from './mass-cancel/mass-cancel.ts';
import { type EngineState, type Order, type PendingRequest } from '../state.ts';

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/** The adapter gave the request its number, or took it to be called once this is durable. */
export const requestSent = (draft: Draft, body: Body<'RequestSent'>): void => {
  if (body.route === 'REST') {
    const { clOrdID, session } = body;
    const requestNumber = draft.state.restRequestsMade + 1;
    draft.add({ type: 'RestRequestSent', at: draft.at, clOrdID, session, requestNumber });
    return;
  }
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
    // The client's mass cancel goes on by its timer. In an older journal the request served none.
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
  } else if (order.attempt?.clOrdID === clOrdID && !isSent(order.attempt)) {
    endAttempt(draft, order, answer);
  }
};

/** Timers only ask, alert and fall back to single cancels; time alone closes no order. */
export const timerFired = (
  draft: Draft,
  { name }: Body<'TimerFired'>,
  deps: MassCancelDeps & { readonly ackTimeoutMs: number },
): void => {
  const [kind, id] = name.split(':', 2);
  if (id === undefined) return;
  const clOrdID = id as ClOrdID;
  if (kind === 'mass-cancel') {
    continueMassCancelByID(draft, id as MassCancelID, deps);
  } else if (kind === 'mass') {
    cancelSurvivors(draft, { clOrdID, reason: 'TIMEOUT: single cancels follow' }, deps);
  } else if (kind === 'ack') {
    answerLate(draft, clOrdID, deps);
  }
};

/** Tells operator and client that an answer is late; a doubt was told to the client before. */
const answerLate = (
  draft: Draft,
  clOrdID: ClOrdID,
  { ackTimeoutMs }: { readonly ackTimeoutMs: number },
): void => {
  const late = unanswered(draft.state, clOrdID);
  if (late === undefined) return;
  const { order, cancel } = late;
  const { orderID } = order;
  const what = cancel === undefined ? 'the order' : `the ${cancel.kind} request`;
  const detail = `the venue has not answered ${what} within ${ackTimeoutMs} ms`;
  const { at, state } = draft;
  const isNewsToClient = cancel === undefined || cancel.clientOrderID !== undefined;
  if (isNewsToClient && !state.doubts.has(orderID)) {
    const execID = draft.newExecID();
    draft.add({ type: 'AnswerLate', at, orderID, execID, clOrdID, text: `IN_DOUBT: ${detail}` });
  }
  draft.alert('warning', 'ACK_LATE', `${detail}: request ${clOrdID}, order ${orderID}`, orderID);
};

/** The order of a request without an answer; `cancel` when it is not the order itself. */
const unanswered = (
  state: EngineState,
  clOrdID: ClOrdID,
): { readonly order: Order; readonly cancel?: PendingRequest } | undefined => {
  const request = state.requests.get(clOrdID);
  if (request === undefined || request.kind === 'massCancel') return undefined;
  const order = state.orders.get(request.orderID);
  if (order === undefined) return undefined;
  if (order.attempt?.clOrdID === clOrdID) {
    return isAttemptOpen(order) ? { order } : undefined;
  }
  const cancel = pendingRequest(order, clOrdID);
  return cancel?.answered === false ? { order, cancel } : undefined;
};
