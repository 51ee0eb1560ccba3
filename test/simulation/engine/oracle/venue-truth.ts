import { type LedgerEntry } from '../../../../src/simulator/ledger-entry.ts';
import { MARKETS } from '../world/venue-side.ts';

/** Quantities are whole lots, so that sums are exact. */
export interface TrueOrder {
  readonly venueOrderID: string;
  /** ClOrdID(11) of the request that made it, and of those that amended it. */
  readonly clOrdIDs: string[];
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  filled: number;
  remaining: number;
  isOpen: boolean;
}

export interface TrueFill {
  readonly fillID: string;
  readonly venueOrderID: string;
  readonly clOrdID: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly lots: number;
  readonly price: string;
}

export const lotsOf = (symbol: string, qty: string): number =>
  Math.round(Number(qty) / MARKETS[symbol]!.lot);

/** What happened at the venue, as its ledger tells it: the oracle's only source. */
export class VenueTruth {
  readonly orders = new Map<string, TrueOrder>();
  readonly fills = new Map<string, TrueFill>();
  /** Signed lots by symbol. */
  readonly positions = new Map<string, number>();
  /** Orders that changed since the oracle looked. */
  readonly changed = new Set<TrueOrder>();

  readonly note = (entry: LedgerEntry): void => {
    if (entry.kind === 'order') {
      const order = this.#order(entry);
      order.filled = lotsOf(entry.symbol, entry.filled);
      order.remaining = lotsOf(entry.symbol, entry.remaining);
      if (entry.event === 'canceled') order.isOpen = false;
      this.changed.add(order);
    } else if (entry.kind === 'fill') {
      const order = this.#order(entry);
      const lots = lotsOf(entry.symbol, entry.lastQty);
      order.filled += lots;
      order.remaining = Math.max(0, order.remaining - lots);
      if (order.remaining === 0) order.isOpen = false;
      const { fillId: fillID, orderId: venueOrderID, cliOrdId: clOrdID = '', price } = entry;
      const { symbol } = entry;
      const { side } = order;
      this.fills.set(fillID, { fillID, venueOrderID, clOrdID, symbol, side, lots, price });
      const signed = side === 'buy' ? lots : -lots;
      this.positions.set(symbol, (this.positions.get(symbol) ?? 0) + signed);
      this.changed.add(order);
    }
  };

  openOrders(): readonly TrueOrder[] {
    return [...this.orders.values()].filter(({ isOpen }) => isOpen);
  }

  #order(entry: Extract<LedgerEntry, { kind: 'order' | 'fill' }>): TrueOrder {
    const { orderId, cliOrdId = '', symbol } = entry;
    let order = this.orders.get(orderId);
    if (order === undefined) {
      order = {
        ...{ venueOrderID: orderId, clOrdIDs: [], symbol },
        side: entry.side === 'buy' ? 'buy' : 'sell',
        ...{ filled: 0, remaining: lotsOf(symbol, entry.size), isOpen: true },
      };
      this.orders.set(orderId, order);
    }
    if (!order.clOrdIDs.includes(cliOrdId)) order.clOrdIDs.push(cliOrdId);
    return order;
  }
}
