import { type MonotonicMs } from '../../lib/time.ts';
import {
  FEEDS_WITH_SNAPSHOT,
  isPrivateFeed,
  PRIVATE_FEEDS,
  type FeedSubscription,
} from './feed-config.ts';

/**
 * Wanted: to be asked for. Requested: asked, not answered. Acknowledged: answered, first full frame outstanding. Live: both came.
 * Leaving: to be unsubscribed. Refused: the venue said no.
 */
export type SubscriptionState =
  'Wanted' | 'Requested' | 'Acknowledged' | 'Live' | 'Leaving' | 'Refused';

export interface Subscription {
  readonly feed: string;
  /** Empty for feeds without products. */
  readonly product: string;
  readonly state: SubscriptionState;
  /** Gone after the unsubscribe instead of subscribed again. */
  readonly isEnding: boolean;
}

interface Entry extends Subscription {
  state: SubscriptionState;
  isEnding: boolean;
  hasSnapshot: boolean;
  /** Failed requests on this connection. */
  failures: number;
  /** To be sent in a request of its own. */
  isUncertain: boolean;
  acknowledgedAt: MonotonicMs | undefined;
}

/** What one connection is to carry, and how far each subscription has come. */
export class SubscriptionTable {
  readonly #entries = new Map<string, Entry>();
  /** Entries that still wait for something; nothing is searched while there is none. */
  #unsettled = 0;

  constructor(subscriptions: readonly FeedSubscription[]) {
    const order = (feed: string): number =>
      feed === 'heartbeat' ? -1 : PRIVATE_FEEDS.indexOf(feed) + (isPrivateFeed(feed) ? 0 : 100);
    const sorted = [...subscriptions].sort((a, b) => order(a.feed) - order(b.feed));
    for (const { feed, products } of sorted) this.add(feed, products);
  }

  add(feed: string, products: readonly string[]): void {
    for (const product of products.length === 0 ? [''] : products) {
      const known = this.#entries.get(keyOf(feed, product));
      if (known === undefined) {
        this.#entries.set(keyOf(feed, product), newEntry(feed, product));
        this.#unsettled++;
      } else if (known.isEnding) known.isEnding = false;
    }
  }

  /** Renames a feed that the venue does not offer. */
  replaceFeed(feed: string, substitute: string): void {
    this.#delete(keyOf(feed, ''));
    this.add(substitute, []);
  }

  get(feed: string, product: string): Subscription | undefined {
    return this.#entries.get(keyOf(feed, product));
  }

  all(): readonly Subscription[] {
    return [...this.#entries.values()];
  }

  /** A new connection: nothing is held, refusals of credentials are tried again. */
  restart(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.isEnding) this.#delete(key);
      const isLost = entry.state === 'Refused' && !isPrivateFeed(entry.feed);
      if (!isLost && !entry.isEnding) this.#to(entry, 'Wanted');
      entry.hasSnapshot = false;
      entry.failures = 0;
    }
  }

  /** The next products of one feed in `state`, at most `productsMax`; an uncertain product comes alone. */
  nextBatch(state: 'Wanted' | 'Leaving', productsMax: number): FeedSubscription | undefined {
    let batch: { feed: string; products: string[] } | undefined;
    for (const entry of this.#entries.values()) {
      if (entry.state !== state || (batch !== undefined && entry.feed !== batch.feed)) continue;
      if (entry.isUncertain && batch !== undefined) continue;
      batch ??= { feed: entry.feed, products: [] };
      batch.products.push(entry.product);
      if (entry.isUncertain || batch.products.length === productsMax) break;
    }
    return batch;
  }

  mark(feed: string, product: string, state: SubscriptionState): void {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return;
    this.#to(entry, state);
    if (state === 'Requested') entry.hasSnapshot = false;
  }

  /** The venue said yes. True when the subscription is now complete. */
  acknowledge(feed: string, product: string, at: MonotonicMs): boolean {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined || entry.state === 'Live' || entry.state === 'Leaving') return false;
    entry.acknowledgedAt = at;
    entry.failures = 0;
    const isComplete = entry.hasSnapshot || !FEEDS_WITH_SNAPSHOT.has(feed);
    this.#to(entry, isComplete ? 'Live' : 'Acknowledged');
    return isComplete;
  }

  /** The first full frame came, before or after the acknowledgement. True when the subscription is now complete. */
  snapshotCame(feed: string, product: string): boolean {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return false;
    entry.hasSnapshot = true;
    if (entry.state !== 'Acknowledged') return false;
    this.#to(entry, 'Live');
    return true;
  }

  /** Unsubscribed: gone, or wanted again. */
  left(feed: string, product: string): void {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry?.state !== 'Leaving') return;
    if (entry.isEnding) this.#delete(keyOf(feed, product));
    else this.#to(entry, 'Wanted');
  }

  /** Unsubscribe; `isEnding` false means: and subscribe again. */
  leave(feed: string, product: string, isEnding: boolean): boolean {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined || entry.state === 'Refused') return false;
    entry.isEnding ||= isEnding;
    if (entry.state === 'Wanted') {
      if (isEnding) this.#delete(keyOf(feed, product));
      return isEnding;
    }
    this.#to(entry, 'Leaving');
    return true;
  }

  /** A request failed without naming a culprit. True when it may be asked again, alone. */
  failed(feed: string, product: string, failuresMax: number): boolean {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return false;
    entry.failures++;
    entry.isUncertain = true;
    const isRefused = entry.failures > failuresMax;
    this.#to(entry, isRefused ? 'Refused' : 'Wanted');
    return !isRefused;
  }

  /** Acknowledged `afterMs` ago or longer and still without a full frame. */
  overdue(afterMs: number, at: MonotonicMs): readonly Subscription[] {
    return [...this.#entries.values()].filter(
      ({ state, acknowledgedAt }) =>
        state === 'Acknowledged' && (acknowledgedAt ?? 0) + afterMs <= at,
    );
  }

  /** There are such feeds and each of them is Live. */
  isLive(isSuch: (feed: string) => boolean): boolean {
    const own = this.all().filter(({ feed }) => isSuch(feed));
    return own.length > 0 && own.every(({ state }) => state === 'Live');
  }

  /** Everything is Live or Refused. */
  get isSettled(): boolean {
    return this.#unsettled === 0;
  }

  /** When the first of the outstanding full frames was acknowledged. */
  oldestAcknowledgedAt(): MonotonicMs | undefined {
    let oldest: MonotonicMs | undefined;
    for (const { state, acknowledgedAt } of this.#entries.values())
      if (state === 'Acknowledged' && acknowledgedAt !== undefined)
        if (oldest === undefined || acknowledgedAt < oldest) oldest = acknowledgedAt;
    return oldest;
  }

  #to(entry: Entry, state: SubscriptionState): void {
    this.#unsettled += Number(isUnsettled(state)) - Number(isUnsettled(entry.state));
    entry.state = state;
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#unsettled -= Number(isUnsettled(entry.state));
    this.#entries.delete(key);
  }
}

const isUnsettled = (state: SubscriptionState): boolean => state !== 'Live' && state !== 'Refused';

const keyOf = (feed: string, product: string): string => `${feed} ${product}`;

const newEntry = (feed: string, product: string): Entry => ({
  feed,
  product,
  state: 'Wanted',
  isEnding: false,
  hasSnapshot: false,
  failures: 0,
  isUncertain: false,
  acknowledgedAt: undefined,
});
