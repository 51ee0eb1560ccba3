import { type TradingSymbol } from '../../../domain/ids.ts';
import { type MonotonicMs, monotonicMs } from '../../../lib/time.ts';
import { type BookLimits } from '../../books/live-book.ts';
import { MarketDataBook } from './market-data-book.ts';
import { type MarketDataLimits } from './market-data-types.ts';

type State =
  | { readonly name: 'Down' }
  | { readonly name: 'Wanted'; readonly notBefore: MonotonicMs }
  | { readonly name: 'Requested'; readonly at: MonotonicMs }
  | { readonly name: 'Live' }
  | { readonly name: 'Refused' };

const WINDOW_MS = 60_000;

/** One instrument of a FIX market data session: its book and the state of its subscription. */
export class MarketDataSubscription {
  readonly symbol: TradingSymbol;
  readonly book: MarketDataBook;
  /** The MDReqID of the current request. Answers to earlier ones are ignored. */
  mdReqID: string | undefined;
  #state: State = { name: 'Wanted', notBefore: monotonicMs(0) };
  #requestedAt: MonotonicMs[] = [];

  constructor(symbol: TradingSymbol, level: 'L2' | 'L3', limits: BookLimits) {
    this.symbol = symbol;
    this.book = new MarketDataBook(symbol, level, limits);
    this.book.void('Down');
  }

  get isLive(): boolean {
    return this.#state.name === 'Live';
  }

  isDue(at: MonotonicMs): boolean {
    return this.#state.name === 'Wanted' && at >= this.#state.notBefore;
  }

  /** Requested before `before` and still without a snapshot. */
  isOverdue(before: number): boolean {
    return this.#state.name === 'Requested' && this.#state.at <= before;
  }

  request(mdReqID: string, at: MonotonicMs): void {
    this.mdReqID = mdReqID;
    this.#requestedAt = this.#requestedAt.filter((earlier) => earlier > at - WINDOW_MS);
    this.#requestedAt.push(at);
    this.#state = { name: 'Requested', at };
    this.book.void('Waiting');
  }

  filled(): void {
    this.#state = { name: 'Live' };
  }

  /** Makes it due again, later when there were many requests within the last minute. */
  retry(fault: 'Gap' | 'Mismatch', at: MonotonicMs, limits: MarketDataLimits): void {
    this.book.void(fault);
    const first = this.#requestedAt.at(-limits.subscriptionsPerMinuteMax);
    const notBefore = monotonicMs(Math.max(at, first === undefined ? at : first + WINDOW_MS));
    this.#state = { name: 'Wanted', notBefore };
    this.mdReqID = undefined;
  }

  refuse(): void {
    this.#state = { name: 'Refused' };
    this.mdReqID = undefined;
    this.book.void('Down');
  }

  /** Starts after a logon: everything is requested again, refused instruments too. */
  restart(): void {
    this.#state = { name: 'Wanted', notBefore: monotonicMs(0) };
    this.mdReqID = undefined;
    this.book.void('Down');
  }

  down(): void {
    this.#state = { name: 'Down' };
    this.book.void('Down');
  }
}
