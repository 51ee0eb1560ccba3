import { makeFeedNotices } from '../src/app/venue-view/feed-notices.ts';
import { followFeed } from '../src/app/venue-view/public-feed.ts';
import { type TradingSymbol } from '../src/domain/ids.ts';
import { BookKeeper } from '../src/kraken/books/book-keeper.ts';
import { FeedDriver } from '../src/kraken/websocket/connection/feed-driver.ts';
import { MarketFeed } from '../src/kraken/websocket/feeds/market-feed.ts';
import { parseFrame } from '../src/kraken/websocket/parse/parse-frame.ts';
import { type FeedInput } from '../src/kraken/websocket/connection/feed-types.ts';
import { epochMs, monotonicMs } from '../src/lib/time.ts';
import { silentLogger } from '../src/observability/logger.ts';
import { makeMetrics } from '../src/observability/metrics.ts';
import { makeBookFrames, type BookFrames } from './book-frames.ts';
import { type Case, measure, type Measured } from './measure.ts';

const PRODUCTS = 20;
const UPDATES = 100_000;
/** A few instruments, a busy trading firm, every contract of the venue. */
const ENGINE_PRODUCTS = [3, 50, 300];
/** Of all products together, so that loading the snapshots again costs each case the same. */
const ENGINE_LEVELS = 20_000;

/**
 * A reader of frames; `top` shows the best prices of a product, to check that all readers did the
 * same work.
 */
interface Reader {
  readonly name: string;
  readonly read: (frame: string) => void;
  readonly top?: (product: string) => string;
}

/**
 * What an engine does with a frame, from the driver of the socket to book, marks, notices, health
 * and timer.
 */
export const benchEngineBooks = (rounds: number): readonly Measured[] =>
  measure(
    ENGINE_PRODUCTS.map((count) => {
      const levels = Math.min(1_000, Math.floor(ENGINE_LEVELS / count));
      const frames = makeBookFrames(count, UPDATES, levels);
      const reader = engineReader(frames);
      checkAgreement([reader, keeperReader(frames)], frames);
      return toCase(reader, frames);
    }),
    rounds,
  );

/**
 * JSON text to book, update by update, beside ccxt's handling of the same frames; medians of
 * processor time.
 */
export const benchBooks = async (rounds: number): Promise<readonly Measured[]> => {
  const frames = makeBookFrames(PRODUCTS, UPDATES);
  const readers = [feedReader(frames), keeperReader(frames), await ccxtReader(frames), floor()];
  checkAgreement(readers, frames);
  return measure(
    readers.map((reader) => toCase(reader, frames)),
    rounds,
  );
};

/** One update a run; at the end of the frames the snapshots are loaded again. */
const toCase = ({ name, read }: Reader, { snapshots, updates }: BookFrames): Case => {
  let at = updates.length;
  const run = (): void => {
    if (at === updates.length) {
      for (const snapshot of snapshots) read(snapshot);
      at = 0;
    }
    read(updates[at++] ?? '');
  };
  return { name, run };
};

/** A feed whose subscriptions are all acknowledged, without a socket. */
const openFeed = (products: readonly string[]): MarketFeed => {
  const feed = new MarketFeed({ subscriptions: [{ feed: 'book', products }], random: () => 0.5 });
  const opening: readonly FeedInput[] = [
    { type: 'Start' },
    { type: 'Opened' },
    { type: 'FrameReceived', text: '{"event":"info","version":1}' },
  ];
  for (const input of opening) feed.step(input, at);
  for (const product of products) {
    const text = JSON.stringify({ event: 'subscribed', feed: 'book', product_ids: [product] });
    feed.step({ type: 'FrameReceived', text }, at);
  }
  return feed;
};

const at = monotonicMs(0);

