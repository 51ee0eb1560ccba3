import { type EpochMs } from '../../../lib/time.ts';
import { type TradeView } from '../model/views.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { type Market, type MinuteStats } from '../model/market.ts';
import { absMoney, type Money } from '../model/money.ts';
import { valueAt } from '../model/position.ts';
import { type Venue } from '../model/venue.ts';
import { type Side, type TradeType } from '../model/vocabulary.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Numbers a trade, updates last price and 24 hour sums, and returns the public view. */
export const recordTrade = (
  venue: Venue,
  market: Market,
  takerSide: Side,
  terms: {
    readonly lots: number;
    readonly ticks: number;
    readonly kind: { readonly tradeType: TradeType };
  },
): TradeView => {
  const { priceGrid, sizeGrid } = market.instrument;
  market.tradeSeq += 1;
  market.lastTicks = terms.ticks;
  market.lastLots = terms.lots;
  market.lastAt = venue.at;
  addToMinute(market, venue.at, terms);
  return {
    tradeId: venue.tradeIds.next(),
    seq: market.tradeSeq,
    symbol: market.symbol,
    at: venue.at,
    price: stepsToText(terms.ticks, priceGrid),
    size: stepsToText(terms.lots, sizeGrid),
    takerSide,
    tradeType: terms.kind.tradeType,
  };
};

const addToMinute = (
  market: Market,
  at: EpochMs,
  terms: { readonly lots: number; readonly ticks: number },
): void => {
  const startAt = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  const { ticks, lots } = terms;
  let minute = market.minutes[market.minutes.length - 1];
  if (minute?.startAt !== startAt) {
    minute = {
      startAt,
      openTicks: ticks,
      highTicks: ticks,
      lowTicks: ticks,
      closeTicks: ticks,
      lots: 0,
      notional: 0n,
      trades: 0,
    };
    market.minutes.push(minute);
    while ((market.minutes[0]?.startAt ?? startAt) < startAt - DAY_MS) market.minutes.shift();
  }
  minute.highTicks = Math.max(minute.highTicks, ticks);
  minute.lowTicks = Math.min(minute.lowTicks, ticks);
  minute.closeTicks = ticks;
  minute.lots += lots;
  minute.notional += notionalOf(market, lots, ticks);
  minute.trades += 1;
};

const notionalOf = (market: Market, lots: number, ticks: number): Money =>
  absMoney(valueAt(market.instrument, lots, BigInt(ticks) * market.instrument.priceGrid.step));

/** Minutes of the last 24 hours, oldest first. */
export const lastDay = (market: Market, at: EpochMs): readonly MinuteStats[] =>
  market.minutes.filter((minute) => minute.startAt > at - DAY_MS);
