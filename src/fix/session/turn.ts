import { invariant } from '../../lib/invariant.ts';
import { type EpochMs, type MonotonicMs } from '../../lib/time.ts';
import { type FixField } from '../codec/fix-message.ts';
import { type CallEffect, type SessionEffect } from './model/effect.ts';
import { type SessionNotice } from './model/session-types.ts';
import { type SessionConfig } from './model/settings.ts';
import { type Connection, type ConnectionEnd, type SessionState } from './model/state.ts';

/**
 * The working state of one step: state and effects so far. Never outlives the step.
 */
export interface Turn {
  state: SessionState;
  readonly effects: SessionEffect[];
  /**
   * Calls to the owner; they come last, so an owner that sends from within one takes the next
   * number.
   */
  readonly calls: CallEffect[];
  readonly config: SessionConfig;
  readonly at: EpochMs;
  readonly mono: MonotonicMs;
}

export const connectionOf = (turn: Turn): Connection => {
  const { connection } = turn.state;
  invariant(connection !== undefined, 'a session that talks has a connection');
  return connection;
};

export const updateConnection = (turn: Turn, change: Partial<Connection>): void => {
  turn.state = { ...turn.state, connection: { ...connectionOf(turn), ...change } };
};

export const newTurn = (
  state: SessionState,
  config: SessionConfig,
  moment: { readonly at: EpochMs; readonly mono: MonotonicMs },
): Turn => ({ state, effects: [], calls: [], config, at: moment.at, mono: moment.mono });

/** Sends a message of the session layer, or one of the application's, under the next number. */
export const emit = (
  turn: Turn,
  msgType: string,
  fields: readonly FixField[],
  header: readonly FixField[] = [],
): number => {
  const msgSeqNum = turn.state.nextSender;
  turn.effects.push({ type: 'Send', msgSeqNum, msgType, header, fields, isStoredOnly: false });
  const { connection } = turn.state;
  turn.state = {
    ...turn.state,
    nextSender: msgSeqNum + 1,
    connection: connection === undefined ? undefined : { ...connection, lastSentAt: turn.mono },
  };
  return msgSeqNum;
};

/** Text(58) as printable latin1; no field for an empty text. */
export const textField = (text: string | undefined): readonly FixField[] => {
  const printable = (text ?? '').replace(/[^\x20-\xff]/g, '?').slice(0, TEXT_LENGTH_MAX);
  return printable === '' ? [] : [[58, printable]];
};

const TEXT_LENGTH_MAX = 1_024;

export const notice = (
  turn: Turn,
  severity: SessionNotice['severity'],
  code: string,
  text: string,
): void => {
  turn.calls.push({ type: 'Notice', notice: { at: turn.at, severity, code, text } });
};

/** Moves the next expected number; the store learns it at once. */
export const expect = (turn: Turn, nextTarget: number): void => {
  turn.state = { ...turn.state, nextTarget };
  turn.effects.push({ type: 'StoreNextTarget', value: nextTarget });
};

/** Sets the number of our next message; the store learns it at once. */
export const setNextSender = (turn: Turn, value: number): void => {
  turn.state = { ...turn.state, nextSender: value };
  turn.effects.push({ type: 'StoreNextSender', value });
};

/** Both numbers to 1. */
export const resetNumbers = (turn: Turn): void => {
  turn.effects.push({ type: 'ResetStore' });
  turn.state = { ...turn.state, nextSender: 1, nextTarget: 1, tooLong: [] };
  const { connection } = turn.state;
  connection?.queue.clear();
  if (connection !== undefined) updateConnection(turn, { gap: undefined });
};

/** Closes once everything sent before is on the wire. The first reason is kept. */
export const disconnect = (turn: Turn, end: ConnectionEnd): void => {
  const connection = connectionOf(turn);
  if (connection.isClosing) return;
  updateConnection(turn, { end: connection.end ?? end, isClosing: true });
  turn.effects.push({ type: 'Disconnect' });
};

/** Halts: no new connection until an operator resumes the session. */
export const halt = (turn: Turn, text: string): void => {
  turn.state = { ...turn.state, haltText: text };
  notice(turn, 'error', 'HALTED', text);
};
