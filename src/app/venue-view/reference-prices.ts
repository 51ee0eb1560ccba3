import { decimalTextOf } from '../../domain/decimal-text.ts';
import { type ReferencePrice } from '../../core/input.ts';
import { type BookPort } from '../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { decimal } from '../../lib/decimal.ts';
import { type Clock, type MonotonicMs } from '../../lib/time.ts';

export interface MarkPrice {
  readonly px: DecimalText;
  readonly at: MonotonicMs;
}

/** What the ticker of an instrument last said. */
export interface TickerPrices {
  readonly mark?: MarkPrice;
  readonly index?: MarkPrice;
}

export interface ReferencePriceDeps {
  readonly source: 'mid' | 'mark';
  readonly books: BookPort;
  readonly mark: (symbol: TradingSymbol) => MarkPrice | undefined;
  readonly clock: Clock;
  /** An older price cannot value an order. */
  readonly ageMsMax: number;
}

/** The reference price for an order on `symbol`, or why there is none. */
export const makeReferencePrices =
  (deps: ReferencePriceDeps) =>
  (symbol: TradingSymbol): ReferencePrice =>
    deps.source === 'mark' ? markOf(symbol, deps) : midOf(symbol, deps);

const none = (why: string): ReferencePrice => ({ type: 'None', why });

const markOf = (
  symbol: TradingSymbol,
  { mark, clock, ageMsMax }: ReferencePriceDeps,
): ReferencePrice => {
  const known = mark(symbol);
  if (known === undefined) return none('no mark price');
  if (clock.monotonic() - known.at > ageMsMax) return none('the mark price is Stale');
  return { type: 'Price', px: known.px, source: 'mark' };
};

const midOf = (
  symbol: TradingSymbol,
  { books, clock, ageMsMax }: ReferencePriceDeps,
): ReferencePrice => {
  const book = books.book(symbol);
  if (book === undefined) return none('no book is kept');
  const at = clock.monotonic();
  const health = book.health(at);
  if (health !== 'Healthy') return none(`the book is ${health}`);
  if (at - (book.updatedAt() ?? Number.NEGATIVE_INFINITY) > ageMsMax)
    return none('the book is Stale');
  const [bid, offer] = [book.best('Bid'), book.best('Offer')];
  if (bid === undefined || offer === undefined) return none('the book has an empty side');
  const mid = decimal(bid.price).plus(decimal(offer.price)).div(TWO);
  return { type: 'Price', px: decimalTextOf(mid), source: 'mid' };
};

const TWO = decimal('2');
