import { type EpochMs, parseUtcTimestamp } from '../../lib/time.ts';
import { type CallEffect } from '../session/model/effect.ts';
import {
  type LoggedOut,
  type SessionNotice,
  type SessionView,
} from '../session/model/session-types.ts';
import { type SessionState } from '../session/model/state.ts';

const CAUSE: Readonly<Record<LoggedOut['cause'], string>> = {
  LogoutByPeer: 'the peer logged out',
  LogoutByUs: 'we logged out',
  Disconnected: 'connection lost',
  TimedOut: 'the peer fell silent',
  LogonRefused: 'Logon refused',
  LogonTimedOut: 'Logon not answered in time',
  Halted: 'cut by us',
};

/** Since when a session is as it is, and why: for people, beside what the machine needs. */
export class SessionStanding {
  #phase: SessionView['phase'] = 'Disconnected';
  #since: EpochMs;
  #reason: string | undefined;
  #ended: LoggedOut | undefined;

  constructor(at: EpochMs) {
    this.#since = at;
  }

  /** After every step of the session. */
  onStep({ phase, haltText }: SessionState, at: EpochMs): void {
    if (phase !== this.#phase) this.#since = at;
    this.#phase = phase;
    if (haltText !== undefined) this.#reason = `halted: ${haltText}`;
  }

  /** A call to the session's owner. */
  onCall(call: CallEffect): void {
    if (call.type === 'LoggedOn') this.#reason = undefined;
    if (call.type !== 'LoggedOut') return;
    this.#ended = call.info;
    this.#reason = endText(call.info);
  }

  /** No connection came about. */
  onAttemptFailed(reason: string): void {
    this.#reason = reason;
  }

  view(): Pick<SessionView, 'since' | 'reason'> {
    return {
      since: this.#since,
      ...(this.#reason !== undefined && this.#phase !== 'LoggedOn' && { reason: this.#reason }),
    };
  }

  /**
   * The end of the last connection, once. `next`: what the session does now, `next attempt in 2 s`.
   */
  takeEnd(next: string): SessionNotice | undefined {
    const ended = this.#ended;
    this.#ended = undefined;
    if (ended === undefined) return undefined;
    const isOrderly = ended.cause === 'LogoutByUs' || ended.cause === 'LogoutByPeer';
    return {
      at: ended.at,
      severity: isOrderly ? 'info' : 'warn',
      code: isOrderly ? 'LOGGED_OUT' : 'LINK_LOST',
      text: `${endText(ended)}; ${next}`,
    };
  }
}

const endText = ({ cause, text }: LoggedOut): string =>
  text === '' ? CAUSE[cause] : `${CAUSE[cause]}: ${text}`;

/** Both Logons are exchanged. */
export const loggedOnNotice = (
  { nextSender, nextTarget }: SessionState,
  {
    peer,
    targetCompID,
    reset,
    at,
  }: {
    readonly peer: string | undefined;
    readonly targetCompID: string;
    readonly reset: boolean;
    readonly at: EpochMs;
  },
): SessionNotice => ({
  at,
  severity: 'info',
  code: 'LOGGED_ON',
  text: `logged on with ${targetCompID} at ${peer ?? 'an unknown address'}; next MsgSeqNum(34) out ${nextSender}, in ${nextTarget}${reset ? '; both began again at 1' : ''}`,
});

const CLOCK_MESSAGES = 8;

/**
 * How far the peer's clock is from ours, by SendingTime(52). The way of a message only makes the
 * peer look later than it is, so the best of the last messages counts.
 */
export class PeerClock {
  #messages: { readonly sendingTime: string; readonly at: EpochMs }[] = [];

  note(sendingTime: string | undefined, at: EpochMs): void {
    if (sendingTime === undefined) return;
    if (this.#messages.length === CLOCK_MESSAGES) this.#messages.shift();
    this.#messages.push({ sendingTime, at });
  }

  /** Of a new connection nothing is known. */
  clear(): void {
    this.#messages = [];
  }

  view(): { readonly peerClockOffsetMs?: number } {
    const offsets = this.#messages.flatMap(({ sendingTime, at }) => {
      const sentAt = parseUtcTimestamp(sendingTime);
      return sentAt === undefined ? [] : [sentAt - at];
    });
    return offsets.length === 0 ? {} : { peerClockOffsetMs: Math.max(...offsets) };
  }
}
