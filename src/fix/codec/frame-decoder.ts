import { defined } from '../../lib/defined.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';
import { DecodedMessage } from './decoded-message.ts';
import { FieldTableWriter } from './field-table.ts';
import { type FixMessage } from './fix-message.ts';
import {
  INCOMPLETE,
  isTrailer,
  NOT_A_FRAME,
  readHead,
  SOH,
  START,
  TRAILER_BYTES,
} from './frame-head.ts';
import { FrameResync } from './frame-resync.ts';
import { FrameScanner } from './frame-scan.ts';
import { LongFrame, type TooLong } from './long-frame.ts';

/**
 * What came off the wire: a message, or bytes that FIX says to ignore (they do not consume a
 * sequence number).
 */
export type Decoded =
  | { readonly type: 'Message'; readonly message: FixMessage }
  | {
      readonly type: 'Garbled';
      /** What is wrong, in a few words, for logs. */
      readonly reason: string;
      /** The ignored bytes, at most {@link GARBLED_BYTES_MAX} of them. */
      readonly bytes: Buffer;
      /** A sound message beyond {@link DecoderLimits.frameBytesMax}. */
      readonly tooLong?: TooLong;
    };

export interface DecoderLimits {
  /** Whole frame, 8 to 10; a longer one is garbled. */
  readonly frameBytesMax: number;
  /** Fields of one frame that has repeating groups: order books and instrument lists. */
  readonly fieldsMax: number;
  /** Fields of one frame without a repeating group. */
  readonly flatFieldsMax: number;
}

export const DECODER_LIMITS: DecoderLimits = {
  frameBytesMax: 4 * 1024 * 1024,
  fieldsMax: 131_072,
  flatFieldsMax: 2_048,
};

export const GARBLED_BYTES_MAX = 4_096;

const SLAB_BYTES = 32_768;
/** How far behind a wrong end of the body its CheckSum(10) is looked for. */
const TRAILER_SEARCH_BYTES_MAX = 8_192;
const TRAILER = Buffer.from('\u000110=', 'latin1');
const TOO_LARGE = 'BodyLength(9) too large';
const WRONG_LENGTH = 'wrong BodyLength(9)';
const SPARE_BYTES_MAX = 1024 * 1024;

/**
 * Cuts a byte stream into FIX messages; the chunks may be cut anywhere. Takes all bytes, never
 * throws, and holds at most one frame of the longest kind. After garbage it looks for the next
 * `8=FIX`.
 *
 * Bytes are copied once, into slabs that are never overwritten; messages point into them and may be
 * kept.
 */
export class FrameDecoder {
  readonly #dictionary: FixDictionary;
  readonly #limits: DecoderLimits;
  readonly #table = new FieldTableWriter();
  readonly #scanner: FrameScanner;
  readonly #resync: FrameResync;
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** First byte not consumed. */
  #from = 0;
  /** End of the bytes received. */
  #to = 0;
  /** Length of the frame at #from, when its head has been read; else 0. */
  #frameBytes = 0;
  /** The frame under way, when it is longer than the limit. */
  #longFrame: LongFrame | undefined;

  constructor(dictionary: FixDictionary, limits: Partial<DecoderLimits> = {}) {
    this.#dictionary = dictionary;
    this.#limits = { ...DECODER_LIMITS, ...limits };
    this.#scanner = new FrameScanner(dictionary, this.#table, this.#limits);
    this.#resync = new FrameResync(dictionary, this.#scanner);
  }

