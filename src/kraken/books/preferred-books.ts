import { type BookPort, type BookView } from '../../domain/book.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { type MonotonicMs } from '../../lib/time.ts';

/**
 * Joins several sources of books, preferred first. An instrument's book is the first healthy one,
 * or the first one when none is healthy. A view may change its source between two calls, so do not
 * await between calls that belong together.
 */
export const makePreferredBooks = (
  sources: readonly BookPort[],
  now: () => MonotonicMs,
): BookPort => ({
  book: (symbol) => {
    const views = sources.map((source) => source.book(symbol)).filter((view) => view !== undefined);
    const [only] = views;
    return views.length < 2 ? only : chosenView(symbol, views, now);
  },
  symbols: () => [...new Set(sources.flatMap((source) => source.symbols()))],
});

const chosenView = (
  symbol: TradingSymbol,
  views: readonly BookView[],
  now: () => MonotonicMs,
): BookView => {
  const chosen = (at = now()): BookView =>
    (views.find((view) => view.health(at) === 'Healthy') ?? views[0]) as BookView;
  return {
    symbol,
    health: (at) => chosen(at).health(at),
    updatedAt: () => chosen().updatedAt(),
    best: (side) => chosen().best(side),
    depth: (side, levelsMax) => chosen().depth(side, levelsMax),
    sweep: (side, qty, contractType) => chosen().sweep(side, qty, contractType),
  };
};
