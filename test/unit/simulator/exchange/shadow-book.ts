import {
  type ExchangeEvent,
  type EventOf,
} from '../../../../src/simulator/exchange/model/events.ts';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';

/** Who takes a late fill. */
export const LATE = 'venue:late';

interface Row {
  readonly orderId: string;
  readonly side: string;
  readonly price: string;
  size: string;
}

/**
 * A level 3 book built from BookChanged alone, orders in the order of their arrival. It proves that
 * every maker was the oldest order at the best price, and that the feed gives back the exchange's
 * own book.
 */
export class ShadowBook {
  readonly #rows = new Map<string, Row[]>();
  readonly #seqs = new Map<string, number>();

  read(events: readonly ExchangeEvent[]): void {
    for (const event of events) {
      if (event.type === 'BookChanged') this.#change(event);
      if (
        event.type === 'Trade' &&
        event.trade.tradeType !== 'assignment' &&
        event.trade.tradeType !== 'unwind' &&
        // A late fill: the order had left the book when it was told to have traded.
        event.taker.owner !== LATE
      ) {
        this.#trade(event);
      }
    }
  }

  rows(symbol: string): Row[] {
    let rows = this.#rows.get(symbol);
    if (rows === undefined) this.#rows.set(symbol, (rows = []));
    return rows;
  }

  /** Best first, oldest first within a price. */
  side(symbol: string, side: string): readonly Row[] {
    const better = side === 'buy' ? -1 : 1;
    return this.rows(symbol)
      .map((row, i) => ({ row, i }))
      .filter(({ row }) => row.side === side)
      .sort((a, b) => better * (Number(a.row.price) - Number(b.row.price)) || a.i - b.i)
      .map(({ row }) => row);
  }

  #change(event: EventOf<'BookChanged'>): void {
    const rows = this.rows(event.symbol);
    const seq = this.#seqs.get(event.symbol) ?? 0;
    if (event.bookSeq !== seq + 1)
      throw new Error(`bookSeq ${String(event.bookSeq)} after ${String(seq)}`);
    this.#seqs.set(event.symbol, event.bookSeq);
    const at = rows.findIndex((row) => row.orderId === event.orderId);
    const row = rows[at];
    if ((row === undefined) !== (event.change === 'add'))
      throw new Error(`${event.change} of ${event.orderId}`);
    if (row === undefined) {
      const { orderId, side, price, orderSize } = event;
      rows.push({ orderId, side, price, size: orderSize });
    } else if (event.change === 'delete') {
      rows.splice(at, 1);
    } else {
      row.size = event.orderSize;
    }
    const level = rows
      .filter((each) => each.side === event.side && each.price === event.price)
      .reduce((sum, each) => sum + Number(each.size), 0);
    if (Math.abs(level - Number(event.levelSize)) > 1e-9) {
      throw new Error(`level ${event.price}: told ${event.levelSize}, orders say ${String(level)}`);
    }
  }

  #trade({ trade, maker }: EventOf<'Trade'>): void {
    const [best] = this.side(trade.symbol, maker.side);
    if (best?.orderId !== maker.order.orderId || best.price !== trade.price) {
      throw new Error(
        `${maker.order.orderId} traded at ${trade.price} before ${JSON.stringify(best)}`,
      );
    }
  }

  compare(exchange: Exchange): void {
    for (const { symbol } of exchange.queries.instruments()) {
      const told = [...this.side(symbol, 'buy'), ...this.side(symbol, 'sell')];
      const real = exchange.queries.bookOrders(symbol);
      const text = (rows: readonly Row[]): string =>
        rows.map((row) => `${row.orderId} ${row.price} ${row.size}`).join('\n');
      if (text(told) !== text(real))
        throw new Error(`${symbol}: the feed's book is not the exchange's`);
      const bid = told.find((row) => row.side === 'buy');
      const ask = told.find((row) => row.side === 'sell');
      if (bid !== undefined && ask !== undefined && Number(bid.price) >= Number(ask.price)) {
        throw new Error(`${symbol} is crossed: ${bid.price} / ${ask.price}`);
      }
    }
  }
}
