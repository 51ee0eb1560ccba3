import { parseUtcTimestamp } from '../../lib/time.ts';
import { type FixMessage } from '../codec/fix-message.ts';
import { onLogonInSession } from './logon.ts';
import { complain, deferLogout, onLogout } from './logout.ts';
import { REASON, reject, rejectUnsupported, textOf } from './reject.ts';
import { onResendRequest } from './resend.ts';
import {
  followGap,
  isGapFill,
  isPossDup,
  onGapFill,
  onSequenceReset,
  onTooHigh,
  onTooLow,
  possDupProblem,
  refuseReset,
  seqNumOf,
} from './sequence.ts';
import { type MessageProblem } from './model/settings.ts';
import { onHeartbeat, onTestRequest } from './heartbeat.ts';
import { connectionOf, expect, notice, type Turn, updateConnection } from './turn.ts';

const SENDER_COMP_ID = 49;
const TARGET_COMP_ID = 56;
const ADMIN: ReadonlySet<string> = new Set(['0', '1', '2', '3', '4', '5', 'A']);

/**
 * Session messages that a peer replays instead of filling their gap. They are of another time: a
 * Logon or Logout would end the session, a ResendRequest ask twice, a Heartbeat prove what it does
 * not. Only their numbers count.
 */
const IGNORED_IN_REPLAY: ReadonlySet<string> = new Set(['0', '1', '2', '5', 'A']);

/**
 * A message on a session that is up. The order of the checks is that of FIX 4.4 vol. 2: who, then
 * when, then which, then what.
 */
export const onMessageInSession = (turn: Turn, message: FixMessage): void => {
  // After our complaint only the answer counts: processing more would complain again.
  if (isLeaving(turn) && message.msgType !== '5') return;
  if (!hasIdentity(turn, message) || !hasGoodTime(turn, message)) return;
  if (message.msgType === '4' && !isGapFill(message)) {
    onResetWithoutNumber(turn, message);
    return;
  }
  const { msgSeqNum } = message;
  if (msgSeqNum === undefined) {
    complain(turn, 'NO_MSG_SEQ_NUM', 'MsgSeqNum(34) missing or not a number');
    return;
  }
  if (!isPossDup(message)) followUnaskedReset(turn, msgSeqNum);
  // An old Logout in a replay ends nothing; its number counts.
  if (message.msgType === '5' && !isPossDup(message)) logoutInOrder(turn, message, msgSeqNum);
  else inOrder(turn, message, msgSeqNum);
};

const isLeaving = (turn: Turn): boolean => {
  const kind = connectionOf(turn).logout?.kind;
  return kind === 'complaint' || kind === 'answered';
};

/** A number too low does not keep the peer from leaving; the gap before one too high is filled. */
const logoutInOrder = (turn: Turn, message: FixMessage, msgSeqNum: number): void => {
  skipRefusedReset(turn, msgSeqNum);
  if (msgSeqNum <= turn.state.nextTarget || isLeaving(turn)) {
    onLogout(turn, message);
    return;
  }
  onTooHigh(turn, msgSeqNum, message);
  deferLogout(turn, message);
};

/**
 * Our answer to its Logon said 141=Y unasked. Engines in the field then count that Logon as number
 * 1, or begin at 1 with their next message.
 */
const followUnaskedReset = (turn: Turn, msgSeqNum: number): void => {
  if (!connectionOf(turn).isResetUnasked) return;
  updateConnection(turn, { isResetUnasked: false });
  if (msgSeqNum === 1 && turn.state.nextTarget === 2) expect(turn, 1);
};

const inOrder = (turn: Turn, message: FixMessage, msgSeqNum: number): void => {
  skipRefusedReset(turn, msgSeqNum);
  const { nextTarget } = turn.state;
  if (message.msgType === 'A' && message.get(141) === 'Y' && !isPossDup(message)) {
    onLogonInSession(turn, message);
    return;
  }
  if (connectionOf(turn).isResetSent) updateConnection(turn, { isResetSent: false });
  if (msgSeqNum < nextTarget) {
    onLow(turn, message);
  } else if (msgSeqNum > nextTarget) {
    onEarly(turn, message, msgSeqNum);
  } else {
    onExpected(turn, message);
  }
};

