import { parseUtcTimestamp } from '../../lib/time.ts';
import { type FixMessage } from '../codec/fix-message.ts';
import { type TooLong } from '../codec/long-frame.ts';
import { probeIfDue } from './heartbeat.ts';
import { answerDeferredLogout, complain } from './logout.ts';
import { REASON, reject } from './reject.ts';
import { type MessageProblem } from './model/settings.ts';
import { isHeldByLength } from './model/state.ts';
import { connectionOf, emit, expect, halt, notice, type Turn, updateConnection } from './turn.ts';

const MSG_SEQ_NUM = 34;
const NEW_SEQ_NO = 36;
const POSS_DUP_FLAG = 43;
const SENDING_TIME = 52;
const ORIG_SENDING_TIME = 122;
const GAP_FILL_FLAG = 123;
const SEQ_NUM = /^\d{1,15}$/;

export const isPossDup = (message: FixMessage): boolean => message.get(POSS_DUP_FLAG) === 'Y';

export const isGapFill = (message: FixMessage): boolean =>
  message.msgType === '4' && message.get(GAP_FILL_FLAG) === 'Y';

/** A sequence number of a field; `undefined` when it is not one. */
export const seqNumOf = (message: FixMessage, tag: number): number | undefined => {
  const text = message.get(tag);
  return text !== undefined && SEQ_NUM.test(text) ? Number(text) : undefined;
};

/**
 * What is wrong with a message that says it may be a duplicate. FIX session test cases 2f and 2g.
 */
export const possDupProblem = (turn: Turn, message: FixMessage): MessageProblem | undefined => {
  const original = message.get(ORIG_SENDING_TIME);
  if (original === undefined) {
    // Nothing of a SequenceReset is older than itself.
    const isRequired = turn.config.settings.requireOrigSendingTime && message.msgType !== '4';
    return isRequired
      ? { reason: REASON.requiredTagMissing, refTagID: ORIG_SENDING_TIME }
      : undefined;
  }
  const originalAt = parseUtcTimestamp(original);
  const sentAt = parseUtcTimestamp(message.get(SENDING_TIME) ?? '');
  if (originalAt === undefined) {
    return { reason: REASON.incorrectFormat, refTagID: ORIG_SENDING_TIME };
  }
  return sentAt !== undefined && originalAt > sentAt
    ? { reason: REASON.sendingTimeAccuracy }
    : undefined;
};

/** MsgSeqNum(34) below the expected one: a duplicate is dropped, anything else ends the session. */
export const onTooLow = (turn: Turn, message: FixMessage): void => {
  if (isPossDup(message)) {
    const problem = possDupProblem(turn, message);
    if (problem === undefined) return;
    reject(turn, message, problem);
    if (problem.reason === REASON.sendingTimeAccuracy) {
      complain(turn, 'SENDING_TIME', 'OrigSendingTime(122) is later than SendingTime(52)', true);
    }
    return;
  }
  const text = tooLowText(turn, message);
  complain(turn, 'TOO_LOW', text);
  if (turn.config.settings.onTooLow === 'halt') halt(turn, text);
};

export const tooLowText = (turn: Turn, message: FixMessage): string =>
  `MsgSeqNum too low, expecting ${turn.state.nextTarget} but received ${message.get(MSG_SEQ_NUM) ?? ''}`;

/**
 * MsgSeqNum(34) above the expected one: the message waits, and one ResendRequest(2) asks for what
 * is missing. `Done` instead of a message: it has been acted upon, only its number waits.
 */
export const onTooHigh = (turn: Turn, msgSeqNum: number, message: FixMessage | 'Done'): void => {
  const isKept = enqueue(turn, msgSeqNum, message);
  const { gap } = connectionOf(turn);
  if (gap === undefined) {
    notice(turn, 'warn', 'GAP', `expected ${turn.state.nextTarget}, received ${msgSeqNum}`);
    askForGap(turn, msgSeqNum, 0);
  } else if (msgSeqNum > gap.seen) {
    // What is not kept is asked for in its turn, whether or not the resend under way brings it.
    const askedTo = isKept ? gap.askedTo : Math.min(gap.askedTo, msgSeqNum - 1);
    updateConnection(turn, { gap: { ...gap, seen: msgSeqNum, askedTo } });
  }
};

/** Bytes that a queued message holds beside its own: its table of fields, and its objects. */
const QUEUED_OVERHEAD_BYTES = 512;

const bytesOf = (message: FixMessage | 'Done'): number =>
  message === 'Done' ? 0 : message.raw.length + QUEUED_OVERHEAD_BYTES;

