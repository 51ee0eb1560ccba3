import { type EpochMs } from '../../../lib/time.ts';
import { type FixField, type FixMessage } from '../../codec/fix-message.ts';
import { type LogonToSend } from './session-types.ts';

/** CompIDs, role and dialect of a session. */
interface SessionIdentity {
  /** Our name for the session, unique in the process. */
  readonly id: string;
  readonly role: 'initiator' | 'acceptor';
  /** BeginString(8): `FIX.4.2` or `FIX.4.4`. */
  readonly beginString: string;
  readonly senderCompID: string;
  readonly targetCompID: string;
}

/** Delays before the next connection of an initiator. */
export interface ReconnectSettings {
  /** After failures of the network or the peer, one after another; the last repeats. */
  readonly intervalsMs: readonly number[];
  /** Share of the delay that is random, 0 to 1: 0.2 makes 1,000 ms 900 to 1,100 ms. */
  readonly jitterRatio: number;
  /**
   * After a refused Logon or a bad certificate: first delay, what each further one adds, and the
   * most.
   */
  readonly refusedFirstMs: number;
  readonly refusedStepMs: number;
  readonly refusedMaxMs: number;
}

/** Everything about a session that an operator may choose. */
export interface SessionSettings extends SessionIdentity {
  /** More header fields of every message we send, e.g. SenderSubID(50). */
  readonly headerFields: readonly FixField[];
  /** HeartBtInt(108) that an initiator asks for; an acceptor takes its peer's. 0: no heartbeats. */
  readonly heartBtIntSeconds: number;
  /**
   * Silence of ours, in heartbeat intervals, that ends with a Heartbeat: 1 is the standard, 0.5
   * suits Kraken.
   */
  readonly heartbeatIntervals: number;
  /** Silence of the peer, in heartbeat intervals, that ends with a TestRequest, and with a cut. */
  readonly testRequestIntervals: number;
  readonly disconnectIntervals: number;
  readonly logonTimeoutMs: number;
  readonly logoutTimeoutMs: number;
  /** How long an initiator that answered a Logout waits for the peer to close. */
  readonly closeWaitMs: number;
  readonly checkLatency: boolean;
  readonly maxLatencyMs: number;
  /**
   * When an initiator's Logon carries ResetSeqNumFlag(141)=Y. `rollover`: only when a reset was
   * asked for.
   */
  readonly resetSeqNumFlag: 'never' | 'on-logon' | 'rollover';
  readonly resetOnLogon: boolean;
  readonly resetOnLogout: boolean;
  readonly resetOnDisconnect: boolean;
  /**
   * `gap-fill-orders`: a message of `neverReplay` is gap-filled and reported, since replaying an
   * order late is worse than losing it.
   */
  readonly resendPolicy: 'full' | 'gap-fill-orders';
  readonly neverReplay: readonly string[];
  /** Most messages that one ResendRequest(2) asks for; 0: all, EndSeqNo(16)=0. */
  readonly resendChunkSize: number;
  /**
   * An unanswered ResendRequest(2), or TestRequest(1) after the Logon, is repeated after so long,
   * so often.
   */
  readonly resendReaskMs: number;
  readonly resendReasksMax: number;
  /**
   * How long a session may be logged on and not in step before an error notice; the next notice
   * comes after twice as long.
   */
  readonly recoveryAlertMs: number;
  /** Messages behind a gap that wait, in number and bytes; further ones are asked for again. */
  readonly queueMax: number;
  readonly queueBytesMax: number;
  readonly nextExpectedMsgSeqNum: boolean;
  readonly requireOrigSendingTime: boolean;
  /** Check messages against the dictionary. */
  readonly validate: boolean;
  /**
   * An application message that breaks the dictionary: refuse it, or warn and hand it on (it may be
   * a fill).
   */
  readonly invalidApplicationMessage: 'reject' | 'warn-and-deliver';
  readonly allowUserDefined: boolean;
  /**
   * Let fields and values through that the dictionary lacks: for a venue that adds some without
   * notice.
   */
  readonly tolerateUnknown: boolean;
  /**
   * When given, application messages of other types are answered by BusinessMessageReject(j),
   * 380=3.
   */
  readonly supportedMsgTypes: readonly string[] | undefined;
  readonly sendWhenLoggedOff: 'refuse' | 'store';
  readonly onTooLow: 'halt' | 'reconnect';
  /**
   * How we leave a peer that broke a rule. `disconnect`: without Logout(5), because a completed
   * Logout keeps orders that the loss of the connection would cancel.
   */
  readonly endByComplaint: 'logout' | 'disconnect';
  /** Logons refused in a row because of sequence numbers before the session halts. */
  readonly sequenceRefusalsMax: number;
  readonly probeAfterLogon: boolean;
  readonly holdUntilSynchronized: boolean;
  /** Messages of ours that wait until both sides are in step, in number and bytes. */
  readonly heldMax: number;
  readonly heldBytesMax: number;
  /** Garbled frames in a row before the connection is cut. */
  readonly garbledMax: number;
  /** Bounds of HeartBtInt(108) that an acceptor takes, in seconds. */
  readonly heartBtIntMinSeconds: number;
  readonly heartBtIntMaxSeconds: number;
  readonly reconnect: ReconnectSettings;
}