/**
 * The message behind a refused SequenceReset has the next number: so the peer counts the refused
 * one.
 */
const skipRefusedReset = (turn: Turn, msgSeqNum: number): void => {
  const { nextTarget } = turn.state;
  if (connectionOf(turn).refusedReset !== nextTarget || msgSeqNum !== nextTarget + 1) return;
  consume(turn, nextTarget);
};

/**
 * A ResendRequest(2) is answered although its number is too low, as engines in the field do: it
 * says what the peer lacks, and the numbers show with its next message.
 */
const onLow = (turn: Turn, message: FixMessage): void => {
  const isRequest = message.msgType === '2' && !isPossDup(message);
  if (!isRequest || problemOf(turn, message) !== undefined) {
    onTooLow(turn, message);
    return;
  }
  const text = `ResendRequest ${message.get(34) ?? ''}: its number is too low, answered`;
  notice(turn, 'warn', 'RESEND_REQUEST_LOW', text);
  onResendRequest(turn, message);
};

/**
 * FIX session test case 20: a ResendRequest beyond a gap is answered at once, since two sides that
 * wait for each other's resend wait for ever. Its number waits for its turn like any other.
 */
const onEarly = (turn: Turn, message: FixMessage, msgSeqNum: number): void => {
  const isRequest = message.msgType === '2' && !isPossDup(message);
  const isNew = isRequest && !connectionOf(turn).queue.has(msgSeqNum);
  if (isNew && problemOf(turn, message) === undefined) {
    onResendRequest(turn, message);
    onTooHigh(turn, msgSeqNum, 'Done');
    return;
  }
  onTooHigh(turn, msgSeqNum, message);
};

/** The next message in order, from the wire or out of the queue. */
export const onExpected = (turn: Turn, message: FixMessage): void => {
  const { nextTarget } = turn.state;
  const duplicateProblem = isPossDup(message) ? possDupProblem(turn, message) : undefined;
  const problem = duplicateProblem ?? problemOf(turn, message);
  if (problem !== undefined && !isForgiven(turn, message, problem)) {
    if (message.msgType === '4') {
      refuseReset(turn, message, problem);
    } else {
      reject(turn, message, problem);
      consume(turn, nextTarget);
    }
    if (problem === duplicateProblem && problem.reason === REASON.sendingTimeAccuracy) {
      complain(turn, 'SENDING_TIME', 'OrigSendingTime(122) is later than SendingTime(52)', true);
    }
    return;
  }
  if (isPossDup(message) && IGNORED_IN_REPLAY.has(message.msgType)) consume(turn, nextTarget);
  else if (ADMIN.has(message.msgType)) onAdmin(turn, message);
  else onApplication(turn, message);
};

const consume = (turn: Turn, msgSeqNum: number): void => {
  expect(turn, msgSeqNum + 1);
  followGap(turn);
};

const problemOf = (turn: Turn, message: FixMessage): MessageProblem | undefined =>
  compIDMissing(message) ??
  (turn.config.settings.validate ? turn.config.validate?.(message) : undefined);

/** A CompID that is missing or empty; one that is wrong ends the session before. */
const compIDMissing = (message: FixMessage): MessageProblem | undefined => {
  for (const refTagID of [SENDER_COMP_ID, TARGET_COMP_ID]) {
    const value = message.get(refTagID);
    if (value === undefined) return { reason: REASON.requiredTagMissing, refTagID };
    if (value === '') return { reason: REASON.tagWithoutValue, refTagID };
  }
  return undefined;
};

/**
 * A Reject is never rejected. An application message may be a fill: where the settings say so, it
 * is delivered with a warning.
 */
const isForgiven = (turn: Turn, message: FixMessage, problem: MessageProblem): boolean => {
  const { invalidApplicationMessage } = turn.config.settings;
  const isApplication = !ADMIN.has(message.msgType) && problem.reason !== REASON.invalidMsgType;
  const isDelivered = invalidApplicationMessage === 'warn-and-deliver' && isApplication;
  if (!isDelivered && message.msgType !== '3') return false;
  const where = problem.refTagID === undefined ? '' : `, tag ${problem.refTagID}`;
  const text = `${message.msgType} ${message.get(34) ?? ''}: ${textOf(problem)}${where}`;
  notice(turn, 'warn', 'INVALID_MESSAGE', text);
  return true;
};

