import { type MonotonicMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import { isGreater, isProvenEnd, type OrderState, sumOf } from './order-state.ts';
import { type OpenOrder } from '../events/private-events.ts';

/**
 * Who says that an order is open: the first list of a connection, a frame, or REST, which may be
 * behind the feed.
 */
export type OpenClaim = 'Snapshot' | 'Push' | { readonly settleMs: number };

/**
 * Whether an order that has ended here is open after all [websocket 8.1, 11.2]. The first list of a
 * connection is the venue's whole word, and what ended since follows it. A frame undoes what was
 * only believed: an end that nobody explained, or a trigger that fired and goes on as a limit
 * order. REST undoes what it must have seen by now. Nothing undoes fills.
 */
export const reopens = (
  old: OrderState,
  order: OpenOrder | undefined,
  { word, at }: { readonly word: OpenClaim; readonly at: MonotonicMs },
): boolean => {
  if (order !== undefined && !isGreater(sumOf(order.leavesQty, order.cumQty), old.filledQty))
    return false;
  if (word === 'Snapshot') return true;
  if (word === 'Push') return old.isGuess || (!isProvenEnd(old) && !isBefore(order, old));
  const isNews = old.isGuess && order !== undefined && order.updatedAt > old.venueTime;
  return isNews || (old.closedAt !== undefined && at - old.closedAt > word.settleMs);
};

const isBefore = (order: OpenOrder | undefined, old: OrderState): boolean =>
  order === undefined || order.updatedAt < old.venueTime;

export const reopened = (order: OrderState): OrderState =>
  defined({
    ...order,
    ...{ isOpen: true, isGuess: false },
    ...{ cause: undefined, reason: undefined, closedAt: undefined },
  });
