import { type MonotonicMs } from '../../../../lib/time.ts';

/**
 * Wanted: to be requested. Requested: sent, not answered. Acknowledged: answered, without its first
 * full frame. Live: answered, with data. Leaving: to be unsubscribed. Refused: the venue refused
 * it. Unanswered: the venue did not answer, or sent no data. Refused and Unanswered ones are
 * requested again.
 */
export type SubscriptionState =
  'Wanted' | 'Requested' | 'Acknowledged' | 'Live' | 'Leaving' | 'Refused' | 'Unanswered';

export interface Subscription {
  readonly feed: string;
  /** Empty for feeds without products. */
  readonly product: string;
  readonly state: SubscriptionState;
  /** Removed after the unsubscribe instead of subscribed again. */
  readonly isEnding: boolean;
  /**
   * Refused and Unanswered: when it is requested again on this connection. `undefined`: on the next
   * connection.
   */
  readonly retryAt: MonotonicMs | undefined;
}

/** A subscription with the bookkeeping of the table. */
export interface Entry extends Subscription {
  state: SubscriptionState;
  isEnding: boolean;
  hasData: boolean;
  /** Failed requests in a row on this connection. */
  failures: number;
  /** The venue refused it, and has sent no data since. */
  isRefused: boolean;
  /** Needs a request of its own. */
  isUncertain: boolean;
  acknowledgedAt: MonotonicMs | undefined;
  retryAt: MonotonicMs | undefined;
  /** When it became Live or had its last frame. Kept for feeds that are watched for silence. */
  heardAt: MonotonicMs | undefined;
}

/** It waits to be requested again. */
export const isResting = (state: SubscriptionState): state is 'Refused' | 'Unanswered' =>
  state === 'Refused' || state === 'Unanswered';

export const keyOf = (feed: string, product: string): string => `${feed} ${product}`;

export const newEntry = (feed: string, product: string): Entry => ({
  feed,
  product,
  state: 'Wanted',
  isEnding: false,
  hasData: false,
  failures: 0,
  isRefused: false,
  isUncertain: false,
  acknowledgedAt: undefined,
  retryAt: undefined,
  heardAt: undefined,
});
