import { defined } from '../../../../lib/defined.ts';
/** The subject of a frame, for the interceptors of faults and logs. */
export interface FrameAbout {
  readonly feed: string;
  readonly product?: string;
  readonly account?: string;
}

/** A connection as the feeds see it. */
export interface FeedSink {
  readonly id: string;
  readonly send: (text: string, about: FrameAbout) => void;
}

/** One feed of one product or account on one connection. */
export interface FeedSubscription extends FrameAbout {
  readonly sink: FeedSink;
  /** `fills` only: the products wanted; all when left out. */
  readonly filter?: ReadonlySet<string>;
  /** Frames sent so far, on feeds that count per subscription. */
  seq: number;
  /** The contents of the last frame, to find changes. */
  last: Readonly<Record<string, string>>;
}

const subscriptionKey = ({ feed, product, account }: FrameAbout): string =>
  `${feed}|${product ?? account ?? ''}`;

export class SubscriptionRegistry {
  readonly #byKey = new Map<string, Map<string, FeedSubscription>>();
  readonly #keysBySink = new Map<string, Set<string>>();

  has(sink: FeedSink, about: FrameAbout): boolean {
    return this.#byKey.get(subscriptionKey(about))?.has(sink.id) ?? false;
  }

  /** Replaces a subscription of the same feed; its numbers start again. */
  add(sink: FeedSink, about: FrameAbout, filter?: ReadonlySet<string>): FeedSubscription {
    const key = subscriptionKey(about);
    const ofKey = this.#byKey.get(key) ?? new Map<string, FeedSubscription>();
    this.#byKey.set(key, ofKey);
    const subscription: FeedSubscription = {
      sink,
      ...about,
      ...defined({ filter }),
      seq: 0,
      last: {},
    };
    ofKey.set(sink.id, subscription);
    const keys = this.#keysBySink.get(sink.id) ?? new Set();
    this.#keysBySink.set(sink.id, keys.add(key));
    return subscription;
  }

  remove(sink: FeedSink, about: FrameAbout): void {
    const key = subscriptionKey(about);
    this.#keysBySink.get(sink.id)?.delete(key);
    this.#drop(key, sink.id);
  }

  removeAll(sink: FeedSink): void {
    for (const key of this.#keysBySink.get(sink.id) ?? []) this.#drop(key, sink.id);
    this.#keysBySink.delete(sink.id);
  }

  /** Whether a connection has subscribed to a feed of this account. */
  isOfAccount(sink: FeedSink, account: string): boolean {
    for (const key of this.#keysBySink.get(sink.id) ?? [])
      if (this.#byKey.get(key)?.get(sink.id)?.account === account) return true;
    return false;
  }

  of(about: FrameAbout): Iterable<FeedSubscription> {
    return this.#byKey.get(subscriptionKey(about))?.values() ?? [];
  }

  isWanted(about: FrameAbout): boolean {
    return this.#byKey.has(subscriptionKey(about));
  }

  /** Every subscription of a feed, whatever its product or account. */
  *ofFeed(feed: string): Iterable<FeedSubscription> {
    for (const [key, subscriptions] of this.#byKey)
      if (key.startsWith(`${feed}|`)) yield* subscriptions.values();
  }

  get size(): number {
    let size = 0;
    for (const subscriptions of this.#byKey.values()) size += subscriptions.size;
    return size;
  }

  #drop(key: string, sinkId: string): void {
    const ofKey = this.#byKey.get(key);
    ofKey?.delete(sinkId);
    if (ofKey?.size === 0) this.#byKey.delete(key);
  }
}
