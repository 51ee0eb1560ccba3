import { defined } from '../../lib/defined.ts';
import { parseUtcTimestamp } from '../../lib/time.ts';
import { type FixField, type FixMessage } from '../codec/fix-message.ts';
import { beginRecovery } from './heartbeat.ts';
import { complain, onLogonRefused, refuse } from './logout.ts';
import { REASON, reject, textOf } from './reject.ts';
import { replay } from './resend.ts';
import { isPossDup, onTooHigh, seqNumOf, tooLowText } from './sequence.ts';
import { type MessageProblem, type SessionSettings } from './model/settings.ts';
import {
  connectionOf,
  disconnect,
  emit,
  expect,
  halt,
  notice,
  resetNumbers,
  setNextSender,
  type Turn,
  updateConnection,
} from './turn.ts';

const ENCRYPT_METHOD = 98;
const HEART_BT_INT = 108;
const RESET_SEQ_NUM_FLAG = 141;
const NEXT_EXPECTED_MSG_SEQ_NUM = 789;

/** The initiator's Logon(A), first on a new connection. */
export const sendFirstLogon = (turn: Turn): void => {
  const { settings } = turn.config;
  const isReset =
    settings.resetSeqNumFlag === 'on-logon' || settings.resetOnLogon || turn.state.resetDue;
  if (isReset) resetNumbers(turn);
  const { heartBtIntSeconds } = settings;
  emitLogon(turn, { heartBtIntSeconds, isReset, nextExpected: turn.state.nextTarget });
  updateConnection(turn, {
    heartBtIntMs: settings.heartBtIntSeconds * 1_000,
    isResetSent: isReset,
  });
  turn.state = { ...turn.state, phase: 'LogonSent' };
};

interface LogonTerms {
  readonly heartBtIntSeconds: number;
  readonly isReset: boolean;
  readonly nextExpected: number;
  /** The Logon that it answers. */
  readonly request?: FixMessage;
}

const emitLogon = (turn: Turn, terms: LogonTerms): void => {
  const { config, state, at } = turn;
  const { heartBtIntSeconds, isReset, nextExpected, request } = terms;
  const fields: FixField[] = [
    [ENCRYPT_METHOD, '0'],
    [HEART_BT_INT, String(heartBtIntSeconds)],
  ];
  if (isReset) fields.push([RESET_SEQ_NUM_FLAG, 'Y']);
  if (config.settings.nextExpectedMsgSeqNum) {
    fields.push([NEXT_EXPECTED_MSG_SEQ_NUM, String(nextExpected)]);
  }
  const own = { msgSeqNum: state.nextSender, at, ...defined({ request }) };
  fields.push(...(config.logonFields?.(own) ?? []));
  emit(turn, 'A', fields);
};

/**
 * The first message on a connection, at either end. Nothing that is not a Logon of the right peer
 * reaches the application.
 */
export const onFirstMessage = (turn: Turn, message: FixMessage): void => {
  const { role } = turn.config.settings;
  const stranger = strangerText(turn, message);
  if (stranger !== undefined) {
    if (role === 'initiator') refuse(turn, 'LOGON_INVALID', stranger);
    else dropSilently(turn, stranger);
    return;
  }
  if (role === 'initiator' && (message.msgType === '5' || message.msgType === '3')) {
    onLogonRefused(turn, message);
    return;
  }
  if (message.msgType !== 'A') {
    const text = `first message is not a Logon but MsgType(35) ${message.msgType}`;
    if (role === 'initiator') refuse(turn, 'NOT_A_LOGON', text);
    else dropSilently(turn, text);
    return;
  }
  onLogon(turn, message);
};

/** An acceptor does not answer a peer without a session. */
const dropSilently = (turn: Turn, text: string): void => {
  notice(turn, 'warn', 'LOGON_INVALID', text);
  disconnect(turn, { cause: 'LogonRefused', text });
};

const strangerText = (turn: Turn, message: FixMessage): string | undefined => {
  const { beginString, senderCompID, targetCompID } = turn.config.settings;
  if (message.get(8) !== beginString) {
    return `Incorrect BeginString, expected ${beginString} but received ${message.get(8) ?? ''}`;
  }
  const isRight = message.get(49) === targetCompID && message.get(56) === senderCompID;
  return isRight ? undefined : 'CompID problem';
};

