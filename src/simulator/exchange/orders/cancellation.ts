import { type Account } from '../model/account.ts';
import { cancel } from '../trading/closing.ts';
import { findClosed } from '../reads/closed-orders.ts';
import { type CancelOrder, type CancelOrders, type OrderRef } from '../model/commands.ts';
import { heldOrders, isEditHeld } from './maker-protection.ts';
import { type Order, toView } from '../model/order.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type CancelReason } from '../model/vocabulary.ts';

/** Finds the live order or trigger that `ref` names. orderId wins over cliOrdId. */
export const findOrder = (account: Account, ref: OrderRef): Order | undefined => {
  const orderId =
    ref.orderId ??
    (ref.cliOrdId === undefined ? undefined : account.orderIdByCliOrdId.get(ref.cliOrdId));
  return orderId === undefined ? undefined : account.orders.get(orderId);
};

const isOwnedBy = (order: Order, owner: string | undefined): boolean =>
  owner === undefined || order.owner === owner || order.owner.startsWith(`${owner}:`);

export const cancelOne = (venue: Venue, command: CancelOrder): void => {
  const { account: uid, orderId, cliOrdId, processBefore } = command;
  const account = venue.accounts.get(uid);
  const order = account === undefined ? undefined : findOrder(account, command);
  const isLate = processBefore !== undefined && venue.at > processBefore;
  if (!isLate && order !== undefined && isOwnedBy(order, command.owner)) {
    cancel(venue, order, 'CANCELLED_BY_USER');
    return;
  }
  const held = isLate
    ? undefined
    : heldOrders(venue, (each) => isNamed(each, command) && isOwnedBy(each, command.owner))[0];
  if (held !== undefined) {
    held.canceled = true;
    emit(venue, { type: 'HeldOrderCanceled', order: toView(held.order) });
    return;
  }
  const closed = isLate ? undefined : findClosed(venue, uid, command, venue.at);
  emit(venue, {
    type: 'CancelRejected',
    account: uid,
    orderId,
    cliOrdId,
    reason: isLate ? 'WOULD_PROCESS_AFTER_SPECIFIED_TIME' : 'ORDER_FOR_CANCELLATION_NOT_FOUND',
    order: closed === undefined ? undefined : toView(closed),
  });
};

const isNamed = (order: Order, command: CancelOrder): boolean =>
  order.holder.uid === command.account &&
  (command.orderId === undefined
    ? order.cliOrdId === command.cliOrdId
    : order.orderId === command.orderId);

/**
 * Cancels every order that matches all filters. A held order becomes IOC and is not listed; an
 * order whose edit is held stays [rest 10].
 */
export const cancelMany = (venue: Venue, command: CancelOrders): void => {
  const { account: uid, symbol, owner } = command;
  const isMeant = (order: Order): boolean =>
    order.holder.uid === uid &&
    (symbol === undefined || order.market.symbol === symbol) &&
    isOwnedBy(order, owner);
  for (const request of heldOrders(venue, isMeant)) request.canceled = true;
  const orders = cancelMatching(venue, uid, {
    isMeant: (order) => isMeant(order) && !isEditHeld(venue, order),
    reason: command.reason ?? 'CANCELLED_BY_USER',
  });
  emit(venue, { type: 'OrdersCanceled', account: uid, symbol, orders: orders.map(toView) });
};

export const cancelMatching = (
  venue: Venue,
  uid: string,
  filter: { readonly isMeant: (order: Order) => boolean; readonly reason: CancelReason },
): readonly Order[] => {
  const orders = [...(venue.accounts.get(uid)?.orders.values() ?? [])].filter(filter.isMeant);
  for (const order of orders) cancel(venue, order, filter.reason);
  return orders;
};
