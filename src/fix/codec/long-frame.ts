import { isTrailer, SOH, START, TRAILER_BYTES } from './frame-head.ts';
import { parseWhole } from './frame-scan.ts';

/** A sound message that is longer than the limit: its bytes were not kept. */
export interface TooLong {
  readonly msgType: string;
  readonly msgSeqNum: number;
  /** Of the whole frame, 8 to 10. */
  readonly bytes: number;
  readonly bytesMax: number;
}

const HEAD_BYTES_MAX = 512;
/** The bytes that tell the end of a message and the beginning of the next: never given up early. */
const TAIL_BYTES = TRAILER_BYTES + 1 + START.length - 1;
const MSG_TYPE = '35=';
const MSG_SEQ_NUM = /^34=(\d{1,15})$/;

/**
 * Passes over a frame whose BodyLength(9) is beyond the limit, and keeps its first bytes only. The
 * length is believed when CheckSum(10) is right at its end; a message that begins within says that
 * it is wrong.
 */
export class LongFrame {
  readonly #frameBytes: number;
  readonly #bytesMax: number;
  readonly #head = Buffer.alloc(HEAD_BYTES_MAX);
  #headBytes = 0;
  #taken = 0;
  #sum = 0;
  /** Set when the frame is over: what was passed over, or `undefined` when it was no message. */
  tooLong: TooLong | undefined;

  constructor(frameBytes: number, bytesMax: number) {
    this.#frameBytes = frameBytes;
    this.#bytesMax = bytesMax;
  }

  /** The first bytes of the frame, for the log. */
  get head(): Buffer {
    return this.#head.subarray(0, this.#headBytes);
  }

  /**
   * Looks at the bytes that have come: where the rest begins, and whether the frame is over.
   */
  take(
    bytes: Buffer,
    from: number,
    to: number,
  ): { readonly from: number; readonly isOver: boolean } {
    const rest = this.#frameBytes - this.#taken;
    const end = Math.min(to, from + rest);
    const next = nextMessage(bytes, from, end);
    if (next !== undefined) {
      this.#pass(bytes, from, next);
      return { from: next, isOver: true };
    }
    if (to - from < rest) {
      // What has come ends as a message does, before the length says so.
      if (to - from > TRAILER_BYTES && isTrailer(bytes, to)) {
        this.#pass(bytes, from, to);
        return { from: to, isOver: true };
      }
      const kept = Math.max(from, to - TAIL_BYTES);
      this.#pass(bytes, from, kept);
      return { from: kept, isOver: false };
    }
    this.#pass(bytes, from, end - TRAILER_BYTES);
    const isSound = isTrailer(bytes, end) && parseWhole(bytes, end - 4, end - 1) === this.#sum;
    if (isSound) this.tooLong = this.#read();
    return { from: end, isOver: true };
  }

  #pass(bytes: Buffer, from: number, to: number): void {
    const room = Math.min(to, from + HEAD_BYTES_MAX - this.#headBytes);
    if (room > from) this.#headBytes += bytes.copy(this.#head, this.#headBytes, from, room);
    let sum = this.#sum;
    for (let at = from; at < to; at++) sum += bytes[at] ?? 0;
    this.#sum = sum % 256;
    this.#taken += to - from;
  }

  /** MsgType(35) and MsgSeqNum(34) out of the header; without both it can't be acted upon. */
  #read(): TooLong | undefined {
    const fields = this.head.toString('latin1').split(String.fromCharCode(SOH)).slice(0, -1);
    const msgType = fields.find((field) => field.startsWith(MSG_TYPE))?.slice(MSG_TYPE.length);
    const number = fields.map((field) => MSG_SEQ_NUM.exec(field)?.[1]).find(Boolean);
    if (msgType === undefined || number === undefined) return undefined;
    const [bytes, bytesMax] = [this.#frameBytes, this.#bytesMax];
    return { msgType, msgSeqNum: Number(number), bytes, bytesMax };
  }
}

/** Where a message begins right behind the CheckSum(10) of another, before `to`. */
const nextMessage = (bytes: Buffer, from: number, to: number): number | undefined => {
  const within = bytes.subarray(from, to);
  let at = within.indexOf(START, TRAILER_BYTES + 1);
  while (at !== -1 && !isTrailer(within, at)) at = within.indexOf(START, at + 1);
  return at === -1 ? undefined : from + at;
};
