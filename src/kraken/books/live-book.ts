import { decimalTextOf } from '../../domain/decimal-text.ts';
import {
  type BookHealth,
  type BookLevel,
  type BookSide,
  type BookView,
  type SweepPrice,
} from '../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { compareDecimalText } from '../../lib/decimal-text.ts';
import { type MonotonicMs } from '../../lib/time.ts';
import { Ladder } from './ladder.ts';
import { decimal, type Decimal, divideHalfEven, minDecimal, ZERO } from '../../lib/decimal.ts';

export interface BookLimits {
  /** A book may be crossed for this time within a burst of updates. Longer is a fault. */
  readonly crossedMsMax: number;
  /** A book without an update for longer is stale. */
  readonly staleAfterMs: number;
}

export const DEFAULT_BOOK_LIMITS: BookLimits = { crossedMsMax: 1_000, staleAfterMs: 60_000 };

/** Why a book is unusable, without the reasons that depend on time. */
type BookFault = Exclude<BookHealth, 'Healthy' | 'Stale' | 'Crossed'>;

/**
 * One instrument's levels and health. The feed decides what is applied (by sequence numbers on
 * WebSocket, by checksums on FIX). A fault empties the ladders, so that no price can be taken from
 * them.
 */
export class LiveBook implements BookView {
  readonly symbol: TradingSymbol;
  readonly #limits: BookLimits;
  readonly #bids = new Ladder('Highest');
  readonly #offers = new Ladder('Lowest');
  #fault: BookFault | undefined = 'Waiting';
  #updatedAt: MonotonicMs | undefined;
  #crossedSince: MonotonicMs | undefined;

  constructor(symbol: TradingSymbol, limits: BookLimits = DEFAULT_BOOK_LIMITS) {
    this.symbol = symbol;
    this.#limits = limits;
  }

  /**
   * Takes a snapshot: replaces both sides, leaves out levels of quantity 0, and makes the book
   * healthy.
   */
  replace(bids: readonly BookLevel[], offers: readonly BookLevel[], at: MonotonicMs): void {
    this.#bids.load(bids);
    this.#offers.load(offers);
    this.#fault = undefined;
    this.#crossedSince = undefined;
    this.touch(at);
  }

  /** Sets one price to its new absolute quantity; '0' removes it. */
  set(side: BookSide, price: DecimalText, qty: DecimalText): void {
    this.#ladder(side).set(price, qty);
  }

  /** Ends the changes of one message: stores the time and checks whether the book is crossed. */
  touch(at: MonotonicMs): void {
    this.#updatedAt = at;
    if (!this.isCrossed()) this.#crossedSince = undefined;
    else this.#crossedSince ??= at;
  }

  trim(levelsMax: number): void {
    this.#bids.trim(levelsMax);
    this.#offers.trim(levelsMax);
  }

  void(fault: BookFault): void {
    this.#fault = fault;
    this.#crossedSince = undefined;
    this.#bids.clear();
    this.#offers.clear();
  }

  get fault(): BookFault | undefined {
    return this.#fault;
  }

  health(at: MonotonicMs): BookHealth {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#crossedSince !== undefined && at - this.#crossedSince > this.#limits.crossedMsMax)
      return 'Crossed';
    if (at - (this.#updatedAt ?? at) > this.#limits.staleAfterMs) return 'Stale';
    return 'Healthy';
  }

  updatedAt(): MonotonicMs | undefined {
    return this.#updatedAt;
  }

  best(side: BookSide): BookLevel | undefined {
    return this.#ladder(side).best();
  }

  depth(side: BookSide, levelsMax: number): readonly BookLevel[] {
    return this.#ladder(side).depth(levelsMax);
  }

  qtyAt(side: BookSide, price: DecimalText): DecimalText | undefined {
    return this.#ladder(side).qtyAt(price);
  }

  size(side: BookSide): number {
    return this.#ladder(side).size;
  }

  sweep(
    side: BookSide,
    qty: DecimalText,
    contractType: 'linear' | 'inverse',
  ): SweepPrice | undefined {
    const ladder = this.#ladder(side);
    return sweepLevels(ladder.depth(ladder.size), qty, contractType);
  }

  /** Best bid at or above best offer. */
  isCrossed(): boolean {
    const bid = this.#bids.bestPrice();
    const offer = this.#offers.bestPrice();
    return bid !== undefined && offer !== undefined && compareDecimalText(bid, offer) >= 0;
  }

  #ladder(side: BookSide): Ladder {
    return side === 'Bid' ? this.#bids : this.#offers;
  }
}

const VWAP_PLACES = 12;

/**
 * Volume-weighted average price for taking `qty` from levels, best first. Linear contracts count
 * base units: Σ(p·q)/Σq. Inverse contracts count USD, so their average is harmonic: Σq/Σ(q/p).
 */
const sweepLevels = (
  levels: Iterable<BookLevel>,
  qty: DecimalText,
  contractType: 'linear' | 'inverse',
): SweepPrice | undefined => {
  const wanted = decimal(qty);
  let left = wanted;
  let weighted: Decimal = ZERO;
  let worst: DecimalText | undefined;
  for (const level of levels) {
    if (left.lte(ZERO)) break;
    const taken = minDecimal(left, decimal(level.qty));
    const price = decimal(level.price);
    weighted = weighted.plus(contractType === 'linear' ? price.times(taken) : taken.div(price));
    left = left.minus(taken);
    worst = level.price;
  }
  if (worst === undefined || weighted.eq(ZERO)) return undefined;
  const filled = wanted.minus(left);
  const vwap =
    contractType === 'linear'
      ? divideHalfEven(weighted, filled, VWAP_PLACES)
      : divideHalfEven(filled, weighted, VWAP_PLACES);
  return {
    vwap: decimalTextOf(vwap),
    worst,
    qty: decimalTextOf(filled),
    isComplete: left.eq(ZERO),
  };
};
