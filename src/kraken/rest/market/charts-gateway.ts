import { type TradingSymbol } from '../../../domain/ids.ts';
import { type Analytics, analytics, type Candles, candles, words } from './market-readers.ts';
import { type RawClient } from '../raw-client.ts';
import { type Read, readReply } from '../reading.ts';

type Resolution = '1m' | '5m' | '15m' | '30m' | '1h' | '4h' | '12h' | '1d' | '1w';
type TickType = 'spot' | 'mark' | 'trade';

interface Span {
  /** Seconds since the epoch, as charts and analytics ask. */
  readonly fromSeconds: number;
  readonly toSeconds?: number;
}

/**
 * Candles and analytics [rest 2.14]: asked in seconds, answered in milliseconds. The charts of the
 * operator console wait for it; `fathom history` pages through candles by itself.
 */
export interface RestChartsGateway {
  readonly tickTypes: () => Read<readonly string[]>;
  readonly chartSymbols: (tickType: TickType) => Read<readonly string[]>;
  readonly chartResolutions: (tickType: TickType, symbol: TradingSymbol) => Read<readonly string[]>;
  readonly candles: (
    series: {
      readonly tickType: TickType;
      readonly symbol: TradingSymbol;
      readonly resolution: Resolution;
    },
    span?: Span,
  ) => Read<Candles>;
  readonly analytics: (
    series: {
      readonly symbol: TradingSymbol;
      readonly type: string;
      readonly intervalSeconds: number;
    },
    span: Span,
  ) => Read<Analytics>;
  readonly liquidityPool: (intervalSeconds: number, span: Span) => Read<Analytics>;
}

export const makeRestChartsGateway = (client: RawClient): RestChartsGateway => ({
  tickTypes: async () => readReply(await client.chartsTickTypes({}), words, 'charts-tick-types'),
  chartSymbols: async (tickType) =>
    readReply(await client.chartsSymbols({ tick_type: tickType }), words, 'charts-symbols'),
  chartResolutions: async (tickType, symbol) =>
    readReply(
      await client.chartsResolutions({ tick_type: tickType, symbol }),
      words,
      'charts-resolutions',
    ),
  candles: async ({ tickType, symbol, resolution }, span) =>
    readReply(
      await client.chartsCandles({
        tick_type: tickType,
        symbol,
        resolution,
        from: span?.fromSeconds,
        to: span?.toSeconds,
      }),
      candles,
      'charts-candles',
    ),
  analytics: async ({ symbol, type, intervalSeconds }, span) =>
    readReply(
      await client.chartsAnalytics({
        symbol,
        analytics_type: type,
        since: span.fromSeconds,
        interval: intervalSeconds,
        to: span.toSeconds,
      }),
      analytics,
      'charts-analytics',
    ),
  liquidityPool: async (intervalSeconds, span) =>
    readReply(
      await client.chartsLiquidityPool({
        since: span.fromSeconds,
        interval: intervalSeconds,
        to: span.toSeconds,
      }),
      analytics,
      'charts-liquidity-pool',
    ),
});
