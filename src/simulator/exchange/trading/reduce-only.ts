import { type Account } from '../model/account.ts';
import { shrinkInBook } from './book-change.ts';
import { cancel } from './closing.ts';
import { type Market } from '../model/market.ts';
import { type Order, toView } from '../model/order.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type Side } from '../model/vocabulary.ts';

/**
 * Lots that an order on `side` can take off the account's position; 0 when it would not reduce it.
 */
export const reducible = (account: Account, market: Market, side: Side): number => {
  const held = account.positions.get(market.symbol)?.lots ?? 0;
  return Math.max(0, side === 'buy' ? -held : held);
};

/**
 * Keeps the sum of resting reduce-only orders within the position [rest 6.3]. When the position
 * shrinks, the least aggressive prices are canceled first, the youngest among equals; the order at
 * the edge is cut. Without a position all are canceled.
 */
export const keepReducing = (venue: Venue, account: Account, market: Market): void => {
  const resting = account.exposures.get(market.symbol)?.reducing;
  if (resting === undefined || resting.size === 0) return;
  for (const side of ['buy', 'sell'] as const) {
    const orders = [...resting].filter((order) => order.side === side);
    orders.sort(
      (a, b) => (side === 'buy' ? b.ticks - a.ticks : a.ticks - b.ticks) || a.turn - b.turn,
    );
    let room = reducible(account, market, side);
    for (const order of orders) {
      if (room === 0) cancel(venue, order, 'WOULD_NOT_REDUCE_POSITION');
      else if (order.leaves > room) cut(venue, order, order.leaves - room);
      room = Math.max(0, room - order.leaves);
    }
  }
};

const cut = (venue: Venue, order: Order, lots: number): void => {
  const old = toView(order);
  order.lots -= lots;
  order.updatedAt = venue.at;
  shrinkInBook(venue, order, lots);
  emit(venue, { type: 'OrderReduced', old, order: toView(order) });
};
