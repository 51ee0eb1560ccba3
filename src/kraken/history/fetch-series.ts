import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../lib/lossless-json.ts';
import { err, ok } from '../../lib/result.ts';
import { type RawClient } from '../rest/raw-client.ts';
import { type CallOptions } from '../rest/transport.ts';
import { bodyOf, type Cursor, type FetchPage, listAt, textAt, unreadable } from './history-page.ts';
import { type HistoryRequest, RESOLUTION_SECONDS } from './history-request.ts';

/** Buckets per request: half of what clients use as ceiling [rest 2.14]. */
const WINDOW_BUCKETS = 1_000;

/** Candles window by window: asked in seconds, answered in milliseconds [rest 7]. */
export const fetchCandles =
  (client: RawClient, request: HistoryRequest, options: CallOptions): FetchPage =>
  async (cursor) => {
    const resolution = request.resolution ?? '1h';
    const step = RESOLUTION_SECONDS[resolution] ?? 3_600;
    const window = windowOf(cursor, request, step);
    const reply = await client.chartsCandles(
      {
        tick_type: request.tickType ?? 'trade',
        symbol: request.symbol ?? '',
        resolution,
        from: window.from,
        to: window.to,
      },
      options,
    );
    const body = bodyOf(reply);
    if (!body.ok) return body;
    const candles = listAt(body.value, 'candles');
    if (candles === undefined) return err(unreadable('an answer without candles'));
    const hasMore = isJsonObject(body.value) ? body.value['more_candles'] : undefined;
    if (typeof hasMore !== 'boolean') return err(unreadable('candles that do not say "more"'));
    const last = candles.at(-1);
    const lastSeconds = last === undefined ? undefined : Number(textAt(last, 'time')) / 1_000;
    return advance({ elements: candles, lastSeconds, hasMore, window, step, request });
  };

/** Analytics come as parallel series; each bucket becomes one element `{timestamp, data}`. */
export const fetchAnalytics =
  (client: RawClient, request: HistoryRequest, options: CallOptions): FetchPage =>
  async (cursor) => {
    const step = request.intervalSeconds ?? 3_600;
    const window = windowOf(cursor, request, step);
    const query = { since: window.from, interval: step, to: window.to };
    const series = request.series ?? '';
    const reply =
      series === 'liquidity-pool'
        ? await client.chartsLiquidityPool(query, options)
        : await client.chartsAnalytics(
            { symbol: request.symbol ?? '', analytics_type: series, ...query },
            options,
          );
    const body = bodyOf(reply);
    if (!body.ok) return body;
    const result = isJsonObject(body.value) ? body.value['result'] : undefined;
    const timestamps = result === undefined ? undefined : listAt(result, 'timestamp');
    if (!isJsonObject(result) || timestamps === undefined)
      return err(unreadable('an answer without timestamps'));
    const elements = timestamps.map((at, index) => bucketAt(at, result['data'] ?? null, index));
    const last = timestamps.at(-1);
    const lastSeconds = last instanceof JsonNumber ? Number(last.text) : undefined;
    const hasMore = result['more'];
    if (typeof hasMore !== 'boolean') return err(unreadable('series that do not say "more"'));
    return advance({
      elements,
      lastSeconds,
      hasMore,
      window,
      step,
      request,
    });
  };

interface Window {
  readonly from: number;
  readonly to: number;
}

const windowOf = (cursor: Cursor, request: HistoryRequest, step: number): Window => {
  const from =
    cursor.type === 'Seconds'
      ? cursor.fromSeconds
      : Math.ceil(Math.floor(request.since / 1_000) / step) * step;
  const end = Math.ceil(request.until / 1_000) - 1;
  return { from, to: Math.min(from + (WINDOW_BUCKETS - 1) * step, end) };
};

interface Walked {
  readonly elements: readonly JsonValue[];
  readonly lastSeconds: number | undefined;
  /** The venue cut the range: go on after its last bucket, not after the window. */
  readonly hasMore: boolean;
  readonly window: Window;
  readonly step: number;
  readonly request: HistoryRequest;
}

const advance = (walked: Walked): Awaited<ReturnType<FetchPage>> => {
  const { elements, lastSeconds, hasMore, window, step, request } = walked;
  // A time that cannot be read is NaN, and not beyond the window's begin either.
  if (hasMore && !(lastSeconds !== undefined && lastSeconds >= window.from))
    return err(unreadable('a cut range that does not advance'));
  const from = hasMore && lastSeconds !== undefined ? lastSeconds + step : window.to + 1;
  const aligned = Math.ceil(from / step) * step;
  const isLast = aligned * 1_000 >= request.until;
  return ok({ elements, ...(isLast ? {} : { next: { type: 'Seconds', fromSeconds: aligned } }) });
};

/**
 * The `index`-th value of every series, at any depth: `{buyVolume: [..]}` gives `{buyVolume: x}`.
 */
const bucketAt = (at: JsonValue, data: JsonValue, index: number): JsonObject => ({
  timestamp: at instanceof JsonNumber ? new JsonNumber(`${at.text}000`) : at,
  data: valueAt(data, index),
});

const valueAt = (data: JsonValue, index: number): JsonValue => {
  if (Array.isArray(data)) return (data as readonly JsonValue[])[index] ?? null;
  if (!isJsonObject(data)) return data;
  const entries = Object.keys(data).map((key) => [key, valueAt(data[key] ?? null, index)] as const);
  return Object.fromEntries(entries);
};
