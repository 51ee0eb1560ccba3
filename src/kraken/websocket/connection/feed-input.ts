import { type FeedCredential, type FeedLimits, type FeedSubscription } from './feed-config.ts';
import { type MonotonicMs } from '../../../lib/time.ts';
import { type Subscription } from './requests/subscription.ts';

export type FeedInput =
  | { readonly type: 'Start' }
  | { readonly type: 'Stop' }
  | { readonly type: 'Opened' }
  /** The socket is gone, for whatever reason, also when it never opened. */
  | { readonly type: 'Closed'; readonly reason: string }
  | { readonly type: 'FrameReceived'; readonly text: string }
  | { readonly type: 'PongReceived' }
  /** The time of `nextWakeAt` has come. */
  | { readonly type: 'Woken' }
  | {
      readonly type: 'Resync';
      readonly feed: string;
      readonly product: string;
      /**
       * What this product's frames say is wrong, not how they arrive: another connection would not
       * help, and costs the others.
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
 * Waiting: for the next attempt. Greeting: open, `info` outstanding. Ready: requests may go out.
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
  /** Every private feed is acknowledged and has had its full frame. False when there is none. */
  readonly isPrivateUp: boolean;
  readonly isPublicUp: boolean;
}
