import { type EpochMs } from '../../../lib/time.ts';
import { type Result } from '../../../lib/result.ts';
import { type FixField, type FixMessage, type OutboundMessage } from '../../codec/fix-message.ts';

/** A Logon(A) of ours that is about to leave. */
export interface LogonToSend {
  readonly msgSeqNum: number;
  readonly at: EpochMs;
  /** The peer's Logon that it answers. */
  readonly request?: FixMessage;
}

/** The owner's side of a session. Every call is synchronous; none may throw. */
export interface SessionApplication {
  /**
   * Extra fields of our Logon(A), e.g. Kraken's 553, 554, 5025, 8674. Called once per Logon with
   * the number it will carry.
   */
  readonly logonFields?: (logon: LogonToSend) => readonly FixField[];
  /**
   * Acceptor: refuse a Logon by returning the Text(58) of the Logout that answers it; '' closes
   * without an answer.
   */
  readonly checkLogon?: (message: FixMessage, at: EpochMs) => string | undefined;
  readonly onLoggedOn: (info: LoggedOn) => void;
  readonly onLoggedOut: (info: LoggedOut) => void;
  /**
   * Application messages and Reject(3), in order, once. The session writes the next expected number
   * to the store right after this returns, so facts appended to the same journal inside this call
   * share its commit.
   */
  readonly onMessage: (message: FixMessage, context: DeliveryContext) => void;
  /** The peer sent ResendRequest(2): what it has not processed. Called before it is answered. */
  readonly onResendRequested?: (range: {
    readonly beginSeqNo: number;
    readonly endSeqNo: number;
  }) => void;
  /** Our sent message was gap-filled instead of replayed; the peer never gets it again. */
  readonly onNotReplayed?: (sent: {
    readonly msgSeqNum: number;
    readonly message: FixMessage;
  }) => void;
  /** `holdUntilSynchronized`: a message that waited took its number and leaves. */
  readonly onReleased?: (sent: {
    readonly msgSeqNum: number;
    readonly message: OutboundMessage;
  }) => void;
  /**
   * `holdUntilSynchronized`: the connection ended first; these never took a number and never leave.
   */
  readonly onHeldDropped?: (messages: readonly OutboundMessage[]) => void;
  /**
   * Both directions are in step after a logon: a TestRequest sent after it was answered and no gap
   * is open.
   */
  readonly onSynchronized?: () => void;
  /** Rejects, halts, gaps, refusals: for logs, metrics and operators. */
  readonly onEvent?: (event: SessionNotice) => void;
}

export interface LoggedOn {
  readonly at: EpochMs;
  /** Counts connections of this session since the process started. */
  readonly epoch: number;
  /** True when either side asked for 141=Y: numbers began again at 1. */
  readonly reset: boolean;
  readonly logon: FixMessage;
}

export interface LoggedOut {
  readonly at: EpochMs;
  readonly epoch: number;
  readonly cause:
    | 'LogoutByPeer'
    | 'LogoutByUs'
    | 'Disconnected'
    | 'TimedOut'
    | 'LogonRefused'
    | 'LogonTimedOut'
    | 'Halted';
  /** Text(58) of the peer's Logout, or our reason. */
  readonly text: string;
  /** `LogoutByUs`: because the peer broke a rule, and not because either side wished to leave. */
  readonly isComplaint?: boolean;
}

export interface DeliveryContext {
  readonly at: EpochMs;
  readonly msgSeqNum: number;
  readonly possDup: boolean;
  readonly possResend: boolean;
  readonly epoch: number;
}

export interface SessionNotice {
  readonly at: EpochMs;
  readonly severity: 'info' | 'warn' | 'error';
  /**
   * Stable, to match on: GARBLED, GAP, TOO_LOW, REJECT_SENT, LOGON_REFUSED, HALTED, …
   */
  readonly code: string;
  readonly text: string;
}

export type SendRefusal = 'NotLoggedOn' | 'Halted' | 'InvalidValue' | 'Backpressure';

