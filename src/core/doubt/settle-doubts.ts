import { type OrderID } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { endReplaced, failRequest } from '../decide/answer-request.ts';
import { intendCancel, type CancelDeps } from '../decide/cancel-order.ts';
import { type Draft } from '../decide/draft.ts';
import { type DoubtedOrder } from '../fact.ts';
import { listed } from '../listed.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { sentReplacement } from '../evolve/venue-orders.ts';
import {
  type Order,
  type PendingRequest,
  type ResendProof,
  type Route,
  type SentAs,
} from '../state.ts';
import { DEFAULT_DOUBTS, type DoubtsDep } from '../facts/doubt-case.ts';
import { isFreezing, type DoubtClass } from '../doubt-class.ts';
import { type SequenceProof } from '../facts/doubt-facts.ts';
import { casesOf } from './rounds.ts';
import { addDoubts, openOrders } from './lose-route.ts';

/**
 * The replay is complete. For every order in doubt on this route, by the evidence that FIX alone
 * can give:
 * - a new order that the venue asked to have resent, without any trace of it in the replay: ABSENT,
 *   by sequence proof (the proof is void when the venue also asks for a message whose effect we
 *   have seen: it rolled back its counter);
 * - another new order without an answer: stays in doubt, its instrument frozen;
 * - a live order: is what the books say; the replay brought everything that happened meanwhile;
 * - a cancel without an answer: asked again under a new ClOrdID, because a cancel is safe to
 *   repeat;
 * - a replace without an answer: failed by sequence proof, or in doubt;
 * - what was asked of an order whose own doubt a report has ended: the same.
 * Where the venue can be asked over REST, FIX is only the first voice: what it does not close stays
 * in doubt until a round of questions has shown it, and a sequence proof is noted for that.
 * Returns the orders whose cancel is to be repeated once the route is open.
 */
export const settleDoubts = (
  draft: Draft,
  route: Route,
  { doubts = DEFAULT_DOUBTS }: DoubtsDep,
): readonly Order[] => {
  if (doubts.canAsk(route.session)) return leaveToRounds(draft, route);
  const settled = closedByReplay(draft, route, false);
  const unresolved: OrderID[] = [];
  const doubted: DoubtedOrder[] = [];
  for (const order of openOrders(draft, route.session)) {
    const { orderID } = order;
    const noted = draft.state.doubts.get(orderID);
    const doubt = noted ?? doubtLeft(order, route.epoch);
    if (doubt === undefined) continue;
    const verdict = settle(draft, route, order, doubt);
    if (verdict === 'settled' && noted !== undefined) settled.push(orderID);
    if (verdict === 'unresolved') unresolved.push(orderID);
    if (verdict === 'unresolved' && noted === undefined) doubted.push({ orderID, doubt });
  }
  addDoubts(draft, route.session, doubted);
  noteOutcome(draft, route, { settled, unresolved });
  return repeatable(draft, route);
};

/** What the replay closed is settled; everything else is asked about. */
const leaveToRounds = (draft: Draft, route: Route): readonly Order[] => {
  const { session } = route;
  noteProofs(draft, route);
  const doubted = openOrders(draft, session).flatMap((order): readonly DoubtedOrder[] => {
    if (draft.state.doubts.has(order.orderID)) return [];
    const doubt = doubtLeft(order, route.epoch);
    return doubt === undefined ? [] : [{ orderID: order.orderID, doubt }];
  });
  addDoubts(draft, session, doubted);
  const settled = closedByReplay(draft, route, true);
  noteOutcome(draft, route, { settled, unresolved: [] });
  if (casesOf(draft.state, session).length + doubted.length > settled.length) {
    draft.add({ type: 'DoubtsDue', at: draft.at, session, afterMs: 0 });
  }
  return repeatable(draft, route);
};

/** Orders whose cancel has no answer, and gets none any more. */
const repeatable = (draft: Draft, { session, epoch }: Route): readonly Order[] =>
  openOrders(draft, session).filter((order) => lostCancels(order, epoch).length > 0);

