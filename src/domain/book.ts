import { type MonotonicMs } from '../lib/time.ts';
import { type DecimalText, type TradingSymbol } from './ids.ts';

/**
 * One price of one side with everything that rests there. Both texts canonical: no exponent, no
 * needless zeros.
 */
export interface BookLevel {
  readonly price: DecimalText;
  readonly qty: DecimalText;
}

export type BookSide = 'Bid' | 'Offer';

/**
 * `Healthy` is the only state whose prices may be used to check or price an order. Waiting:
 * subscribed, no snapshot yet. Down: no connection, or not subscribed. Gap: an update was lost.
 * Crossed: best bid at or above best offer for longer than an instant. Mismatch: the venue's
 * checksum disagrees. Stale: silence for too long.
 */
export type BookHealth = 'Healthy' | 'Waiting' | 'Down' | 'Gap' | 'Crossed' | 'Mismatch' | 'Stale';

/** What taking `qty` from the book now would cost. */
export interface SweepPrice {
  /** Volume-weighted average price of what the book can give, 12 decimals, half to even. */
  readonly vwap: DecimalText;
  /** The last price touched. */
  readonly worst: DecimalText;
  /** What the book can give: `qty`, or less when the side is not deep enough. */
  readonly qty: DecimalText;
  readonly isComplete: boolean;
}

/** Read side of one instrument's book, the same for WebSocket and FIX market data. */
export interface BookView {
  readonly symbol: TradingSymbol;
  readonly health: (at: MonotonicMs) => BookHealth;
  /** When the last snapshot or update was taken in; `undefined` before the first. */
  readonly updatedAt: () => MonotonicMs | undefined;
  readonly best: (side: BookSide) => BookLevel | undefined;
  /** Best first, at most `levelsMax`. */
  readonly depth: (side: BookSide, levelsMax: number) => readonly BookLevel[];
  /**
   * Average price for taking `qty` from `side`; `undefined` when the side is empty or qty is not
   * positive.
   */
  readonly sweep: (
    side: BookSide,
    qty: DecimalText,
    contractType: 'linear' | 'inverse',
  ) => SweepPrice | undefined;
}

/** Where the engine gets its books from, whichever feed keeps them. */
export interface BookPort {
  /** `undefined`: no subscription to this instrument. */
  readonly book: (symbol: TradingSymbol) => BookView | undefined;
  readonly symbols: () => readonly TradingSymbol[];
}
