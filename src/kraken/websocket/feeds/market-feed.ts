import { type BookPort } from '../../../domain/book.ts';
import { type TradingSymbol } from '../../../domain/ids.ts';
import { type MonotonicMs, monotonicMs } from '../../../lib/time.ts';
import { BookKeeper, type BookKeeperLimits, type ResyncRequest } from '../../books/book-keeper.ts';
import { type FeedStepper } from '../connection/feed-driver.ts';
import {
  type FeedInput,
  type FeedOptions,
  type FeedOutput,
  type FeedStatus,
} from '../connection/feed-types.ts';
import { FeedMachine } from '../connection/feed-machine.ts';

/** Interval of the check for crossed and stale books. */
const CHECK_INTERVAL_MS = 250;

export interface MarketFeedOptions extends FeedOptions {
  readonly bookLimits?: BookKeeperLimits;
}

/** A book that needs a new snapshot. A snapshot with an unreadable level does not count. */
interface Asked {
  readonly symbol: TradingSymbol;
  readonly reason: ResyncRequest['reason'] | 'BadSnapshot';
}

/**
 * A feed machine with the books that it feeds. It resynchronizes books with a gap, crossed and
 * silent ones, and voids all of them when the connection is lost. Pure.
 */
export class MarketFeed implements FeedStepper {
  readonly #machine: FeedMachine;
  readonly #keeper: BookKeeper;
  #checkAt: MonotonicMs | undefined;

  constructor(options: MarketFeedOptions) {
    this.#machine = new FeedMachine(options);
    const symbols = options.subscriptions
      .filter(({ feed }) => feed === 'book')
      .flatMap(({ products }) => products as readonly TradingSymbol[]);
    this.#keeper = new BookKeeper(symbols, options.bookLimits);
  }

  get books(): BookPort & Pick<BookKeeper, 'counters' | 'lastSeq'> {
    return this.#keeper;
  }

  /** As in `status`, without building it. */
  get isPublicUp(): boolean {
    return this.#machine.isPublicUp;
  }

  status(): FeedStatus {
    return this.#machine.status();
  }

  step(input: FeedInput, at: MonotonicMs): readonly FeedOutput[] {
    if (input.type === 'Subscribe' && input.subscription.feed === 'book')
      for (const product of input.subscription.products) this.#keeper.add(product as TradingSymbol);
    const outputs = this.#digest(this.#machine.step(input, at), at);
    if (this.#checkAt !== undefined && at < this.#checkAt) return outputs;
    this.#checkAt = monotonicMs(at + CHECK_INTERVAL_MS);
    const asked = this.#keeper.check(at);
    return asked.length === 0 ? outputs : [...outputs, ...this.#resync(asked, at)];
  }

  nextWakeAt(): MonotonicMs | undefined {
    const machineAt = this.#machine.nextWakeAt();
    if (machineAt === undefined || this.#checkAt === undefined) return machineAt;
    const isReady = this.#keeper.size > 0 && this.#machine.phase === 'Ready';
    return isReady ? monotonicMs(Math.min(machineAt, this.#checkAt)) : machineAt;
  }

  /** Applies outputs to the books. The outputs of a resync follow. */
  #digest(outputs: readonly FeedOutput[], at: MonotonicMs): readonly FeedOutput[] {
    const asked = outputs.flatMap((output) => {
      const request = this.#apply(output, at);
      return request === undefined ? [] : [request];
    });
    return asked.length === 0 ? outputs : [...outputs, ...this.#resync(asked, at)];
  }

  #resync(requests: readonly Asked[], at: MonotonicMs): readonly FeedOutput[] {
    return requests.flatMap(({ symbol: product, reason }) => {
      const isItsOwn = reason === 'Crossed' || reason === 'BadSnapshot';
      const input = { type: 'Resync', feed: 'book', product, isItsOwn } as const;
      return this.#digest(this.#machine.step(input, at), at);
    });
  }

  #apply(output: FeedOutput, at: MonotonicMs): Asked | undefined {
    switch (output.type) {
      case 'Event':
        return this.#onEvent(output, at);
      case 'ConnectionLost':
        this.#keeper.voidAll();
        return undefined;
      case 'SubscriptionChanged':
        if (output.feed === 'book') this.#onSubscription(output, at);
        return undefined;
      default:
        return undefined;
    }
  }

  #onEvent({ event }: Extract<FeedOutput, { type: 'Event' }>, at: MonotonicMs): Asked | undefined {
    if (event.type === 'BookUpdate') return this.#keeper.applyUpdate(event.symbol, event, at);
    if (event.type !== 'BookSnapshot') return undefined;
    if (!event.isComplete) return { symbol: event.symbol, reason: 'BadSnapshot' };
    this.#keeper.applySnapshot(event.symbol, event, at);
    return undefined;
  }

  #onSubscription(
    { product, state }: Extract<FeedOutput, { type: 'SubscriptionChanged' }>,
    at: MonotonicMs,
  ): void {
    const symbol = product as TradingSymbol;
    if (state === 'Requested') this.#keeper.expectSnapshot(symbol, at);
    if (state === 'Refused' || state === 'Unanswered' || state === 'Down')
      this.#keeper.void(symbol);
  }
}
