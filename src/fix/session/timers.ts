import { monotonicMs, type MonotonicMs } from '../../lib/time.ts';
import { isRecovering, reprobe, sendTestRequest, tellRecovering } from './heartbeat.ts';
import { onDeferredLogoutDue } from './logout.ts';
import { reaskGap } from './sequence.ts';
import { type SessionSettings } from './model/settings.ts';
import { type Connection, type SessionState } from './model/state.ts';
import { connectionOf, disconnect, emit, halt, notice, type Turn } from './turn.ts';

/**
 * When to step with `Tick` next; `undefined` while nothing can fall due. Called for every message:
 * no objects are made.
 */
export const nextDeadline = (
  state: SessionState,
  settings: SessionSettings,
): MonotonicMs | undefined => {
  const { connection } = state;
  if (connection === undefined || connection.isClosing) return undefined;
  if (!connection.isLoggedOn) return monotonicMs(connection.openedAt + settings.logonTimeoutMs);
  let at = Math.min(logoutDue(connection, settings), cutDue(connection, settings));
  at = Math.min(at, testRequestDue(connection, settings), heartbeatDue(connection, settings));
  at = Math.min(at, reaskDue(connection, settings), partialDue(connection));
  if (isRecovering(connection, settings)) {
    at = Math.min(at, reprobeDue(connection, settings), alertDue(connection, settings));
  }
  return at === NEVER ? undefined : monotonicMs(at);
};

/**
 * Does one thing that is due; the next deadline brings the rest. A connection that ends needs no
 * heartbeat.
 */
export const onTick = (turn: Turn): void => {
  const { connection } = turn.state;
  if (connection === undefined || connection.isClosing) return;
  const { settings } = turn.config;
  const now = turn.mono;
  if (!connection.isLoggedOn) {
    if (connection.openedAt + settings.logonTimeoutMs <= now) onLogonTimeout(turn);
  } else if (logoutDue(connection, settings) <= now) {
    onLogoutTimeout(turn);
  } else if (cutDue(connection, settings) <= now) {
    onSilence(turn);
  } else if (partialDue(connection) <= now) {
    onPartialFrame(turn);
  } else if (testRequestDue(connection, settings) <= now) {
    sendTestRequest(turn);
  } else if (heartbeatDue(connection, settings) <= now) {
    emit(turn, '0', []);
  } else if (reaskDue(connection, settings) <= now) {
    reaskGap(turn);
  } else {
    onRecoveryTick(turn, connection);
  }
};

const onRecoveryTick = (turn: Turn, connection: Connection): void => {
  const { settings } = turn.config;
  if (!isRecovering(connection, settings)) return;
  if (alertDue(connection, settings) <= turn.mono) tellRecovering(turn);
  else if (reprobeDue(connection, settings) <= turn.mono) reprobe(turn);
};

const NEVER = Number.POSITIVE_INFINITY;

const logoutDue = ({ logout }: Connection, settings: SessionSettings): number => {
  if (logout === undefined) return NEVER;
  return logout.at + (logout.kind === 'answered' ? settings.closeWaitMs : settings.logoutTimeoutMs);
};

const cutDue = (connection: Connection, settings: SessionSettings): number => {
  const { heartBtIntMs, lastReceivedAt } = connection;
  return heartBtIntMs === 0 ? NEVER : lastReceivedAt + heartBtIntMs * settings.disconnectIntervals;
};

/**
 * No further TestRequest is sent while one waits for its answer.
 */
const testRequestDue = (connection: Connection, settings: SessionSettings): number => {
  const { heartBtIntMs, lastReceivedAt, testReqID } = connection;
  if (heartBtIntMs === 0 || testReqID !== undefined) return NEVER;
  return lastReceivedAt + heartBtIntMs * settings.testRequestIntervals;
};

const heartbeatDue = (connection: Connection, settings: SessionSettings): number => {
  const { heartBtIntMs, lastSentAt, testReqID } = connection;
  if (heartBtIntMs === 0 || testReqID !== undefined) return NEVER;
  return lastSentAt + heartBtIntMs * settings.heartbeatIntervals;
};

const reaskDue = ({ gap, logout }: Connection, settings: SessionSettings): number =>
  gap === undefined || logout !== undefined ? NEVER : gap.progressAt + settings.resendReaskMs;

const reprobeDue = ({ probes, probedAt }: Connection, settings: SessionSettings): number =>
  probes.length === 0 ? NEVER : probedAt + settings.resendReaskMs;

/** Each alert waits twice as long as the one before. */
const alertDue = (connection: Connection, settings: SessionSettings): number =>
  connection.recoveringSince + settings.recoveryAlertMs * 2 ** connection.recoveryAlerts;

/**
 * A frame that is begun ends within a heartbeat interval: one that does not has a wrong length and
 * swallows what comes behind it. The floor is for short intervals over slow lines; it holds for
 * sessions without heartbeats too.
 */
const partialDue = ({ partialSince, heartBtIntMs }: Connection): number =>
  partialSince === undefined ? NEVER : partialSince + Math.max(heartBtIntMs, PARTIAL_MS_MIN);

const PARTIAL_MS_MIN = 5_000;

const onPartialFrame = (turn: Turn): void => {
  const text = 'a frame was begun and has not ended within the heartbeat interval';
  notice(turn, 'error', 'FRAME_TIMEOUT', text);
  disconnect(turn, { cause: 'TimedOut', text });
};

const onLogonTimeout = (turn: Turn): void => {
  const text = `no Logon within ${turn.config.settings.logonTimeoutMs} ms`;
  notice(turn, 'error', 'LOGON_TIMEOUT', text);
  disconnect(turn, { cause: 'LogonTimedOut', text });
};

const onLogoutTimeout = (turn: Turn): void => {
  if (connectionOf(turn).logout?.kind === 'deferred') {
    onDeferredLogoutDue(turn);
    return;
  }
  const text = 'the peer did not end the session in time';
  notice(turn, 'warn', 'LOGOUT_TIMEOUT', text);
  disconnect(turn, { cause: 'TimedOut', text });
};

const onSilence = (turn: Turn): void => {
  const text = 'nothing received within the heartbeat limit';
  notice(turn, 'error', 'HEARTBEAT_TIMEOUT', text);
  disconnect(turn, { cause: 'TimedOut', text });
};

/** The store failed, or the owner halts the session: nothing more is sent. */
export const onHaltAsked = (turn: Turn, text: string): void => {
  halt(turn, text);
  const { connection } = turn.state;
  if (connection === undefined) turn.state = { ...turn.state, phase: 'Halted' };
  else disconnect(turn, { cause: 'Halted', text });
};
