import { compareDecimalText } from '../../../../lib/decimal-text.ts';
import { type Decimal, decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type ExchangeEvent } from '../../../exchange/model/events.ts';

export const TICK_TYPES = ['mark', 'spot', 'trade'] as const;
type TickType = (typeof TICK_TYPES)[number];
export const isTickType = (text: string): text is TickType =>
  (TICK_TYPES as readonly string[]).includes(text);

/** Length in seconds by name [rest 2.14]. */
export const RESOLUTIONS = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '30m': 1_800,
  '1h': 3_600,
  '4h': 14_400,
  '12h': 43_200,
  '1d': 86_400,
  '1w': 604_800,
} as const;
type Resolution = keyof typeof RESOLUTIONS;
export const isResolution = (text: string): text is Resolution => Object.hasOwn(RESOLUTIONS, text);

export interface Candle {
  /** Epoch seconds of its beginning. */
  readonly startSeconds: number;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: Decimal;
}

/** Kept per market and price series: minutes of a day and a half, hours of three months. */
const MINUTES_MAX = 2_160;
const HOURS_MAX = 2_160;
const HOUR_SECONDS = 3_600;

interface Series {
  readonly minutes: Candle[];
  readonly hours: Candle[];
}

/** Candles of every market from what happened: trades, mark prices and index prices [rest 2.14]. */
export class CandleStore {
  readonly #series = new Map<string, Series>();

  onEvent(event: ExchangeEvent): void {
    if (event.type === 'Trade') {
      const { symbol, at, price, size } = event.trade;
      this.#add('trade', symbol, { at, price, size: decimal(size) });
    } else if (event.type === 'PriceChanged') {
      const { at, symbol } = event;
      this.#add('mark', symbol, { at, price: event.markPrice, size: ZERO });
      this.#add('spot', symbol, { at, price: event.indexPrice, size: ZERO });
    }
  }

  /**
   * Candles that begin within [from, to], oldest first, without gaps: a quiet one repeats the close
   * before it.
   */
  candles(
    of: { readonly tickType: TickType; readonly symbol: string },
    resolution: Resolution,
    range: { readonly from: number; readonly to: number },
  ): readonly Candle[] {
    const series = this.#series.get(`${of.tickType}:${of.symbol}`);
    if (series === undefined) return [];
    const seconds = RESOLUTIONS[resolution];
    const base = seconds < HOUR_SECONDS ? series.minutes : series.hours;
    return fillGaps(merge(base, seconds), seconds, range);
  }

  #add(
    tickType: TickType,
    symbol: string,
    tick: { readonly at: EpochMs; readonly price: string; readonly size: Decimal },
  ): void {
    const key = `${tickType}:${symbol}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { minutes: [], hours: [] };
      this.#series.set(key, series);
    }
    extend(series.minutes, { seconds: 60, max: MINUTES_MAX }, tick);
    extend(series.hours, { seconds: HOUR_SECONDS, max: HOURS_MAX }, tick);
  }
}

const extend = (
  candles: Candle[],
  { seconds, max }: { readonly seconds: number; readonly max: number },
  tick: { readonly at: EpochMs; readonly price: string; readonly size: Decimal },
): void => {
  const startSeconds = Math.floor(tick.at / 1_000 / seconds) * seconds;
  const last = candles[candles.length - 1];
  const { price, size } = tick;
  if (last?.startSeconds !== startSeconds) {
    candles.push({
      startSeconds,
      open: price,
      high: price,
      low: price,
      close: price,
      volume: size,
    });
    if (candles.length > max) candles.shift();
    return;
  }
  if (compareDecimalText(price, last.high) > 0) last.high = price;
  if (compareDecimalText(price, last.low) < 0) last.low = price;
  last.close = price;
  if (size !== ZERO) last.volume = last.volume.plus(size);
};

/** Longer candles out of shorter ones. Weeks begin on Mondays, as the venue's do. */
const merge = (base: readonly Candle[], seconds: number): readonly Candle[] => {
  const merged: Candle[] = [];
  for (const candle of base) {
    const offset = seconds === RESOLUTIONS['1w'] ? 4 * 86_400 : 0;
    const startSeconds = Math.floor((candle.startSeconds - offset) / seconds) * seconds + offset;
    const last = merged[merged.length - 1];
    if (last?.startSeconds !== startSeconds) {
      merged.push({ ...candle, startSeconds });
      continue;
    }
    if (compareDecimalText(candle.high, last.high) > 0) last.high = candle.high;
    if (compareDecimalText(candle.low, last.low) < 0) last.low = candle.low;
    last.close = candle.close;
    last.volume = last.volume.plus(candle.volume);
  }
  return merged;
};

const fillGaps = (
  candles: readonly Candle[],
  seconds: number,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Candle[] => {
  const filled: Candle[] = [];
  let before: Candle | undefined;
  const append = (candle: Candle): void => {
    if (candle.startSeconds >= from && candle.startSeconds <= to) filled.push(candle);
  };
  const fillUntil = (end: number): void => {
    if (before === undefined) return;
    const { close } = before;
    const first = Math.max(
      before.startSeconds + seconds,
      alignUp(from, before.startSeconds, seconds),
    );
    for (let at = first; at < end && at <= to; at += seconds) {
      append({ startSeconds: at, open: close, high: close, low: close, close, volume: ZERO });
    }
  };
  for (const candle of candles) {
    fillUntil(candle.startSeconds);
    append(candle);
    before = candle;
  }
  fillUntil(Number.POSITIVE_INFINITY);
  return filled;
};

/** The first beginning of a candle at `from` or later, on the grid that `origin` is on. */
const alignUp = (from: number, origin: number, seconds: number): number =>
  origin + Math.ceil((from - origin) / seconds) * seconds;

export const volumeText = (candle: Candle): string => decimalToText(candle.volume);
