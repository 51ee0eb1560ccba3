import { type EpochMs } from '../../../lib/time.ts';
import { absoluteRate, predictedRelativeRate } from './funding.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { lastDay } from './market-stats.ts';
import { divideHalfEven, moneyToText, ONE, over } from '../model/money.ts';
import { type Venue } from '../model/venue.ts';

/**
 * One market as REST `tickers` and the WebSocket `ticker` feed show it [rest 2.2; websocket 7.3].
 * Amounts are plain decimal text.
 */
export interface TickerView {
  readonly symbol: string;
  readonly tag: 'perpetual' | 'month' | 'quarter' | 'semiannual';
  /** BTC:USD, the REST spelling. */
  readonly pair: string;
  readonly last: string | undefined;
  readonly lastTime: EpochMs | undefined;
  readonly lastSize: string | undefined;
  readonly markPrice: string;
  readonly indexPrice: string;
  readonly bid: string | undefined;
  readonly bidSize: string | undefined;
  readonly ask: string | undefined;
  readonly askSize: string | undefined;
  readonly vol24h: string;
  /** Volume in the other currency: USD on linear, base on inverse contracts. */
  readonly volumeQuote: string;
  readonly openInterest: string;
  readonly open24h: string | undefined;
  readonly high24h: string | undefined;
  readonly low24h: string | undefined;
  /** Percent, two decimals. */
  readonly change24h: string;
  /** Percent: how far the mark is above the index. */
  readonly premium: string;
  /** Absolute per contract unit and hour; perpetuals only. */
  readonly fundingRate: string | undefined;
  readonly fundingRatePrediction: string | undefined;
  readonly relativeFundingRate: string | undefined;
  readonly relativeFundingRatePrediction: string | undefined;
  readonly nextFundingRateTime: EpochMs | undefined;
  /** `100x` */
  readonly leverage: string;
  /** Whole days to maturity; 0 for perpetuals. */
  readonly dtm: number;
  /** 0 for perpetuals. */
  readonly maturityTime: number;
  readonly suspended: boolean;
  readonly postOnly: boolean;
  readonly cancelOnly: boolean;
  readonly expired: boolean;
}

const DAY_MS = 86_400_000;

export const tickerView = (venue: Venue, market: Market): TickerView => ({
  symbol: market.symbol,
  tag: tagOf(market, venue.at),
  pair: `${market.instrument.spec.base}:${market.instrument.spec.quote}`,
  markPrice: moneyToText(market.mark),
  indexPrice: moneyToText(market.index),
  ...lastTrade(market),
  ...touch(market),
  ...day(market, venue.at),
  openInterest: stepsToText(market.openInterestLots, market.instrument.sizeGrid),
  premium: moneyToText(percent(market.mark - market.index, market.index)),
  ...funding(venue, market),
  leverage: leverageOf(market),
  ...maturity(market, venue.at),
  suspended: market.suspended,
  postOnly: market.postOnly,
  cancelOnly: market.cancelOnly,
  expired: market.expired,
});

const PERCENT_ROUNDING = ONE / 100n;

/** 100 x part / whole at two decimals. */
const percent = (part: bigint, whole: bigint): bigint =>
  whole === 0n
    ? 0n
    : divideHalfEven(part * 100n * ONE, whole * PERCENT_ROUNDING) * PERCENT_ROUNDING;

const lastTrade = (market: Market): Pick<TickerView, 'last' | 'lastTime' | 'lastSize'> => {
  const { priceGrid, sizeGrid } = market.instrument;
  if (market.lastAt === undefined)
    return { last: undefined, lastTime: undefined, lastSize: undefined };
  return {
    last: stepsToText(market.lastTicks, priceGrid),
    lastTime: market.lastAt,
    lastSize: stepsToText(market.lastLots, sizeGrid),
  };
};

const touch = (market: Market): Pick<TickerView, 'bid' | 'bidSize' | 'ask' | 'askSize'> => {
  const { priceGrid, sizeGrid } = market.instrument;
  const bid = market.book.buy.best;
  const ask = market.book.sell.best;
  return {
    bid: bid === undefined ? undefined : stepsToText(bid.ticks, priceGrid),
    bidSize: bid === undefined ? undefined : stepsToText(bid.lots, sizeGrid),
    ask: ask === undefined ? undefined : stepsToText(ask.ticks, priceGrid),
    askSize: ask === undefined ? undefined : stepsToText(ask.lots, sizeGrid),
  };
};

type Day = Pick<
  TickerView,
  'vol24h' | 'volumeQuote' | 'open24h' | 'high24h' | 'low24h' | 'change24h'
>;

const day = (market: Market, at: EpochMs): Day => {
  const { priceGrid, sizeGrid } = market.instrument;
  let lots = 0;
  let notional = 0n;
  let high = 0;
  let low = Number.POSITIVE_INFINITY;
  const minutes = lastDay(market, at);
  for (const minute of minutes) {
    lots += minute.lots;
    notional += minute.notional;
    high = Math.max(high, minute.highTicks);
    low = Math.min(low, minute.lowTicks);
  }
  const sums = { vol24h: stepsToText(lots, sizeGrid), volumeQuote: moneyToText(notional) };
  const open = minutes[0]?.openTicks;
  if (open === undefined) {
    return { ...sums, open24h: undefined, high24h: undefined, low24h: undefined, change24h: '0' };
  }
  return {
    ...sums,
    open24h: stepsToText(open, priceGrid),
    high24h: stepsToText(high, priceGrid),
    low24h: stepsToText(low, priceGrid),
    change24h: moneyToText(percent(BigInt(market.lastTicks - open), BigInt(open))),
  };
};

type Funding = Pick<
  TickerView,
  | 'fundingRate'
  | 'fundingRatePrediction'
  | 'relativeFundingRate'
  | 'relativeFundingRatePrediction'
  | 'nextFundingRateTime'
>;

const funding = (venue: Venue, market: Market): Funding => {
  if (!market.instrument.perpetual) {
    return {
      fundingRate: undefined,
      fundingRatePrediction: undefined,
      relativeFundingRate: undefined,
      relativeFundingRatePrediction: undefined,
      nextFundingRateTime: undefined,
    };
  }
  const predicted = predictedRelativeRate(market);
  return {
    fundingRate: moneyToText(market.funding.rate),
    fundingRatePrediction: moneyToText(absoluteRate(market, predicted)),
    relativeFundingRate: moneyToText(market.funding.relative),
    relativeFundingRatePrediction: moneyToText(predicted),
    nextFundingRateTime: venue.nextFundingAt,
  };
};

const leverageOf = (market: Market): string => {
  const initial = market.instrument.marginSteps[0]?.initial ?? ONE;
  return `${(over(ONE, initial) / ONE).toString()}x`;
};

const maturity = (market: Market, at: EpochMs): Pick<TickerView, 'dtm' | 'maturityTime'> => {
  const last = market.instrument.spec.lastTradingTime;
  if (last === undefined) return { dtm: 0, maturityTime: 0 };
  return { dtm: Math.max(0, Math.floor((last - at) / DAY_MS)), maturityTime: last };
};

/** The tag follows from the time to maturity. The venue fixes it at listing; we derive it now. */
const tagOf = (market: Market, at: EpochMs): TickerView['tag'] => {
  const last = market.instrument.spec.lastTradingTime;
  if (last === undefined) return 'perpetual';
  const days = (last - at) / DAY_MS;
  if (days <= 35) return 'month';
  return days <= 100 ? 'quarter' : 'semiannual';
};
