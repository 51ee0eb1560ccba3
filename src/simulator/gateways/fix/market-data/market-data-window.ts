import {
  type BookOrderView,
  type ExchangeQueries,
} from '../../../exchange/reads/exchange-queries.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type DepthLevel } from './market-data-request.ts';

/** One entry of a book as FIX shows it: a price (L2) or an order (L3). */
export interface BookEntry {
  /** MDEntryID(278): side letter and price, or the order's id. */
  readonly id: string;
  readonly side: 'bid' | 'offer';
  readonly price: string;
  readonly size: string;
  /** L3: when the order took its place in the queue. */
  readonly queuedAt: string | undefined;
  /** When the entry last changed. */
  readonly at: EpochMs | undefined;
}

export interface BookChange {
  readonly action: 'new' | 'update' | 'delete';
  readonly entry: BookEntry;
}

/** The entries within a depth, offers first, best first. */
export const windowOf = (
  queries: ExchangeQueries,
  of: { readonly symbol: string; readonly level: DepthLevel; readonly depth: number },
  times: { readonly queue: QueueTimes; readonly changes: ChangeTimes },
): readonly BookEntry[] => {
  if (of.level === 'L3') return ordersOf(queries, of, times);
  const book = queries.book(of.symbol, of.depth);
  const toEntry =
    (side: BookEntry['side']) =>
    ({ price, size }: { readonly price: string; readonly size: string }): BookEntry => {
      const id = `${side === 'bid' ? 'B' : 'O'}${price}`;
      return { id, side, price, size, queuedAt: undefined, at: times.changes.of(of.symbol, id) };
    };
  return [...(book?.asks ?? []).map(toEntry('offer')), ...(book?.bids ?? []).map(toEntry('bid'))];
};

const ordersOf = (
  queries: ExchangeQueries,
  { symbol, depth }: { readonly symbol: string; readonly depth: number },
  { queue, changes }: { readonly queue: QueueTimes; readonly changes: ChangeTimes },
): readonly BookEntry[] => {
  const orders = queries.bookOrders(symbol);
  const side = (wanted: 'buy' | 'sell'): readonly BookOrderView[] =>
    bestPrices(
      orders.filter((order) => order.side === wanted),
      depth,
    );
  const toEntry = (order: BookOrderView): BookEntry => ({
    id: order.orderId,
    side: order.side === 'buy' ? 'bid' : 'offer',
    price: order.price,
    size: order.size,
    queuedAt: queue.of(order),
    at: changes.of(symbol, order.orderId),
  });
  return [...side('sell').map(toEntry), ...side('buy').map(toEntry)];
};

/**
 * Every order of the best `depth` prices: a depth counts prices, so that the checksum over ten of
 * them can be computed (assumed).
 */
const bestPrices = (orders: readonly BookOrderView[], depth: number): readonly BookOrderView[] => {
  let prices = 0;
  let last: string | undefined;
  const from = orders.findIndex(({ price }) => {
    if (price !== last) prices += 1;
    last = price;
    return prices > depth;
  });
  return from === -1 ? orders : orders.slice(0, from);
};

/**
 * When entries of books last changed, by symbol and MDEntryID(278): MDEntryTime(273) of a snapshot.
 */
export class ChangeTimes {
  readonly #bySymbol = new Map<string, Map<string, EpochMs>>();

  note(
    symbol: string,
    id: string,
    change: { readonly at: EpochMs; readonly isGone: boolean },
  ): void {
    const ofSymbol = this.#bySymbol.get(symbol) ?? new Map<string, EpochMs>();
    this.#bySymbol.set(symbol, ofSymbol);
    if (change.isGone) ofSymbol.delete(id);
    else ofSymbol.set(id, change.at);
  }

  of(symbol: string, id: string): EpochMs | undefined {
    return this.#bySymbol.get(symbol)?.get(id);
  }
}

/**
 * The changes from one window to the next, deletions first. `sizeLeft`: the size of an entry that
 * left the window ([fix 4.9]: 0 when it left the book).
 */
export const changesBetween = (
  before: ReadonlyMap<string, BookEntry>,
  after: readonly BookEntry[],
  sizeLeft: (entry: BookEntry) => string,
): readonly BookChange[] => {
  const ids = new Set(after.map(({ id }) => id));
  const changes: BookChange[] = [];
  for (const entry of before.values())
    if (!ids.has(entry.id))
      changes.push({ action: 'delete', entry: { ...entry, size: sizeLeft(entry) } });
  for (const entry of after) {
    const old = before.get(entry.id);
    if (old === undefined) changes.push({ action: 'new', entry });
    else if (old.price !== entry.price || old.queuedAt !== entry.queuedAt) {
      // A new price or a new place in the queue is reported as a deletion and a new entry.
      changes.push({ action: 'delete', entry: { ...old, size: '0' } }, { action: 'new', entry });
    } else if (old.size !== entry.size) changes.push({ action: 'update', entry });
  }
  return changes;
};

/**
 * MDEntryTimeQueue(5273): ISO 8601 with nanoseconds, so that the orders of one price sort by it
 * also when several came within a millisecond.
 */
export class QueueTimes {
  readonly #textByOrderId = new Map<string, string>();
  #lastMs = 0;
  #inLastMs = 0;

  joined(orderId: string, at: EpochMs): void {
    const ms = Math.max(Math.floor(at), this.#lastMs);
    this.#inLastMs = ms === this.#lastMs ? this.#inLastMs + 1 : 0;
    this.#lastMs = ms;
    this.#textByOrderId.set(orderId, isoNanos(ms, this.#inLastMs));
  }

  left(orderId: string): void {
    this.#textByOrderId.delete(orderId);
  }

  of({ orderId, at }: BookOrderView): string {
    return this.#textByOrderId.get(orderId) ?? isoNanos(Math.floor(at), 0);
  }
}

/** `2025-03-04T15:25:09.883000001Z` */
export const isoNanos = (ms: number, nanos: number): string =>
  `${new Date(ms).toISOString().slice(0, 23)}${String(nanos % 1_000_000).padStart(6, '0')}Z`;
