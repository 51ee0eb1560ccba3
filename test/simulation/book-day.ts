import { type BookPort } from '../../src/domain/book.ts';
import { type TradingSymbol } from '../../src/domain/ids.ts';
import { FrameDecoder } from '../../src/fix/codec/frame-decoder.ts';
import { FrameEncoder } from '../../src/fix/codec/frame-encoder.ts';
import { type FixMessage, type OutboundMessage } from '../../src/fix/codec/fix-message.ts';
import { type FixSession } from '../../src/fix/session/model/session-types.ts';
import { MarketDataFeed } from '../../src/kraken/fix/market-data/market-data-feed.ts';
import {
  DEFAULT_MARKET_DATA_LIMITS,
  type MarketDataInput,
} from '../../src/kraken/fix/market-data/market-data-types.ts';
import { type FeedInput } from '../../src/kraken/websocket/connection/feed-types.ts';
import { MarketFeed } from '../../src/kraken/websocket/feeds/market-feed.ts';
import { toDecimalText } from '../../src/lib/decimal-text.ts';
import { epochMs, monotonicMs } from '../../src/lib/time.ts';
import { type MarketDataService } from '../../src/simulator/gateways/fix/market-data/market-data-service.ts';
import { FeedConnection } from '../../src/simulator/gateways/websocket/connection/feed-connection.ts';
import { DEFAULT_FEED_SETTINGS } from '../../src/simulator/gateways/websocket/connection/feed-settings.ts';
import { kraken } from '../unit/fix/codec/support.ts';
import { type SimRandom } from '../unit/kraken/websocket/sim-random.ts';
import { FaultyLine } from './faulty-line.ts';
import { type SimulatedVenue, START } from './simulated-venue.ts';

/** All that the checksum of a FIX book covers. */
const FIX_DEPTH = 10;
const BOOK_LIMITS = { crossedMsMax: 1_000, staleAfterMs: 3_600_000, resyncTimeoutMs: 15_000 };

export class WebSocketLine extends FaultyLine<FeedInput> {
  readonly feed: MarketFeed;
  protected readonly woken = { type: 'Woken' } as const;
  #connection: FeedConnection | undefined;
  resyncs = 0;
  #made = 0;

  constructor(venue: SimulatedVenue, random: SimRandom) {
    super(venue, random);
    this.feed = new MarketFeed({
      subscriptions: [{ feed: 'book', products: venue.symbols }],
      random: () => random.unit(),
      bookLimits: BOOK_LIMITS,
    });
    this.give({ type: 'Start' });
  }

  get books(): BookPort {
    return this.feed.books;
  }

  protected wakeAt(): number | undefined {
    return this.feed.nextWakeAt();
  }

  protected goDown(): void {
    this.#connection?.onClosed();
    this.#connection = undefined;
    this.give({ type: 'Closed', reason: 'cut' });
  }

  /** The machine connects again by itself. */
  protected comeUp(): void {
    this.catchUp();
  }

  protected step(input: FeedInput): void {
    for (const output of this.feed.step(input, monotonicMs(this.venue.now))) {
      if (output.type === 'Connect') this.#connect();
      else if (output.type === 'SendText') this.#connection?.onText(output.text);
      else if (output.type === 'SendPing') this.give({ type: 'PongReceived' });
      else if (output.type === 'Notice' && output.code === 'RESYNC') this.resyncs += 1;
      else if (output.type === 'Terminate') this.#connection?.onClosed();
    }
  }

  #connect(): void {
    this.#made += 1;
    const id = `c${this.#made}`;
    const { hub } = this.venue;
    const send = (text: string): void => {
      if (this.#connection === connection)
        this.deliver({ type: 'FrameReceived', text }, text.includes('"feed":"book"'));
    };
    const connection = new FeedConnection(
      {
        ...{ hub, settings: DEFAULT_FEED_SETTINGS, keyOf: () => undefined },
        now: () => epochMs(START + this.venue.now),
        makeChallenge: () => id,
      },
      { id, send },
    );
    this.#connection = connection;
    this.give({ type: 'Opened' });
    this.give({ type: 'FrameReceived', text: '{"event":"info","version":1}' });
  }
}

