import { type EpochMs, epochMs } from '../../../lib/time.ts';
import { type Order, toView } from '../model/order.ts';
import { emit, type Venue } from '../model/venue.ts';

/** A request that a market's window holds back. */
interface Holding {
  /** The new order, or the resting order that an edit is for. */
  readonly order: Order;
  readonly release: (canceled: boolean) => void;
  /** Release time of the batch: its instructions wait together [rest 10]. */
  readonly notBefore?: EpochMs | undefined;
}

/**
 * Holds a request in front of the engine for the market's window [rest 10]. No view shows it. A
 * cancel of a held placement is acknowledged and turns it into an IOC. Returns false when too many
 * requests of the account are held already.
 */
export const hold = (venue: Venue, holding: Holding): boolean => {
  const { order, release } = holding;
  const account = order.holder;
  if (account.held >= venue.rules.heldOrdersMax) return false;
  account.held += 1;
  const window = venue.at + order.market.makerProtectionMillis;
  const releaseAt = epochMs(Math.max(window, holding.notBefore ?? 0));
  venue.held.push({ releaseAt, requestId: venue.requestId, order, canceled: false, release });
  emit(venue, { type: 'OrderHeld', order: toView(order), releaseAt });
  return true;
};

/** When the next held request leaves; windows differ by market, so the list is not sorted. */
export const nextRelease = (venue: Venue): number | undefined => {
  let next: number | undefined;
  for (const request of venue.held) {
    if (next === undefined || request.releaseAt < next) next = request.releaseAt;
  }
  return next;
};

/** Releases what is due, oldest deadline first, arrival order within one instant. */
export const releaseDue = (venue: Venue): void => {
  for (;;) {
    const due = venue.held
      .filter((request) => request.releaseAt <= venue.at)
      .sort((a, b) => a.releaseAt - b.releaseAt)[0];
    if (due === undefined) return;
    venue.held.splice(venue.held.indexOf(due), 1);
    due.order.holder.held -= 1;
    venue.requestId = due.requestId;
    due.release(due.canceled);
    if (due.requestId !== undefined) emit(venue, { type: 'RequestCompleted' });
    venue.requestId = undefined;
  }
};

/** Whether an edit of a resting order waits in front of the engine. */
export const isEditHeld = (venue: Venue, order: Order): boolean =>
  venue.held.some((request) => request.order === order && order.status !== 'Held');

/** Held placements of an account that a filter picks. */
export const heldOrders = (
  venue: Venue,
  isMeant: (order: Order) => boolean,
): { readonly order: Order; canceled: boolean }[] =>
  venue.held.filter((request) => request.order.status === 'Held' && isMeant(request.order));
