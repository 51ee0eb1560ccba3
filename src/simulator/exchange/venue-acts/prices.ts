import {
  moneyToText,
  ONE,
  parseMoney,
  over,
  times,
  type Money,
  divideHalfEven,
} from '../model/money.ts';
import { stepsToMoney } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { type BookSide } from '../model/order-book.ts';
import { emit, type Venue } from '../model/venue.ts';

/** Sets a market's index price and everything that follows from it. */
export const setIndex = (venue: Venue, market: Market, text: string): boolean => {
  const price = parseMoney(text);
  if (price === undefined || price <= 0n) return false;
  market.index = price;
  updateMark(venue, market);
  emit(venue, {
    type: 'PriceChanged',
    symbol: market.symbol,
    indexPrice: moneyToText(market.index),
    markPrice: moneyToText(market.mark),
  });
  return true;
};

/** Memory of the premium's moving average, and how far the mark may leave the index. */
const PREMIUM_MEMORY_MS = 30_000n;
const PREMIUM_MAX: Money = ONE / 100n;
/** Marks are shown with at most 10 decimals. */
const MARK_ROUNDING = 10n ** 8n;

/**
 * Mark = index + premium. The premium follows (impact mid - index) with a memory of 30 s and stays
 * within 1% of the index; without a two-sided book it stays as it was. The funding rate later
 * averages it over its period.
 */
export const updateMark = (venue: Venue, market: Market): void => {
  const { premium, index } = market;
  const elapsed = BigInt(Math.max(0, Math.floor(venue.at - premium.at)));
  premium.sum += over(premium.value, index) * elapsed;
  premium.at = venue.at;
  const mid = impactMid(market);
  if (mid !== undefined) {
    const basis = mid - index;
    premium.value += divideHalfEven((basis - premium.value) * elapsed, PREMIUM_MEMORY_MS + elapsed);
  }
  const bound = times(index, PREMIUM_MAX);
  if (premium.value > bound) premium.value = bound;
  if (premium.value < -bound) premium.value = -bound;
  const mark = divideHalfEven(index + premium.value, MARK_ROUNDING) * MARK_ROUNDING;
  market.mark = mark > 0n ? mark : index;
};

/**
 * Middle of the average prices at which the impact size could be sold and bought; `undefined` on a
 * thin book.
 */
const impactMid = (market: Market): Money | undefined => {
  const bid = impactPrice(market, market.book.buy);
  const ask = impactPrice(market, market.book.sell);
  return bid === undefined || ask === undefined ? undefined : (bid + ask) / 2n;
};

const impactPrice = (market: Market, side: BookSide): Money | undefined => {
  const { impactLots, priceGrid } = market.instrument;
  let wanted = impactLots;
  let sum = 0n;
  for (const level of side.levels()) {
    const lots = Math.min(wanted, level.lots);
    sum += BigInt(lots) * stepsToMoney(level.ticks, priceGrid);
    wanted -= lots;
    if (wanted === 0) return divideHalfEven(sum, BigInt(impactLots));
  }
  return undefined;
};
