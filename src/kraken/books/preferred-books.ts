import { type BookPort, type BookView } from '../../domain/book.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { type MonotonicMs } from '../../lib/time.ts';

/**
 * Several sources of books as one, best first: an instrument's book is the first healthy one, and
 * the first at all when none is. What a reader holds changes its source by itself, so two calls in
 * one turn may not be mixed with a wait between them.
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
