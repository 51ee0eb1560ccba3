import { type EpochMs } from '../../../lib/time.ts';
import { type OrderRef } from '../model/commands.ts';
import { type Order } from '../model/order.ts';
import { type Venue } from '../model/venue.ts';

/** orders/status sees orders that ended within the 5 seconds before the request [rest 2.1]. */
export const isFresh = (venue: Venue, closedAt: EpochMs, at: EpochMs): boolean =>
  closedAt > at - venue.rules.closedOrderMemoryMs;
/** A finished order that is still remembered at `at`. */
export const closedOrder = (venue: Venue, orderId: string, at: EpochMs): Order | undefined => {
  const closed = venue.closed.get(orderId);
  return closed !== undefined && isFresh(venue, closed.at, at) ? closed.order : undefined;
};

/** A finished order of one account by either id. orderId wins. */
export const findClosed = (
  venue: Venue,
  uid: string,
  ref: OrderRef,
  at: EpochMs,
): Order | undefined => {
  const orderId = ref.orderId ?? venue.closedIds.get(`${uid} ${ref.cliOrdId ?? ''}`);
  const order = orderId === undefined ? undefined : closedOrder(venue, orderId, at);
  return order?.holder.uid === uid ? order : undefined;
};
