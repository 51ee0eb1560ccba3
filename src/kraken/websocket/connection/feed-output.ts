import { type Oddity } from '../../json/field-reader.ts';
import { type Finding } from '../events/finding.ts';
import { type FeedEvent } from '../parse/parse-frame.ts';
import { type SubscriptionState } from './requests/subscription.ts';

/**
 * What the machine wants done or known. The driver does the first four, everybody else reads the
 * rest.
 */
export type FeedOutput =
  | { readonly type: 'Connect' }
  /** Close without waiting for the peer. */
  | { readonly type: 'Terminate'; readonly reason: string }
  /** A request; `hasSecret` ones carry a signature and must not be logged. */
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
  /** Every feed of this connection is down from here on: books void, order state uncertain. */
  | { readonly type: 'ConnectionLost'; readonly reason: string }
  | { readonly type: 'Oddities'; readonly oddities: readonly Oddity[] }
  /** Private feeds only: what the views cannot prove by themselves. */
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

/** A frame of which not even the kind is known. */
export const unknownFrame = (name: string): FeedOutput => ({
  type: 'Oddities',
  oddities: [{ kind: 'UnknownField', path: `frame.${name}` }],
});
