import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';

/**
 * Sequence numbers as the feeds show them: those of the exchange, or lower ones after an engine
 * restart [websocket 7.1, 8.3].
 */
export class SequenceBase {
  readonly #base = new Map<string, number>();

  book(symbol: string, seq: number): number {
    return seq - (this.#base.get(`book:${symbol}`) ?? 0);
  }

  trade(symbol: string, seq: number): number {
    return seq - (this.#base.get(`trade:${symbol}`) ?? 0);
  }

  /** Fills of before a restart keep a number that is not below 0. */
  fill(account: string, seq: number): number {
    return Math.max(0, seq - (this.#base.get(`fill:${account}`) ?? 0));
  }

  /** The engine starts again: everything counts from the beginning. */
  restart(queries: ExchangeQueries): void {
    for (const { symbol } of queries.instruments()) {
      this.#base.set(`book:${symbol}`, queries.book(symbol, 0)?.bookSeq ?? 0);
      this.#base.set(`trade:${symbol}`, queries.trades(symbol).at(-1)?.seq ?? 0);
    }
    for (const account of queries.accountUids()) {
      const last = queries.fills(account).at(-1)?.fill.seq;
      this.#base.set(`fill:${account}`, last === undefined ? 0 : last + 1);
    }
  }
}
