import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { type NoticeStore } from '../../rest/stores/notice-store.ts';
import { type FeedSettings } from './feed-settings.ts';
import { NoticeFeed, isPrivateFeed, PrivateFeeds } from '../private/private-feeds.ts';
import { isProductFeed, PublicFeeds } from '../public/public-feeds.ts';
import { SequenceBase } from '../public/market-frames.ts';
import { type FeedSubscription, SubscriptionRegistry } from './subscription-registry.ts';

/** What a subscription of the feed needs: a product, an account's key, or nothing. */
type FeedKind = 'product' | 'account' | 'plain';

export const feedKind = (feed: string): FeedKind | undefined => {
  if (isProductFeed(feed)) return 'product';
  if (isPrivateFeed(feed)) return 'account';
  return feed === 'heartbeat' ? 'plain' : undefined;
};

/**
 * All feeds of the venue: takes events, sends frames to subscribers. It has no sockets and no
 * timers.
 */
export class FeedHub {
  readonly registry = new SubscriptionRegistry();
  readonly sequence = new SequenceBase();
  readonly #queries: ExchangeQueries;
  readonly #public: PublicFeeds;
  readonly #private: PrivateFeeds;

  constructor(options: {
    readonly queries: ExchangeQueries;
    readonly settings: FeedSettings;
    readonly notices: NoticeStore;
    readonly now: () => EpochMs;
  }) {
    const { queries, settings, now } = options;
    const { registry, sequence } = this;
    this.#queries = queries;
    this.#public = new PublicFeeds({ queries, registry, sequence, now });
    const notices = new NoticeFeed(options.notices);
    this.#private = new PrivateFeeds({ queries, registry, sequence, now, settings, notices });
  }

  hasProduct(symbol: string): boolean {
    return this.#queries.instrumentStatus(symbol) !== undefined;
  }

  /** The frame that a new subscription starts with, when its feed has one. */
  opening(subscription: FeedSubscription): JsonObject | undefined {
    switch (feedKind(subscription.feed)) {
      case 'product':
        return this.#public.opening(subscription);
      case 'account':
        return this.#private.opening(subscription);
      default:
        return undefined;
    }
  }

  /** Takes the events of one command. */
  onBatch(events: readonly ExchangeEvent[]): void {
    this.#public.onBatch(events);
    this.#private.onBatch(events);
  }

  onTickerRound(): void {
    this.#public.onTickerRound();
    this.#private.onValuationRound();
    this.#private.onNotices();
  }

  onHeartbeat(): void {
    this.#public.onHeartbeat();
  }

  /** Restarts the sequence numbers of book, trade and fills, as an engine restart does. */
  restartSequences(): void {
    this.sequence.restart(this.#queries);
  }
}
