import { type FixMessage } from '../codec/fix-message.ts';
import { voidProbes } from './heartbeat.ts';
import { REASON, reject } from './reject.ts';
import { seqNumOf } from './sequence.ts';
import { type SessionSettings } from './model/settings.ts';
import { notice, type Turn } from './turn.ts';

const BEGIN_SEQ_NO = 7;
const END_SEQ_NO = 16;
/**
 * Session messages are not replayed, FIX 4.4 vol. 2, "ResendRequest"; Reject(3) is, since it is
 * told once.
 */
const GAP_FILLED: ReadonlySet<string> = new Set(['0', '1', '2', '4', '5', 'A']);

/** The peer's ResendRequest(2). Answering it moves no number of ours. */
export const onResendRequest = (turn: Turn, message: FixMessage): void => {
  const begin = seqNumOf(message, BEGIN_SEQ_NO) ?? 0;
  const end = seqNumOf(message, END_SEQ_NO) ?? 0;
  if (begin === 0 || (end !== 0 && end < begin)) {
    const refTagID = begin === 0 ? BEGIN_SEQ_NO : END_SEQ_NO;
    reject(turn, message, { reason: REASON.valueIncorrect, refTagID });
    return;
  }
  replay(turn, begin, end);
};

/** `end` 0: up to the last message sent. */
export const replay = (turn: Turn, begin: number, end: number): void => {
  const last = turn.state.nextSender - 1;
  if (begin > last) {
    notice(turn, 'warn', 'RESEND_BEYOND', `asked for ${begin}, the last message sent is ${last}`);
    return;
  }
  const endSeqNo = end === 0 ? last : Math.min(end, last);
  notice(turn, 'info', 'RESEND_REQUESTED', `${begin} to ${endSeqNo}`);
  turn.effects.push({ type: 'Replay', beginSeqNo: begin, endSeqNo });
  turn.calls.push({ type: 'ResendRequested', range: { beginSeqNo: begin, endSeqNo } });
  voidProbes(turn, begin, endSeqNo);
};

/** What becomes of one stored message when it is asked for again. */
export type ReplayDecision = 'replay' | 'gap-fill' | 'gap-fill-and-report';

export const replayDecision = (settings: SessionSettings, msgType: string): ReplayDecision => {
  if (GAP_FILLED.has(msgType)) return 'gap-fill';
  const isNeverReplayed =
    settings.resendPolicy === 'gap-fill-orders' && settings.neverReplay.includes(msgType);
  return isNeverReplayed ? 'gap-fill-and-report' : 'replay';
};

/**
 * A resend under way: every number below `next` is answered, or waits in an open gap fill that
 * begins at `fillFrom`.
 */
export interface ReplayCursor {
  readonly next: number;
  readonly fillFrom: number | undefined;
}

export type ReplayOutput =
  | { readonly type: 'GapFill'; readonly msgSeqNum: number; readonly newSeqNo: number }
  | { readonly type: 'Message'; readonly bytes: Buffer }
  | { readonly type: 'NotReplayed'; readonly msgSeqNum: number; readonly bytes: Buffer };

export interface StoredMessage {
  readonly msgSeqNum: number;
  readonly msgType: string;
  readonly bytes: Buffer;
  /** PossResend(97)=Y: under this number the peer has never had it, so no policy withholds it. */
  readonly isPossResend?: boolean;
}

/**
 * Takes the next stored message, ascending; numbers without one are gap-filled. One gap fill per
 * run.
 */
export const replayNext = (
  settings: SessionSettings,
  cursor: ReplayCursor,
  stored: StoredMessage,
): { readonly cursor: ReplayCursor; readonly outputs: readonly ReplayOutput[] } => {
  const { msgSeqNum, bytes } = stored;
  const fillFrom = cursor.fillFrom ?? (msgSeqNum > cursor.next ? cursor.next : undefined);
  const decision =
    stored.isPossResend === true ? 'replay' : replayDecision(settings, stored.msgType);
  if (decision === 'replay') {
    const outputs: ReplayOutput[] = [{ type: 'Message', bytes }];
    if (fillFrom !== undefined) {
      outputs.unshift({ type: 'GapFill', msgSeqNum: fillFrom, newSeqNo: msgSeqNum });
    }
    return { cursor: { next: msgSeqNum + 1, fillFrom: undefined }, outputs };
  }
  const outputs: ReplayOutput[] =
    decision === 'gap-fill' ? [] : [{ type: 'NotReplayed', msgSeqNum, bytes }];
  return { cursor: { next: msgSeqNum + 1, fillFrom: fillFrom ?? msgSeqNum }, outputs };
};

/** Ends a resend at `endSeqNo`: fills what is left. */
export const replayEnd = (cursor: ReplayCursor, endSeqNo: number): readonly ReplayOutput[] => {
  const msgSeqNum = cursor.fillFrom ?? cursor.next;
  return msgSeqNum > endSeqNo ? [] : [{ type: 'GapFill', msgSeqNum, newSeqNo: endSeqNo + 1 }];
};
