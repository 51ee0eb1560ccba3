import { err, ok, type Result } from '../../lib/result.ts';
import { type OutboundMessage } from '../codec/fix-message.ts';
import { type SessionEffect } from './model/effect.ts';
import { type Moment } from './model/event.ts';
import { type SendRefusal } from './model/session-types.ts';
import { type SessionConfig } from './model/settings.ts';
import { type SessionState } from './model/state.ts';
import { emit, newTurn, type Turn, updateConnection } from './turn.ts';

export interface Sent {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
  readonly result: Result<{ readonly msgSeqNum: number }, SendRefusal>;
}

/**
 * The owner's message. The shell encodes it before it takes over the state: a value that can't be
 * encoded uses no number. Number 0 says that the message waits until the session is in step;
 * `onReleased` tells its number then.
 */
export const sendApplication = (
  state: SessionState,
  message: OutboundMessage,
  config: SessionConfig,
  moment: Moment,
): Sent => {
  const refuse = (error: SendRefusal): Sent => ({ state, effects: [], result: err(error) });
  const { settings } = config;
  const mayStore = settings.sendWhenLoggedOff === 'store';
  const isHalted = state.phase === 'Halted' || state.haltText !== undefined;
  // A session that stores for later loses nothing by its halt either.
  if (isHalted && !mayStore) return refuse('Halted');
  const turn = newTurn(state, config, moment);
  const { connection } = state;
  if (connection === undefined || !isUp(state)) {
    return mayStore ? stored(turn, message) : refuse('NotLoggedOn');
  }
  if (settings.holdUntilSynchronized && settings.probeAfterLogon && !connection.isSynchronized) {
    const heldBytes = connection.heldBytes + bytesOf(message);
    const isFull = connection.held.length >= settings.heldMax || heldBytes > settings.heldBytesMax;
    if (isFull) return refuse('Backpressure');
    updateConnection(turn, { held: [...connection.held, message], heldBytes });
    return { state: turn.state, effects: turn.effects, result: ok({ msgSeqNum: 0 }) };
  }
  const msgSeqNum = emit(turn, message.msgType, message.fields, message.header);
  return { state: turn.state, effects: turn.effects, result: ok({ msgSeqNum }) };
};

/** About what a message takes in memory: its values, and the objects around them. */
const bytesOf = ({ fields, header = [] }: OutboundMessage): number => {
  let bytes = HELD_OVERHEAD_BYTES;
  for (const [, value] of [...header, ...fields]) bytes += value.length + FIELD_OVERHEAD_BYTES;
  return bytes;
};

const HELD_OVERHEAD_BYTES = 128;
const FIELD_OVERHEAD_BYTES = 32;

const isUp = ({ phase, haltText, connection }: SessionState): boolean =>
  phase === 'LoggedOn' && haltText === undefined && connection?.isClosing === false;

/** Takes a number and goes to the store only: the peer finds the gap at its next logon and asks. */
const stored = (turn: Turn, message: OutboundMessage): Sent => {
  const { state } = turn;
  const msgSeqNum = state.nextSender;
  const { msgType, fields, header = [] } = message;
  return {
    state: { ...state, nextSender: msgSeqNum + 1 },
    effects: [{ type: 'Send', msgSeqNum, msgType, header, fields, isStoredOnly: true }],
    result: ok({ msgSeqNum }),
  };
};
