import { unlistOrder } from './account.ts';
import { type OrderRef } from './commands.ts';
import { leaveBook } from './book-change.ts';
import { type Order, toView } from './order.ts';
import { emit, type Venue } from './venue.ts';
import { type CancelReason, type OrderStatus } from './vocabulary.ts';

/** Takes a living order out of every list, and remembers it for a while. Its status is the caller's word. */
export const retire = (venue: Venue, order: Order, status: OrderStatus): void => {
  if (order.level !== undefined) leaveBook(venue, order);
  order.market.triggers.delete(order);
  unlistOrder(order.holder, order);
  order.status = status;
  remember(venue, order);
};

/** Ends a living order and tells why. */
export const cancel = (venue: Venue, order: Order, reason: CancelReason): void => {
  order.updatedAt = venue.at;
  retire(venue, order, 'Canceled');
  emit(venue, { type: 'OrderCanceled', order: toView(order), reason });
};

const CLOSED_ORDERS_MAX = 100_000;

/** orders/status sees orders that ended within the last 5 seconds (rest 2.1). */
export const remember = (venue: Venue, order: Order): void => {
  if (order.holder.background) return;
  venue.closed.set(order.orderId, { order, at: venue.at });
  if (order.cliOrdId !== undefined) venue.closedIds.set(closedKey(order), order.orderId);
  for (const [orderId, closed] of venue.closed) {
    const isFresh = closed.at > venue.at - venue.rules.closedOrderMemoryMs;
    if (isFresh && venue.closed.size <= CLOSED_ORDERS_MAX) return;
    venue.closed.delete(orderId);
    const key = closedKey(closed.order);
    if (venue.closedIds.get(key) === orderId) venue.closedIds.delete(key);
  }
};

const closedKey = (order: Order): string => `${order.holder.uid} ${order.cliOrdId ?? ''}`;

/** A finished order that is still remembered, by either id; orderId wins. */
export const findClosed = (venue: Venue, uid: string, ref: OrderRef): Order | undefined => {
  const orderId = ref.orderId ?? venue.closedIds.get(`${uid} ${ref.cliOrdId ?? ''}`);
  const order = orderId === undefined ? undefined : venue.closed.get(orderId)?.order;
  return order?.holder.uid === uid ? order : undefined;
};