/** As `app/venue-view/public-feed` has it, with a driver that is handed the texts of a socket. */
const engineReader = ({ products }: BookFrames): Reader => {
  const feed = openFeed(products);
  const clock = { wall: () => epochMs(0), monotonic: () => at };
  const timers = { set: () => ({ cancel: () => undefined }) };
  const tell = makeFeedNotices('public', {
    logger: silentLogger,
    metrics: makeMetrics({ engine: 'bench' }),
  });
  const onOutput = followFeed(feed, { marks: new Map(), tell, clock });
  const driver = new FeedDriver(feed, { url: 'ws://127.0.0.1:9', clock, timers, onOutput });
  return {
    name: `${products.length} products, as the engine runs it`,
    read: (text) => {
      driver.feed({ type: 'FrameReceived', text });
    },
    top: (product) => topOf(feed.books.book(product as TradingSymbol)),
  };
};

/** The machine alone: liveness, parsing, sequence, health, resync watch. */
const feedReader = ({ products }: BookFrames): Reader => {
  const feed = openFeed(products);
  return {
    name: 'Fathom, whole feed machine',
    read: (text) => {
      feed.step({ type: 'FrameReceived', text }, at);
    },
    top: (product) => topOf(feed.books.book(product as TradingSymbol)),
  };
};

const keeperReader = ({ products }: BookFrames): Reader => {
  const keeper = new BookKeeper(products as readonly TradingSymbol[]);
  return {
    name: 'Fathom, exact JSON to book',
    read: (text) => {
      const { event } = parseFrame(text);
      if (event.type === 'BookUpdate') keeper.applyUpdate(event.symbol, event, at);
      else if (event.type === 'BookSnapshot') keeper.applySnapshot(event.symbol, event, at);
    },
    top: (product) => topOf(keeper.book(product as TradingSymbol)),
  };
};

const topOf = (book: ReturnType<BookKeeper['book']>): string =>
  [book?.best('Bid'), book?.best('Offer')]
    .map((level) => `${Number(level?.price)} ${Number(level?.qty)}`)
    .join(' | ');

/** What we use of ccxt; its own types are `any` in these places. */
interface CcxtExchange {
  readonly setMarkets: (markets: readonly object[]) => void;
  readonly client: (url: string) => { readonly onMessage: (event: { data: string }) => void };
  readonly orderbooks: Readonly<
    Record<string, { readonly bids: readonly number[][]; readonly asks: readonly number[][] }>
  >;
}

/**
 * ccxt as its own socket drives it, from the text of the frame: no sequence check, amounts become
 * floats.
 */
const ccxtReader = async ({ products }: BookFrames): Promise<Reader> => {
  const ccxt = (await import('ccxt')) as unknown as {
    readonly pro: { readonly krakenfutures: new () => CcxtExchange };
  };
  const exchange = new ccxt.pro.krakenfutures();
  exchange.setMarkets(products.map((id) => ({ id, symbol: id, base: 'S', quote: 'USD' })));
  const client = exchange.client('wss://127.0.0.1:1/ws/v1');
  return {
    name: 'ccxt krakenfutures',
    read: (data) => {
      client.onMessage({ data });
    },
    top: (product) => {
      const book = exchange.orderbooks[product];
      const side = (levels: readonly number[][] | undefined): string =>
        `${levels?.[0]?.[0]} ${levels?.[0]?.[1]}`;
      return `${side(book?.bids)} | ${side(book?.asks)}`;
    },
  };
};

const floor = (): Reader => {
  let seen = 0;
  return {
    name: 'JSON.parse alone, no book',
    read: (text) => {
      seen += (JSON.parse(text) as { seq: number }).seq;
      if (Number.isNaN(seen)) throw new Error('a frame has no seq');
    },
  };
};

/** A benchmark of readers that do different things would prove nothing. */
const checkAgreement = (readers: readonly Reader[], frames: BookFrames): void => {
  for (const { read } of readers) {
    for (const frame of frames.snapshots) read(frame);
    for (const frame of frames.updates.slice(0, 5_000)) read(frame);
  }
  for (const product of frames.products) {
    const tops = readers.flatMap(({ top }) => (top === undefined ? [] : [top(product)]));
    if (new Set(tops).size !== 1)
      throw new Error(`the books of ${product} differ: ${tops.join(' <> ')}`);
  }
};
