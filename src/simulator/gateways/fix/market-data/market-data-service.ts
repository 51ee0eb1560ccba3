import { type FixMessage } from '../../../../fix/codec/fix-message.ts';
import {
  type FixSession,
  type SessionApplication,
} from '../../../../fix/session/model/session-types.ts';
import { invariant } from '../../../../lib/invariant.ts';
import { type EpochMs, type Timers } from '../../../../lib/time.ts';
import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type BookFaults } from '../../../faults/book-faults.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { type InstrumentSpec } from '../../../exchange/model/instruments/instrument.ts';
import { type SecurityListService, makeSecurityListService } from './market-data-list.ts';
import {
  checksumOf,
  increment,
  precisionOf,
  type PrintedTrade,
  requestReject,
  snapshot,
  unknownSubscription,
} from './market-data-messages.ts';
import {
  type DepthLevel,
  type MarketDataSubscribe,
  parseMarketDataRequest,
} from './market-data-request.ts';
import {
  type BookEntry,
  changesBetween,
  ChangeTimes,
  QueueTimes,
  windowOf,
} from './market-data-window.ts';
import { unsupportedMessage } from '../trading/trading-reports.ts';

interface MarketDataServiceDeps {
  readonly level: DepthLevel;
  readonly queries: ExchangeQueries;
  readonly now: () => EpochMs;
  readonly timers: Timers;
  /**
   * A session that subscribes to nothing for this long after its Logon is dropped [fix 1.9];
   * `undefined`: never.
   */
  readonly idleDropMs: number | undefined;
  /** Faults of book updates; none when left out. */
  readonly bookFaults?: BookFaults;
  /** Longer instrument lists come in parts [fix 4.10]. */
  readonly listFragmentMax: number;
}

/** One symbol of one MDReqID(262). */
interface BookSubscription {
  readonly symbol: string;
  readonly request: MarketDataSubscribe;
  /** The entries that the client holds, by MDEntryID(278). */
  sent: ReadonlyMap<string, BookEntry>;
}

interface Subscriber {
  session: FixSession | undefined;
  readonly subscriptions: Map<string, readonly BookSubscription[]>;
  readonly securities: SecurityListService;
  idle: { readonly cancel: () => void } | undefined;
}

/**
 * The market data side of the FIX gateway, one per level: V and x in; W, X, Y and y out
 * [fix 4.9, 4.10].
 */
export class MarketDataService {
  readonly #deps: MarketDataServiceDeps;
  readonly #subscribers: Subscriber[] = [];
  readonly #specBySymbol: ReadonlyMap<string, InstrumentSpec>;
  readonly #times = { queue: new QueueTimes(), changes: new ChangeTimes() };

  constructor(deps: MarketDataServiceDeps) {
    this.#deps = deps;
    const specs = deps.queries.instruments();
    this.#specBySymbol = new Map(specs.map((spec) => [spec.symbol, spec]));
    for (const { symbol } of deps.level === 'L3' ? specs : [])
      for (const { orderId, at } of deps.queries.bookOrders(symbol))
        this.#times.queue.joined(orderId, at);
  }

  /** The application of a client's session; `attach` it to the session made with it. */
  subscriber(): {
    readonly application: Pick<SessionApplication, 'onLoggedOn' | 'onLoggedOut' | 'onMessage'>;
    readonly attach: (session: FixSession) => void;
  } {
    const { queries, listFragmentMax } = this.#deps;
    const subscriber: Subscriber = {
      session: undefined,
      subscriptions: new Map(),
      securities: makeSecurityListService(queries, listFragmentMax),
      idle: undefined,
    };
    this.#subscribers.push(subscriber);
    return {
      attach: (session) => {
        subscriber.session = session;
      },
      application: {
        onLoggedOn: () => {
          this.#forget(subscriber);
          this.#watchIdleness(subscriber);
        },
        // Market data subscriptions die with the connection [fix 1.9].
        onLoggedOut: () => {
          this.#forget(subscriber);
        },
        onMessage: (message) => {
          this.#onMessage(subscriber, message);
        },
      },
    };
  }

  /** Takes the events of one command; sends at most one X per subscription. */
  onBatch(events: readonly ExchangeEvent[]): void {
    const tradesBySymbol = new Map<string, PrintedTrade[]>();
    for (const event of events) {
      const symbol = this.#note(event);
      if (symbol === undefined) continue;
      const trades = tradesBySymbol.get(symbol) ?? [];
      tradesBySymbol.set(symbol, trades);
      if (event.type === 'Trade')
        trades.push({ trade: event.trade, takerOrderType: event.taker.order.orderType });
    }
    for (const [symbol, trades] of tradesBySymbol) this.#update(symbol, trades);
  }

  /** Updates the queue and the instrument lists; returns the symbol whose market data changed. */
  #note(event: ExchangeEvent): string | undefined {
    switch (event.type) {
      case 'BookChanged':
        this.#noteBook(event);
        return event.symbol;
      case 'Trade':
        return event.trade.symbol;
      case 'MarketStateChanged':
        for (const { securities, session } of this.#subscribers)
          for (const message of securities.onMarketState(event.symbol)) session?.send(message);
        return undefined;
      default:
        return undefined;
    }
  }

