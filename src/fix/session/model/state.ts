import { type MonotonicMs } from '../../../lib/time.ts';
import { type FixMessage, type OutboundMessage } from '../../codec/fix-message.ts';
import { type LoggedOut, type SessionView } from './session-types.ts';

/**
 * All that a session remembers. Numbers outlive connections; the rest of a connection dies with it.
 */
export interface SessionState {
  readonly phase: SessionView['phase'];
  readonly nextSender: number;
  readonly nextTarget: number;
  /** Counts connections. */
  readonly epoch: number;
  /** The next Logon resets both numbers: the daily rollover, or an operator's wish. */
  readonly resetDue: boolean;
  readonly haltText: string | undefined;
  /**
   * MsgSeqNum(34) of messages beyond the size limit that can't be refused, the expected one first.
   * Not asked for again by this process.
   */
  readonly tooLong: readonly number[];
  /** Logons refused in a row because of sequence numbers. */
  readonly sequenceRefusals: number;
  readonly connection: Connection | undefined;
}

export interface Connection {
  readonly openedAt: MonotonicMs;
  readonly isLoggedOn: boolean;
  /** 0: no heartbeats. */
  readonly heartBtIntMs: number;
  readonly lastReceivedAt: MonotonicMs;
  readonly lastSentAt: MonotonicMs;
  /** TestReqID(112) that waits for its Heartbeat. */
  readonly testReqID: string | undefined;
  readonly testRequests: number;
  readonly logout: LogoutInProgress | undefined;
  /**
   * The last Logons agreed on a reset, or ours asks for one: a 141=Y of the peer that comes next is
   * its answer.
   */
  readonly isResetSent: boolean;
  /**
   * Our answer to the Logon told of a reset that the peer did not ask for: its next number may be 1
   * or 2.
   */
  readonly isResetUnasked: boolean;
  readonly gap: Gap | undefined;
  /**
   * Messages behind the gap, by number; `Done` was acted upon when it came (Logon, ResendRequest)
   * and only awaits its number's turn. One mutable Map that only the step function touches: copying
   * it per message would make a long gap quadratic.
   */
  readonly queue: Map<number, FixMessage | 'Done'>;
  /** Of the queue, while it holds anything. */
  readonly queuedBytes: number;
  /**
   * A SequenceReset of this number was refused: it may be used up, as the standard has it, or come
   * again.
   */
  readonly refusedReset: number | undefined;
  /** TestRequests that ask whether both sides are in step; the answer to any of them will do. */
  readonly probes: readonly Probe[];
  /** When the last of them went out, or bytes of a resend did, behind which it waits. */
  readonly probedAt: MonotonicMs;
  readonly isSynchronized: boolean;
  /** Since when it is logged on and not in step, and the number of notices about it. */
  readonly recoveringSince: MonotonicMs;
  readonly recoveryAlerts: number;
  /** Since when the last frame is incomplete. */
  readonly partialSince: MonotonicMs | undefined;
  readonly held: readonly OutboundMessage[];
  readonly heldBytes: number;
  /** Garbled frames since the last good one. */
  readonly garbled: number;
  /** Why the connection ends, once that is known. */
  readonly end: ConnectionEnd | undefined;
  /** The shell closes the connection: later messages are ignored. */
  readonly isClosing: boolean;
}

export interface ConnectionEnd {
  readonly cause: LoggedOut['cause'];
  readonly text: string;
  /** The peer said no to our Logon, by Logout(5) or Reject(3): asking again soon makes it worse. */
  readonly isRefusal?: boolean;
  /** We end the session because the peer broke a rule. */
  readonly isComplaint?: boolean;
}

/**
 * `asked`: ours, deliver what is in flight. `complaint`: ours, the peer broke a rule. `deferred`:
 * the peer asked behind a gap, which is filled first. `answered`: the peer asked, we replied.
 */
interface LogoutInProgress {
  readonly kind: 'asked' | 'complaint' | 'deferred' | 'answered';
  readonly at: MonotonicMs;
}

/**
 * A TestRequest(1) of ours. A resend that covers its number takes it away: the peer never acts on
 * it.
 */
export interface Probe {
  readonly testReqID: string;
  readonly msgSeqNum: number;
}

/** Numbers the peer sent and we do not have; the first is always the next expected one. */
interface Gap {
  /** Highest MsgSeqNum(34) seen beyond the gap. */
  readonly seen: number;
  /** EndSeqNo(16) of the outstanding ResendRequest(2); Infinity when it asked for everything. */
  readonly askedTo: number;
  /** Of the request, or of the last message that filled the gap. */
  readonly progressAt: MonotonicMs;
  readonly reasks: number;
  /** A message found no room in the queue since the request. */
  readonly isQueueFull: boolean;
}

export const initialState = (numbers: {
  readonly nextSender: number;
  readonly nextTarget: number;
}): SessionState => ({
  phase: 'Disconnected',
  nextSender: numbers.nextSender,
  nextTarget: numbers.nextTarget,
  epoch: 0,
  resetDue: false,
  haltText: undefined,
  tooLong: [],
  sequenceRefusals: 0,
  connection: undefined,
});

export const newConnection = (at: MonotonicMs): Connection => ({
  openedAt: at,
  isLoggedOn: false,
  heartBtIntMs: 0,
  lastReceivedAt: at,
  lastSentAt: at,
  testReqID: undefined,
  testRequests: 0,
  logout: undefined,
  isResetSent: false,
  isResetUnasked: false,
  gap: undefined,
  queue: new Map(),
  queuedBytes: 0,
  refusedReset: undefined,
  probes: [],
  probedAt: at,
  isSynchronized: false,
  recoveringSince: at,
  recoveryAlerts: 0,
  partialSince: undefined,
  held: [],
  heldBytes: 0,
  garbled: 0,
  end: undefined,
  isClosing: false,
});

/** True when the next expected message waits in the queue: step with `Drain`. */
export const isReady = (state: SessionState): boolean =>
  state.connection?.queue.has(state.nextTarget) ?? false;

/** Whether the next expected message is one beyond the size limit. */
export const isHeldByLength = ({ tooLong, nextTarget }: SessionState): boolean =>
  tooLong.includes(nextTarget);

/** A session as its owner sees it. */
export const viewOf = (
  { phase, nextSender, nextTarget, epoch, resetDue }: SessionState,
  { id, role }: { readonly id: string; readonly role: SessionView['role'] },
  line: Pick<
    SessionView,
    'lastReceivedAt' | 'lastSentAt' | 'peer' | 'peerClockOffsetMs' | 'since' | 'reason'
  >,
): SessionView => ({
  ...{ id, role, phase, epoch },
  nextSenderMsgSeqNum: nextSender,
  nextTargetMsgSeqNum: nextTarget,
  ...line,
  ...(resetDue && { resetDue: true as const }),
});
