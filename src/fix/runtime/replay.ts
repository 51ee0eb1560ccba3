import { invariant } from '../../lib/invariant.ts';
import { type Clock, toUtcTimestamp } from '../../lib/time.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';
import { FrameDecoder } from '../codec/frame-decoder.ts';
import { type FrameEncoder } from '../codec/frame-encoder.ts';
import { msgTypeOfFrame, replayFrame } from '../session/replay-frame.ts';
import {
  replayEnd,
  replayNext,
  type ReplayCursor,
  type ReplayOutput,
  type StoredMessage,
} from '../session/resend.ts';
import { type SessionApplication, type SessionStore } from '../session/model/session-types.ts';
import { type SessionSettings } from '../session/model/settings.ts';
import { type ReplayTask } from './outbox.ts';

export interface ReplayDeps {
  readonly settings: SessionSettings;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  readonly dictionary: FixDictionary;
  readonly clock: Clock;
  readonly encoder: FrameEncoder;
}

export interface ReplayRange {
  readonly beginSeqNo: number;
  readonly endSeqNo: number;
}

/** The field alone: what lies in a value has no SOH in front of it. */
const POSS_RESEND = Buffer.from('\x0197=Y\x01', 'latin1');
/** Messages read from the store at a time. */
const WINDOW_MESSAGES = 256;

/**
 * Answers one ResendRequest(2) from the store, a window at a time, so that a hundred thousand
 * messages need no memory.
 */
export const makeReplay = (deps: ReplayDeps, range: ReplayRange): ReplayTask => {
  const { settings, store } = deps;
  const { beginSeqNo, endSeqNo } = range;
  let cursor: ReplayCursor = { next: beginSeqNo, fillFrom: undefined };
  let windowFrom = beginSeqNo;
  let window: StoredMessage[] = [];
  let isDone = false;

  const toFrames = (outputs: readonly ReplayOutput[]): Buffer[] =>
    outputs.flatMap((output) => {
      switch (output.type) {
        case 'GapFill':
          return [gapFill(deps, output.msgSeqNum, output.newSeqNo)];
        case 'Message':
          return [replayFrame(output.bytes, sendingTime(deps))];
        case 'NotReplayed':
          report(deps, output.msgSeqNum, output.bytes);
          return [];
      }
    });

  const nextStored = (): StoredMessage | undefined => {
    while (window.length === 0 && windowFrom <= endSeqNo) {
      const windowTo = Math.min(windowFrom + WINDOW_MESSAGES - 1, endSeqNo);
      window = Array.from(store.outbound(windowFrom, windowTo), ({ msgSeqNum, bytes }) => ({
        msgSeqNum,
        msgType: msgTypeOfFrame(bytes),
        bytes,
        isPossResend: settings.role === 'acceptor' && bytes.includes(POSS_RESEND),
      })).reverse();
      windowFrom = windowTo + 1;
    }
    return window.pop();
  };

  const next = (bytesMax: number): readonly Buffer[] => {
    const frames: Buffer[] = [];
    let bytes = 0;
    while (!isDone && bytes < bytesMax) {
      const stored = nextStored();
      const stepped =
        stored === undefined
          ? { cursor, outputs: replayEnd(cursor, endSeqNo) }
          : replayNext(settings, cursor, stored);
      isDone = stored === undefined;
      cursor = stepped.cursor;
      const made = toFrames(stepped.outputs);
      for (const frame of made) bytes += frame.length;
      frames.push(...made);
    }
    return frames;
  };
  return { next };
};

const sendingTime = ({ clock }: ReplayDeps): string => toUtcTimestamp(clock.wall());

const report = (deps: ReplayDeps, msgSeqNum: number, bytes: Buffer): void => {
  const decoder = new FrameDecoder(deps.dictionary);
  decoder.push(bytes);
  const decoded = decoder.next();
  invariant(decoded?.type === 'Message', 'a message that was sent can be read');
  deps.application.onNotReplayed?.({ msgSeqNum, message: decoded.message });
};

const gapFill = (deps: ReplayDeps, msgSeqNum: number, newSeqNo: number): Buffer => {
  const { settings, encoder } = deps;
  const now = sendingTime(deps);
  const encoded = encoder.encode(
    {
      beginString: settings.beginString,
      msgType: '4',
      msgSeqNum,
      senderCompID: settings.senderCompID,
      targetCompID: settings.targetCompID,
      sendingTime: now,
      possDup: true,
      origSendingTime: now,
      extra: settings.headerFields,
    },
    [
      [36, String(newSeqNo)],
      [123, 'Y'],
    ],
  );
  invariant(encoded.ok, 'a gap fill can be encoded');
  return encoded.value;
};
