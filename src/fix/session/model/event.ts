import { type EpochMs, type MonotonicMs } from '../../../lib/time.ts';
import { type TooLong } from '../../codec/long-frame.ts';
import { type FixMessage } from '../../codec/fix-message.ts';

/**
 * When something happened, by both clocks: the wall clock goes on the wire, the monotonic one
 * judges time-outs.
 */
export interface Moment {
  readonly at: EpochMs;
  readonly mono: MonotonicMs;
}

/** What can happen to a session, besides its owner's sends (see send.ts). */
export type SessionEvent = Moment &
  (
    | { readonly type: 'Connected' }
    | { readonly type: 'Disconnected'; readonly text: string }
    | { readonly type: 'Received'; readonly message: FixMessage }
    /** Take the next message out of the queue behind a gap; due while `isReady(state)`. */
    | { readonly type: 'Drain' }
    | { readonly type: 'Garbled'; readonly reason: string; readonly tooLong?: TooLong | undefined }
    /**
     * A frame is incomplete, or no longer. Bytes alone do not count as a message received.
     */
    | { readonly type: 'PartialFrame'; readonly isPending: boolean }
    /** Bytes of a resend were sent: no Heartbeat(0) is due. */
    | { readonly type: 'BytesSent' }
    | { readonly type: 'Tick' }
    | { readonly type: 'LogoutAsked'; readonly text: string | undefined }
    /**
     * The store failed, or the owner halts the session. The connection is cut without Logout(5).
     */
    | { readonly type: 'HaltAsked'; readonly text: string }
    /** The owner ends the connection without Logout(5), so that a venue cancels on disconnect. */
    | { readonly type: 'CutAsked'; readonly text: string }
    /** Operator: leave the halted state. */
    | { readonly type: 'ResumeAsked' }
    /** Begin at 1 with the next Logon (141=Y). */
    | { readonly type: 'ResetAtLogonAsked' }
    | { readonly type: 'TestRequestAsked' }
    | { readonly type: 'SetNextSender'; readonly value: number }
    | { readonly type: 'SetNextTarget'; readonly value: number }
    /** Operator: both numbers to 1, now, without telling the peer. */
    | { readonly type: 'ResetAsked' }
  );

/** An event before the shell has stamped it. */
export type EventBody = SessionEvent extends infer Event
  ? Event extends SessionEvent
    ? Omit<Event, keyof Moment>
    : never
  : never;
