import { FLAG_LENGTH, type FixDictionary } from '../dictionary/dictionary.ts';
import { INCOMPLETE, isTrailer, NOT_A_FRAME, readHead, SOH, TRAILER_BYTES } from './frame-head.ts';
import { type FrameScanner, parseWhole } from './frame-scan.ts';

const NEXT_START = Buffer.from('\u00018=FIX', 'latin1');
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const TAG_DIGITS_MAX = 9;
/**
 * Length and data fields of FIX 4.4, since a venue's dictionary may lack those that a message of
 * its has.
 */
const DATA_TAG_BY_LENGTH_TAG: ReadonlyMap<number, number> = new Map([
  ...[90, 95, 212, 348, 350, 352, 354, 356, 358].map((tag) => [tag, tag + 1] as const),
  ...[360, 362, 364, 445, 618, 621].map((tag) => [tag, tag + 1] as const),
  [93, 89],
]);

/**
 * Looks for a whole message within the body of a frame. BeginString(8) opens a message and stands
 * nowhere else, so a body that has one at the beginning of a field, followed by a length and a sum
 * that check, is no body: BodyLength(9) of the frame around it is wrong. The bytes of a data field
 * are skipped, even when they look like a message.
 *
 * Every byte is looked at once for each of three things: a frame of megabytes in small chunks stays
 * cheap.
 */
export class FrameResync {
  readonly #dictionary: FixDictionary;
  readonly #scanner: FrameScanner;
  /** All places count from the beginning of the frame. */
  #declared = 0;
  #searched = 0;
  /** Latest `8=FIX` at the beginning of a field; 0: none. */
  #candidate = 0;
  /** Beginning of the first field that has not been walked over. */
  #walked = 0;
  #dataTag = 0;
  /** Length of the data field that the last field announced; -1: none. */
  #dataLength = -1;
  /** A field could not be read: field boundaries are unknown from here on. */
  #isBroken = false;

  constructor(dictionary: FixDictionary, scanner: FrameScanner) {
    this.#dictionary = dictionary;
    this.#scanner = scanner;
  }

  /** A frame begins that says it is `declared` bytes long. */
  begin(declared: number): void {
    this.#declared = declared;
    this.#searched = 0;
    this.#candidate = 0;
    this.#walked = 0;
    this.#dataLength = -1;
    this.#isBroken = false;
  }

  /**
   * Where in the frame that stands at `from` a message begins, and ends before the frame does; 0
   * when there is none in the bytes up to `to`. A message that reaches beyond the frame's own end
   * does not count: that end is looked at first.
   */
  find(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#declared);
    for (;;) {
      const index = bytes.subarray(from + this.#searched, end).indexOf(NEXT_START);
      const next = index === -1 ? end - from : this.#searched + index + 1;
      if (this.#isMessage(bytes, from, next)) return this.#candidate;
      if (index === -1) {
        // The last bytes may be the beginning of a start.
        this.#searched = Math.max(this.#searched, end - from - NEXT_START.length + 1);
        return 0;
      }
      this.#searched = next;
      if (this.#isFieldStart(bytes, from, end, next)) this.#candidate = next;
    }
  }

  /**
   * Whether the candidate is a whole message that ends before `next`, where another begins or the
   * bytes end.
   */
  #isMessage(bytes: Buffer, from: number, next: number): boolean {
    if (this.#candidate === 0) return false;
    const start = from + this.#candidate;
    const length = readHead(bytes, start, from + next);
    if (length === INCOMPLETE || length > next - this.#candidate) return false;
    const isSound =
      length !== NOT_A_FRAME &&
      isTrailer(bytes, start + length) &&
      this.#scanner.scan(bytes, start, start + length - TRAILER_BYTES);
    if (!isSound) this.#candidate = 0;
    return isSound;
  }

  /** Whether a field begins at `place`, by the lengths of the data fields before it. */
  #isFieldStart(bytes: Buffer, from: number, end: number, place: number): boolean {
    while (!this.#isBroken && this.#walked < place) {
      const next = this.#fieldAfter(bytes, from + this.#walked, end);
      if (next === -1) {
        this.#isBroken = true;
      } else if (next > end) {
        return false;
      } else {
        this.#walked = next - from;
      }
    }
    return this.#isBroken || this.#walked === place;
  }

  /**
   * Beginning of the field behind the one at `at`; beyond `end` when it has not come; -1 when this
   * is no field.
   */
  #fieldAfter(bytes: Buffer, at: number, end: number): number {
    const tagEnd = tagEndOf(bytes, at, end);
    if (tagEnd === -1) return -1;
    const tag = parseWhole(bytes, at, tagEnd);
    const valueAt = tagEnd + 1;
    if (this.#dataLength >= 0 && tag === this.#dataTag) {
      const dataEnd = valueAt + this.#dataLength;
      if (dataEnd >= end) return end + 1;
      this.#dataLength = -1;
      return bytes[dataEnd] === SOH ? dataEnd + 1 : -1;
    }
    const soh = bytes.indexOf(SOH, valueAt);
    if (soh === -1 || soh >= end) return end + 1;
    this.#announceData(tag, parseWhole(bytes, valueAt, soh));
    return soh + 1;
  }

  #announceData(tag: number, length: number): void {
    const isLength = ((this.#dictionary.flags[tag] ?? 0) & FLAG_LENGTH) !== 0;
    const known = isLength ? this.#dictionary.dataTagOf(tag) : DATA_TAG_BY_LENGTH_TAG.get(tag);
    this.#dataTag = known ?? 0;
    this.#dataLength = known === undefined ? -1 : length;
  }
}

/** Where the `=` of the field at `at` stands; -1 when it has no tag. */
const tagEndOf = (bytes: Buffer, at: number, end: number): number => {
  let index = at;
  for (; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte < ZERO || byte > NINE) break;
  }
  const isTag = index > at && index - at <= TAG_DIGITS_MAX && bytes[index] === EQUALS;
  return isTag ? index : -1;
};
