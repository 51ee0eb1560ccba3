import { type MonotonicMs, monotonicMs } from '../../../../lib/time.ts';
import {
  FEEDS_WITH_SNAPSHOT,
  type FeedSubscription,
  isPrivateFeed,
  NEVER_SILENT_FEEDS,
  PRIVATE_FEEDS,
} from '../feed-types.ts';
import { type Retry, retryWaitMs } from '../retry-limits.ts';
import {
  type Entry,
  isResting,
  keyOf,
  newEntry,
  type Subscription,
  type SubscriptionState,
} from './subscription.ts';

/** The subscriptions of one connection with their states. */
export class SubscriptionTable {
  readonly #entries = new Map<string, Entry>();
  /** How many entries wait for something. While it is 0, no search is needed. */
  #unsettled = 0;
  #resting = 0;
  #watched = 0;
  /** Feeds that replace a refused feed on this connection. */
  readonly #replacedBySubstitute = new Map<string, string>();
  /**
   * How many there are and how many of them are Live. Kept up to date, because it is read after
   * every frame.
   */
  readonly #counts = { private: { all: 0, live: 0 }, public: { all: 0, live: 0 } };

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
        this.#watched += Number(NEVER_SILENT_FEEDS.has(feed));
        this.#countsOf(feed).all++;
      } else if (known.isEnding) known.isEnding = false;
    }
  }

  /** Replaces a refused feed by another one until the next connection. */
  replaceFeed(feed: string, substitute: string): void {
    this.#delete(keyOf(feed, ''));
    this.add(substitute, []);
    this.#replacedBySubstitute.set(substitute, feed);
  }

  get(feed: string, product: string): Subscription | undefined {
    return this.#entries.get(keyOf(feed, product));
  }

  all(): readonly Subscription[] {
    return [...this.#entries.values()];
  }

  /** Starts a new connection: nothing is subscribed, and every subscription is wanted again. */
  restart(): void {
    for (const [key, entry] of this.#entries) {
      // Silence belonged to the old connection. A refusal belongs to the product.
      entry.isUncertain = entry.isRefused;
      if (entry.isEnding) this.#delete(key);
      else this.#to(entry, 'Wanted');
      entry.hasData = false;
      entry.failures = 0;
    }
    for (const [substitute, feed] of this.#replacedBySubstitute) {
      this.#delete(keyOf(substitute, ''));
      this.add(feed, []);
    }
    this.#replacedBySubstitute.clear();
  }

  /**
   * The next products of one feed in `state`, at most `productsMax`; an uncertain product is alone
   * in its batch.
   */
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
    if (state === 'Requested') entry.hasData = false;
  }

  /**
   * Takes an acknowledgement. With `isProven` false the venue only said "already subscribed", so
   * the first frame of any kind has to prove it.
   */
  acknowledge(feed: string, product: string, at: MonotonicMs, isProven = true): void {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined || entry.state === 'Live' || entry.state === 'Leaving') return;
    entry.acknowledgedAt = at;
    const isComplete = entry.hasData || (isProven && !FEEDS_WITH_SNAPSHOT.has(feed));
    if (isComplete) this.#live(entry, at);
    else this.#to(entry, 'Acknowledged');
  }

  /**
   * Takes the first full frame, before or after the acknowledgement. True when the subscription
   * becomes Live.
   */
  snapshotCame(feed: string, product: string, at: MonotonicMs): boolean {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return false;
    entry.hasData = true;
    entry.heardAt = at;
    if (entry.state === 'Live') entry.failures = 0;
    if (entry.state !== 'Acknowledged') return false;
    this.#live(entry, at);
    return true;
  }

  /** Ends an unsubscribe: removed, or wanted again, after a wait when it failed before. */
  left(feed: string, product: string, at: MonotonicMs, retry: Retry): void {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry?.state !== 'Leaving') return;
    if (entry.isEnding) this.#delete(keyOf(feed, product));
    else if (entry.failures === 0) this.#to(entry, 'Wanted');
    else this.#rest(entry, 'Unanswered', monotonicMs(at + retryWaitMs(entry.failures, retry)));
  }

  /** Marks it for an unsubscribe. With `isEnding` false it is subscribed again afterwards. */
  leave(feed: string, product: string, isEnding: boolean): boolean {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return false;
    entry.isEnding ||= isEnding;
    if (entry.state === 'Wanted' || isResting(entry.state)) {
      if (isEnding) this.#delete(keyOf(feed, product));
      return isEnding;
    }
    this.#to(entry, 'Leaving');
    return true;
  }

  /**
   * Unsubscribes what brings no data and requests it again after a growing wait. Returns the
   * failures in a row.
   */
  leaveUnheard(feed: string, product: string): number {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return 1;
    entry.failures++;
    this.#to(entry, 'Leaving');
    return entry.failures;
  }

  /**
   * Records a failed request. Returns when it is repeated: the wait doubles with each failure in a
   * row.
   */
  fail(
    feed: string,
    product: string,
    at: MonotonicMs,
    { state, retry }: { readonly state: 'Refused' | 'Unanswered'; readonly retry: Retry },
  ): MonotonicMs | undefined {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return undefined;
    if (entry.isEnding) {
      this.#delete(keyOf(feed, product));
      return undefined;
    }
    entry.failures++;
    // What failed twice may make the whole request fail.
    entry.isRefused ||= state === 'Refused';
    entry.isUncertain ||= entry.isRefused || entry.failures > 1;
    this.#rest(entry, state, monotonicMs(at + retryWaitMs(entry.failures, retry)));
    return entry.retryAt;
  }

  /**
   * Requests it alone and at once, because one product of a request is wrong and the venue does not
   * name it.
   */
  askAlone(feed: string, product: string): void {
    const entry = this.#entries.get(keyOf(feed, product));
    if (entry === undefined) return;
    entry.isUncertain = true;
    this.#to(entry, 'Wanted');
  }

  /** Makes what has waited long enough wanted again. Returns it. */
  wakeDue(at: MonotonicMs): readonly Subscription[] {
    if (this.#resting === 0) return [];
    const due = [...this.#entries.values()].filter(
      ({ state, retryAt }) => isResting(state) && retryAt !== undefined && retryAt <= at,
    );
    for (const entry of due) this.#to(entry, 'Wanted');
    return due;
  }

  /** The earliest time of a repeated request. */
  nextRetryAt(): MonotonicMs | undefined {
    return this.#resting === 0 ? undefined : this.#earliest(({ retryAt }) => retryAt);
  }

  /** Acknowledged `afterMs` ago or longer and still without a full frame. */
  overdue(afterMs: number, at: MonotonicMs): readonly Subscription[] {
    return [...this.#entries.values()].filter(
      ({ state, acknowledgedAt }) =>
        state === 'Acknowledged' && (acknowledgedAt ?? 0) + afterMs <= at,
    );
  }

  /** Live and without a frame for longer than their feed may be. */
  silent(
    silenceMsMaxOf: (feed: string) => number | undefined,
    at: MonotonicMs,
  ): readonly Subscription[] {
    return [...this.#entries.values()].filter(({ feed, state, heardAt }) => {
      const silenceMsMax = state === 'Live' ? silenceMsMaxOf(feed) : undefined;
      return silenceMsMax !== undefined && (heardAt ?? 0) + silenceMsMax <= at;
    });
  }

  /** There is at least one such feed, and each is Live. */
  isLive(side: 'private' | 'public'): boolean {
    const { all, live } = this.#counts[side];
    return all > 0 && live === all;
  }

  get isAllLive(): boolean {
    return this.#unsettled === 0 && this.#resting === 0;
  }

  /** The venue has accepted something on this connection. */
  get isAnyHeld(): boolean {
    return this.all().some(({ state }) => state === 'Live' || state === 'Acknowledged');
  }

  /** At least one feed is watched for silence. */
  get isWatching(): boolean {
    return this.#watched > 0;
  }

  /** Everything is Live, or waits to be requested again. */
  get isSettled(): boolean {
    return this.#unsettled === 0;
  }

  /** The earliest acknowledgement that still lacks its full frame. */
  oldestAcknowledgedAt(): MonotonicMs | undefined {
    return this.#earliest(({ state, acknowledgedAt }) =>
      state === 'Acknowledged' ? acknowledgedAt : undefined,
    );
  }

  #earliest(timeOf: (entry: Entry) => MonotonicMs | undefined): MonotonicMs | undefined {
    let earliest: MonotonicMs | undefined;
    for (const entry of this.#entries.values()) {
      const at = timeOf(entry);
      if (at !== undefined && (earliest === undefined || at < earliest)) earliest = at;
    }
    return earliest;
  }

  #live(entry: Entry, at: MonotonicMs): void {
    this.#to(entry, 'Live');
    entry.heardAt = at;
    if (!entry.hasData) return;
    entry.failures = 0;
    entry.isRefused = false;
    entry.isUncertain = false;
  }

  #rest(entry: Entry, state: 'Refused' | 'Unanswered', retryAt: MonotonicMs): void {
    this.#to(entry, state);
    entry.retryAt = retryAt;
  }

  #to(entry: Entry, state: SubscriptionState): void {
    this.#count(entry, -1);
    entry.state = state;
    entry.retryAt = undefined;
    this.#count(entry, 1);
  }

  #count({ feed, state }: Entry, change: 1 | -1): void {
    if (state === 'Live') this.#countsOf(feed).live += change;
    else if (isResting(state)) this.#resting += change;
    else this.#unsettled += change;
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#count(entry, -1);
    this.#watched -= Number(NEVER_SILENT_FEEDS.has(entry.feed));
    this.#countsOf(entry.feed).all--;
    this.#entries.delete(key);
  }

  #countsOf(feed: string): { all: number; live: number } {
    return this.#counts[isPrivateFeed(feed) ? 'private' : 'public'];
  }
}
