import { FLAG_COUNT, FLAG_LENGTH, type FixDictionary } from '../dictionary/dictionary.ts';
import { FIELD_WIDTH, type FieldTableWriter } from './field-table.ts';

const SOH = 0x01;
const EQUALS = 0x3d;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
/** A tag stops growing here, so it has at most nine digits and fits an Int32Array. */
const TAG_LIMIT = 100_000_000;
const WHOLE_DIGITS_MAX = 9;

export interface ScanLimits {
  /** Fields of a frame, all groups included. */
  readonly fieldsMax: number;
  /** Fields of a frame without any repeating group. */
  readonly flatFieldsMax: number;
}

/**
 * One pass over a frame whose ends are known: finds every field, jumps over the bytes of data
 * fields, and adds up the CheckSum(10) on the way. `start` is the place of `8=`, `trailer` of
 * `10=`; three digits and SOH follow there.
 */
export class FrameScanner {
  readonly #dictionary: FixDictionary;
  readonly #flags: Uint8Array;
  readonly #limits: ScanLimits;
  readonly #table: FieldTableWriter;
  #baseBefore = 0;
  /** Number of fields of the last sound frame, 8 and 10 included. */
  fields = 0;
  /** A field that opens a repeating group is among them. */
  hasCount = false;
  /** Why the last unsound frame is garbled. */
  reason = '';

  constructor(dictionary: FixDictionary, table: FieldTableWriter, limits: ScanLimits) {
    this.#dictionary = dictionary;
    this.#flags = dictionary.flags;
    this.#table = table;
    this.#limits = limits;
  }

  /** True when the frame is sound; then its table stands at the writer's base, ready to be kept. */
  // eslint-disable-next-line complexity -- the hot loop: everything in registers, one pass, no calls
  scan(bytes: Buffer, start: number, trailer: number): boolean {
    const table = this.#table;
    const tableFlags = this.#flags;
    let slab = table.slab;
    let cell = table.base;
    let sum = 0;
    let seen = 0;
    // Tag and number of bytes of the data field that the field just read announced; -1 bytes: none.
    let dataTag = 0;
    let dataLength = -1;
    for (let at = start; at < trailer; at++) {
      const isNegative = bytes[at] === MINUS;
      if (isNegative) {
        sum = (sum + MINUS) | 0;
        at++;
      }
      const digitsAt = at;
      let byte = bytes[at] ?? SOH;
      let tag = 0;
      while (byte >= ZERO && byte <= NINE && tag < TAG_LIMIT) {
        tag = (tag * 10 + byte - ZERO) | 0;
        sum = (sum + byte) | 0;
        byte = bytes[++at] ?? SOH;
      }
      if (byte !== EQUALS || at === digitsAt) return this.#garbled('a field without a tag');
      if (bytes[digitsAt] === ZERO && at > digitsAt + 1) return this.#garbled('a tag with zeros');
      // 0 and negative numbers are no tags either, but FIX wants them rejected, not ignored.
      if (isNegative) tag = (0 - tag) | 0;
      sum = (sum + EQUALS) | 0;
      const valueAt = ++at;
      if (dataLength >= 0 && tag === dataTag) {
        const end = valueAt + dataLength;
        if (end >= trailer) return this.#garbled('data field longer than the frame');
        for (; at < end; at++) sum = (sum + (bytes[at] ?? 0)) | 0;
        if (bytes[at] !== SOH) return this.#garbled('data field longer than its length says');
      } else {
        byte = bytes[at] ?? SOH;
        while (byte !== SOH) {
          sum = (sum + byte) | 0;
          byte = bytes[++at] ?? SOH;
        }
      }
      sum = (sum + SOH) | 0;
      if (cell + 2 * FIELD_WIDTH > slab.length) {
        if (!this.#makeRoom(cell)) return false;
        cell += table.base - this.#baseBefore;
        slab = table.slab;
      }
      slab[cell] = tag;
      slab[cell + 1] = valueAt;
      slab[cell + 2] = at;
      cell += FIELD_WIDTH;
      dataLength = -1;
      const flags = tag >>> 0 < tableFlags.length ? (tableFlags[tag] ?? 0) : 0;
      seen |= flags;
      if ((flags & FLAG_LENGTH) !== 0) {
        dataTag = this.#dictionary.dataTagOf(tag) ?? 0;
        dataLength = parseWhole(bytes, valueAt, at);
      }
    }
    return this.#finish({ bytes, trailer, sum, cell, seen });
  }

  /** Checks what can be told at the end only, and enters CheckSum(10) into the table. */
  #finish(end: {
    readonly bytes: Buffer;
    readonly trailer: number;
    readonly sum: number;
    readonly cell: number;
    readonly seen: number;
  }): boolean {
    const { slab, base } = this.#table;
    const checkSum = parseWhole(end.bytes, end.trailer + 3, end.trailer + 6);
    if (checkSum !== (end.sum & 0xff)) return this.#garbled('wrong CheckSum(10)');
    const fields = (end.cell - base) / FIELD_WIDTH + 1;
    const hasCount = (end.seen & FLAG_COUNT) !== 0;
    const limit = hasCount ? this.#limits.fieldsMax : this.#limits.flatFieldsMax;
    if (fields > limit) return this.#garbled('too many fields');
    const isHeadRight =
      fields > 3 && slab[base] === 8 && slab[base + FIELD_WIDTH] === 9 && slab[base + 6] === 35;
    if (!isHeadRight) return this.#garbled('8, 9 and 35 are not the first three fields');
    if (slab[base + 7] === slab[base + 8]) return this.#garbled('empty MsgType(35)');
    slab[end.cell] = 10;
    slab[end.cell + 1] = end.trailer + 3;
    slab[end.cell + 2] = end.trailer + 6;
    this.fields = fields;
    this.hasCount = hasCount;
    return true;
  }

  /** False when the frame has more fields than any may have. */
  #makeRoom(cell: number): boolean {
    const table = this.#table;
    const written = (cell - table.base) / FIELD_WIDTH;
    if (written >= this.#limits.fieldsMax) return this.#garbled('too many fields');
    this.#baseBefore = table.base;
    table.grow(written);
    return true;
  }

  #garbled(reason: string): false {
    this.reason = reason;
    return false;
  }
}

/**
 * The whole number that the bytes from `from` up to `to` are; -1 when they are not 1 to 9 digits.
 */
export const parseWhole = (bytes: Buffer, from: number, to: number): number => {
  const length = to - from;
  if (length < 1 || length > WHOLE_DIGITS_MAX) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
};
