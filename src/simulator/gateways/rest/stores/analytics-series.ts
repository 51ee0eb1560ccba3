import {
  type Decimal,
  decimal,
  decimalToText,
  divideHalfEven,
  ZERO,
} from '../../../../lib/decimal.ts';
import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { type HolderSample, type MarketSample, type SideSample } from './analytics-sample.ts';
import { type AnalyticsMinute } from './analytics-store.ts';
import { double, whole } from '../json.ts';

export const ANALYTICS_INTERVALS: readonly number[] = [
  60, 300, 900, 1_800, 3_600, 14_400, 43_200, 86_400, 604_800,
];

/** Minutes of one interval, and where it begins. */
interface Bucket {
  readonly startSeconds: number;
  readonly minutes: readonly AnalyticsMinute[];
}

export const bucketsOf = (
  minutes: readonly AnalyticsMinute[],
  intervalSeconds: number,
  range: { readonly since: number; readonly to: number },
): readonly Bucket[] => {
  const buckets: { startSeconds: number; minutes: AnalyticsMinute[] }[] = [];
  for (const minute of minutes) {
    if (minute.startSeconds < range.since || minute.startSeconds > range.to) continue;
    const startSeconds = Math.floor(minute.startSeconds / intervalSeconds) * intervalSeconds;
    const last = buckets[buckets.length - 1];
    if (last?.startSeconds === startSeconds) last.minutes.push(minute);
    else buckets.push({ startSeconds, minutes: [minute] });
  }
  return buckets;
};

const text = (value: Decimal): string => decimalToText(value);
const sum = (bucket: Bucket, of: (minute: AnalyticsMinute) => Decimal): Decimal =>
  bucket.minutes.reduce((total, minute) => total.plus(of(minute)), ZERO);

const samples = (bucket: Bucket): readonly MarketSample[] =>
  bucket.minutes.flatMap(({ sample }) => (sample === undefined ? [] : [sample]));
const lastSample = (bucket: Bucket): MarketSample | undefined => samples(bucket).at(-1);

/** Open, high, low, close of a sampled figure. */
const rowOfFour = (bucket: Bucket, of: (sample: MarketSample) => string): JsonValue => {
  const values = samples(bucket).map((sample) => decimal(of(sample)));
  const [first = ZERO] = values;
  const high = values.reduce((a, b) => (b.gt(a) ? b : a), first);
  const low = values.reduce((a, b) => (b.lt(a) ? b : a), first);
  return [first, high, low, values.at(-1) ?? first].map(text);
};

const buy = (bucket: Bucket): Decimal => sum(bucket, (minute) => minute.buyVolume);
const sell = (bucket: Bucket): Decimal => sum(bucket, (minute) => minute.sellVolume);

const cvd = (buckets: readonly Bucket[]): JsonObject => {
  let running = ZERO;
  const totals = buckets.map((bucket) => {
    running = running.plus(buy(bucket)).minus(sell(bucket));
    return text(running);
  });
  return {
    buyVolume: buckets.map((bucket) => text(buy(bucket))),
    sellVolume: buckets.map((bucket) => text(sell(bucket))),
    cvd: totals,
  };
};

const LIQUIDITY = ['005', '01', '025', '05', '10', '100'];
const SLIPPAGE = ['1k', '10k', '100k', '1m'];

const bySide = (
  buckets: readonly Bucket[],
  series: (sides: readonly (SideSample | undefined)[]) => JsonObject,
): JsonObject => ({
  bid: series(buckets.map((bucket) => lastSample(bucket)?.bid)),
  ask: series(buckets.map((bucket) => lastSample(bucket)?.ask)),
});

const columns = (
  names: readonly string[],
  sides: readonly (SideSample | undefined)[],
  pick: (side: SideSample) => readonly string[],
): JsonObject =>
  Object.fromEntries(
    names.map((name, at) => [
      name,
      sides.map((side) => (side === undefined ? '0' : (pick(side)[at] ?? '0'))),
    ]),
  );

const bestPrices = (sides: readonly (SideSample | undefined)[]): readonly string[] =>
  sides.map((side) => side?.bestPrice ?? '0');
const liquidityOf =
  (prefix: string) =>
  (sides: readonly (SideSample | undefined)[]): JsonObject =>
    columns(
      LIQUIDITY.map((name) => `${prefix}${name}`),
      sides,
      ({ liquidity }) => liquidity,
    );
const slippageOf =
  (prefix: string) =>
  (sides: readonly (SideSample | undefined)[]): JsonObject =>
    columns(
      SLIPPAGE.map((name) => `${prefix}${name}`),
      sides,
      ({ slippage }) => slippage,
    );

