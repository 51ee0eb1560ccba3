import { type BookHealth, type BookPort, type BookView } from '../../domain/book.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { DEFAULT_BOOK_LIMITS, type BookLimits } from './live-book.ts';
import {
  SequencedBook,
  type SequencedSnapshot,
  type SequencedUpdate,
  type UpdateOutcome,
} from './sequenced-book.ts';

/** The book of `symbol` needs a new snapshot. */
export interface ResyncRequest {
  readonly symbol: TradingSymbol;
  readonly reason: Exclude<BookHealth, 'Healthy' | 'Down'>;
}

export interface BookKeeperLimits extends BookLimits {
  /** A resync without a snapshot is requested again after this time. */
  readonly resyncTimeoutMs: number;
}

export const DEFAULT_KEEPER_LIMITS: BookKeeperLimits = {
  ...DEFAULT_BOOK_LIMITS,
  resyncTimeoutMs: 15_000,
};

export type BookCounters = Readonly<Record<UpdateOutcome | 'Snapshot' | 'Unknown', number>>;

/**
 * All books of one WebSocket connection. Pure: it returns what should be requested from the venue.
 */
export class BookKeeper implements BookPort {
  readonly #books = new Map<string, SequencedBook>();
  readonly #askedAt = new Map<TradingSymbol, MonotonicMs>();
  readonly #limits: BookKeeperLimits;
  readonly #counters = { Applied: 0, Discarded: 0, Old: 0, Gap: 0, Snapshot: 0, Unknown: 0 };

  constructor(symbols: Iterable<TradingSymbol>, limits = DEFAULT_KEEPER_LIMITS) {
    this.#limits = limits;
    for (const symbol of symbols) this.add(symbol);
  }

  add(symbol: TradingSymbol): void {
    if (this.#books.has(symbol)) return;
    const book = new SequencedBook(symbol, this.#limits);
    book.void('Down');
    this.#books.set(symbol, book);
  }

  remove(symbol: TradingSymbol): void {
    this.#books.delete(symbol);
    this.#askedAt.delete(symbol);
  }

  applySnapshot(symbol: TradingSymbol, snapshot: SequencedSnapshot, at: MonotonicMs): void {
    const book = this.#books.get(symbol);
    this.#counters[book === undefined ? 'Unknown' : 'Snapshot']++;
    book?.applySnapshot(snapshot, at);
    this.#askedAt.delete(symbol);
  }

  /** Applies one update. Returns a request when it shows a gap. */
  applyUpdate(
    symbol: TradingSymbol,
    update: SequencedUpdate,
    at: MonotonicMs,
  ): ResyncRequest | undefined {
    const book = this.#books.get(symbol);
    if (book === undefined) {
      this.#counters.Unknown++;
      return undefined;
    }
    const outcome = book.applyUpdate(update, at);
    this.#counters[outcome]++;
    return outcome === 'Gap' ? this.#ask({ symbol, reason: 'Gap' }, at) : undefined;
  }

  /** Requests for books that were crossed or silent for too long, or whose resync had no answer. */
  check(at: MonotonicMs): readonly ResyncRequest[] {
    const requests: ResyncRequest[] = [];
    for (const { live } of this.#books.values()) {
      const reason = live.health(at);
      if (reason === 'Healthy' || reason === 'Down') continue;
      const askedAt = this.#askedAt.get(live.symbol);
      if (askedAt !== undefined && at - askedAt < this.#limits.resyncTimeoutMs) continue;
      requests.push(this.#ask({ symbol: live.symbol, reason }, at));
    }
    return requests;
  }

  /** The subscription was requested, so a snapshot is due. */
  expectSnapshot(symbol: TradingSymbol, at: MonotonicMs): void {
    this.#books.get(symbol)?.void('Waiting');
    this.#askedAt.set(symbol, at);
  }

  /** The connection is lost, so no book may be used. */
  voidAll(): void {
    for (const book of this.#books.values()) book.void('Down');
    this.#askedAt.clear();
  }

  void(symbol: TradingSymbol): void {
    this.#books.get(symbol)?.void('Down');
  }

  book(symbol: TradingSymbol): BookView | undefined {
    return this.#books.get(symbol)?.live;
  }

  lastSeq(symbol: TradingSymbol): number | undefined {
    return this.#books.get(symbol)?.lastSeq;
  }

  get size(): number {
    return this.#books.size;
  }

  symbols(): readonly TradingSymbol[] {
    return [...this.#books.values()].map(({ live }) => live.symbol);
  }

  counters(): BookCounters {
    return { ...this.#counters };
  }

  #ask(request: ResyncRequest, at: MonotonicMs): ResyncRequest {
    this.#askedAt.set(request.symbol, at);
    return request;
  }
}
