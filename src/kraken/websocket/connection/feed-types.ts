import { type MonotonicMs } from '../../../lib/time.ts';
import { type Subscription, type SubscriptionState } from './requests/subscription.ts';
import { type Oddity } from '../../json/readers.ts';
import { type Finding } from '../events/finding.ts';
import { type FeedEvent, type FrameJson } from '../parse/parse-frame.ts';

/** A feed and its products. Private feeds and `heartbeat` have no products. */
export interface FeedSubscription {
  readonly feed: string;
  /** Upper case. A product that is not in the instrument list needs a subscription of its own. */
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
   * The first wait before a failed subscription is requested again on the same connection. It
   * doubles up to one of the next two.
   */
  readonly retryMsMin: number;
  /** The longest wait after a request without an answer. */
  readonly retryMsMax: number;
  /** The longest wait after a refusal. */
  readonly refusedRetryMsMax: number;
  /**
   * A Live ticker without a frame for longer is subscribed again. The venue sends one a second
   * [websocket 7.3].
   */
  readonly tickerSilenceMsMax: number;
  /** The same for the heartbeat, which comes about every 10 s [websocket 7.5]. */
  readonly heartbeatSilenceMsMax: number;
  /**
   * So many requests in a row without an answer replace a connection that carries subscriptions.
   */
  readonly unansweredMax: number;
  /** The shortest time between two such replacements. */
  readonly replaceIntervalMs: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** After a connection that lasted this long, reconnecting starts from the shortest wait. */
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

/** Signs the challenge. The secret itself never enters the machine. */
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
  'book',
  'trade',
  'fills',
  'open_orders',
  'open_orders_verbose',
  'open_positions',
  'balances',
  'account_log',
]);

/** Feeds that send frames in a quiet market too, so that silence is a fault. */
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

/** The production address [websocket 2.1]. Kraken's demo environment has ended. */
export const KRAKEN_WEBSOCKET_URL = 'wss://futures.kraken.com/ws/v1';

export type FeedInput =
  | { readonly type: 'Start' }
  | { readonly type: 'Stop' }
  | { readonly type: 'Opened' }
  /**
   * The socket closed or failed to open. `retryAfterMs`: the venue refused the connection and named
   * the time after which it may be asked again.
   */
  | { readonly type: 'Closed'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly type: 'FrameReceived'; readonly text: string }
  /** The same for a long frame, whose JSON the driver has read in slices. */
  | { readonly type: 'JsonReceived'; readonly json: FrameJson }
  | { readonly type: 'PongReceived' }
  /** The time of `nextWakeAt` has come. */
  | { readonly type: 'Woken' }
  | {
      readonly type: 'Resync';
      readonly feed: string;
      readonly product: string;
      /**
       * The content of this product's frames is wrong, not their order. A new connection would not
       * help, and would cost the other subscriptions.
       */
      readonly isItsOwn?: boolean;
    }
  | { readonly type: 'Subscribe'; readonly subscription: FeedSubscription }
  | { readonly type: 'Unsubscribe'; readonly subscription: FeedSubscription };

export interface FeedOptions {
  readonly subscriptions: readonly FeedSubscription[];
  readonly credential?: FeedCredential;
  readonly limits?: FeedLimits;
  /** Numbers from 0 up to 1, for jitter. */
  readonly random: () => number;
}

/**
 * Waiting: until the next attempt. Greeting: open, `info` not received yet. Ready: requests may be
 * sent.
 */
export type FeedPhase =
  | { readonly name: 'Stopped' }
  | { readonly name: 'Waiting'; readonly until: MonotonicMs }
  | { readonly name: 'Connecting'; readonly since: MonotonicMs }
  | { readonly name: 'Greeting'; readonly since: MonotonicMs }
  | { readonly name: 'Ready'; readonly since: MonotonicMs };

export interface FeedStatus {
  readonly phase: FeedPhase['name'];
  /** Connections opened since the start. */
  readonly epoch: number;
  readonly subscriptions: readonly Subscription[];
  /** Every private feed is acknowledged and has had its full frame. False without private feeds. */
  readonly isPrivateUp: boolean;
  readonly isPublicUp: boolean;
}

/**
 * Commands and events of the machine. The driver performs the first four. The others are for its
 * listeners.
 */
export type FeedOutput =
  | { readonly type: 'Connect' }
  /** Close without waiting for the peer. */
  | { readonly type: 'Terminate'; readonly reason: string }
  /** A request. One with `hasSecret` carries a signature and must not be logged. */
  | { readonly type: 'SendText'; readonly text: string; readonly hasSecret: boolean }
  /** An RFC 6455 ping control frame, not a JSON ping. */
  | { readonly type: 'SendPing' }
  | { readonly type: 'Event'; readonly event: FeedEvent }
  /** A known feed had a frame that could not be read. */
  | { readonly type: 'Unreadable'; readonly feed: string }
  | {
      readonly type: 'SubscriptionChanged';
      readonly feed: string;
      readonly product: string;
      readonly state: SubscriptionState | 'Down';
    }
  /** Every feed of this connection is down: books are void, order state is uncertain. */
  | { readonly type: 'ConnectionLost'; readonly reason: string }
  | { readonly type: 'Oddities'; readonly oddities: readonly Oddity[] }
  /** Private feeds only: a question or an alarm of the views. */
  | { readonly type: 'Finding'; readonly finding: Finding }
  | FeedNotice;

/** For logs, metrics and operators. */
export interface FeedNotice {
  readonly type: 'Notice';
  readonly severity: 'info' | 'warn' | 'error';
  /** Stable: CONNECTED, LOST, ALERT, ALERT_UNKNOWN, AUTHENTICATION_FAILED, PRODUCT_REFUSED, … */
  readonly code: string;
  readonly text: string;
}

export const notice = (
  severity: FeedNotice['severity'],
  code: string,
  text: string,
): FeedNotice => ({
  type: 'Notice',
  severity,
  code,
  text,
});

/** Reports a frame of unknown kind. */
export const unknownFrame = (name: string): FeedOutput => ({
  type: 'Oddities',
  oddities: [{ kind: 'UnknownField', path: `frame.${name}` }],
});
