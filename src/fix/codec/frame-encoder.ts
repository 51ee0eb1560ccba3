import { err, ok, type Result } from '../../lib/result.ts';
import { type FixField } from './fix-message.ts';

/** What the session knows about a message it sends. */
export interface FrameHeader {
  /** BeginString(8). */
  readonly beginString: string;
  /** MsgType(35). */
  readonly msgType: string;
  /** MsgSeqNum(34), from 1. */
  readonly msgSeqNum: number;
  /** SenderCompID(49). */
  readonly senderCompID: string;
  /** TargetCompID(56). */
  readonly targetCompID: string;
  /** SendingTime(52), UTCTimestamp text. */
  readonly sendingTime: string;
  /** PossDupFlag(43)=Y is sent when true. */
  readonly possDup?: boolean;
  /** PossResend(97)=Y is sent when true. */
  readonly possResend?: boolean;
  /** OrigSendingTime(122). */
  readonly origSendingTime?: string;
  /** Header fields beyond these, e.g. SenderSubID(50); written behind them. */
  readonly extra?: readonly FixField[];
}

/** Why a message can't be put on the wire. Nothing was sent and no number used. */
export interface EncodeError {
  readonly type:
    | 'EmptyValue'
    | 'DelimiterInValue'
    | 'NotLatin1'
    | 'InvalidTag'
    | 'ReservedTag'
    | 'DataLengthMismatch'
    | 'InvalidMsgSeqNum'
    | 'TooLong';
  readonly tag: number;
}

interface EncoderLimits {
  /** Whole frame, 8 to 10. */
  readonly frameBytesMax: number;
}

const ENCODER_LIMITS: EncoderLimits = { frameBytesMax: 4 * 1024 * 1024 };

const SCRATCH_BYTES = 4_096;
/** Room before the body for `8=…|9=…|`. */
const HEAD_BYTES = 64;
const BEGIN_STRING_LENGTH_MAX = 16;
/** `8=`, SOH, `9=`, SOH. */
const HEAD_FIXED_BYTES = 6;
/** Nine digits of a tag, `=`, SOH, and the trailer. */
const FIELD_OVERHEAD_BYTES = 32;
const LATIN1_MAX = 0xff;
const TRAILER_BYTES = 7;
const SOH = 0x01;
const EQUALS = 0x3d;
const ZERO = 0x30;
const TAG_MAX = 999_999_999;
/** The session writes these; a caller who names one has mixed up the layers. */
const RESERVED_TAGS: readonly number[] = [8, 9, 10, 34, 35, 43, 49, 52, 56, 97, 122];
const RESERVED_MAX = 122;
const RESERVED = Uint8Array.from({ length: RESERVED_MAX + 1 }, (_, tag) =>
  RESERVED_TAGS.includes(tag) ? 1 : 0,
);

/**
 * Writes frames into a buffer of its own that it uses again for each, and hands out a copy. Order:
 * 8, 9, 35, 34, 49, 56, 52 as Kraken's own examples have it, then 43, 97, 122, the extra header
 * fields, the body.
 */
export class FrameEncoder {
  readonly #limits: EncoderLimits;
  #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #at = 0;
  #sum = 0;
  /** Value of the field just written: the length of a data field that may follow. */
  #previous = '';
  #error: EncodeError | undefined;

  constructor(limits: Partial<EncoderLimits> = {}) {
    this.#limits = { ...ENCODER_LIMITS, ...limits };
  }

  /** The whole frame, safe to keep; or the first thing that is wrong with it. */
  encode(header: FrameHeader, fields: readonly FixField[]): Result<Buffer, EncodeError> {
    this.#at = HEAD_BYTES;
    this.#sum = 0;
    this.#error = undefined;
    this.#previous = '';
    this.#header(header);
    if (header.extra !== undefined) this.#fields(header.extra);
    this.#fields(fields);
    if (this.#at - HEAD_BYTES > this.#limits.frameBytesMax) this.#refuse('TooLong', 9);
    return this.#finish(header.beginString);
  }

  #header(header: FrameHeader): void {
    this.#text(35, header.msgType);
    const { msgSeqNum } = header;
    if (!Number.isSafeInteger(msgSeqNum) || msgSeqNum < 1) this.#refuse('InvalidMsgSeqNum', 34);
    this.#text(34, String(msgSeqNum));
    this.#text(49, header.senderCompID);
    this.#text(56, header.targetCompID);
    this.#text(52, header.sendingTime);
    if (header.possDup === true) this.#text(43, 'Y');
    if (header.possResend === true) this.#text(97, 'Y');
    if (header.origSendingTime !== undefined) this.#text(122, header.origSendingTime);
  }

