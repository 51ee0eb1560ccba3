import { type SessionName } from '../../domain/ids.ts';
import { type AccountsDep, cancelsOnDisconnect } from '../accounts.ts';
import { endAttempt, failRequest } from '../decide/answer-request.ts';
import { type Draft } from '../decide/draft.ts';
import { ORDERS_PER_FACT_MAX, type DoubtedOrder } from '../fact.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { isSent, routeOf, routeOfOrder } from '../evolve/order-route.ts';
import { isAttemptOpen } from '../evolve/venue-orders.ts';
import { type Order } from '../state.ts';
import { type DoubtClass } from '../doubt-class.ts';

export type LoseRouteDeps = AccountsDep;

const NEVER_SENT = {
  code: 'NOT_SENT',
  text: 'NOT_SENT: the engine stopped or the link broke before the request was written',
};

/**
 * The link is gone. Requests that were never handed to the session end here (D1: nothing was
 * written, and nothing is written late). Every other order that is not closed gets its doubt class.
 */
export const loseRoute = (draft: Draft, session: SessionName, deps: LoseRouteDeps): void => {
  endNeverSent(draft, session);
  const doubted: DoubtedOrder[] = [];
  for (const order of openOrders(draft, session)) {
    const doubt = doubtOf(order, deps);
    const before = draft.state.doubts.get(order.orderID);
    // UNCONFIRMED stays what it is until evidence ends it; the same doubt is not recorded twice.
    if (doubt === undefined || before === 'UNCONFIRMED' || before === doubt) continue;
    doubted.push({
      orderID: order.orderID,
      doubt,
      ...(doubt === 'D2' ? { execID: draft.newExecID() } : {}),
    });
  }
  addDoubts(draft, session, doubted);
};

export const addDoubts = (
  draft: Draft,
  session: SessionName,
  doubted: readonly DoubtedOrder[],
): void => {
  for (let from = 0; from < doubted.length; from += ORDERS_PER_FACT_MAX) {
    const orders = doubted.slice(from, from + ORDERS_PER_FACT_MAX);
    draft.add({ type: 'OrdersDoubted', at: draft.at, session, orders });
  }
};

export const openOrders = (draft: Draft, session: SessionName): readonly Order[] => {
  const orders: Order[] = [];
  for (const orderID of draft.state.openOrderIDs) {
    const order = draft.order(orderID);
    if (order?.session === session) orders.push(order);
  }
  return orders;
};

const endNeverSent = (draft: Draft, session: SessionName): void => {
  for (const before of openOrders(draft, session)) {
    for (const request of before.pending) {
      if (isSent(request)) continue;
      const order = draft.order(before.orderID);
      if (order !== undefined) failRequest(draft, order, request, NEVER_SENT);
    }
    const order = draft.order(before.orderID);
    if (order?.attempt === undefined || !isAttemptOpen(order) || isSent(order.attempt)) continue;
    endAttempt(draft, order, NEVER_SENT);
  }
  endMassCancels(draft, session);
};

const endMassCancels = (draft: Draft, session: SessionName): void => {
  for (const request of draft.state.massCancels.values()) {
    const { clOrdID, session: of, massCancelID } = request;
    if (of !== session || isSent(request)) continue;
    draft.add({ type: 'MassCancelSettled', at: draft.at, clOrdID, reason: NEVER_SENT.text });
    // The mass cancel that it served is remembered and goes on.
    if (massCancelID !== undefined) continue;
    draft.alert('critical', 'MASS_CANCEL_NOT_SENT', `mass cancel ${clOrdID} was never written`);
  }
};

const doubtOf = (order: Order, deps: LoseRouteDeps): DoubtClass | undefined => {
  const isClosedAtVenue = isClosedStatus(order.base);
  // What went by REST has its own answers.
  const pending = order.pending.filter((request) => routeOf(request) === 'FIX');
  if (isClosedAtVenue) return pending.length > 0 ? 'D4' : undefined;
  if (routeOfOrder(order) === 'REST') return undefined;
  if (order.attempt?.answered !== true) return 'D2';
  if (pending.some(({ kind }) => kind === 'replace')) return 'D5';
  if (pending.length > 0) return 'D4';
  return cancelsOnDisconnect(order.session, deps) ? 'D6' : 'D3';
};
