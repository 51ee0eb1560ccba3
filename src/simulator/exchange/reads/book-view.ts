import { type BookOrderView, type BookView, type LevelView } from './exchange-queries.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { type BookSide } from '../model/order-book.ts';

export const bookView = (market: Market, depth: number): BookView => {
  const { symbol } = market;
  const { priceGrid, sizeGrid } = market.instrument;
  const side = (of: BookSide): LevelView[] => {
    const rows: LevelView[] = [];
    for (const level of of.levels()) {
      if (rows.length >= depth) break;
      rows.push({
        price: stepsToText(level.ticks, priceGrid),
        size: stepsToText(level.lots, sizeGrid),
        orders: level.count,
      });
    }
    return rows;
  };
  return {
    symbol,
    bookSeq: market.bookSeq,
    bids: side(market.book.buy),
    asks: side(market.book.sell),
  };
};

/** Every resting order of a side, best first, oldest first within a price. */
export const sideOrders = (side: BookSide): BookOrderView[] => {
  const rows: BookOrderView[] = [];
  for (const level of side.levels()) {
    for (let order = level.head; order !== undefined; order = order.next) {
      const { priceGrid, sizeGrid } = order.market.instrument;
      rows.push({
        orderId: order.orderId,
        side: side.side,
        price: stepsToText(order.ticks, priceGrid),
        size: stepsToText(order.leaves, sizeGrid),
        at: order.updatedAt,
      });
    }
  }
  return rows;
};