export class FixLine extends FaultyLine<MarketDataInput> {
  readonly feed: MarketDataFeed;
  protected readonly woken = { type: 'Woken' } as const;
  readonly #encoder = new FrameEncoder();
  readonly #decoder = new FrameDecoder(kraken);
  readonly #subscriber: ReturnType<MarketDataService['subscriber']>;
  #sent = 0;

  constructor(venue: SimulatedVenue, random: SimRandom) {
    super(venue, random);
    this.feed = new MarketDataFeed({
      ...{ level: 'L2', depth: FIX_DEPTH, requestPrefix: 'D', bookLimits: BOOK_LIMITS },
      symbols: venue.symbols as readonly TradingSymbol[],
      limits: { ...DEFAULT_MARKET_DATA_LIMITS, checkIntervalMs: 1_000 },
    });
    this.#subscriber = venue.service.subscriber();
    const send = (message: OutboundMessage) => {
      const isBook = message.msgType === 'X' || message.msgType === 'W';
      this.deliver({ type: 'Message', message: this.#overWire(message) }, isBook);
      return { ok: true, value: { msgSeqNum: this.#sent } } as const;
    };
    this.#subscriber.attach({ send } as unknown as FixSession);
    this.comeUp();
  }

  get books(): BookPort {
    return this.feed;
  }

  protected wakeAt(): number | undefined {
    return this.feed.nextWakeAt();
  }

  protected goDown(): void {
    this.#subscriber.application.onLoggedOut('cut' as never);
    this.give({ type: 'LoggedOut' });
  }

  protected comeUp(): void {
    this.#subscriber.application.onLoggedOn(undefined as never);
    this.give({ type: 'LoggedOn' });
  }

  protected step(input: MarketDataInput): void {
    for (const output of this.feed.step(input, monotonicMs(this.venue.now)))
      if (output.type === 'Send')
        this.#subscriber.application.onMessage(this.#overWire(output.message), undefined as never);
  }

  /** Through the real codec, so that the books are made of bytes. */
  #overWire({ msgType, fields }: OutboundMessage): FixMessage {
    this.#sent += 1;
    const header = {
      ...{ beginString: 'FIX.4.4', msgType, msgSeqNum: this.#sent },
      ...{ senderCompID: 'KRAKEN-DRV-MD', targetCompID: 'FATHOM-DRV' },
      sendingTime: '20261122-12:00:00.000',
    };
    const frame = this.#encoder.encode(header, fields);
    if (!frame.ok) throw new Error(`35=${msgType}: ${frame.error.type} ${frame.error.tag}`);
    this.#decoder.push(frame.value);
    const decoded = this.#decoder.next();
    if (decoded?.type !== 'Message') throw new Error(`35=${msgType} cannot be read`);
    return decoded.message;
  }
}

export type BookLine = WebSocketLine | FixLine;

/**
 * Where a line's books differ from the simulator's, each difference in words; levels beyond `depth`
 * are not looked at.
 */
export const differences = (line: BookLine, depth: number): readonly string[] =>
  line.venue.symbols.flatMap((symbol): readonly string[] => {
    const book = line.books.book(symbol as TradingSymbol);
    const health = book?.health(monotonicMs(line.venue.now));
    if (book === undefined || health !== 'Healthy') return [`${symbol} is ${health ?? 'absent'}`];
    const theirs = line.venue.exchange.queries.book(symbol, depth);
    return (
      [
        ['Bid', theirs?.bids ?? []],
        ['Offer', theirs?.asks ?? []],
      ] as const
    ).flatMap(([side, levels]) => {
      const ours = book.depth(side, depth).map(({ price, qty }) => `${price} ${qty}`);
      const wanted = levels.map(
        ({ price, size }) => `${toDecimalText(price) ?? ''} ${toDecimalText(size) ?? ''}`,
      );
      return ours.join() === wanted.join()
        ? []
        : [`${symbol} ${side}: ${ours.join()} is not ${wanted.join()}`];
    });
  });

export const depthOf = (line: BookLine): number => (line instanceof FixLine ? FIX_DEPTH : 10_000);
