import { type JsonObject, type JsonValue } from '../../../../lib/lossless-json.ts';
import { ownValue } from '../../../../lib/defined.ts';
import { json, text, type RestAnswer } from '../answer.ts';
import {
  ANALYTICS,
  ANALYTICS_INTERVALS,
  bucketsOf,
  usdVolume,
} from '../stores/analytics-series.ts';
import { type AnalyticsMinute } from '../stores/analytics-store.ts';
import {
  isResolution,
  isTickType,
  RESOLUTIONS,
  type Candle,
  TICK_TYPES,
  volumeText,
} from '../stores/candle-store.ts';
import { type ServedEndpoint, free, type RestCall, type RestVenue, CHARTS } from './endpoint.ts';
import { readInteger, type Fields } from '../fields.ts';
import { paddedText, whole } from '../json.ts';

const BASE = { method: 'GET', service: 'charts', access: 'public', cost: free } as const;

export const tickTypes: ServedEndpoint = {
  ...BASE,
  id: 'charts-tick-types',
  paths: [`${CHARTS}/`],
  answer: () => json([...TICK_TYPES]),
};

const checkTickType = (call: Pick<RestCall, 'path'>): RestAnswer | undefined =>
  isTickType(call.path['tick_type'] ?? '') ? undefined : text('Invalid tick type', 400);

export const symbols: ServedEndpoint = {
  ...BASE,
  id: 'charts-symbols',
  paths: [`${CHARTS}/:tick_type`],
  check: checkTickType,
  answer: (_call, venue) => json(venue.queries.instruments().map(({ symbol }) => symbol)),
};

const symbolOf = (call: RestCall): string => (call.path['symbol'] ?? '').toUpperCase();
const isListed = (call: RestCall, venue: RestVenue): boolean =>
  venue.queries.hasInstrument(symbolOf(call));

export const resolutions: ServedEndpoint = {
  ...BASE,
  id: 'charts-resolutions',
  paths: [`${CHARTS}/:tick_type/:symbol`],
  check: checkTickType,
  answer: (call, venue) =>
    isListed(call, venue) ? json(Object.keys(RESOLUTIONS)) : text('Invalid symbol', 404),
};

/** Candles of one answer at most; `more_candles` says that there are others. */
const CANDLES_MAX = 5_000;
const CANDLES_DEFAULT = 2_000;

const number = (fields: Fields, name: string): number | undefined => {
  const read = readInteger(fields.get(name));
  return read === 'invalid' ? undefined : read.value;
};

/** Volumes carry eleven decimals as recorded; there is none on mark and spot [rest 2.14]. */
const candleRow = (candle: Candle, isTrade: boolean): JsonObject => ({
  time: whole(candle.startSeconds * 1_000),
  open: candle.open,
  high: candle.high,
  low: candle.low,
  close: candle.close,
  volume: isTrade ? paddedText(volumeText(candle), 11) : '0',
});

export const candles: ServedEndpoint = {
  ...BASE,
  id: 'charts-candles',
  paths: [`${CHARTS}/:tick_type/:symbol/:resolution`],
  check: (call) => {
    if (!isResolution(call.path['resolution'] ?? '')) return text('Invalid resolution', 400);
    for (const name of ['from', 'to', 'count']) {
      if (readInteger(call.fields.get(name)) === 'invalid') return text(`Invalid ${name}`, 400);
    }
    if ((number(call.fields, 'count') ?? 0) < 0) return text('Invalid count', 400);
    return checkTickType(call);
  },
  answer: (call, venue) => {
    const tickType = call.path['tick_type'] ?? '';
    const resolution = call.path['resolution'] ?? '';
    if (!isTickType(tickType) || !isResolution(resolution)) return text('Invalid resolution', 400);
    if (!isListed(call, venue)) return text('Invalid symbol', 404);
    const seconds = RESOLUTIONS[resolution];
    const now = Math.floor(venue.history.visibleUntil(call.at) / 1_000);
    const to = Math.min(number(call.fields, 'to') ?? now, now);
    const from = number(call.fields, 'from') ?? to - CANDLES_DEFAULT * seconds;
    const found = venue.candles.candles({ tickType, symbol: symbolOf(call) }, resolution, {
      from,
      to,
    });
    const count = Math.min(CANDLES_MAX, number(call.fields, 'count') ?? CANDLES_MAX);
    const rows = call.fields.has('from')
      ? found.slice(0, count)
      : found.slice(-count || found.length);
    return json({
      candles: rows.map((candle) => candleRow(candle, tickType === 'trade')),
      more_candles: rows.length < found.length,
    });
  },
};

const fault = (status: number, field: string, message: string): RestAnswer =>
  json(
    {
      result: { timestamp: [], more: false, data: [] },
      errors: [
        {
          severity: 'error',
          error_class: 'EGeneral',
          type: 'InvalidArguments',
          msg: message,
          field,
        },
      ],
    },
    status,
  );

const checkAnalytics = ({ fields }: Pick<RestCall, 'fields'>): RestAnswer | undefined => {
  if (number(fields, 'since') === undefined) return fault(400, 'since', 'since is required');
  const interval = number(fields, 'interval');
  if (interval === undefined || !ANALYTICS_INTERVALS.includes(interval)) {
    return fault(400, 'interval', 'interval is not one of the intervals');
  }
  return readInteger(fields.get('to')) === 'invalid'
    ? fault(400, 'to', 'to is no number')
    : undefined;
};

const BUCKETS_MAX = 1_000;

const series = (
  call: RestCall,
  minutes: readonly AnalyticsMinute[],
  data: (buckets: ReturnType<typeof bucketsOf>) => JsonValue,
): RestAnswer => {
  const { fields } = call;
  const all = bucketsOf(minutes, number(fields, 'interval') ?? 60, {
    since: number(fields, 'since') ?? 0,
    to: number(fields, 'to') ?? Math.floor(call.at / 1_000),
  });
  const buckets = all.slice(0, BUCKETS_MAX);
  return json({
    result: {
      timestamp: buckets.map(({ startSeconds }) => whole(startSeconds)),
      more: all.length > buckets.length,
      data: data(buckets),
    },
    errors: [],
  });
};

export const liquidityPool: ServedEndpoint = {
  ...BASE,
  id: 'charts-liquidity-pool',
  paths: [`${CHARTS}/analytics/liquidity-pool`],
  check: checkAnalytics,
  answer: (call, venue) => {
    const minutes = venue.analytics
      .symbols()
      .flatMap((symbol) => venue.analytics.minutes(symbol))
      .sort((a, b) => a.startSeconds - b.startSeconds);
    return series(call, minutes, (buckets) => ({ usdValue: buckets.map(usdVolume) }));
  },
};

export const analytics: ServedEndpoint = {
  ...BASE,
  id: 'charts-analytics',
  paths: [`${CHARTS}/analytics/:symbol/:analytics_type`],
  check: checkAnalytics,
  answer: (call, venue) => {
    const data = ownValue(ANALYTICS, call.path['analytics_type'] ?? '');
    if (data === undefined) return fault(404, 'analytics_type', 'unknown analytics type');
    if (!isListed(call, venue)) return fault(404, 'symbol', 'unknown symbol');
    return series(call, venue.analytics.minutes(symbolOf(call)), data);
  },
};