const onAdmin = (turn: Turn, message: FixMessage): void => {
  const { nextTarget } = turn.state;
  switch (message.msgType) {
    case '0':
      consume(turn, nextTarget);
      onHeartbeat(turn, message);
      return;
    case '1':
      onTestRequest(turn, message);
      consume(turn, nextTarget);
      return;
    case '2':
      // FIX 4.4 vol. 2: the peer's request is answered before ours goes out.
      onResendRequest(turn, message);
      consume(turn, nextTarget);
      return;
    case '3':
      deliver(turn, message);
      return;
    case '4':
      onGapFill(turn, message);
      return;
    case '5':
      onLogout(turn, message);
      return;
    default:
      onLogonInSession(turn, message);
  }
};

const onApplication = (turn: Turn, message: FixMessage): void => {
  const { supportedMsgTypes } = turn.config.settings;
  if (supportedMsgTypes !== undefined && !supportedMsgTypes.includes(message.msgType)) {
    rejectUnsupported(turn, message);
    consume(turn, turn.state.nextTarget);
    return;
  }
  deliver(turn, message);
};

const deliver = (turn: Turn, message: FixMessage): void => {
  const msgSeqNum = turn.state.nextTarget;
  turn.state = { ...turn.state, nextTarget: msgSeqNum + 1 };
  followGap(turn);
  turn.calls.push({
    type: 'Deliver',
    message,
    nextTarget: msgSeqNum + 1,
    context: {
      at: turn.at,
      msgSeqNum,
      possDup: isPossDup(message),
      possResend: message.get(97) === 'Y',
      epoch: turn.state.epoch,
    },
  });
};

const onResetWithoutNumber = (turn: Turn, message: FixMessage): void => {
  const problem = problemOf(turn, message);
  const newSeqNo = seqNumOf(message, 36);
  if (problem !== undefined) refuseReset(turn, message, problem);
  else if (newSeqNo === undefined) {
    refuseReset(turn, message, { reason: REASON.requiredTagMissing, refTagID: 36 });
  } else onSequenceReset(turn, message);
};

/**
 * Checks BeginString(8) and the CompIDs: a message of another session is not processed. FIX session
 * test cases 2i and 2k.
 */
const hasIdentity = (turn: Turn, message: FixMessage): boolean => {
  const { beginString, senderCompID, targetCompID } = turn.config.settings;
  if (message.get(8) !== beginString) {
    if (message.msgType === '5') onLogout(turn, message);
    else complain(turn, 'BEGIN_STRING', 'Incorrect BeginString');
    return false;
  }
  const isRight = (value: string | undefined, wanted: string): boolean =>
    (value ?? '') === '' || value === wanted;
  const isSender = isRight(message.get(SENDER_COMP_ID), targetCompID);
  // One that is missing or empty is refused in its turn, and the session goes on.
  if (isSender && isRight(message.get(TARGET_COMP_ID), senderCompID)) return true;
  const problem = { reason: REASON.compIDProblem };
  refuseAndConsume(turn, message, problem);
  complain(turn, 'COMP_ID', textOf(problem), true);
  return false;
};

/**
 * SendingTime(52) within the limit. A missing or misshaped one is left to the dictionary. FIX
 * session test case 2o.
 */
const hasGoodTime = (turn: Turn, message: FixMessage): boolean => {
  if (!turn.config.settings.checkLatency) return true;
  const sentAt = parseUtcTimestamp(message.get(52) ?? '');
  if (sentAt === undefined || isRecent(turn, sentAt)) return true;
  refuseAndConsume(turn, message, { reason: REASON.sendingTimeAccuracy });
  complain(turn, 'SENDING_TIME', textOf({ reason: REASON.sendingTimeAccuracy }), true);
  return false;
};

const isRecent = (turn: Turn, sentAt: number): boolean =>
  Math.abs(turn.at - sentAt) <= turn.config.settings.maxLatencyMs;

const refuseAndConsume = (turn: Turn, message: FixMessage, problem: MessageProblem): void => {
  reject(turn, message, problem);
  if (message.msgSeqNum === turn.state.nextTarget) expect(turn, turn.state.nextTarget + 1);
};
