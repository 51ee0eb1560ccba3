import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type TradeView } from '../../../exchange/model/views.ts';
import { whole } from '../wire-number.ts';

const MINUTE_MS = 60_000;
const RESOLUTION_MS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '12h': 720 * MINUTE_MS,
  '1d': 1_440 * MINUTE_MS,
  '1w': 10_080 * MINUTE_MS,
};

const NAME = /^candles_trade_(\w+)$/;

/** Of an undocumented candle feed [websocket 7.6]; `undefined` for every other feed. */
export const candleResolutionMs = (feed: string): number | undefined =>
  RESOLUTION_MS[NAME.exec(feed)?.[1] ?? ''];

const VOLUME_DECIMALS = 8;

/** The candle of `at`, from trades given oldest first; amounts are strings on this feed only. */
export const candleFrame = (
  feed: string,
  symbol: string,
  of: {
    readonly trades: readonly TradeView[];
    readonly resolutionMs: number;
    readonly at: EpochMs;
  },
): JsonObject | undefined => {
  const startAt = Math.floor(of.at / of.resolutionMs) * of.resolutionMs;
  let from = of.trades.length;
  while ((of.trades[from - 1]?.at ?? Number.NEGATIVE_INFINITY) >= startAt) from -= 1;
  const trades = of.trades.slice(from);
  const [first] = trades;
  if (first === undefined) return undefined;
  let [high, low, volume] = [decimal(first.price), decimal(first.price), ZERO];
  for (const { price, size } of trades) {
    const at = decimal(price);
    if (at.gt(high)) high = at;
    if (at.lt(low)) low = at;
    volume = volume.plus(decimal(size));
  }
  return {
    feed,
    candle: {
      time: whole(startAt),
      open: first.price,
      high: decimalToText(high),
      low: decimalToText(low),
      close: trades.at(-1)?.price ?? first.price,
      volume: volume.toFixed(VOLUME_DECIMALS),
    },
    product_id: symbol,
  };
};