const noteOutcome = (
  draft: Draft,
  { session }: Route,
  found: { readonly settled: readonly OrderID[]; readonly unresolved: readonly OrderID[] },
): void => {
  const { settled, unresolved } = found;
  if (settled.length > 0) {
    draft.add({ type: 'DoubtsSettled', at: draft.at, session, orderIDs: settled });
  }
  if (unresolved.length === 0) return;
  const detail = `${unresolved.length} orders stay in doubt, their instruments frozen: ${listed(unresolved)}`;
  draft.alert('critical', 'IN_DOUBT', detail);
};

/**
 * Orders in doubt that a report closed meanwhile. A doubt that freezes its instrument stays, unless
 * the venue's ResendRequest(2) proves that it never processed the order.
 */
const closedByReplay = (draft: Draft, route: Route, isAsked: boolean): OrderID[] => {
  const closed: OrderID[] = [];
  for (const [orderID, doubt] of draft.state.doubts) {
    const order = draft.order(orderID);
    if (order?.session !== route.session || draft.state.openOrderIDs.has(orderID)) continue;
    const isAbsent =
      !isAsked &&
      order.attempt?.answered === false &&
      proofFrom(route, order.attempt.sentAs) !== undefined;
    if (!isFreezing(doubt) || isAbsent) closed.push(orderID);
  }
  return closed;
};

/** Sends the unanswered cancels once more. */
export const repeatCancels = (
  draft: Draft,
  orders: readonly Order[],
  epoch: number,
  deps: CancelDeps,
): void => {
  for (const order of orders) {
    for (const { clOrdID, by, clientOrderID, secondaryClientOrderID } of lostCancels(
      order,
      epoch,
    )) {
      const own = defined({ clientOrderID, secondaryClientOrderID });
      const origin = { by, ...own, repeats: clOrdID };
      const isIntended = intendCancel(draft, order, deps, origin);
      if (isIntended) continue;
      const detail = `the cancel of order ${order.orderID} is not repeated: no ClOrdID can be made`;
      draft.alert('critical', 'CLOCK_BEHIND', detail, order.orderID);
    }
  }
};

type Verdict = 'settled' | 'unresolved' | 'closed';

const settle = (draft: Draft, route: Route, order: Order, doubt: DoubtClass): Verdict => {
  switch (doubt) {
    case 'D1':
    case 'D2':
    case 'D2r':
      return settleNew(draft, route, order);
    case 'D3':
    case 'D6':
    case 'D7':
    case 'D8':
      return 'settled';
    case 'D2r':
      return 'unresolved';
    case 'D4':
      return settleCancel(draft, order);
    case 'D5':
      return settleReplace(draft, route, order);
    case 'UNCONFIRMED':
      return 'unresolved';
  }
};

/** Orders that the venue asked to have resent, without a trace in the replay. */
const noteProofs = (draft: Draft, route: Route): void => {
  const { session, sequenceEpoch } = route;
  const orders = casesOf(draft.state, session).flatMap(({ orderID }): readonly SequenceProof[] => {
    const attempt = draft.order(orderID)?.attempt;
    const found = attempt?.answered === false ? findProof(route, attempt.sentAs) : undefined;
    if (attempt?.sentAs === undefined || found === undefined) return [];
    const { beginSeqNo, epoch } = found;
    const { msgSeqNum } = attempt.sentAs;
    return [{ orderID, clOrdID: attempt.clOrdID, msgSeqNum, beginSeqNo, epoch, sequenceEpoch }];
  });
  if (orders.length === 0) return;
  draft.add({ type: 'SequenceProofNoted', at: draft.at, session, orders });
};