const orderBook = (buckets: readonly Bucket[]): JsonObject =>
  bySide(buckets, (sides) => ({
    bestPrice: bestPrices(sides),
    ...liquidityOf('liquidity')(sides),
    ...slippageOf('slippage')(sides),
  }));

const share = (part: number, all: number): string =>
  all === 0 ? '0' : text(divideHalfEven(decimal(String(part)), decimal(String(all)), 6));

const longShort = (longs: readonly number[], shorts: readonly number[]): JsonObject => ({
  longCount: longs.map(whole),
  shortCount: shorts.map(whole),
  longPercent: longs.map((long, at) => share(long, long + (shorts[at] ?? 0))),
  shortPercent: shorts.map((short, at) => share(short, short + (longs[at] ?? 0))),
  ratio: longs.map((long, at) => share(long, shorts[at] ?? 0)),
});

const holders = (
  buckets: readonly Bucket[],
  of: (holder: HolderSample) => number,
): readonly number[] =>
  buckets.map((bucket) => {
    const sample = lastSample(bucket);
    return sample === undefined ? 0 : of(sample.holders);
  });

const NO_OPEN_INTEREST = '0';
const topTraders = (buckets: readonly Bucket[]): JsonObject => ({
  top20Percent: {
    openInterest: buckets.map(
      (bucket) => lastSample(bucket)?.holders.topOpenInterest ?? NO_OPEN_INTEREST,
    ),
    ...longShort(
      holders(buckets, ({ topLongCount }) => topLongCount),
      holders(buckets, ({ topShortCount }) => topShortCount),
    ),
  },
});

const allHolders = (buckets: readonly Bucket[]): JsonObject =>
  longShort(
    holders(buckets, ({ longCount }) => longCount),
    holders(buckets, ({ shortCount }) => shortCount),
  );

/** Highest less lowest close over the first one: a plain measure of how much the price moved. */
const volatility = (bucket: Bucket): JsonValue => {
  const closes = bucket.minutes.flatMap(({ close }) =>
    close === undefined ? [] : [decimal(close)],
  );
  const [first] = closes;
  if (first === undefined) return double('0');
  const high = closes.reduce((a, b) => (b.gt(a) ? b : a), first);
  const low = closes.reduce((a, b) => (b.lt(a) ? b : a), first);
  return double(text(divideHalfEven(high.minus(low), first, 8)));
};

type Series = (buckets: readonly Bucket[]) => JsonValue;

/** `data` by analytics type [rest 2.14]. */
export const ANALYTICS: Readonly<Record<string, Series>> = {
  'open-interest': (buckets) =>
    buckets.map((bucket) => rowOfFour(bucket, ({ openInterest }) => openInterest)),
  'aggressor-differential': (buckets) =>
    buckets.map((bucket) => text(buy(bucket).minus(sell(bucket)))),
  'trade-volume': (buckets) => buckets.map((bucket) => text(buy(bucket).plus(sell(bucket)))),
  'trade-count': (buckets) =>
    buckets.map((bucket) => whole(bucket.minutes.reduce((count, { trades }) => count + trades, 0))),
  'liquidation-volume': (buckets) =>
    buckets.map((bucket) => text(sum(bucket, ({ liquidationVolume }) => liquidationVolume))),
  'rolling-volatility': (buckets) => buckets.map(volatility),
  'long-short-ratio': (buckets) => ({ ratio: allHolders(buckets)['ratio'] ?? [] }),
  'long-short-info': allHolders,
  cvd,
  'top-traders': topTraders,
  orderbook: orderBook,
  spreads: (buckets) => bySide(buckets, (sides) => ({ best_price: bestPrices(sides) })),
  liquidity: (buckets) => bySide(buckets, liquidityOf('liquidity_')),
  slippage: (buckets) => bySide(buckets, slippageOf('slippage_')),
  'future-basis': (buckets) => ({
    basis: buckets.map((bucket) => rowOfFour(bucket, ({ basis }) => basis)),
  }),
  funding: (buckets) => ({
    rate: buckets.map((bucket) => rowOfFour(bucket, ({ fundingRate }) => fundingRate)),
    relativeRate: buckets.map((bucket) =>
      rowOfFour(bucket, ({ relativeFundingRate }) => relativeFundingRate),
    ),
  }),
};

/** Volume in USD over all markets: the only figure of `liquidity-pool`. */
export const usdVolume = (bucket: Bucket): string =>
  text(sum(bucket, ({ usdVolume: usd }) => usd).round(2));
