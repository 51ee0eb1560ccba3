import { countResting } from '../model/account.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { type Order } from '../model/order.ts';
import { emit, type Venue } from '../model/venue.ts';

/** Puts an order at the end of its price's queue and emits the change of the book. */
export const restInBook = (venue: Venue, order: Order): void => {
  order.market.book.side(order.side).add(order);
  countResting(order, order.leaves);
  announce(venue, order, 'add');
  order.turn = order.market.bookSeq;
};

/** Takes an order out of the book with its whole remainder. */
export const leaveBook = (venue: Venue, order: Order): void => {
  order.market.book.side(order.side).remove(order);
  countResting(order, -order.leaves);
  announce(venue, order, 'delete');
};

/**
 * Takes `lots` off a resting order's place in the book; the caller changes the order itself first.
 */
export const shrinkInBook = (venue: Venue, order: Order, lots: number): void => {
  const side = order.market.book.side(order.side);
  side.shrink(order, lots);
  if (order.leaves === 0) side.remove(order);
  countResting(order, -lots);
  announce(venue, order, order.leaves === 0 ? 'delete' : 'update');
};

const announce = (venue: Venue, order: Order, change: 'add' | 'update' | 'delete'): void => {
  const { market } = order;
  const { priceGrid, sizeGrid } = market.instrument;
  market.bookSeq += 1;
  emit(venue, {
    type: 'BookChanged',
    symbol: market.symbol,
    bookSeq: market.bookSeq,
    side: order.side,
    price: stepsToText(order.ticks, priceGrid),
    levelSize: stepsToText(market.book.side(order.side).levelAt(order.ticks)?.lots ?? 0, sizeGrid),
    change,
    orderId: order.orderId,
    orderSize: change === 'delete' ? '0' : stepsToText(order.leaves, sizeGrid),
    orderAt: order.updatedAt,
  });
};