  #fields(fields: readonly FixField[]): void {
    for (const [tag, value] of fields) {
      if (!isTag(tag)) {
        this.#refuse('InvalidTag', tag);
        return;
      }
      if (tag <= RESERVED_MAX && RESERVED[tag] === 1) this.#refuse('ReservedTag', tag);
      if (typeof value === 'string') this.#text(tag, value);
      else this.#data(tag, value);
      if (this.#error !== undefined) return;
    }
  }

  #text(tag: number, value: string): void {
    const length = value.length;
    if (length === 0) this.#refuse('EmptyValue', tag);
    this.#reserve(length);
    this.#tag(tag);
    const scratch = this.#scratch;
    let at = this.#at;
    let sum = this.#sum;
    let codes = 0;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code === SOH) this.#refuse('DelimiterInValue', tag);
      codes |= code;
      sum += code;
      scratch[at++] = code;
    }
    if (codes > LATIN1_MAX) this.#refuse('NotLatin1', tag);
    scratch[at] = SOH;
    this.#at = at + 1;
    this.#sum = sum + SOH;
    this.#previous = value;
  }

  /**
   * Bytes as they are: only right behind the field that gives their number, or a reader would be
   * led astray.
   */
  #data(tag: number, value: Buffer): void {
    if (value.length === 0) this.#refuse('EmptyValue', tag);
    if (this.#previous !== String(value.length)) this.#refuse('DataLengthMismatch', tag);
    this.#reserve(value.length);
    this.#tag(tag);
    value.copy(this.#scratch, this.#at);
    for (const byte of value) this.#sum += byte;
    this.#at += value.length;
    this.#scratch[this.#at++] = SOH;
    this.#sum += SOH;
    this.#previous = '';
  }

  #tag(tag: number): void {
    const end = this.#at + digitsOf(tag);
    this.#number(tag, end);
    this.#scratch[end] = EQUALS;
    this.#sum += EQUALS;
    this.#at = end + 1;
  }

  /** Writes the digits of a whole number so that they end before `end`. */
  #number(value: number, end: number): void {
    const scratch = this.#scratch;
    let rest = value;
    let at = end;
    do {
      const quotient = Math.trunc(rest / 10);
      const digit = ZERO + rest - quotient * 10;
      scratch[--at] = digit;
      this.#sum += digit;
      rest = quotient;
    } while (rest > 0);
  }

  /** Writes head and trailer around the body, and copies the frame out. */
  #finish(beginString: string): Result<Buffer, EncodeError> {
    if (beginString.length === 0) this.#refuse('EmptyValue', 8);
    if (beginString.length > BEGIN_STRING_LENGTH_MAX) this.#refuse('TooLong', 8);
    const end = this.#at;
    const bodyLength = end - HEAD_BYTES;
    const start = HEAD_BYTES - digitsOf(bodyLength) - beginString.length - HEAD_FIXED_BYTES;
    this.#at = start;
    this.#text(8, beginString);
    this.#tag(9);
    this.#number(bodyLength, HEAD_BYTES - 1);
    this.#scratch[HEAD_BYTES - 1] = SOH;
    const sum = (this.#sum + SOH) & 0xff;
    this.#at = end;
    this.#tag(10);
    const scratch = this.#scratch;
    scratch[end + 3] = ZERO + Math.trunc(sum / 100);
    scratch[end + 4] = ZERO + (Math.trunc(sum / 10) % 10);
    scratch[end + 5] = ZERO + (sum % 10);
    scratch[end + 6] = SOH;
    const failure = this.#failure();
    if (failure !== undefined) return err(failure);
    const frame = Buffer.allocUnsafe(end + TRAILER_BYTES - start);
    scratch.copy(frame, 0, start, end + TRAILER_BYTES);
    return ok(frame);
  }

  /** Room for a field with a value of so many bytes, and for the trailer behind it. */
  #reserve(valueBytes: number): void {
    const needed = this.#at + valueBytes + FIELD_OVERHEAD_BYTES;
    if (needed <= this.#scratch.length) return;
    const larger = Buffer.allocUnsafeSlow(needed * 2);
    this.#scratch.copy(larger, 0, 0, this.#at);
    this.#scratch = larger;
  }

  #failure(): EncodeError | undefined {
    return this.#error;
  }

  /** The first error counts. */
  #refuse(type: EncodeError['type'], tag: number): void {
    this.#error ??= { type, tag };
  }
}

const isTag = (tag: number): boolean => Number.isInteger(tag) && tag > 0 && tag <= TAG_MAX;

const digitsOf = (value: number): number => {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
};
