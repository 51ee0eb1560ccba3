import { type BookPort, type BookView } from '../../../domain/book.ts';
import { type TradingSymbol } from '../../../domain/ids.ts';
import { type FixMessage } from '../../../fix/codec/fix-message.ts';
import { type MonotonicMs, monotonicMs } from '../../../lib/time.ts';
import { InstrumentDirectory } from './market-data-directory.ts';
import { subscribeRequest, unsubscribeRequest } from './market-data-messages.ts';
import {
  parseMarketData,
  type RequestReject,
  type SnapshotMessage,
  type UpdateMessage,
} from './market-data-parser.ts';
import {
  DEFAULT_MARKET_DATA_LIMITS,
  type MarketDataInput,
  type MarketDataLimits,
  marketDataNotice,
  type MarketDataOptions,
  type MarketDataOutput,
} from './market-data-types.ts';
import { MarketDataSubscription } from './market-data-subscription.ts';

/**
 * Books over a FIX market data session [fix 4.9, 4.10]: requests the instrument list on every
 * logon, subscribes one MDReqID(262) per instrument, checks every checksum, and replaces the
 * subscription of a wrong book. Pure.
 */
export class MarketDataFeed implements BookPort {
  readonly #options: MarketDataOptions;
  readonly #limits: MarketDataLimits;
  readonly #subscriptions = new Map<string, MarketDataSubscription>();
  readonly #directory: InstrumentDirectory;
  readonly #counters = { updates: 0, snapshots: 0, foreign: 0, unchecked: 0, mismatches: 0 };
  #isLoggedOn = false;
  #requests = 0;
  #notBefore = monotonicMs(0);
  #checkAt = monotonicMs(0);