/** A running session, seen by its owner. */
export interface FixSession {
  /**
   * Takes the next number, encodes, and stores; the bytes leave after the store's commit. Refused
   * while logged off, unless the session stores for later (acceptors: execution reports wait for
   * the peer's ResendRequest). With `holdUntilSynchronized` the number is 0 while the message
   * waits; `onReleased` tells the real one.
   */
  readonly send: (message: OutboundMessage) => Result<{ readonly msgSeqNum: number }, SendRefusal>;
  readonly view: () => SessionView;
  /** How long written bytes have waited without the connection taking any, in ms. */
  readonly stalledForMs: () => number;
  /** Starts connecting or accepting. */
  readonly start: () => void;
  /** Logout(5), wait for the answer or the time-out, close; no reconnect. */
  readonly stop: (text?: string) => Promise<void>;
  /**
   * Closes the connection without Logout(5), so that a venue cancels on disconnect; no reconnect.
   */
  readonly cut: (text: string) => Promise<void>;
  /** Operator's verbs. `logon`: leave the halted or stopped state and connect (or accept) again. */
  readonly logon: () => void;
  /** Logout(5) now; an initiator stays away until `logon`. */
  readonly logout: (text?: string) => void;
  /** Both return false for anything but a whole number from 1. */
  readonly setNextSenderMsgSeqNum: (value: number) => boolean;
  readonly setNextTargetMsgSeqNum: (value: number) => boolean;
  /**
   * Both numbers begin again at 1: agreed with the peer by 141=Y at the next Logon, which an
   * initiator brings about at once. `isCut`: it leaves without Logout(5), so that a venue cancels
   * on disconnect.
   */
  readonly reset: (how?: { readonly isCut: boolean }) => void;
  readonly sendTestRequest: () => void;
}

export interface SessionView {
  readonly id: string;
  readonly role: 'initiator' | 'acceptor';
  readonly phase:
    'Disconnected' | 'Connecting' | 'LogonSent' | 'LoggedOn' | 'LogoutSent' | 'Halted';
  readonly nextSenderMsgSeqNum: number;
  readonly nextTargetMsgSeqNum: number;
  readonly epoch: number;
  readonly lastReceivedAt: EpochMs | undefined;
  readonly lastSentAt: EpochMs | undefined;
  readonly peer: string | undefined;
  /**
   * The peer's clock minus ours by SendingTime(52) of its last messages, of which the one counts
   * that was under way for the shortest time; absent before the first.
   */
  readonly peerClockOffsetMs?: number;
  /** When the phase last changed. */
  readonly since?: EpochMs;
  /** Why the session is not up; absent while it is, and before the first attempt. */
  readonly reason?: string;
  /** An initiator that waits: when it connects again. */
  readonly nextAttemptAt?: EpochMs;
  /** Both numbers begin at 1 with the next Logon, because an operator or the schedule said so. */
  readonly resetDue?: true;
}

/**
 * Where a session's numbers and sent messages live. Writes are buffered until `commit`; order is
 * kept.
 */
export interface SessionStore {
  readonly nextSenderMsgSeqNum: () => number;
  readonly nextTargetMsgSeqNum: () => number;
  /** A sent message; the next sender number becomes `msgSeqNum + 1`. */
  readonly saveOutbound: (msgSeqNum: number, bytes: Buffer) => void;
  readonly setNextSenderMsgSeqNum: (value: number) => void;
  readonly setNextTargetMsgSeqNum: (value: number) => void;
  /** Both numbers to 1, sent messages forgotten. */
  readonly reset: (at: EpochMs) => void;
  /** The peer has proven to have every message up to this number; 0 at the start of the numbers. */
  readonly confirmedMsgSeqNum: () => number;
  readonly confirm: (msgSeqNum: number) => void;
  /** When the numbers last began at 1. */
  readonly createdAt: () => EpochMs;
  /** Sent messages of a closed range, ascending; numbers without a message are left out. */
  readonly outbound: (
    from: number,
    to: number,
  ) => Iterable<{ readonly msgSeqNum: number; readonly bytes: Buffer }>;
  /**
   * Resolves when everything written so far is durable; rejects when it can't be. Memory stores
   * resolve at once.
   */
  readonly commit: () => Promise<void>;
}
