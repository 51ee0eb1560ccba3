import { defined } from '../../lib/defined.ts';
import { type SessionEffect } from './model/effect.ts';
import { type SessionEvent } from './model/event.ts';
import { sendTestRequest } from './heartbeat.ts';
import { onExpected, onMessageInSession } from './in-session.ts';
import { onFirstMessage, sendFirstLogon } from './logon.ts';
import { askLogout } from './logout.ts';
import { type FixMessage } from '../codec/fix-message.ts';
import { followGap, jumpTo, onTooLong, seqNumOf, takeQueued } from './sequence.ts';

import { type SessionConfig } from './model/settings.ts';
import { type Connection, newConnection, type SessionState } from './model/state.ts';
import { onHaltAsked, onTick } from './timers.ts';
import {
  connectionOf,
  disconnect,
  expect,
  newTurn,
  notice,
  resetNumbers,
  setNextSender,
  type Turn,
  updateConnection,
} from './turn.ts';

export interface Stepped {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

/**
 * One thing that happened to a FIX session, and what it asks of the shell. Both roles; pure. After
 * it the shell steps with `Drain` while `isReady(state)`, and with `Tick` at
 * `nextDeadline(state, settings)`.
 */
export const step = (state: SessionState, event: SessionEvent, config: SessionConfig): Stepped => {
  const turn = newTurn(state, config, event);
  apply(turn, event);
  const { effects, calls } = turn;
  for (const call of calls) effects.push(call);
  return { state: turn.state, effects };
};

const apply = (turn: Turn, event: SessionEvent): void => {
  switch (event.type) {
    case 'Connected':
      onConnected(turn);
      return;
    case 'Disconnected':
      onDisconnected(turn, event.text);
      return;
    case 'Received':
      onReceived(turn, event.message);
      return;
    case 'Drain':
      drain(turn);
      return;
    case 'Garbled':
      if (event.tooLong === undefined || !isTalking(turn)) onGarbled(turn, event.reason);
      else onTooLong(turn, event.tooLong);
      return;
    case 'PartialFrame': {
      const partialSince = event.isPending ? turn.mono : undefined;
      if (isOpen(turn)) updateConnection(turn, { partialSince });
      return;
    }
    case 'BytesSent':
      // A probe that went out before them is read behind them.
      if (isOpen(turn)) updateConnection(turn, { lastSentAt: turn.mono, probedAt: turn.mono });
      return;
    case 'Tick':
      onTick(turn);
      return;
    case 'LogoutAsked':
      askLogout(turn, event.text);
      return;
    case 'TestRequestAsked':
      if (turn.state.phase === 'LoggedOn') sendTestRequest(turn);
      return;
    case 'HaltAsked':
      onHaltAsked(turn, event.text);
      return;
    case 'CutAsked':
      if (isOpen(turn)) disconnect(turn, { cause: 'Halted', text: event.text });
      return;
    case 'ResumeAsked':
      resume(turn);
      return;
    case 'ResetAtLogonAsked':
      turn.state = { ...turn.state, resetDue: true };
      return;
    case 'SetNextSender':
      // The operator's last word counts: a reset that was asked for before would undo it.
      turn.state = { ...turn.state, resetDue: false };
      setNextSender(turn, event.value);
      return;
    case 'SetNextTarget':
      turn.state = { ...turn.state, resetDue: false };
      setNextTarget(turn, event.value);
      return;
    case 'ResetAsked':
      resetNumbers(turn);
      return;
  }
};

const isOpen = (turn: Turn): boolean => turn.state.connection?.isClosing === false;

const isTalking = (turn: Turn): boolean =>
  isOpen(turn) && turn.state.connection?.isLoggedOn === true;

const onConnected = (turn: Turn): void => {
  const { state, mono, config } = turn;
  turn.state = {
    ...state,
    phase: 'Connecting',
    epoch: state.epoch + 1,
    connection: newConnection(mono),
  };
  if (config.settings.role === 'initiator') sendFirstLogon(turn);
};

const onReceived = (turn: Turn, message: FixMessage): void => {
  if (!isOpen(turn)) return;
  if ((message.get(34) ?? '') !== '' && seqNumOf(message, 34) === undefined) {
    // An unreadable number must not be read as another.
    onGarbled(turn, 'MsgSeqNum(34) is not a number');
    return;
  }
  updateConnection(turn, { lastReceivedAt: turn.mono, testReqID: undefined, garbled: 0 });
  if (connectionOf(turn).isLoggedOn) onMessageInSession(turn, message);
  else onFirstMessage(turn, message);
};

/** An operator's number; a gap that it closes is closed. */
const setNextTarget = (turn: Turn, value: number): void => {
  if (turn.state.connection?.isLoggedOn === true && isOpen(turn)) jumpTo(turn, value);
  else expect(turn, value);
};

const drain = (turn: Turn): void => {
  const { connection, nextTarget } = turn.state;
  const message = connection && takeQueued(turn, nextTarget);
  if (message === undefined || !isOpen(turn)) return;
  if (message === 'Done') {
    expect(turn, nextTarget + 1);
    followGap(turn);
  } else {
    onExpected(turn, message);
  }
};

/**
 * FIX 4.4 vol. 2, "garbled messages": ignored, the number is not consumed; the next message shows
 * the gap.
 */
const onGarbled = (turn: Turn, reason: string): void => {
  notice(turn, 'warn', 'GARBLED', reason);
  if (!isOpen(turn)) return;
  const garbled = connectionOf(turn).garbled + 1;
  // Does not count as received: a peer that sends only garbage must time out.
  updateConnection(turn, { garbled });
  if (garbled < turn.config.settings.garbledMax) return;
  const text = `${garbled} garbled frames in a row`;
  notice(turn, 'error', 'GARBLED_STREAM', text);
  disconnect(turn, { cause: 'Disconnected', text });
};

const onDisconnected = (turn: Turn, text: string): void => {
  const { connection, epoch, haltText } = turn.state;
  if (connection === undefined) return;
  const { settings } = turn.config;
  if (connection.held.length > 0) {
    turn.calls.push({ type: 'HeldDropped', messages: connection.held });
  }
  const isLogoutDone = connection.logout !== undefined;
  if ((settings.resetOnLogout && isLogoutDone) || settings.resetOnDisconnect) resetNumbers(turn);
  turn.state = {
    ...turn.state,
    phase: haltText === undefined ? 'Disconnected' : 'Halted',
    connection: undefined,
  };
  const end = connection.end ?? dropOf(turn, connection, text);
  if (end === undefined) return;
  const { cause, text: why, isRefusal = false, isComplaint } = end;
  const info = { at: turn.at, epoch, cause, text: why, ...defined({ isComplaint }) };
  turn.calls.push({ type: 'LoggedOut', info, isRefusal });
};

/**
 * The end of a connection that neither side explained. Before the Logon is answered this is no
 * refusal: a venue refuses by Logout(5) or Reject(3), while a cut comes from the network, or from a
 * host that is not up. An acceptor has no session with a peer that never logged on.
 */
const dropOf = (turn: Turn, connection: Connection, text: string): Connection['end'] => {
  if (connection.isLoggedOn) return { cause: 'Disconnected', text };
  if (turn.config.settings.role === 'acceptor') return undefined;
  const unanswered = `closed before the Logon was answered: ${text}`;
  notice(turn, 'warn', 'LOGON_UNANSWERED', unanswered);
  return { cause: 'Disconnected', text: unanswered };
};

const resume = (turn: Turn): void => {
  const { state } = turn;
  const phase = state.phase === 'Halted' ? 'Disconnected' : state.phase;
  turn.state = { ...state, phase, haltText: undefined, sequenceRefusals: 0 };
};