  constructor(options: MarketDataOptions) {
    this.#options = options;
    this.#limits = options.limits ?? DEFAULT_MARKET_DATA_LIMITS;
    this.#directory = new InstrumentDirectory(options.precisions ?? {}, this.#limits, () =>
      this.#nextID(),
    );
    for (const symbol of options.symbols) this.#add(symbol);
  }

  step(input: MarketDataInput, at: MonotonicMs): readonly MarketDataOutput[] {
    switch (input.type) {
      case 'LoggedOn':
        return this.#loggedOn(at);
      case 'LoggedOut':
        this.#isLoggedOn = false;
        this.#directory.loggedOut();
        for (const subscription of this.#subscriptions.values()) subscription.down();
        return [];
      case 'Message':
        return [...this.#onMessage(input.message, at), ...this.#pump(at)];
      case 'Woken':
        this.#checkAt = monotonicMs(at + this.#limits.checkIntervalMs);
        return this.#isLoggedOn ? [...this.#onTick(at), ...this.#pump(at)] : [];
      case 'Subscribe':
        this.#add(input.symbol);
        return this.#pump(at);
      case 'Unsubscribe':
        return this.#unsubscribe(input.symbol);
    }
  }

  /** When `Woken` is wanted; `undefined` while logged off. */
  nextWakeAt(): MonotonicMs | undefined {
    return this.#isLoggedOn ? this.#checkAt : undefined;
  }

  book(symbol: TradingSymbol): BookView | undefined {
    return this.#subscriptions.get(symbol)?.book.live;
  }

  symbols(): readonly TradingSymbol[] {
    return [...this.#subscriptions.values()].map(({ symbol }) => symbol);
  }

  counters(): Readonly<
    Record<'updates' | 'snapshots' | 'foreign' | 'unchecked' | 'mismatches', number>
  > {
    return { ...this.#counters };
  }

  #add(symbol: TradingSymbol): void {
    if (this.#subscriptions.has(symbol)) return;
    const { level, bookLimits } = this.#options;
    this.#subscriptions.set(symbol, new MarketDataSubscription(symbol, level, bookLimits));
  }

  #loggedOn(at: MonotonicMs): readonly MarketDataOutput[] {
    this.#isLoggedOn = true;
    this.#notBefore = at;
    this.#checkAt = monotonicMs(at + this.#limits.checkIntervalMs);
    for (const subscription of this.#subscriptions.values()) subscription.restart();
    return [...this.#directory.loggedOn(at), ...this.#pump(at)];
  }

  #nextID(): string {
    this.#requests++;
    return `${this.#options.requestPrefix}${this.#requests}`;
  }

  /**
   * Subscribes due instruments at a limited pace, once the instrument list has come or timed out.
   */
  #pump(at: MonotonicMs): readonly MarketDataOutput[] {
    if (!this.#isLoggedOn || this.#directory.isAwaited(this.symbols())) return [];
    const outputs: MarketDataOutput[] = [];
    for (const subscription of this.#subscriptions.values()) {
      if (at < this.#notBefore) break;
      if (!subscription.isDue(at)) continue;
      const mdReqID = this.#nextID();
      subscription.request(mdReqID, at);
      const { symbol } = subscription;
      const { depth, level } = this.#options;
      const message = subscribeRequest({ mdReqID, symbol, depth, level });
      outputs.push({ type: 'Send', message });
      this.#notBefore = monotonicMs(at + 1_000 / this.#limits.requestsPerSecondMax);
    }
    return outputs;
  }

  #onTick(at: MonotonicMs): readonly MarketDataOutput[] {
    const outputs = [...this.#directory.onTick(at)];
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.isOverdue(at - this.#limits.answerTimeoutMs))
        outputs.push(...this.#replace(subscription, 'NO_SNAPSHOT', at));
      const health = subscription.book.live.health(at);
      if (subscription.isLive && (health === 'Crossed' || health === 'Stale'))
        outputs.push(...this.#replace(subscription, health.toUpperCase(), at));
    }
    return outputs;
  }

  #onMessage(message: FixMessage, at: MonotonicMs): readonly MarketDataOutput[] {
    if (message.msgType === 'y') return this.#directory.onMessage(message, at);
    if (message.msgType === 'j') return this.#onBusinessReject(message);
    const data = parseMarketData(message);
    if (data === undefined) return [];
    const subscription = this.#byRequest(data.mdReqID);
    if (subscription === undefined) {
      this.#counters.foreign++;
      return [];
    }
    switch (data.type) {
      case 'RequestReject':
        return this.#refused(subscription, data, at);
      case 'Snapshot':
        return this.#onSnapshot(subscription, data, at);
      case 'Update':
        return this.#onUpdate(subscription, data, at);
    }
  }

  #byRequest(mdReqID: string): MarketDataSubscription | undefined {
    for (const subscription of this.#subscriptions.values())
      if (subscription.mdReqID === mdReqID) return subscription;
    return undefined;
  }

  #onSnapshot(
    subscription: MarketDataSubscription,
    data: SnapshotMessage,
    at: MonotonicMs,
  ): readonly MarketDataOutput[] {
    this.#counters.snapshots++;
    if (!data.isComplete) return this.#replace(subscription, 'UNREADABLE', at);
    subscription.filled();
    subscription.book.applySnapshot(data.entries, at);
    return [{ type: 'BookChanged', symbol: subscription.symbol }];
  }

  #onUpdate(
    subscription: MarketDataSubscription,
    data: UpdateMessage,
    at: MonotonicMs,
  ): readonly MarketDataOutput[] {
    this.#counters.updates++;
    const { book, symbol } = subscription;
    const traded = data.trades.map((trade) => ({ type: 'Traded', trade }) as const);
    if (!data.isComplete) return [...traded, ...this.#replace(subscription, 'UNREADABLE', at)];
    if (!subscription.isLive || data.entries.length === 0) return traded;
    book.applyUpdate(data.entries, at);
    if (!this.#isRight(subscription, data.checksum))
      return [...traded, ...this.#replace(subscription, 'CHECKSUM_MISMATCH', at)];
    return [...traded, { type: 'BookChanged', symbol }];
  }

  #isRight({ book, symbol }: MarketDataSubscription, checksum: string | undefined): boolean {
    const precision = this.#directory.precision(symbol);
    // The checksum covers ten prices a side, so a shallower subscription cannot be checked.
    const isDeep = this.#options.depth === 0 || this.#options.depth >= 10;
    if (checksum === undefined || precision === undefined || !isDeep) {
      this.#counters.unchecked++;
      return true;
    }
    if (book.agrees(checksum, precision)) return true;
    this.#counters.mismatches++;
    return false;
  }

  /**
   * Ends the subscription and requests it under a new MDReqID(262), at once or when the limit
   * allows it.
   */
  #replace(
    subscription: MarketDataSubscription,
    code: string,
    at: MonotonicMs,
  ): readonly MarketDataOutput[] {
    const outputs = this.#end(subscription);
    subscription.retry(code === 'CHECKSUM_MISMATCH' ? 'Mismatch' : 'Gap', at, this.#limits);
    return [
      marketDataNotice('warn', code, `${subscription.symbol} is subscribed anew`),
      ...outputs,
    ];
  }

  #end({ mdReqID, symbol }: MarketDataSubscription): readonly MarketDataOutput[] {
    if (mdReqID === undefined || !this.#isLoggedOn) return [];
    const { depth, level } = this.#options;
    return [{ type: 'Send', message: unsubscribeRequest({ mdReqID, symbol, depth, level }) }];
  }

  #unsubscribe(symbol: TradingSymbol): readonly MarketDataOutput[] {
    const subscription = this.#subscriptions.get(symbol);
    if (subscription === undefined) return [];
    this.#subscriptions.delete(symbol);
    subscription.down();
    return this.#end(subscription);
  }

  #refused(
    subscription: MarketDataSubscription,
    { reason, text }: RequestReject,
    at: MonotonicMs,
  ): readonly MarketDataOutput[] {
    const shown = `${subscription.symbol}: ${text || `reason ${reason}`}`;
    if (reason === DUPLICATE_MD_REQ_ID) {
      subscription.retry('Gap', at, this.#limits);
      return [marketDataNotice('warn', 'DUPLICATE_REQUEST', shown)];
    }
    subscription.refuse();
    return [marketDataNotice('error', 'SYMBOL_REFUSED', shown)];
  }

  #onBusinessReject(message: FixMessage): readonly MarketDataOutput[] {
    const subscription = this.#byRequest(message.get(379) ?? '');
    if (subscription === undefined) return [];
    subscription.refuse();
    const text = `${subscription.symbol}: ${message.get(58) ?? ''}`;
    return [marketDataNotice('error', 'SYMBOL_REFUSED', text)];
  }
}

const DUPLICATE_MD_REQ_ID = '1';