const settleNew = (draft: Draft, route: Route, order: Order): Verdict => {
  const { attempt, orderID } = order;
  const beginSeqNo = proofFrom(route, attempt?.sentAs);
  const hasTrace = attempt?.answered === true || order.venueOrderID !== undefined;
  if (attempt?.sentAs === undefined || beginSeqNo === undefined || hasTrace) return 'unresolved';
  const { msgSeqNum } = attempt.sentAs;
  const text = `ABSENT: the venue never processed MsgSeqNum(34) ${msgSeqNum}, it asked to resend from ${beginSeqNo}`;
  if (sentReplacement(order) !== undefined) {
    endReplaced(draft, order, { code: 'ABSENT', text });
    return 'settled';
  }
  draft.add({
    type: 'AttemptAbsent',
    at: draft.at,
    orderID,
    execID: draft.newExecID(),
    clOrdID: attempt.clOrdID,
    proof: { kind: 'sequence', session: route.session, msgSeqNum, beginSeqNo },
    text,
  });
  endRequests(draft, order, 'ABSENT', text);
  return 'closed';
};

const settleCancel = (draft: Draft, order: Order): Verdict => {
  if (!isClosedStatus(order.base)) return 'settled';
  endRequests(draft, order, 'TOO_LATE', `TOO_LATE: order ${order.orderID} is ${order.base}`);
  return 'settled';
};

const settleReplace = (draft: Draft, route: Route, order: Order): Verdict => {
  for (const request of order.pending) {
    if (request.kind !== 'replace') continue;
    if (request.replace?.method === 'cancelThenNew') {
      failRequest(draft, order, request, CANCEL_LOST);
      continue;
    }
    const beginSeqNo = proofFrom(route, request.sentAs);
    if (beginSeqNo === undefined) return 'unresolved';
    const text = `ABSENT: the venue never processed the replace, it asked to resend from ${beginSeqNo}`;
    failRequest(draft, order, request, { code: 'ABSENT', text });
  }
  return 'settled';
};

/** The replay is complete and has no report of the cancel: the order is as it was. */
const CANCEL_LOST = {
  code: 'LINK_LOST',
  text: 'LINK_LOST: the link broke before the venue cancelled the order, which stays as it was',
};

/** The order is closed: requests on it can have no effect. */
const endRequests = (draft: Draft, before: Order, code: string, text: string): void => {
  for (const request of before.pending) {
    const order = draft.order(before.orderID);
    if (order !== undefined) failRequest(draft, order, request, { code, text });
  }
};

/**
 * BeginSeqNo(7) that proves that a message was never processed: the venue asked from that number or
 * a lower one, on a connection after the one on which the message was sent, in the same sequence
 * epoch, and no effect of a message from that number on was seen.
 */
const proofFrom = (route: Route, sentAs: SentAs | undefined): number | undefined =>
  findProof(route, sentAs)?.beginSeqNo;

const findProof = (route: Route, sentAs: SentAs | undefined): ResendProof | undefined => {
  if (sentAs?.session !== route.session || sentAs.sequenceEpoch !== route.sequenceEpoch) {
    return undefined;
  }
  return route.resendProofs.find(
    ({ epoch, beginSeqNo, isVoid }) =>
      !isVoid && sentAs.epoch < epoch && sentAs.msgSeqNum >= beginSeqNo,
  );
};

/**
 * The doubt about an order ended with its acknowledgement or its fill, and a request about it that
 * was sent on an earlier connection has no answer: none comes any more.
 */
const doubtLeft = (order: Order, epoch: number): DoubtClass | undefined => {
  const lost = order.pending.filter((request) => isLost(request, epoch));
  if (lost.length === 0) return undefined;
  const isReplacing = !isClosedStatus(order.base) && lost.some(({ kind }) => kind === 'replace');
  return isReplacing ? 'D5' : 'D4';
};

const isLost = ({ ackedByVenue, sentAs }: PendingRequest, epoch: number): boolean =>
  !ackedByVenue && sentAs !== undefined && sentAs.epoch < epoch;

/** Cancels sent on an earlier connection that the venue has not answered. */
const lostCancels = (order: Order, epoch: number): readonly PendingRequest[] =>
  isClosedStatus(order.base)
    ? []
    : order.pending.filter((request) => request.kind === 'cancel' && isLost(request, epoch));
