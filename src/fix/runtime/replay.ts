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
import { addRange, type ResendRange } from './resend-ranges.ts';

export interface ReplayDeps {
  readonly settings: SessionSettings;
  readonly application: SessionApplication;
  readonly store: SessionStore;
  readonly dictionary: FixDictionary;
  readonly clock: Clock;
  readonly encoder: FrameEncoder;
}

/** The field alone: what lies in a value has no SOH in front of it. */
const POSS_RESEND = Buffer.from('\x0197=Y\x01', 'latin1');
/** Messages read from the store at a time, and handled before others have their turn. */
const WINDOW_MESSAGES = 256;
/** A window ends early where its messages are long. */
const WINDOW_BYTES = 1024 * 1024;

/**
 * Answers the peer's ResendRequests(2) from the store, a window at a time, so that a hundred
 * thousand messages need no memory and keep nobody else waiting. A request that comes meanwhile is
 * merged: what is still to be sent of it is not sent twice.
 */
export class Replay implements ReplayTask {
  readonly #deps: ReplayDeps;
  #waiting: readonly ResendRange[];
  #current: Resend | undefined;

  constructor(deps: ReplayDeps, range: ResendRange) {
    this.#deps = deps;
    this.#waiting = [range];
  }

  get isDone(): boolean {
    return this.#current === undefined && this.#waiting.length === 0;
  }

  /** A further request. */
  add({ beginSeqNo, endSeqNo }: ResendRange): void {
    const current = this.#current;
    if (current === undefined || beginSeqNo > current.endSeqNo + 1) {
      this.#waiting = addRange(this.#waiting, { beginSeqNo, endSeqNo });
      return;
    }
    const sentTo = Math.min(endSeqNo, current.unsentFrom - 1);
    if (beginSeqNo <= sentTo) {
      this.#waiting = addRange(this.#waiting, { beginSeqNo, endSeqNo: sentTo });
    }
    current.endSeqNo = Math.max(current.endSeqNo, endSeqNo);
  }

  next(bytesMax: number): readonly Buffer[] {
    if (this.#current === undefined) {
      const [range, ...waiting] = this.#waiting;
      if (range === undefined) return [];
      this.#waiting = waiting;
      this.#current = new Resend(this.#deps, range);
    }
    const frames = this.#current.next(bytesMax);
    if (this.#current.isDone) this.#current = undefined;
    return frames;
  }
}

/** The answer to one range. */
class Resend {
  readonly #deps: ReplayDeps;
  #cursor: ReplayCursor;
  #window: StoredMessage[] = [];
  #windowFrom: number;
  /** May grow while it is not done. */
  endSeqNo: number;
  isDone = false;

  constructor(deps: ReplayDeps, { beginSeqNo, endSeqNo }: ResendRange) {
    this.#deps = deps;
    this.#cursor = { next: beginSeqNo, fillFrom: undefined };
    this.#windowFrom = beginSeqNo;
    this.endSeqNo = endSeqNo;
  }

  /** Every number below is answered. */
  get unsentFrom(): number {
    return this.#cursor.fillFrom ?? this.#cursor.next;
  }

  /** About `bytesMax` of frames, of at most a window of messages; empty while a gap fill grows. */
  next(bytesMax: number): readonly Buffer[] {
    const { settings } = this.#deps;
    const frames: Buffer[] = [];
    let bytes = 0;
    for (let taken = 0; taken < WINDOW_MESSAGES && !this.isDone && bytes < bytesMax; taken++) {
      const stored = this.#nextStored();
      const stepped =
        stored === undefined
          ? { cursor: this.#cursor, outputs: replayEnd(this.#cursor, this.endSeqNo) }
          : replayNext(settings, this.#cursor, stored);
      this.isDone = stored === undefined;
      this.#cursor = stepped.cursor;
      const made = this.#toFrames(stepped.outputs);
      for (const frame of made) bytes += frame.length;
      frames.push(...made);
    }
    return frames;
  }

  #toFrames(outputs: readonly ReplayOutput[]): Buffer[] {
    const deps = this.#deps;
    return outputs.flatMap((output) => {
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
  }

  #nextStored(): StoredMessage | undefined {
    while (this.#window.length === 0 && this.#windowFrom <= this.endSeqNo) this.#readWindow();
    return this.#window.pop();
  }

  #readWindow(): void {
    const { settings, store } = this.#deps;
    const windowTo = Math.min(this.#windowFrom + WINDOW_MESSAGES - 1, this.endSeqNo);
    const window: StoredMessage[] = [];
    let bytesRead = 0;
    let readTo = windowTo;
    for (const { msgSeqNum, bytes } of store.outbound(this.#windowFrom, windowTo)) {
      const isPossResend = settings.role === 'acceptor' && bytes.includes(POSS_RESEND);
      window.push({ msgSeqNum, msgType: msgTypeOfFrame(bytes), bytes, isPossResend });
      bytesRead += bytes.length;
      if (bytesRead < WINDOW_BYTES) continue;
      readTo = msgSeqNum;
      break;
    }
    this.#window = window.reverse();
    this.#windowFrom = readTo + 1;
  }
}

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
