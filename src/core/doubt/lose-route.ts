import { type SessionName } from '../../domain/ids.ts';
import { type AccountsDep, cancelsOnDisconnect } from '../accounts.ts';
import { endAttempt, failRequest } from '../decide/answer-request.ts';
import { type Draft } from '../decide/draft.ts';
import { ORDERS_PER_FACT_MAX, type DoubtedOrder } from '../fact.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { isSent, routeOf, routeOfOrder } from '../evolve/order-route.ts';
import { isAttemptOpen } from '../evolve/venue-orders.ts';
import { epochMs } from '../../lib/time.ts';
import { DEFAULT_DOUBTS, type DoubtsDep } from '../facts/doubt-case.ts';
import { EXTERNAL, type Order } from '../state.ts';
import { type DoubtClass, isFreezing } from '../doubt-class.ts';

export type LoseRouteDeps = AccountsDep & DoubtsDep;

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
  doubtOpenOrders(draft, session, deps);
  watchLateFills(draft, session, deps);
};

/**
 * Every order that is not closed gets its doubt class. Also when a link is back: an order that
 * evidence settled meanwhile may have changed since.
 */
export const doubtOpenOrders = (draft: Draft, session: SessionName, deps: LoseRouteDeps): void => {
  const doubted: DoubtedOrder[] = [];
  for (const order of openOrders(draft, session)) {
    const doubt = doubtOf(draft, order, deps);
    const before = draft.state.doubts.get(order.orderID);
    // UNCONFIRMED stays what it is until evidence ends it; the same doubt is not recorded twice.
    if (doubt === undefined || before === 'UNCONFIRMED' || before === doubt) continue;
    // A lost answer of REST outlasts the link of FIX.
    if (before !== undefined && isFreezing(before) && !isFreezing(doubt)) continue;
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

const doubtOf = (draft: Draft, order: Order, deps: LoseRouteDeps): DoubtClass | undefined => {
  // How such an order stands, the view of the account tells.
  if (order.client === EXTERNAL) return undefined;
  const isClosedAtVenue = isClosedStatus(order.base);
  // What went by REST has its own answers.
  const pending = order.pending.filter((request) => routeOf(request) === 'FIX');
  if (isClosedAtVenue) return pending.length > 0 ? 'D4' : undefined;
  if (routeOfOrder(order) === 'REST') return undefined;
  if (order.attempt?.answered !== true) return 'D2';
  if (pending.some(({ kind }) => kind === 'replace')) return 'D5';
  if (pending.length > 0) return 'D4';
  if (isMassCanceled(draft, order)) return 'D7';
  return cancelsOnDisconnect(order.session, deps) ? 'D6' : 'D3';
};

/** The venue was asked to cancel all of some orders, and has not answered. */
const isMassCanceled = ({ state }: Draft, { session, terms }: Order): boolean =>
  [...state.massCancels.values()].some(
    (one) =>
      one.session === session &&
      one.sentAs !== undefined &&
      (one.symbol === undefined || one.symbol === terms.symbol),
  );

/**
 * Orders that were closed shortly before the link was lost may have a late fill or a bust that was
 * missed (D8). The fills are looked at once more when no more can come.
 */
const watchLateFills = (
  draft: Draft,
  session: SessionName,
  { doubts = DEFAULT_DOUBTS }: LoseRouteDeps,
): void => {
  const { state, at } = draft;
  if (!doubts.canAsk(session)) return;
  const known = state.lateWatches.get(session);
  const closedSince = known?.closedSince ?? epochMs(at - doubts.lateMs);
  if (known === undefined && !hasClosedSince(draft, session, closedSince)) return;
  const until = epochMs(at + doubts.lateMs);
  draft.add({ type: 'LateWatchBegun', at, session, closedSince, until });
};

const hasClosedSince = ({ state }: Draft, session: SessionName, since: number): boolean => {
  for (const orderID of state.closedOrderIDs) {
    const order = state.orders.get(orderID);
    if (order?.session === session && order.updatedAt >= since && order.attempt !== undefined) {
      return true;
    }
  }
  return false;
};