  #noteBook(event: EventOf<'BookChanged'>): void {
    const { queue, changes } = this.#times;
    const { symbol, side, price, orderId, change, at } = event;
    if (change === 'add') queue.joined(orderId, at);
    else if (change === 'delete') queue.left(orderId);
    if (this.#deps.level === 'L3') {
      changes.note(symbol, orderId, { at, isGone: change === 'delete' });
      return;
    }
    const id = `${side === 'buy' ? 'B' : 'O'}${price}`;
    changes.note(symbol, id, { at, isGone: event.levelSize === '0' });
  }

  #update(symbol: string, trades: readonly PrintedTrade[]): void {
    for (const subscriber of this.#subscribers)
      for (const subscriptions of subscriber.subscriptions.values())
        for (const subscription of subscriptions)
          if (subscription.symbol === symbol) this.#increment(subscriber, subscription, trades);
  }

  #increment(
    subscriber: Subscriber,
    subscription: BookSubscription,
    all: readonly PrintedTrade[],
  ): void {
    const { symbol, request, sent } = subscription;
    const trades = request.withTrades ? all : [];
    const entries = request.withBook ? this.#window(subscription) : [];
    const sizes = this.#sizesLeft(symbol, sent, entries);
    const changes = changesBetween(sent, entries, ({ id }) => sizes.get(id) ?? '0');
    if (trades.length === 0 && changes.length === 0) return;
    subscription.sent = byId(entries);
    const checksum = changes.length === 0 ? '' : this.#checksum(symbol);
    const subject = { mdReqID: request.mdReqID, symbol, at: this.#deps.now() };
    const { bookFaults, level } = this.#deps;
    const message = increment(subject, trades, { changes, checksum });
    const about = { channel: level === 'L2' ? 'l2' : 'l3', symbol } as const;
    const delivered = bookFaults === undefined ? message : bookFaults.onIncrement(message, about);
    if (delivered !== undefined) subscriber.session?.send(delivered);
  }

  /** Sizes of entries that left the subscribed depth and are still in the book. */
  #sizesLeft(
    symbol: string,
    sent: ReadonlyMap<string, BookEntry>,
    entries: readonly BookEntry[],
  ): ReadonlyMap<string, string> {
    const ids = new Set(entries.map(({ id }) => id));
    if ([...sent.keys()].every((id) => ids.has(id))) return NO_SIZES;
    const { queries, level } = this.#deps;
    const all = windowOf(queries, { symbol, level, depth: Number.POSITIVE_INFINITY }, this.#times);
    return new Map(all.map(({ id, size }) => [id, size]));
  }

  #onMessage(subscriber: Subscriber, message: FixMessage): void {
    switch (message.msgType) {
      case 'V':
        this.#onRequest(subscriber, message);
        return;
      case 'x':
        for (const answer of subscriber.securities.onRequest(message))
          subscriber.session?.send(answer);
        return;
      case '3':
        return;
      default:
        subscriber.session?.send(unsupportedMessage(message));
    }
  }

  #onRequest(subscriber: Subscriber, message: FixMessage): void {
    const request = parseMarketDataRequest(message, this.#deps.level);
    if (!request.ok) subscriber.session?.send(requestReject(request.error));
    else if (request.value.type === 'Subscribe') this.#subscribe(subscriber, request.value);
    else if (!subscriber.subscriptions.delete(request.value.mdReqID))
      subscriber.session?.send(unknownSubscription(request.value.mdReqID));
  }

  #subscribe(subscriber: Subscriber, request: MarketDataSubscribe): void {
    const { mdReqID, symbols } = request;
    const unknown = symbols.find((symbol) => !this.#specBySymbol.has(symbol));
    if (subscriber.subscriptions.has(mdReqID)) {
      subscriber.session?.send(requestReject({ mdReqID, reason: 'DuplicateMDReqID', detail: '' }));
      return;
    }
    if (unknown !== undefined) {
      subscriber.session?.send(
        requestReject({ mdReqID, reason: 'UnknownSymbol', detail: unknown }),
      );
      return;
    }
    subscriber.idle?.cancel();
    const subscriptions = symbols.map((symbol): BookSubscription => ({
      ...{ symbol, request, sent: new Map() },
    }));
    subscriber.subscriptions.set(mdReqID, subscriptions);
    for (const subscription of request.withBook ? subscriptions : []) {
      const entries = this.#window(subscription);
      subscription.sent = byId(entries);
      const subject = { mdReqID, symbol: subscription.symbol, at: this.#deps.now() };
      subscriber.session?.send(snapshot(subject, entries));
    }
  }

  #window({ symbol, request }: BookSubscription): readonly BookEntry[] {
    const { queries, level } = this.#deps;
    return windowOf(queries, { symbol, level, depth: request.depth }, this.#times);
  }

  #checksum(symbol: string): string {
    const spec = this.#specBySymbol.get(symbol);
    const book = this.#deps.queries.book(symbol, CHECKSUM_LEVELS);
    invariant(spec !== undefined && book !== undefined, `${symbol} is listed`);
    return checksumOf(book, precisionOf(spec));
  }

  #forget(subscriber: Subscriber): void {
    subscriber.subscriptions.clear();
    subscriber.securities.forget();
    subscriber.idle?.cancel();
    subscriber.idle = undefined;
  }

  #watchIdleness(subscriber: Subscriber): void {
    const { idleDropMs, timers } = this.#deps;
    if (idleDropMs === undefined) return;
    subscriber.idle = timers.set(idleDropMs, () => {
      subscriber.session?.logout('No market data subscription');
    });
  }
}

const CHECKSUM_LEVELS = 10;
const NO_SIZES: ReadonlyMap<string, string> = new Map();

const byId = (entries: readonly BookEntry[]): ReadonlyMap<string, BookEntry> =>
  new Map(entries.map((entry) => [entry.id, entry]));