/** Takes a message out of the queue. */
export const takeQueued = (turn: Turn, msgSeqNum: number): FixMessage | 'Done' | undefined => {
  const { queue, queuedBytes } = connectionOf(turn);
  const message = queue.get(msgSeqNum);
  if (message === undefined) return undefined;
  queue.delete(msgSeqNum);
  updateConnection(turn, { queuedBytes: queuedBytes - bytesOf(message) });
  return message;
};

/** Whether the message waits in the queue now. One notice for each request while it is full. */
const enqueue = (turn: Turn, msgSeqNum: number, message: FixMessage | 'Done'): boolean => {
  const { queue, gap } = connectionOf(turn);
  if (queue.has(msgSeqNum)) return true;
  const { queueMax, queueBytesMax } = turn.config.settings;
  const queuedBytes = queue.size === 0 ? 0 : connectionOf(turn).queuedBytes;
  const bytes = bytesOf(message);
  if (queue.size < queueMax && queuedBytes + bytes <= queueBytesMax) {
    // A small message would keep the whole slab that it came in.
    queue.set(msgSeqNum, message === 'Done' ? message : message.copy());
    updateConnection(turn, { queuedBytes: queuedBytes + bytes });
    return true;
  }
  if (gap?.isQueueFull === false) {
    updateConnection(turn, { gap: { ...gap, isQueueFull: true } });
    const text = `${queue.size} messages, ${queuedBytes} bytes wait behind ${turn.state.nextTarget}`;
    notice(turn, 'warn', 'QUEUE_FULL', `${text}; ${msgSeqNum} and later are asked for again`);
  }
  return false;
};

const TOO_LONG_MAX = 1_000;

/**
 * A sound message beyond the size limit, which was not kept. Where messages may be refused, it is,
 * by Reject(3). Else it may be a fill: what follows waits behind it until the operator decides.
 */
export const onTooLong = (turn: Turn, message: TooLong): void => {
  updateConnection(turn, { lastReceivedAt: turn.mono, testReqID: undefined, garbled: 0 });
  const { msgSeqNum } = message;
  if (msgSeqNum < turn.state.nextTarget || connectionOf(turn).queue.has(msgSeqNum)) return;
  if (turn.config.settings.invalidApplicationMessage === 'reject') refuseTooLong(turn, message);
  else holdTooLong(turn, message);
};

const refuseTooLong = (turn: Turn, { msgType, msgSeqNum, bytes, bytesMax }: TooLong): void => {
  const get = (tag: number): string | undefined =>
    tag === MSG_SEQ_NUM ? String(msgSeqNum) : undefined;
  const text = `message of ${bytes} bytes, the longest that is taken has ${bytesMax}`;
  reject(turn, { msgType, get }, { reason: REASON.other, text });
  if (msgSeqNum > turn.state.nextTarget) {
    onTooHigh(turn, msgSeqNum, 'Done');
    return;
  }
  expect(turn, msgSeqNum + 1);
  followGap(turn);
};

const holdTooLong = (turn: Turn, { msgType, msgSeqNum, bytes, bytesMax }: TooLong): void => {
  const { nextTarget, tooLong } = turn.state;
  if (!tooLong.includes(msgSeqNum)) {
    const kept = tooLong.filter((number) => number >= nextTarget).slice(0, TOO_LONG_MAX - 1);
    const sorted = [...kept, msgSeqNum].toSorted((one, other) => one - other);
    turn.state = { ...turn.state, tooLong: sorted };
    const what = `message ${msgSeqNum}, MsgType(35) ${msgType}, has ${bytes} bytes`;
    const text =
      `${what}, the longest that is taken has ${bytesMax} (messageBytesMax); it is not lost: ` +
      'raise messageBytesMax and start again to have it sent again, or give it up with ' +
      `session set-next-target ${msgSeqNum + 1}; later messages wait until then`;
    notice(turn, 'error', 'MESSAGE_TOO_LONG', text);
  }
  const { gap } = connectionOf(turn);
  if (gap === undefined) askForGap(turn, msgSeqNum, 0);
  else if (msgSeqNum > gap.seen) updateConnection(turn, { gap: { ...gap, seen: msgSeqNum } });
};

/** The first number from `from` on that is neither too long nor in the queue. */
const firstMissing = (turn: Turn, from: number): number => {
  const { queue } = connectionOf(turn);
  let number = from;
  while (turn.state.tooLong.includes(number) || queue.has(number)) number++;
  return number;
};

