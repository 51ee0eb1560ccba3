import { unlistOrder } from '../model/account.ts';
import { leaveBook } from './book-change.ts';
import { type Order, toView } from '../model/order.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type CancelReason, type OrderStatus } from '../model/vocabulary.ts';
import { isFresh } from '../reads/closed-orders.ts';

/** Takes a live order out of every list, sets the caller's status, and remembers it for a while. */
export const retire = (venue: Venue, order: Order, status: OrderStatus): void => {
  if (order.level !== undefined) leaveBook(venue, order);
  order.market.triggers.delete(order);
  unlistOrder(order.holder, order);
  order.status = status;
  remember(venue, order);
};

/** Cancels a live order and emits the reason. */
export const cancel = (venue: Venue, order: Order, reason: CancelReason): void => {
  order.updatedAt = venue.at;
  retire(venue, order, 'Canceled');
  emit(venue, { type: 'OrderCanceled', order: toView(order), reason });
};

const CLOSED_ORDERS_MAX = 100_000;

/** Keeps an ended order for a while. Older ones are dropped when the next order ends. */
export const remember = (venue: Venue, order: Order): void => {
  if (order.holder.background) return;
  venue.closed.set(order.orderId, { order, at: venue.at });
  if (order.cliOrdId !== undefined) venue.closedIds.set(closedKey(order), order.orderId);
  for (const [orderId, closed] of venue.closed) {
    if (isFresh(venue, closed.at, venue.at) && venue.closed.size <= CLOSED_ORDERS_MAX) return;
    venue.closed.delete(orderId);
    const key = closedKey(closed.order);
    if (venue.closedIds.get(key) === orderId) venue.closedIds.delete(key);
  }
};

const closedKey = (order: Order): string => `${order.holder.uid} ${order.cliOrdId ?? ''}`;