/**
 * Settings and the owner's hooks: what a step may look at. The hooks are synchronous and do not
 * throw.
 */
export interface SessionConfig {
  readonly settings: SessionSettings;
  readonly logonFields?: (logon: LogonToSend) => readonly FixField[];
  readonly checkLogon?: (message: FixMessage, at: EpochMs) => string | undefined;
  /** What the dictionary finds wrong with a message. */
  readonly validate?: (message: FixMessage) => MessageProblem | undefined;
}

/** The body of a Reject(3): SessionRejectReason(373), RefTagID(371), Text(58). */
export interface MessageProblem {
  readonly reason: number;
  readonly refTagID?: number | undefined;
  readonly text?: string | undefined;
}

/**
 * Requests that must not reach a venue late: orders, cancels, replaces, mass cancels, lists,
 * quotes.
 */
const ORDER_MSG_TYPES: readonly string[] = [
  'D',
  'F',
  'G',
  'q',
  'E',
  'L',
  's',
  't',
  'u',
  'AB',
  'AC',
  'S',
  'Z',
];

const DEFAULTS: Omit<SessionSettings, keyof SessionIdentity> = {
  headerFields: [],
  heartBtIntSeconds: 30,
  heartbeatIntervals: 1,
  testRequestIntervals: 1.2,
  disconnectIntervals: 2.4,
  logonTimeoutMs: 10_000,
  logoutTimeoutMs: 2_000,
  closeWaitMs: 10_000,
  checkLatency: true,
  maxLatencyMs: 120_000,
  resetSeqNumFlag: 'never',
  resetOnLogon: false,
  resetOnLogout: false,
  resetOnDisconnect: false,
  resendPolicy: 'full',
  neverReplay: ORDER_MSG_TYPES,
  resendChunkSize: 0,
  resendReaskMs: 10_000,
  resendReasksMax: 5,
  recoveryAlertMs: 30_000,
  queueMax: 10_000,
  queueBytesMax: 16 * 1_048_576,
  nextExpectedMsgSeqNum: false,
  requireOrigSendingTime: true,
  validate: true,
  invalidApplicationMessage: 'reject',
  allowUserDefined: true,
  tolerateUnknown: false,
  supportedMsgTypes: undefined,
  sendWhenLoggedOff: 'refuse',
  onTooLow: 'reconnect',
  endByComplaint: 'logout',
  sequenceRefusalsMax: 3,
  probeAfterLogon: false,
  holdUntilSynchronized: false,
  heldMax: 1_000,
  heldBytesMax: 4 * 1_048_576,
  garbledMax: 100,
  heartBtIntMinSeconds: 0,
  heartBtIntMaxSeconds: 3_600,
  reconnect: {
    intervalsMs: [1_000, 2_000, 5_000, 10_000, 30_000],
    jitterRatio: 0.2,
    refusedFirstMs: 60_000,
    refusedStepMs: 60_000,
    refusedMaxMs: 900_000,
  },
};

/** Defaults of a role: an initiator sends orders, an acceptor sends reports. */
const ROLE_DEFAULTS: Readonly<Record<SessionIdentity['role'], Partial<SessionSettings>>> = {
  initiator: {
    resendPolicy: 'gap-fill-orders',
    invalidApplicationMessage: 'warn-and-deliver',
    onTooLow: 'halt',
    probeAfterLogon: true,
  },
  acceptor: { sendWhenLoggedOff: 'store' },
};

export type SessionOptions = SessionIdentity & Partial<SessionSettings>;

/** Settings with the defaults of the role filled in. */
export const makeSettings = (options: SessionOptions): SessionSettings => ({
  ...DEFAULTS,
  ...ROLE_DEFAULTS[options.role],
  ...options,
});
