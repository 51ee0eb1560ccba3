import { type FixField, type FixMessage, type OutboundMessage } from '../../codec/fix-message.ts';
import {
  type DeliveryContext,
  type LoggedOn,
  type LoggedOut,
  type SessionNotice,
} from './session-types.ts';

/**
 * What a step asks of the shell, in this order. Calls to the owner come after everything that takes
 * an outbound number, so an owner that sends from within a call takes the next one.
 */
export type SessionEffect = WireEffect | CallEffect;

/** What touches the wire and the store. */
type WireEffect =
  | SendEffect
  | ReplayEffect
  | { readonly type: 'ResetStore' }
  | { readonly type: 'StoreNextSender'; readonly value: number }
  | { readonly type: 'StoreNextTarget'; readonly value: number }
  /** Close after everything sent before is on the wire. */
  | { readonly type: 'Disconnect' };

/** Calls to the owner. */
export type CallEffect =
  /** Hand over, then store `nextTarget` at once: the facts and the number share a commit. */
  | {
      readonly type: 'Deliver';
      readonly message: FixMessage;
      readonly context: DeliveryContext;
      readonly nextTarget: number;
    }
  | { readonly type: 'LoggedOn'; readonly info: LoggedOn }
  | { readonly type: 'LoggedOut'; readonly info: LoggedOut; readonly isRefusal: boolean }
  | { readonly type: 'Synchronized' }
  /** A held message took its number. */
  | { readonly type: 'Released'; readonly message: OutboundMessage; readonly msgSeqNum: number }
  /** Held messages that took no number; they are not sent. */
  | { readonly type: 'HeldDropped'; readonly messages: readonly OutboundMessage[] }
  | {
      readonly type: 'ResendRequested';
      readonly range: { readonly beginSeqNo: number; readonly endSeqNo: number };
    }
  | { readonly type: 'Notice'; readonly notice: SessionNotice };

/** A message with its number; SendingTime(52) is the step's time. */
export interface SendEffect {
  readonly type: 'Send';
  readonly msgSeqNum: number;
  readonly msgType: string;
  /** After the standard header. */
  readonly header: readonly FixField[];
  readonly fields: readonly FixField[];
  /** To the store, not to the wire: there is no connection, the peer will ask for it. */
  readonly isStoredOnly: boolean;
}

/** Answer the peer's ResendRequest(2) with stored messages of a closed range. */
interface ReplayEffect {
  readonly type: 'Replay';
  readonly beginSeqNo: number;
  readonly endSeqNo: number;
}