const onLogon = (turn: Turn, message: FixMessage): void => {
  const { config } = turn;
  const problem = logonProblem(turn, message);
  if (problem !== undefined) {
    reject(turn, message, problem);
    const where = problem.refTagID === undefined ? '' : `, tag ${problem.refTagID}`;
    refuse(turn, 'LOGON_INVALID', `${textOf(problem)}${where}`);
    return;
  }
  const isReset = message.get(RESET_SEQ_NUM_FLAG) === 'Y';
  if (isReset && message.msgSeqNum !== 1) {
    refuse(turn, 'LOGON_INVALID', 'ResetSeqNumFlag(141)=Y needs MsgSeqNum(34)=1');
    return;
  }
  const refusal = config.checkLogon?.(message, turn.at);
  if (refusal !== undefined) {
    refuse(turn, 'LOGON_REFUSED', refusal);
    return;
  }
  if (config.settings.role === 'acceptor') onLogonRequest(turn, message, isReset);
  else onLogonAnswer(turn, message, isReset);
};

const logonProblem = (turn: Turn, message: FixMessage): MessageProblem | undefined => {
  const { config, at } = turn;
  const { settings } = config;
  const problem = settings.validate ? config.validate?.(message) : undefined;
  if (problem !== undefined) return problem;
  if (message.msgSeqNum === undefined) {
    return { reason: REASON.requiredTagMissing, refTagID: 34 };
  }
  const heartBtInt = heartBtIntProblem(settings, message);
  if (heartBtInt !== undefined) return heartBtInt;
  const sentAt = parseUtcTimestamp(message.get(52) ?? '');
  const isOld =
    settings.checkLatency && sentAt !== undefined && Math.abs(at - sentAt) > settings.maxLatencyMs;
  return isOld ? { reason: REASON.sendingTimeAccuracy } : undefined;
};

const heartBtIntProblem = (
  { role, heartBtIntMinSeconds, heartBtIntMaxSeconds: max }: SessionSettings,
  message: FixMessage,
): MessageProblem | undefined => {
  const heartBtInt = seqNumOf(message, HEART_BT_INT);
  if (heartBtInt === undefined) {
    const reason = message.has(HEART_BT_INT) ? REASON.valueIncorrect : REASON.requiredTagMissing;
    return { reason, refTagID: HEART_BT_INT };
  }
  const min = role === 'acceptor' ? heartBtIntMinSeconds : 0;
  if (heartBtInt >= min && heartBtInt <= max) return undefined;
  const text = `HeartBtInt(108) must be from ${min} to ${max} seconds, received ${heartBtInt}`;
  return { reason: REASON.valueIncorrect, refTagID: HEART_BT_INT, text };
};

const onLogonRequest = (turn: Turn, message: FixMessage, isReset: boolean): void => {
  const isOurReset = !isReset && turn.config.settings.resetOnLogon;
  if (isReset || isOurReset) resetNumbers(turn);
  if (isTooLow(turn, message)) return;
  const isInOrder = message.msgSeqNum === turn.state.nextTarget;
  const heartBtInt = seqNumOf(message, HEART_BT_INT) ?? 0;
  emitLogon(turn, {
    heartBtIntSeconds: heartBtInt,
    isReset: isReset || isOurReset,
    nextExpected: turn.state.nextTarget + (isInOrder ? 1 : 0),
    request: message,
  });
  updateConnection(turn, { heartBtIntMs: heartBtInt * 1_000, isResetUnasked: isOurReset });
  loggedOn(turn, message, isReset || isOurReset);
};

const onLogonAnswer = (turn: Turn, message: FixMessage, isReset: boolean): void => {
  const { isResetSent } = connectionOf(turn);
  if (isResetSent && !isReset && message.msgSeqNum !== 1) {
    notice(turn, 'warn', 'RESET_IGNORED', 'the peer did not confirm ResetSeqNumFlag(141)=Y');
  }
  if (isReset && !isResetSent) {
    // Another Logon would begin a third series: the one that was sent counts as number 1.
    const text = 'the answer to our Logon resets unasked: both sides begin again at 1';
    notice(turn, 'warn', 'RESET_BY_PEER', text);
    resetNumbers(turn);
    setNextSender(turn, 2);
  }
  // Some engines say 141=Y once more; a reset that was asked for is answered now.
  updateConnection(turn, { isResetSent: isReset && !isResetSent });
  if (isTooLow(turn, message)) return;
  if (message.get(HEART_BT_INT) !== String(turn.config.settings.heartBtIntSeconds)) {
    notice(turn, 'warn', 'HEART_BT_INT', `the peer answers ${message.get(HEART_BT_INT) ?? ''}`);
  }
  loggedOn(turn, message, isReset);
};

