import { expect } from 'chai';
import {
  makeReferencePrices,
  type MarkPrice,
} from '../../../../src/app/venue-view/reference-prices.ts';
import { type ReferencePrice } from '../../../../src/core/input.ts';
import { type DecimalText, type TradingSymbol } from '../../../../src/domain/ids.ts';
import { BookKeeper } from '../../../../src/kraken/books/book-keeper.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

const SYMBOL = 'PF_XBTUSD' as TradingSymbol;
const AGE_MS_MAX = 5_000;
const level = (price: string) => ({ price: price as DecimalText, qty: '1' as DecimalText });

describe('the price that an order is held against', () => {
  const at = (now: number, source: 'mid' | 'mark'): ReferencePrice => {
    const books = new BookKeeper([SYMBOL]);
    const sides = { bids: [level('99')], offers: [level('101')] };
    books.applySnapshot(SYMBOL, { seq: 1, ...sides }, monotonicMs(1_000));
    const mark: MarkPrice = { px: '100' as DecimalText, at: monotonicMs(1_000) };
    const clock = { monotonic: () => monotonicMs(now), wall: () => epochMs(now) };
    const deps = { source, books, mark: () => mark, clock, ageMsMax: AGE_MS_MAX };
    return makeReferencePrices(deps)(SYMBOL);
  };

  for (const [source, what] of [
    ['mid', 'the book is Stale'],
    ['mark', 'the mark price is Stale'],
  ] as const) {
    it(`is the ${source} while that is no older than the setting`, () => {
      expect(at(6_000, source)).to.deep.equal({ type: 'Price', px: '100', source });
    });

    it(`is none once the ${source} is older, and says so`, () => {
      expect(at(6_001, source)).to.deep.equal({ type: 'None', why: what });
    });
  }
});