/** ResendRequest(2) from the next expected number up to what was seen, a chunk at most. */
const askForGap = (turn: Turn, seen: number, reasks: number): void => {
  const begin = isHeldByLength(turn.state)
    ? firstMissing(turn, turn.state.nextTarget)
    : turn.state.nextTarget;
  if (begin > seen) {
    const askedTo = Number.POSITIVE_INFINITY;
    const gap = { seen, askedTo, progressAt: turn.mono, reasks, isQueueFull: false };
    updateConnection(turn, { gap });
    return;
  }
  const { resendChunkSize } = turn.config.settings;
  const end = Math.min(begin + resendChunkSize - 1, seen - 1);
  const askedTo = resendChunkSize === 0 ? Number.POSITIVE_INFINITY : Math.max(end, begin);
  emit(turn, '2', [
    [7, String(begin)],
    [16, askedTo === Number.POSITIVE_INFINITY ? '0' : String(askedTo)],
  ]);
  const gap = { seen, askedTo, progressAt: turn.mono, reasks, isQueueFull: false };
  updateConnection(turn, { gap });
};

/**
 * To be called when the next expected number has moved: closes the gap, or asks for its next chunk.
 */
export const followGap = (turn: Turn): void => {
  const { gap, queue } = connectionOf(turn);
  if (gap === undefined) return;
  const { nextTarget } = turn.state;
  if (nextTarget > gap.seen) {
    updateConnection(turn, { gap: undefined });
    notice(turn, 'info', 'GAP_CLOSED', `next expected is ${nextTarget}`);
    // A gap fill may cover the Logout that waited behind it.
    answerDeferredLogout(turn);
    probeIfDue(turn);
    return;
  }
  // The queue holds what comes next: it moves first.
  if (queue.has(nextTarget)) return;
  if (nextTarget > gap.askedTo) askForGap(turn, gap.seen, 0);
  else updateConnection(turn, { gap: { ...gap, progressAt: turn.mono } });
};

/**
 * Refuses a SequenceReset(4). Nothing moves; whether its number is used up shows with the next
 * message.
 */
export const refuseReset = (turn: Turn, message: FixMessage, problem: MessageProblem): void => {
  reject(turn, message, problem);
  if (message.msgSeqNum === turn.state.nextTarget) {
    updateConnection(turn, { refusedReset: message.msgSeqNum });
  }
};

/** SequenceReset(4) with GapFillFlag(123)=Y whose number is the expected one. */
export const onGapFill = (turn: Turn, message: FixMessage): void => {
  const newSeqNo = seqNumOf(message, NEW_SEQ_NO) ?? 0;
  if (newSeqNo <= turn.state.nextTarget) {
    refuseReset(turn, message, { reason: REASON.valueIncorrect });
    notice(turn, 'error', 'SEQUENCE_LOWERED', `NewSeqNo(36) ${newSeqNo} of a gap fill`);
    return;
  }
  jumpTo(turn, newSeqNo);
};

/** SequenceReset(4) without gap fill: MsgSeqNum(34) does not matter; upwards only. */
export const onSequenceReset = (turn: Turn, message: FixMessage): void => {
  const newSeqNo = seqNumOf(message, NEW_SEQ_NO) ?? 0;
  const { nextTarget } = turn.state;
  const isOld = isPossDup(message) && (message.msgSeqNum ?? nextTarget) < nextTarget;
  if (isOld && newSeqNo <= nextTarget) return;
  if (newSeqNo < nextTarget) {
    refuseReset(turn, message, { reason: REASON.valueIncorrect });
    notice(turn, 'error', 'SEQUENCE_LOWERED', `NewSeqNo(36) ${newSeqNo}, expected ${nextTarget}`);
    return;
  }
  if (newSeqNo === nextTarget) return;
  notice(turn, 'warn', 'SEQUENCE_RESET', `${nextTarget} to ${newSeqNo - 1} never come`);
  jumpTo(turn, newSeqNo);
};

/** Messages below `nextTarget` never come; what waits behind it goes on. */
export const jumpTo = (turn: Turn, nextTarget: number): void => {
  const { queue } = connectionOf(turn);
  for (const msgSeqNum of queue.keys()) if (msgSeqNum < nextTarget) takeQueued(turn, msgSeqNum);
  expect(turn, nextTarget);
  followGap(turn);
};

/** A resend that does not come: ask again, and at last give the connection up. */
export const reaskGap = (turn: Turn): void => {
  const { gap } = connectionOf(turn);
  if (gap === undefined) return;
  if (isHeldByLength(turn.state)) {
    updateConnection(turn, { gap: { ...gap, progressAt: turn.mono } });
    return;
  }
  if (gap.reasks >= turn.config.settings.resendReasksMax) {
    complain(
      turn,
      'GAP_STUCK',
      `${turn.state.nextTarget} asked for ${gap.reasks + 1} times, not resent`,
    );
    return;
  }
  notice(turn, 'warn', 'GAP_REASKED', `${turn.state.nextTarget} has not come`);
  askForGap(turn, gap.seen, gap.reasks + 1);
};
