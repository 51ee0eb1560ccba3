/** A feed and its products; no products for private feeds and `heartbeat`. */
export interface FeedSubscription {
  readonly feed: string;
  /**
   * Upper case. An uncertain product (not in the instrument list) belongs in a subscription of its
   * own.
   */
  readonly products: readonly string[];
}

/** Limits of [websocket 2.3, 2.4, 3.2], on the safe side of what the venue allows. */
export interface FeedLimits {
  readonly productsPerRequestMax: number;
  readonly requestsPerSecondMax: number;
  readonly pingIntervalMs: number;
  /** No frame of any kind for longer than this: the connection is dead. */
  readonly silenceMsMax: number;
  readonly connectTimeoutMs: number;
  readonly infoTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly unsubscribeTimeoutMs: number;
  readonly snapshotTimeoutMs: number;
  /**
   * Wait before a subscription that came to nothing is asked for again on the same connection; it
   * doubles up to the next two.
   */
  readonly retryMsMin: number;
  /** After silence. */
  readonly retryMsMax: number;
  /** After a no of the venue. */
  readonly refusedRetryMsMax: number;
  /**
   * A Live ticker without a frame for longer is subscribed again; the venue sends one a second
   * (7.3).
   */
  readonly tickerSilenceMsMax: number;
  /** The same for the heartbeat, which comes about every 10 s (7.5). */
  readonly heartbeatSilenceMsMax: number;
  /**
   * Requests in a row without any answer: while something is held, this many are needed before the
   * connection is replaced.
   */
  readonly unansweredMax: number;
  /**
   * A connection that still carries something is replaced for the sake of the rest no more often
   * than this.
   */
  readonly replaceIntervalMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** A connection that lived this long makes the next reconnect start from the shortest wait. */
  readonly stableAfterMs: number;
  readonly attemptsPerWindowMax: number;
  readonly attemptsWindowMs: number;
  /** More resyncs of one product within a minute than this: the connection is replaced. */
  readonly resyncsPerMinuteMax: number;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  productsPerRequestMax: 50,
  requestsPerSecondMax: 20,
  pingIntervalMs: 20_000,
  silenceMsMax: 30_000,
  connectTimeoutMs: 10_000,
  infoTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  unsubscribeTimeoutMs: 2_000,
  snapshotTimeoutMs: 15_000,
  retryMsMin: 2_000,
  retryMsMax: 60_000,
  refusedRetryMsMax: 600_000,
  tickerSilenceMsMax: 60_000,
  heartbeatSilenceMsMax: 45_000,
  unansweredMax: 4,
  replaceIntervalMs: 600_000,
  backoffMinMs: 1_000,
  backoffMaxMs: 30_000,
  stableAfterMs: 60_000,
  attemptsPerWindowMax: 100,
  attemptsWindowMs: 600_000,
  resyncsPerMinuteMax: 4,
};

/** What signs the challenge; the secret itself never enters the machine. */
export interface FeedCredential {
  readonly apiKey: string;
  readonly sign: (challenge: string) => string;
}

/**
 * Feeds that need a signed challenge, in the order of the recovery procedure [websocket 11.2]:
 * fills first, so that an order that vanishes from the later order snapshot already has its fills
 * in hand.
 */
export const PRIVATE_FEEDS: readonly string[] = [
  'fills',
  'open_orders_verbose',
  'open_orders',
  'open_positions',
  'balances',
  'account_log',
  'notifications_auth',
  'account_balances_and_margins',
];

/** Feeds that count as down until their first full frame has come. */
export const FEEDS_WITH_SNAPSHOT: ReadonlySet<string> = new Set([
  ...['book', 'trade', 'fills', 'open_orders', 'open_orders_verbose', 'open_positions'],
  ...['balances', 'account_log'],
]);

/** Feeds that send by themselves, whatever the market does: silence is a fault. */
export const NEVER_SILENT_FEEDS: ReadonlySet<string> = new Set([
  'ticker',
  'ticker_lite',
  'heartbeat',
]);

export const silenceMsMaxOf = (feed: string, limits: FeedLimits): number | undefined => {
  if (!NEVER_SILENT_FEEDS.has(feed)) return undefined;
  return feed === 'heartbeat' ? limits.heartbeatSilenceMsMax : limits.tickerSilenceMsMax;
};

export const isPrivateFeed = (feed: string): boolean => PRIVATE_FEEDS.includes(feed);
