import { decimalTextOf, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type BookLevel, type BookSide } from '../../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { decimal, ZERO, type Decimal } from '../../../lib/decimal.ts';
import { type MonotonicMs } from '../../../lib/time.ts';
import { bookChecksum, CHECKSUM_LEVELS, type BookPrecision } from '../../books/checksum.ts';
import { LiveBook, type BookLimits } from '../../books/live-book.ts';
import { type BookEntry } from './market-data-parser.ts';

/** An order of an L3 book. */
export interface BookOrder {
  readonly entryID: string;
  readonly side: BookSide;
  readonly price: DecimalText;
  readonly qty: DecimalText;
  readonly queuedAt: string;
}

/**
 * A book fed by MarketDataSnapshot(W) and MarketDataIncrementalRefresh(X). L2 entries are prices.
 * L3 entries are orders, kept by id and summed per price, so that readers see the same LiveBook.
 */
export class MarketDataBook {
  readonly live: LiveBook;
  readonly #level: 'L2' | 'L3';
  readonly #orders = new Map<string, BookOrder>();
  readonly #idsByPrice = {
    Bid: new Map<string, Set<string>>(),
    Offer: new Map<string, Set<string>>(),
  };
  /**
   * Whether the venue's L3 checksum covers summed prices or single orders is not published. The
   * first match decides.
   */
  #checksumOver: 'Levels' | 'Orders' | undefined;

  constructor(symbol: TradingSymbol, level: 'L2' | 'L3', limits: BookLimits) {
    this.live = new LiveBook(symbol, limits);
    this.#level = level;
    this.#checksumOver = level === 'L2' ? 'Levels' : undefined;
  }

  applySnapshot(entries: readonly BookEntry[], at: MonotonicMs): void {
    this.#forgetOrders();
    this.live.replace([], [], at);
    this.#applyEntries(entries);
    this.live.touch(at);
  }

  /** Applies the entries in order: a message may add an entry and delete it again. */
  applyUpdate(entries: readonly BookEntry[], at: MonotonicMs): void {
    this.#applyEntries(entries);
    this.live.touch(at);
  }

  /** Whether ChecksumOrderBook(5041) of the last update matches. */
  agrees(checksum: string, precision: BookPrecision): boolean {
    if (this.#checksumOver !== undefined)
      return this.#checksum(this.#checksumOver, precision) === checksum;
    const matching = (['Levels', 'Orders'] as const).filter(
      (over) => this.#checksum(over, precision) === checksum,
    );
    // Both match while no price holds two orders, which decides nothing.
    if (matching.length === 1) this.#checksumOver = matching[0];
    return matching.length > 0;
  }

  void(fault: 'Waiting' | 'Down' | 'Gap' | 'Mismatch'): void {
    this.#forgetOrders();
    this.live.void(fault);
  }

  /** The orders of one price in the order of their queue times; empty on L2. */
  ordersAt(side: BookSide, price: DecimalText): readonly BookOrder[] {
    const ids = this.#idsByPrice[side].get(price) ?? [];
    const orders = [...ids].flatMap((id) => this.#orders.get(id) ?? []);
    return orders.sort((a, b) => (a.queuedAt < b.queuedAt ? -1 : Number(a.queuedAt > b.queuedAt)));
  }

  #checksum(over: 'Levels' | 'Orders', precision: BookPrecision): string {
    return bookChecksum(this.#top('Offer', over), this.#top('Bid', over), precision);
  }

  #top(side: BookSide, over: 'Levels' | 'Orders'): readonly BookLevel[] {
    const levels = this.live.depth(side, CHECKSUM_LEVELS);
    return over === 'Levels' ? levels : levels.flatMap(({ price }) => this.ordersAt(side, price));
  }

  #applyEntries(entries: readonly BookEntry[]): void {
    for (const entry of entries)
      if (this.#level === 'L3') this.#applyOrder(entry);
      else this.live.set(entry.side, entry.price, entry.action === 'Delete' ? NONE : entry.qty);
  }

  #applyOrder(entry: BookEntry): void {
    const { entryID, side, price, qty } = entry;
    const old = this.#orders.get(entryID);
    if (old !== undefined) this.#removeOrder(old);
    if (entry.action === 'Delete' || qty === NONE) return;
    const queuedAt = entry.queuedAt ?? old?.queuedAt ?? '';
    this.#orders.set(entryID, { entryID, side, price, qty, queuedAt });
    const ids = this.#idsByPrice[side].get(price) ?? new Set();
    this.#idsByPrice[side].set(price, ids.add(entryID));
    this.#addUp(side, price);
  }

  #removeOrder({ entryID, side, price }: BookOrder): void {
    this.#orders.delete(entryID);
    const ids = this.#idsByPrice[side].get(price);
    ids?.delete(entryID);
    if (ids?.size === 0) this.#idsByPrice[side].delete(price);
    this.#addUp(side, price);
  }

  #addUp(side: BookSide, price: DecimalText): void {
    let sum: Decimal = ZERO;
    for (const id of this.#idsByPrice[side].get(price) ?? [])
      sum = sum.plus(decimal(this.#orders.get(id)?.qty ?? NONE));
    this.live.set(side, price, decimalTextOf(sum));
  }

  #forgetOrders(): void {
    this.#orders.clear();
    this.#idsByPrice.Bid.clear();
    this.#idsByPrice.Offer.clear();
  }
}

const NONE = ZERO_TEXT;