  /** Takes bytes off the wire; call `next` until it has no more. The chunk is copied. */
  push(chunk: Buffer): void {
    if (this.#to + chunk.length > this.#slab.length) this.#moveToNewSlab(chunk.length);
    chunk.copy(this.#slab, this.#to);
    this.#to += chunk.length;
  }

  /** The next message, or garbage; `undefined` when more bytes are needed. */
  next(): Decoded | undefined {
    if (this.#longFrame !== undefined) return this.#passLongFrame(this.#longFrame);
    if (this.#frameBytes === 0) {
      const head = readHead(this.#slab, this.#from, this.#to);
      if (head === INCOMPLETE) return undefined;
      if (head === NOT_A_FRAME) return this.#skipGarbage('not a FIX frame');
      const { frameBytesMax } = this.#limits;
      if (head > frameBytesMax) {
        this.#longFrame = new LongFrame(head, frameBytesMax);
        return this.#passLongFrame(this.#longFrame);
      }
      this.#frameBytes = head;
      this.#resync.begin(head);
    }
    if (this.#to - this.#from >= this.#frameBytes) return this.#takeFrame();
    return this.#skipToMessageWithin();
  }

  /** Forgets a partial frame: a new connection starts clean. */
  reset(): void {
    this.#from = this.#to;
    this.#frameBytes = 0;
    this.#longFrame = undefined;
  }

  /** Bytes received and not yet part of a message or of reported garbage. */
  get pendingBytes(): number {
    return this.#to - this.#from;
  }

  /** Whether bytes wait that begin as a frame does: not garbage, and no whole frame yet. */
  get isFrameBegun(): boolean {
    if (this.#longFrame !== undefined) return true;
    if (this.#from === this.#to) return false;
    return this.#frameBytes > 0 || readHead(this.#slab, this.#from, this.#to) === INCOMPLETE;
  }

  /**
   * BodyLength(9) promises more than has come. When a whole message stands within what has come,
   * that length is wrong: the bad frame ends where the message begins.
   */
  #skipToMessageWithin(): Decoded | undefined {
    const found = this.#resync.find(this.#slab, this.#from, this.#to);
    if (found === 0) return undefined;
    const from = this.#from;
    this.#frameBytes = 0;
    this.#from = from + found;
    return garbled(WRONG_LENGTH, this.#slab, from, this.#from);
  }

  #passLongFrame(frame: LongFrame): Decoded | undefined {
    const { from, isOver } = frame.take(this.#slab, this.#from, this.#to);
    this.#from = from;
    if (!isOver) return undefined;
    this.#longFrame = undefined;
    const { head: bytes, tooLong } = frame;
    return { type: 'Garbled', reason: TOO_LARGE, bytes, ...defined({ tooLong }) };
  }

  #takeFrame(): Decoded | undefined {
    const slab = this.#slab;
    const from = this.#from;
    const to = from + this.#frameBytes;
    if (!isTrailer(slab, to)) return this.#skipToMessageWithin() ?? this.#skipWrongLength(to);
    const scanner = this.#scanner;
    if (!scanner.scan(slab, from, to - TRAILER_BYTES)) {
      const { reason } = scanner;
      const within = this.#skipToMessageWithin();
      if (within !== undefined) return within;
      this.#frameBytes = 0;
      this.#from = to;
      return garbled(reason, slab, from, to);
    }
    this.#frameBytes = 0;
    this.#from = to;
    const { slab: table, base } = this.#table;
    const { fields, hasCount } = scanner;
    this.#table.keep(fields);
    const frame = { bytes: slab, from, to, table, base, fields, hasCount };
    return { type: 'Message', message: new DecodedMessage(this.#dictionary, frame) };
  }

  /**
   * BodyLength(9) is wrong, no message stands within the body that it promises, and the frame's
   * true end is unknown. As FIX engines do, ignores everything up to the end of the first
   * CheckSum(10) that stands where the body should end, or behind: just this message when its
   * length is too short, the next one too when it is too long (the gap shows later).
   */
  #skipWrongLength(declaredTo: number): Decoded | undefined {
    const reason = WRONG_LENGTH;
    const from = this.#from;
    const searchAt = declaredTo - TRAILER_BYTES - 1;
    const searchTo = Math.min(this.#to, searchAt + TRAILER_SEARCH_BYTES_MAX);
    const trailer = this.#slab.subarray(searchAt, searchTo).indexOf(TRAILER);
    const soh = trailer === -1 ? -1 : this.#slab.indexOf(SOH, searchAt + trailer + TRAILER.length);
    if (soh !== -1 && soh < searchTo) {
      this.#frameBytes = 0;
      this.#from = soh + 1;
      return garbled(reason, this.#slab, from, this.#from);
    }
    if (searchTo < searchAt + TRAILER_SEARCH_BYTES_MAX) return undefined;
    this.#frameBytes = 0;
    return this.#skipGarbage(reason);
  }

  /**
   * Gives up the bytes before the next `8=FIX`. Garbage without one is held back until it ends as a
   * frame does, or is long: then a bad frame that comes in small pieces is reported once.
   */
  #skipGarbage(reason: string): Decoded | undefined {
    const from = this.#from;
    const pending = this.#slab.subarray(from, this.#to);
    const found = pending.indexOf(START, 1);
    if (found > 0) {
      this.#from += found;
      return garbled(reason, this.#slab, from, this.#from);
    }
    const isOver = isTrailer(pending, pending.length);
    if (!isOver && pending.length < GARBLED_BYTES_MAX) return undefined;
    // The last bytes may be the beginning of a frame.
    this.#from = isOver ? this.#to : this.#to - (START.length - 1);
    return garbled(reason, this.#slab, from, this.#from);
  }

  #moveToNewSlab(chunkBytes: number): void {
    const pending = this.#slab.subarray(this.#from, this.#to);
    const needed = pending.length + chunkBytes;
    const spare = Math.min(needed, SPARE_BYTES_MAX);
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, needed + spare));
    pending.copy(this.#slab);
    this.#from = 0;
    this.#to = pending.length;
  }
}

const garbled = (reason: string, bytes: Buffer, from: number, to: number): Decoded => ({
  type: 'Garbled',
  reason,
  bytes: Buffer.from(bytes.subarray(from, Math.min(to, from + GARBLED_BYTES_MAX))),
});
