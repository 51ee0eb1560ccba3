import { type Config } from '../../config/config.ts';
import { type BookPort } from '../../domain/book.ts';
import { type TradingSymbol } from '../../domain/ids.ts';
import { DEFAULT_KEEPER_LIMITS } from '../../kraken/books/book-keeper.ts';
import { FeedDriver, socketOptionsOf } from '../../kraken/websocket/connection/feed-driver.ts';
import { type FeedOutput } from '../../kraken/websocket/connection/feed-types.ts';
import { MarketFeed } from '../../kraken/websocket/feeds/market-feed.ts';
import { type Clock, type TimeDeps } from '../../lib/time.ts';
import { type TickerPrices } from './reference-prices.ts';
import { type FeedNotices, type FeedNoticeSink, makeFeedNotices } from './feed-notices.ts';
import { socketSettingsOf } from './rest-access.ts';

export interface PublicFeedDeps extends FeedNoticeSink, TimeDeps {
  readonly random: () => number;
}

/**
 * Books and mark prices from the venue's public feeds, on a connection of their own
 * [websocket 10.3].
 */
export interface PublicFeed {
  readonly books: BookPort;
  /** Mark and index price. */
  readonly ticker: (symbol: TradingSymbol) => TickerPrices | undefined;
  readonly start: () => void;
  readonly stop: () => void;
}

/**
 * `undefined` when the configuration needs no public feed. `onFix`: instruments with FIX market
 * data.
 */
export const makePublicFeed = (
  config: Config,
  onFix: ReadonlySet<string>,
  deps: PublicFeedDeps,
): PublicFeed | undefined => {
  const { webSocket } = config;
  const subscriptions = subscriptionsOf(config, onFix);
  if (webSocket.url === undefined || subscriptions.length === 0) return undefined;
  const { clock, timers, random } = deps;
  const feed = new MarketFeed({ subscriptions, random, bookLimits: DEFAULT_KEEPER_LIMITS });
  const marks = new Map<TradingSymbol, TickerPrices>();
  const tell = makeFeedNotices('public', deps);
  const driver = new FeedDriver(feed, {
    url: webSocket.url,
    clock,
    timers,
    socketOptions: socketOptionsOf(socketSettingsOf(config)),
    onOutput: followFeed(feed, { marks, tell, clock }),
  });
  return {
    books: feed.books,
    ticker: (symbol) => marks.get(symbol),
    start: () => driver.start(),
    stop: () => {
      driver.stop();
      tell.health(false);
    },
  };
};

/**
 * Handles every output of the feed: marks, notices and health. The benchmark of books runs it too.
 */
export const followFeed =
  (
    feed: Pick<MarketFeed, 'isPublicUp'>,
    {
      marks,
      tell,
      clock,
    }: {
      readonly marks: Map<TradingSymbol, TickerPrices>;
      readonly tell: Pick<FeedNotices, 'output' | 'health'>;
      readonly clock: Clock;
    },
  ) =>
  (output: FeedOutput): void => {
    keepMark(output, marks, clock);
    tell.output(output);
    tell.health(feed.isPublicUp);
  };

const subscriptionsOf = ({ webSocket, instruments, risk }: Config, onFix: ReadonlySet<string>) => {
  const all = instruments.map(({ symbol }) => symbol);
  const booked = {
    all,
    missing: all.filter((symbol) => !onFix.has(symbol)),
    none: [],
  }[webSocket.books];
  return [
    { feed: 'book', products: booked },
    { feed: 'ticker', products: needsTicker(risk) ? all : [] },
  ].filter(({ products }) => products.length > 0);
};

/** Limits that need mark or index prices. */
const TICKER_LIMITS = [
  ...(['markCollarPercent', 'indexCollarPercent', 'marketDataAgeMsMax'] as const),
  ...(['lossMax', 'grossNotionalMax'] as const),
];

const needsTicker = (risk: Config['risk']): boolean => {
  const scopes = [risk.symbols, risk.accounts, risk.clients, risk.strategies];
  const all = [risk, ...scopes.flatMap((limits) => [...limits.values()])];
  return (
    risk.referencePrice === 'mark' ||
    all.some((limits) => TICKER_LIMITS.some((limit) => limits[limit] !== undefined))
  );
};

const keepMark = (
  output: FeedOutput,
  marks: Map<TradingSymbol, TickerPrices>,
  clock: Clock,
): void => {
  // A price of a lost connection may be of any age.
  if (output.type === 'ConnectionLost') marks.clear();
  if (output.type === 'SubscriptionChanged' && output.feed === 'ticker' && output.state !== 'Live')
    marks.delete(output.product as TradingSymbol);
  if (output.type !== 'Event' || output.event.type !== 'Ticker') return;
  const { symbol, markPx, indexPx } = output.event;
  const at = clock.monotonic();
  marks.set(symbol, {
    ...marks.get(symbol),
    ...(markPx === undefined ? {} : { mark: { px: markPx, at } }),
    ...(indexPx === undefined ? {} : { index: { px: indexPx, at } }),
  });
};
