import { type FixDictionary } from '../dictionary/dictionary.ts';
import {
  cellBytes,
  cellTag,
  cellText,
  splitMessage,
  type FieldLevel,
  type Frame,
} from './field-level.ts';
import { FIELD_WIDTH } from './field-table.ts';
import { type FixMessage } from './fix-message.ts';

const MSG_SEQ_NUM = 34;
const MSG_SEQ_NUM_DIGITS_MAX = 16;
const MSG_TYPE_CELL = 2 * FIELD_WIDTH;

/** A sound frame and where its fields are. Values become text when they are asked for. */
export class DecodedMessage implements FixMessage {
  readonly msgType: string;
  readonly #dictionary: FixDictionary;
  /** Where every field is, those in groups included. */
  readonly frame: Frame;
  /** The levels of a message with groups, made when a field is first asked for. */
  #levels: FieldLevel | undefined;
  #raw: Buffer | undefined;

  constructor(dictionary: FixDictionary, frame: Frame) {
    this.#dictionary = dictionary;
    this.frame = frame;
    this.msgType = cellText(frame, frame.base + MSG_TYPE_CELL);
  }

  get msgSeqNum(): number | undefined {
    const cell = this.#find(MSG_SEQ_NUM);
    return cell === undefined ? undefined : parseMsgSeqNum(this.frame, cell);
  }

  get raw(): Buffer {
    this.#raw ??= this.frame.bytes.subarray(this.frame.from, this.frame.to);
    return this.#raw;
  }

  copy(): DecodedMessage {
    const { bytes, from, to, table, base, fields, hasCount } = this.frame;
    const own = table.slice(base, base + fields * FIELD_WIDTH);
    for (let cell = 0; cell < own.length; cell += FIELD_WIDTH) {
      own[cell + 1] = (own[cell + 1] ?? 0) - from;
      own[cell + 2] = (own[cell + 2] ?? 0) - from;
    }
    const raw = Buffer.allocUnsafeSlow(to - from);
    bytes.copy(raw, 0, from, to);
    const frame = { bytes: raw, from: 0, to: raw.length, table: own, base: 0, fields, hasCount };
    return new DecodedMessage(this.#dictionary, frame);
  }

  get(tag: number): string | undefined {
    const cell = this.#find(tag);
    return cell === undefined ? undefined : cellText(this.frame, cell);
  }

  bytes(tag: number): Buffer | undefined {
    const cell = this.#find(tag);
    return cell === undefined ? undefined : cellBytes(this.frame, cell);
  }

  has(tag: number): boolean {
    return this.#find(tag) !== undefined;
  }

  groups(countTag: number): readonly FieldLevel[] {
    return this.frame.hasCount ? this.#split().groups(countTag) : [];
  }

  entries(): readonly (readonly [tag: number, value: string])[] {
    const { frame } = this;
    return Array.from({ length: this.topLength() }, (_, index) => {
      const cell = this.topCell(index);
      return [cellTag(frame, cell), cellText(frame, cell)];
    });
  }

  /** Number of fields on the message's own level. */
  topLength(): number {
    return this.frame.hasCount ? this.#split().cells.length : this.frame.fields;
  }

  /** Table cell of a field on the message's own level, in wire order. */
  topCell(index: number): number {
    const { base, hasCount } = this.frame;
    return hasCount ? (this.#split().cells[index] ?? 0) : base + index * FIELD_WIDTH;
  }

  #find(tag: number): number | undefined {
    const frame = this.frame;
    if (frame.hasCount) return this.#split().find(tag);
    const { table, base } = frame;
    const end = base + frame.fields * FIELD_WIDTH;
    for (let cell = base; cell < end; cell += FIELD_WIDTH) {
      if (table[cell] === tag) return cell;
    }
    return undefined;
  }

  #split(): FieldLevel {
    this.#levels ??= splitMessage(this.#dictionary, this.msgType, this.frame);
    return this.#levels;
  }
}

/**
 * Digits only, from 1 to 2^53 - 1: `1x`, ``, `-1` and `1e3` are no numbers, and none is read as
 * another.
 */
const parseMsgSeqNum = ({ bytes, table }: Frame, cell: number): number | undefined => {
  const from = table[cell + 1] ?? 0;
  const to = table[cell + 2] ?? 0;
  if (to === from || to - from > MSG_SEQ_NUM_DIGITS_MAX) return undefined;
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
};
