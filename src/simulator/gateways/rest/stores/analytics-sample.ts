import {
  type Decimal,
  decimal,
  decimalToText,
  divideHalfEven,
  ZERO,
} from '../../../../lib/decimal.ts';
import {
  type BookView,
  type ExchangeQueries,
  type LevelView,
} from '../../../exchange/reads/exchange-queries.ts';

/**
 * One market at one moment, for the analytics series [rest 2.14]. Amounts are plain decimal text.
 */
export interface MarketSample {
  readonly openInterest: string;
  /** Mark over index, less one. */
  readonly basis: string;
  readonly fundingRate: string;
  readonly relativeFundingRate: string;
  readonly bid: SideSample;
  readonly ask: SideSample;
  readonly holders: HolderSample;
}

export interface SideSample {
  readonly bestPrice: string;
  /** USD within a distance of the mid: 0.05, 0.1, 0.25, 0.5, 1 and 10 %. */
  readonly liquidity: readonly string[];
  /** Average price of taking 1 k, 10 k, 100 k and 1 M USD, as a fraction away from the best one. */
  readonly slippage: readonly string[];
}

export interface HolderSample {
  readonly longCount: number;
  readonly shortCount: number;
  /** Of the fifth of accounts that hold most. */
  readonly topOpenInterest: string;
  readonly topLongCount: number;
  readonly topShortCount: number;
}

const DISTANCES = ['0.0005', '0.001', '0.0025', '0.005', '0.01', '0.1'].map(decimal);
const TAKES_USD = ['1000', '10000', '100000', '1000000'].map(decimal);
const PLACES = 8;
const DEPTH = 200;

export const sampleMarket = (
  queries: ExchangeQueries,
  symbol: string,
  accounts: readonly string[],
): MarketSample | undefined => {
  const ticker = queries.ticker(symbol);
  const book = queries.book(symbol, DEPTH);
  if (ticker === undefined || book === undefined) return undefined;
  const index = decimal(ticker.indexPrice);
  const inverse = symbol.startsWith('PI_') || symbol.startsWith('FI_');
  const mid = midOf(book) ?? decimal(ticker.markPrice);
  return {
    openInterest: ticker.openInterest,
    basis: text(ratio(decimal(ticker.markPrice).minus(index), index)),
    fundingRate: ticker.fundingRate ?? '0',
    relativeFundingRate: ticker.relativeFundingRate ?? '0',
    bid: sampleSide(book.bids, mid, inverse),
    ask: sampleSide(book.asks, mid, inverse),
    holders: sampleHolders(queries, symbol, accounts),
  };
};

const text = (value: Decimal): string => decimalToText(value);
const ratio = (part: Decimal, whole: Decimal): Decimal =>
  whole.eq(ZERO) ? ZERO : divideHalfEven(part, whole, PLACES);

const midOf = ({ bids, asks }: BookView): Decimal | undefined => {
  const bid = bids[0];
  const ask = asks[0];
  return bid === undefined || ask === undefined
    ? undefined
    : decimal(bid.price).plus(decimal(ask.price)).div(decimal('2'));
};

const usdOf = (level: LevelView, inverse: boolean): Decimal =>
  inverse ? decimal(level.size) : decimal(level.size).times(decimal(level.price));

const sampleSide = (levels: readonly LevelView[], mid: Decimal, inverse: boolean): SideSample => {
  const best = levels[0];
  return {
    bestPrice: best?.price ?? '0',
    liquidity: DISTANCES.map((distance) =>
      text(within(levels, mid.times(distance), { mid, inverse })),
    ),
    slippage: TAKES_USD.map((usd) => text(slippage(levels, usd, inverse))),
  };
};

const within = (
  levels: readonly LevelView[],
  distance: Decimal,
  of: { readonly mid: Decimal; readonly inverse: boolean },
): Decimal => {
  let sum = ZERO;
  for (const level of levels) {
    if (decimal(level.price).minus(of.mid).abs().gt(distance)) break;
    sum = sum.plus(usdOf(level, of.inverse));
  }
  return sum.round(2);
};

const slippage = (levels: readonly LevelView[], usd: Decimal, inverse: boolean): Decimal => {
  const best = levels[0];
  if (best === undefined) return ZERO;
  let left = usd;
  let weighted = ZERO;
  for (const level of levels) {
    const all = usdOf(level, inverse);
    const taken = all.gt(left) ? left : all;
    weighted = weighted.plus(taken.times(decimal(level.price)));
    left = left.minus(taken);
    if (left.eq(ZERO)) break;
  }
  const done = usd.minus(left);
  if (done.eq(ZERO)) return ZERO;
  const price = decimal(best.price);
  return ratio(weighted.div(done).minus(price).abs(), price);
};

const sampleHolders = (
  queries: ExchangeQueries,
  symbol: string,
  accounts: readonly string[],
): HolderSample => {
  const sizes = accounts
    .flatMap((uid) => queries.positions(uid))
    .filter((position) => position.symbol === symbol)
    .map((position) => decimal(position.size))
    .filter((size) => !size.eq(ZERO))
    .sort((a, b) => b.abs().cmp(a.abs()));
  const top = sizes.slice(0, Math.ceil(sizes.length / 5));
  const longs = (of: readonly Decimal[]): number => of.filter((size) => size.gt(ZERO)).length;
  return {
    longCount: longs(sizes),
    shortCount: sizes.length - longs(sizes),
    topOpenInterest: text(top.reduce((sum, size) => sum.plus(size.abs()), ZERO)),
    topLongCount: longs(top),
    topShortCount: top.length - longs(top),
  };
};