const isTooLow = (turn: Turn, message: FixMessage): boolean => {
  if ((message.msgSeqNum ?? 0) >= turn.state.nextTarget) return false;
  if (isPossDup(message)) {
    dropSilently(turn, 'Logon is a duplicate of one already processed');
    return true;
  }
  const text = tooLowText(turn, message);
  refuse(turn, 'TOO_LOW', text);
  if (turn.config.settings.onTooLow === 'halt') halt(turn, text);
  return true;
};

/**
 * Both Logons are exchanged. FIX session test case 1S: a number too high does not spoil the logon.
 */
const loggedOn = (turn: Turn, message: FixMessage, isReset: boolean): void => {
  const msgSeqNum = message.msgSeqNum ?? 0;
  turn.state = { ...turn.state, phase: 'LoggedOn', resetDue: false, sequenceRefusals: 0 };
  updateConnection(turn, { isLoggedOn: true });
  if (msgSeqNum === turn.state.nextTarget) expect(turn, msgSeqNum + 1);
  else onTooHigh(turn, msgSeqNum, 'Done');
  resendUnasked(turn, message);
  beginRecovery(turn);
  tellLoggedOn(turn, message, isReset);
};

const tellLoggedOn = (turn: Turn, logon: FixMessage, reset: boolean): void => {
  const { epoch } = turn.state;
  turn.calls.push({ type: 'LoggedOn', info: { at: turn.at, epoch, reset, logon } });
};

/** NextExpectedMsgSeqNum(789), FIX 4.4 vol. 2: the peer names what it lacks, so it need not ask. */
const resendUnasked = (turn: Turn, message: FixMessage): void => {
  if (!turn.config.settings.nextExpectedMsgSeqNum) return;
  const wanted = seqNumOf(message, NEXT_EXPECTED_MSG_SEQ_NUM);
  if (wanted === undefined) return;
  const { nextSender } = turn.state;
  if (wanted > nextSender) {
    complain(
      turn,
      'NEXT_EXPECTED',
      `NextExpectedMsgSeqNum(789) too high, expecting ${nextSender} but received ${wanted}`,
    );
  } else if (wanted < nextSender) {
    replay(turn, wanted, 0);
  }
};

/** A second Logon on a session that is up: a reset is agreed to, anything else ends the session. */
export const onLogonInSession = (turn: Turn, message: FixMessage): void => {
  if (message.get(RESET_SEQ_NUM_FLAG) !== 'Y') {
    expect(turn, turn.state.nextTarget + 1);
    complain(turn, 'SECOND_LOGON', 'Logon received while logged on');
    return;
  }
  if (message.msgSeqNum !== 1) {
    complain(turn, 'LOGON_INVALID', 'ResetSeqNumFlag(141)=Y needs MsgSeqNum(34)=1');
    return;
  }
  if (connectionOf(turn).isResetSent) {
    // The answer to our own reset; to answer it in turn would never end.
    connectionOf(turn).queue.clear();
    updateConnection(turn, { isResetSent: false, gap: undefined });
    expect(turn, 2);
    beginRecovery(turn);
    tellLoggedOn(turn, message, true);
    return;
  }
  const heartBtIntSeconds =
    seqNumOf(message, HEART_BT_INT) ?? connectionOf(turn).heartBtIntMs / 1_000;
  notice(turn, 'warn', 'RESET_BY_PEER', 'both sides begin again at 1');
  resetNumbers(turn);
  emitLogon(turn, { heartBtIntSeconds, isReset: true, nextExpected: 2, request: message });
  // A peer that answers this answer with 141=Y would make a loop.
  updateConnection(turn, { isResetSent: true });
  expect(turn, 2);
  beginRecovery(turn);
  tellLoggedOn(turn, message, true);
};
