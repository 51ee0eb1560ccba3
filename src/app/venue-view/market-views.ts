import { type AgedPrice, type MarketView } from '../../core/input.ts';
import { type BookPort } from '../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type Clock, type MonotonicMs } from '../../lib/time.ts';
import { type MarkPrice, type TickerPrices } from './reference-prices.ts';

export interface MarketViewDeps {
  readonly books: BookPort;
  readonly ticker: (symbol: TradingSymbol) => TickerPrices | undefined;
  readonly clockOffsetMs: () => number | undefined;
  readonly clock: Clock;
  /** An older price is none. */
  readonly ageMsMax: number;
  readonly markOf: (symbol: TradingSymbol) => DecimalText | undefined;
  /** Instruments whose mark price the limits need beside that of the order. */
  readonly valuedSymbols: () => readonly TradingSymbol[];
}

/** What the market looks like for an order on `symbol`, as of now. */
export const makeMarketViews =
  (deps: MarketViewDeps) =>
  (symbol: TradingSymbol): MarketView => {
    const at = deps.clock.monotonic();
    const { mark, index } = deps.ticker(symbol) ?? {};
    const clockOffsetMs = deps.clockOffsetMs();
    const touch = touchOf(symbol, deps, at);
    const ages = [touch.ageMs, mark && at - mark.at].filter((age) => age !== undefined);
    return defined({
      mark: aged(mark, deps, at),
      index: aged(index, deps, at),
      bid: touch.bid,
      offer: touch.offer,
      ageMs: ages.length === 0 ? undefined : Math.min(...ages),
      clockOffsetMs,
      marks: marksOf(deps),
    });
  };

const aged = (
  price: MarkPrice | undefined,
  { ageMsMax }: MarketViewDeps,
  at: MonotonicMs,
): AgedPrice | undefined => {
  if (price === undefined) return undefined;
  const ageMs = at - price.at;
  return ageMs > ageMsMax ? undefined : { px: price.px, ageMs };
};

/** Nothing of a book that is not healthy, or too old. */
const touchOf = (
  symbol: TradingSymbol,
  { books, ageMsMax }: MarketViewDeps,
  at: MonotonicMs,
): Pick<MarketView, 'bid' | 'offer' | 'ageMs'> => {
  const book = books.book(symbol);
  const updatedAt = book?.updatedAt();
  if (book === undefined || updatedAt === undefined || book.health(at) !== 'Healthy') return {};
  const ageMs = at - updatedAt;
  if (ageMs > ageMsMax) return { ageMs };
  return defined({ bid: book.best('Bid')?.price, offer: book.best('Offer')?.price, ageMs });
};

const marksOf = ({ valuedSymbols, markOf }: MarketViewDeps): MarketView['marks'] => {
  const symbols = valuedSymbols();
  if (symbols.length === 0) return undefined;
  const marks: Partial<Record<TradingSymbol, DecimalText>> = {};
  for (const symbol of symbols) {
    const mark = markOf(symbol);
    if (mark !== undefined) marks[symbol] = mark;
  }
  return marks;
};
