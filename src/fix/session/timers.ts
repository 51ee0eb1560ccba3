import { monotonicMs, type MonotonicMs } from '../../lib/time.ts';
import { sendTestRequest } from './heartbeat.ts';
import { reaskGap } from './sequence.ts';
import { type SessionSettings } from './settings.ts';
import { type Connection, type SessionState } from './state.ts';
import { disconnect, emit, halt, notice, type Turn } from './turn.ts';

/** What falls due on a connection, and when, by the monotonic clock. */
interface Due {
  readonly at: number;
  readonly act: (turn: Turn) => void;
}

/** When to step with `Tick` next; `undefined` while nothing can fall due. */
export const nextDeadline = (
  state: SessionState,
  settings: SessionSettings,
): MonotonicMs | undefined => {
  const { connection } = state;
  if (connection === undefined || connection.isClosing) return undefined;
  const earliest = Math.min(...dues(connection, settings).map((due) => due.at));
  return earliest === Number.POSITIVE_INFINITY ? undefined : monotonicMs(earliest);
};

/** Does what has fallen due. One thing a call: the next deadline tells about the rest. */
export const onTick = (turn: Turn): void => {
  const { connection } = turn.state;
  if (connection === undefined || connection.isClosing) return;
  const due = dues(connection, turn.config.settings).find(({ at }) => at <= turn.mono);
  due?.act(turn);
};

/** In order of importance: a connection that ends needs no heartbeat. */
const dues = (connection: Connection, settings: SessionSettings): readonly Due[] => {
  if (!connection.isLoggedOn) {
    return [{ at: connection.openedAt + settings.logonTimeoutMs, act: onLogonTimeout }];
  }
  const due: Due[] = [];
  const { logout, gap, heartBtIntMs } = connection;
  if (logout !== undefined) {
    const waitMs = logout.kind === 'answered' ? settings.closeWaitMs : settings.logoutTimeoutMs;
    due.push({ at: logout.at + waitMs, act: onLogoutTimeout });
  }
  if (heartBtIntMs > 0) due.push(...heartbeatDues(connection, settings));
  if (gap !== undefined && logout === undefined) {
    due.push({ at: gap.progressAt + settings.resendReaskMs, act: reaskGap });
  }
  return due;
};

const heartbeatDues = (connection: Connection, settings: SessionSettings): readonly Due[] => {
  const { heartBtIntMs, lastReceivedAt, lastSentAt, testReqID } = connection;
  const cut = {
    at: lastReceivedAt + heartBtIntMs * settings.disconnectIntervals,
    act: onSilence,
  };
  // While a TestRequest waits, it is our sign of life.
  if (testReqID !== undefined) return [cut];
  return [
    cut,
    {
      at: lastReceivedAt + heartBtIntMs * settings.testRequestIntervals,
      act: (turn) => void sendTestRequest(turn),
    },
    {
      at: lastSentAt + heartBtIntMs * settings.heartbeatIntervals,
      act: (turn) => void emit(turn, '0', []),
    },
  ];
};

const onLogonTimeout = (turn: Turn): void => {
  const text = `no Logon within ${turn.config.settings.logonTimeoutMs} ms`;
  notice(turn, 'error', 'LOGON_TIMEOUT', text);
  disconnect(turn, { cause: 'LogonTimedOut', text });
};

const onLogoutTimeout = (turn: Turn): void => {
  const text = 'the peer did not end the session in time';
  notice(turn, 'warn', 'LOGOUT_TIMEOUT', text);
  disconnect(turn, { cause: 'TimedOut', text });
};

const onSilence = (turn: Turn): void => {
  const text = 'nothing received within the heartbeat limit';
  notice(turn, 'error', 'HEARTBEAT_TIMEOUT', text);
  disconnect(turn, { cause: 'TimedOut', text });
};

/** The store cannot be written, or the owner pulls the plug: not another byte. */
export const onHaltAsked = (turn: Turn, text: string): void => {
  halt(turn, text);
  const { connection } = turn.state;
  if (connection === undefined) turn.state = { ...turn.state, phase: 'Halted' };
  else disconnect(turn, { cause: 'Halted', text });
};
