import { type JsonObject, toJsonText } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { candleFrame, candleResolutionMs } from './candle-frame.ts';
import {
  bookSnapshot,
  bookUpdate,
  heartbeatFrame,
  tickerFrame,
  tickerLiteFrame,
  tradeSnapshot,
  tradeUpdate,
} from './market-frames.ts';
import { type SequenceBase } from './sequence-base.ts';
import {
  type FeedSubscription,
  type SubscriptionRegistry,
} from '../connection/subscription-registry.ts';

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

/** Market data, the same for everyone [websocket 7]. */
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

  /** Tickers are throttled: one for everything that happened since the last round. */
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
