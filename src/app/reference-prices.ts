import { type ReferencePrice } from '../core/input.ts';
import { type BookPort } from '../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../domain/ids.ts';
import { decimal, decimalToText } from '../lib/decimal.ts';
import { type Clock, type MonotonicMs } from '../lib/time.ts';

/** Older mark prices are nothing to value an order by: the venue tells one a second. */
const MARK_AGE_MS_MAX = 60_000;

export interface MarkPrice {
  readonly px: DecimalText;
  readonly at: MonotonicMs;
}

export interface ReferencePriceDeps {
  readonly source: 'mid' | 'mark';
  readonly books: BookPort;
  readonly mark: (symbol: TradingSymbol) => MarkPrice | undefined;
  readonly clock: Clock;
}

/** What an order on `symbol` is held against now, or why nothing is there to hold it against. */
export const makeReferencePrices =
  (deps: ReferencePriceDeps) =>
  (symbol: TradingSymbol): ReferencePrice =>
    deps.source === 'mark' ? markOf(symbol, deps) : midOf(symbol, deps);

const none = (why: string): ReferencePrice => ({ type: 'None', why });

const markOf = (symbol: TradingSymbol, { mark, clock }: ReferencePriceDeps): ReferencePrice => {
  const known = mark(symbol);
  if (known === undefined) return none('no mark price');
  if (clock.monotonic() - known.at > MARK_AGE_MS_MAX) return none('the mark price is Stale');
  return { type: 'Price', px: known.px, source: 'mark' };
};

const midOf = (symbol: TradingSymbol, { books, clock }: ReferencePriceDeps): ReferencePrice => {
  const book = books.book(symbol);
  if (book === undefined) return none('no book is kept');
  const health = book.health(clock.monotonic());
  if (health !== 'Healthy') return none(`the book is ${health}`);
  const [bid, offer] = [book.best('Bid'), book.best('Offer')];
  if (bid === undefined || offer === undefined) return none('the book has an empty side');
  const mid = decimal(bid.price).plus(decimal(offer.price)).div(TWO);
  return { type: 'Price', px: decimalToText(mid) as DecimalText, source: 'mid' };
};

const TWO = decimal('2');
