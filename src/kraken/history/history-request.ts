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

/** What to download. The same request, run again after an interruption, goes on where it stopped. */
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

/** Why a request cannot be served; `undefined` when it can. */
export const faultOfRequest = (request: HistoryRequest): string | undefined => {
  const { kind, symbol, since, until, format } = request;
  if (!(since < until)) return '--since must be before --until';
  if (NEEDS_SYMBOL.has(kind) && symbol === undefined) return `${kind} needs --symbol`;
  if (kind === 'account-log-csv' && format !== 'csv')
    return 'account-log-csv is CSV as the venue wrote it: use --format csv, or account-log';
  if (kind === 'candles' && RESOLUTION_SECONDS[request.resolution ?? '1h'] === undefined)
    return `--resolution is one of ${Object.keys(RESOLUTION_SECONDS).join(' ')}`;
  return kind === 'analytics' && request.series === undefined
    ? 'analytics needs --series'
    : undefined;
};
