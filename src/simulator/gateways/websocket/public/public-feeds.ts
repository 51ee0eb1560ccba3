import { type JsonObject, toJsonText } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import {
  bookSnapshot,
  bookUpdate,
  heartbeatFrame,
  tickerFrame,
  tickerLiteFrame,
  tradeSnapshot,
  tradeUpdate,
  type SequenceBase,
} from './market-frames.ts';
import {
  type FeedSubscription,
  type SubscriptionRegistry,
} from '../connection/subscription-registry.ts';
import { decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { ownValue } from '../../../../lib/defined.ts';
import { type TradeView } from '../../../exchange/model/views.ts';
import { whole } from '../wire-number.ts';

export interface FeedSource {
  readonly queries: ExchangeQueries;
  readonly registry: SubscriptionRegistry;
  readonly sequence: SequenceBase;
  readonly now: () => EpochMs;
}

const CANDLE_FEEDS = ['1m', '5m', '15m', '30m', '1h', '4h', '12h', '1d', '1w'].map(
  (resolution) => `candles_trade_${resolution}`,
);

export const PRODUCT_FEEDS: ReadonlySet<string> = new Set([
  ...['book', 'trade', 'ticker', 'ticker_lite'],
  ...CANDLE_FEEDS,
]);

export const isProductFeed = (feed: string): boolean => PRODUCT_FEEDS.has(feed);

/** Market data feeds, the same for every client [websocket 7]. */
export class PublicFeeds {
  readonly #source: FeedSource;
  /** Markets whose ticker changed since the last round. */
  readonly #moved = new Set<string>();

  constructor(source: FeedSource) {
    this.#source = source;
  }

  /** The first full frame of a subscription. */
  opening({ feed, product = '' }: FeedSubscription): JsonObject | undefined {
    const { queries, sequence, now } = this.#source;
    switch (feed) {
      case 'book': {
        const book = queries.book(product);
        return book === undefined ? undefined : bookSnapshot(book, sequence, now());
      }
      case 'trade':
        return tradeSnapshot(product, queries.trades(product), sequence);
      case 'ticker':
      case 'ticker_lite':
        return this.#ticker(feed, product);
      default:
        return this.#candle(feed, product, `${feed}_snapshot`);
    }
  }

  onBatch(events: readonly ExchangeEvent[]): void {
    for (const event of events) {
      switch (event.type) {
        case 'BookChanged':
          this.#moved.add(event.symbol);
          this.#publish('book', event.symbol, () => bookUpdate(event, this.#source.sequence));
          break;
        case 'Trade':
          this.#moved.add(event.trade.symbol);
          this.#onTrade(event);
          break;
        case 'PriceChanged':
        case 'FundingRateSet':
        case 'MarketStateChanged':
          this.#moved.add(event.symbol);
          break;
        default:
          break;
      }
    }
  }

  /** Sends one ticker for all changes of a market since the last round. */
  onTickerRound(): void {
    for (const symbol of this.#moved) {
      for (const feed of ['ticker', 'ticker_lite'] as const)
        this.#publish(feed, symbol, () => this.#ticker(feed, symbol));
    }
    this.#moved.clear();
  }

  onHeartbeat(): void {
    const text = toJsonText(heartbeatFrame(this.#source.now()));
    for (const { sink } of this.#source.registry.of({ feed: 'heartbeat' }))
      sink.send(text, { feed: 'heartbeat' });
  }

  #onTrade({ trade }: EventOf<'Trade'>): void {
    const { symbol } = trade;
    this.#publish('trade', symbol, () => tradeUpdate(trade, this.#source.sequence));
    for (const feed of CANDLE_FEEDS)
      this.#publish(feed, symbol, () => this.#candle(feed, symbol, feed));
  }

  #ticker(feed: 'ticker' | 'ticker_lite', symbol: string): JsonObject | undefined {
    const ticker = this.#source.queries.ticker(symbol);
    if (ticker === undefined) return undefined;
    return feed === 'ticker' ? tickerFrame(ticker, this.#source.now()) : tickerLiteFrame(ticker);
  }

  #candle(feed: string, symbol: string, name: string): JsonObject | undefined {
    const resolutionMs = candleResolutionMs(feed);
    const { queries, now } = this.#source;
    return resolutionMs === undefined
      ? undefined
      : candleFrame(name, symbol, { trades: queries.trades(symbol), resolutionMs, at: now() });
  }

  #publish(feed: string, product: string, make: () => JsonObject | undefined): void {
    const about = { feed, product };
    const { registry } = this.#source;
    if (!registry.isWanted(about)) return;
    const frame = make();
    if (frame === undefined) return;
    const text = toJsonText(frame);
    for (const { sink } of registry.of(about)) sink.send(text, about);
  }
}

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
const candleResolutionMs = (feed: string): number | undefined =>
  ownValue(RESOLUTION_MS, NAME.exec(feed)?.[1] ?? '');

const VOLUME_DECIMALS = 8;

/** The candle of `at`, from trades given oldest first; amounts are strings on this feed only. */
const candleFrame = (
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
