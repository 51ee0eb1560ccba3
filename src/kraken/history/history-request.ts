import { type EpochMs } from '../../lib/time.ts';

export const HISTORY_KINDS = [
  'executions',
  'orders',
  'triggers',
  'positions',
  'account-log',
  'account-log-csv',
  'public-executions',
  'public-orders',
  'mark-prices',
  'candles',
  'funding-rates',
  'analytics',
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

export const HISTORY_FORMATS = ['jsonl', 'csv', 'parquet'] as const;
export type HistoryFormat = (typeof HISTORY_FORMATS)[number];

/**
 * What to download. The same request, run again after an interruption, goes on where it stopped.
 */
export interface HistoryRequest {
  readonly kind: HistoryKind;
  /** Names the key; part of the request's identity, so that two accounts never share a file. */
  readonly account?: string;
  readonly symbol?: string;
  readonly since: EpochMs;
  /** Fixed when the download starts, so that a resumed one ends at the same instant. */
  readonly until: EpochMs;
  readonly format: HistoryFormat;
  /** candles: `trade`, `mark` or `spot`. */
  readonly tickType?: string;
  /** candles: `1m` to `1w`. */
  readonly resolution?: string;
  /** analytics: the series, e.g. `open-interest`. */
  readonly series?: string;
  /** analytics: the bucket. */
  readonly intervalSeconds?: number;
}

const PRIVATE: ReadonlySet<HistoryKind> = new Set([
  'executions',
  'orders',
  'triggers',
  'positions',
  'account-log',
  'account-log-csv',
]);

/** Private history needs a key with General Read. */
export const isPrivateKind = (kind: HistoryKind): boolean => PRIVATE.has(kind);

const NEEDS_SYMBOL: ReadonlySet<HistoryKind> = new Set([
  'public-executions',
  'public-orders',
  'mark-prices',
  'candles',
  'funding-rates',
  'analytics',
]);

export const RESOLUTION_SECONDS: Readonly<Record<string, number>> = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '30m': 1_800,
  '1h': 3_600,
  '4h': 14_400,
  '12h': 43_200,
  '1d': 86_400,
  '1w': 604_800,
};

const TICK_TYPES = ['trade', 'mark', 'spot'] as const;

/** Series and buckets of the analytics, in seconds [rest 2.14]. */
export const ANALYTICS_SERIES = [
  'open-interest',
  'aggressor-differential',
  'trade-volume',
  'trade-count',
  'liquidation-volume',
  'rolling-volatility',
  'long-short-ratio',
  'long-short-info',
  'cvd',
  'top-traders',
  'orderbook',
  'spreads',
  'liquidity',
  'slippage',
  'future-basis',
  'funding',
  'liquidity-pool',
] as const;
export const ANALYTICS_INTERVALS = [60, 300, 900, 1_800, 3_600, 14_400, 43_200, 86_400, 604_800];

/** Why a request cannot be served; `undefined` when it can. */
export const faultOfRequest = (request: HistoryRequest): string | undefined => {
  const { kind, symbol, since, until, format } = request;
  if (!(since < until)) return '--since must be before --until';
  if (NEEDS_SYMBOL.has(kind) && symbol === undefined) return `${kind} needs --symbol`;
  if (kind === 'account-log-csv' && format !== 'csv')
    return 'account-log-csv is CSV as the venue wrote it: use --format csv, or account-log';
  if (kind === 'candles') return faultOfCandles(request);
  return kind === 'analytics' ? faultOfAnalytics(request) : undefined;
};

const faultOfCandles = ({
  resolution = '1h',
  tickType = 'trade',
}: HistoryRequest): string | undefined => {
  if (!Object.hasOwn(RESOLUTION_SECONDS, resolution))
    return `--resolution is one of ${Object.keys(RESOLUTION_SECONDS).join(' ')}`;
  return isOneOf(TICK_TYPES, tickType)
    ? undefined
    : `--tick-type is one of ${TICK_TYPES.join(' ')}`;
};

const faultOfAnalytics = ({
  series,
  intervalSeconds = 3_600,
}: HistoryRequest): string | undefined => {
  if (series === undefined) return 'analytics needs --series';
  if (!isOneOf(ANALYTICS_SERIES, series)) return `--series is one of ${ANALYTICS_SERIES.join(' ')}`;
  return ANALYTICS_INTERVALS.includes(intervalSeconds)
    ? undefined
    : `--interval is one of ${ANALYTICS_INTERVALS.join(' ')}, in seconds`;
};

const isOneOf = (known: readonly string[], word: string): boolean => known.includes(word);
