import { type MonotonicMs } from '../../../../lib/time.ts';

/**
 * Wanted: to be asked for. Requested: asked, not answered. Acknowledged: answered, first full frame
 * outstanding. Live: both came. Leaving: to be unsubscribed. Refused: the venue said no.
 * Unanswered: it said nothing, or sent no data. Both are asked for again.
 */
export type SubscriptionState =
  'Wanted' | 'Requested' | 'Acknowledged' | 'Live' | 'Leaving' | 'Refused' | 'Unanswered';

export interface Subscription {
  readonly feed: string;
  /** Empty for feeds without products. */
  readonly product: string;
  readonly state: SubscriptionState;
  /** Gone after the unsubscribe instead of subscribed again. */
  readonly isEnding: boolean;
  /**
   * Refused and Unanswered: when it is asked for again on this connection; `undefined`: on the next
   * one.
   */
  readonly retryAt: MonotonicMs | undefined;
}

/** What the table knows of a subscription beside what it shows. */
export interface Entry extends Subscription {
  state: SubscriptionState;
  isEnding: boolean;
  hasData: boolean;
  /** Requests in a row that came to nothing on this connection. */
  failures: number;
  /** The venue said no to it, and has sent no data since. */
  isRefused: boolean;
  /** To be sent in a request of its own. */
  isUncertain: boolean;
  acknowledgedAt: MonotonicMs | undefined;
  retryAt: MonotonicMs | undefined;
  /** When it became Live or had its last frame, of feeds that are watched for silence. */
  heardAt: MonotonicMs | undefined;
}

/** It waits to be asked for again. */
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
