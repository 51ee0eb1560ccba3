import { type FixDictionary, type GroupDefinition } from '../dictionary/dictionary.ts';
import { FIELD_WIDTH } from './field-table.ts';
import { type FixFieldMap } from './fix-message.ts';
import { textBetween } from './latin1-text.ts';

/** A sound frame: its bytes, and the table of its fields (see `FIELD_WIDTH`). */
export interface Frame {
  readonly bytes: Buffer;
  /** First byte of the frame. */
  readonly from: number;
  /** One behind its last byte. */
  readonly to: number;
  readonly table: Int32Array;
  /** First cell of the frame's table. */
  readonly base: number;
  readonly fields: number;
  /** Whether a field that opens a repeating group is among them. */
  readonly hasCount: boolean;
}

/**
 * The fields of one level of a message with repeating groups: of the message, or of one group
 * entry.
 */
export class FieldLevel implements FixFieldMap {
  readonly #frame: Frame;
  /** Table cells of this level's fields, in wire order. */
  readonly cells: readonly number[];
  readonly #groups: ReadonlyMap<number, readonly FieldLevel[]>;

  constructor(
    frame: Frame,
    cells: readonly number[],
    groups: ReadonlyMap<number, readonly FieldLevel[]>,
  ) {
    this.#frame = frame;
    this.cells = cells;
    this.#groups = groups;
  }

  get(tag: number): string | undefined {
    const cell = this.find(tag);
    return cell === undefined ? undefined : cellText(this.#frame, cell);
  }

  bytes(tag: number): Buffer | undefined {
    const cell = this.find(tag);
    return cell === undefined ? undefined : cellBytes(this.#frame, cell);
  }

  has(tag: number): boolean {
    return this.find(tag) !== undefined;
  }

  groups(countTag: number): readonly FieldLevel[] {
    return this.#groups.get(countTag) ?? [];
  }

  entries(): readonly (readonly [tag: number, value: string])[] {
    return this.cells.map((cell) => [cellTag(this.#frame, cell), cellText(this.#frame, cell)]);
  }

  /** The cell of the first field with this tag. */
  find(tag: number): number | undefined {
    return this.cells.find((cell) => this.#frame.table[cell] === tag);
  }
}

export const cellTag = (frame: Frame, cell: number): number => frame.table[cell] ?? 0;

export const cellText = ({ bytes, table }: Frame, cell: number): string =>
  textBetween(bytes, table[cell + 1] ?? 0, table[cell + 2] ?? 0);

export const cellBytes = ({ bytes, table }: Frame, cell: number): Buffer =>
  bytes.subarray(table[cell + 1], table[cell + 2]);

/**
 * Sorts the fields of a message into levels, by the groups that the dictionary has for its type.
 */
export const splitMessage = (
  dictionary: FixDictionary,
  msgType: string,
  frame: Frame,
): FieldLevel => new LevelSplitter(dictionary, frame).message(msgType);

/** How many fields in a row may be missing in the dictionary within a group entry. */
const UNKNOWN_RUN_MAX = 16;

class LevelSplitter {
  readonly #dictionary: FixDictionary;
  readonly #frame: Frame;
  /** The next cell. */
  #cell: number;
  readonly #end: number;

  constructor(dictionary: FixDictionary, frame: Frame) {
    this.#dictionary = dictionary;
    this.#frame = frame;
    this.#cell = frame.base;
    this.#end = frame.base + frame.fields * FIELD_WIDTH;
  }

  message(msgType: string): FieldLevel {
    const cells: number[] = [];
    const groups = new Map<number, readonly FieldLevel[]>();
    while (this.#cell < this.#end) {
      const tag = this.#take(cells);
      const group = this.#dictionary.group(msgType, tag);
      if (group === undefined) continue;
      const entries = this.#group(group);
      if (!groups.has(tag)) groups.set(tag, entries);
    }
    return new FieldLevel(this.#frame, cells, groups);
  }

  /**
   * Reads entries as long as members come. An entry begins where the first field of the first entry
   * comes again: normally the dictionary's delimiter, but a venue that orders members otherwise is
   * understood too (validation tells).
   */
  #group(group: GroupDefinition): readonly FieldLevel[] {
    const entries: FieldLevel[] = [];
    const lead = this.#tagAt(this.#cell);
    if (!group.position.has(lead)) return entries;
    while (this.#tagAt(this.#cell) === lead) {
      const cells: number[] = [];
      const groups = new Map<number, readonly FieldLevel[]>();
      do {
        const tag = this.#take(cells);
        const nested = group.groups.get(tag);
        if (nested !== undefined) groups.set(tag, this.#group(nested));
      } while (this.#tagAt(this.#cell) !== lead && this.#isInside(group));
      entries.push(new FieldLevel(this.#frame, cells, groups));
    }
    return entries;
  }

  /**
   * Whether the next field belongs to the group: a member, or one the dictionary has not with a
   * member behind it.
   */
  #isInside(group: GroupDefinition): boolean {
    const limit = this.#cell + UNKNOWN_RUN_MAX * FIELD_WIDTH;
    let cell = this.#cell;
    let tag = this.#tagAt(cell);
    while (tag !== 0 && cell < limit && !this.#dictionary.isDefined(tag)) {
      cell += FIELD_WIDTH;
      tag = this.#tagAt(cell);
    }
    return group.position.has(tag);
  }

  #take(cells: number[]): number {
    const tag = this.#tagAt(this.#cell);
    cells.push(this.#cell);
    this.#cell += FIELD_WIDTH;
    return tag;
  }

  /** 0 behind the last field. */
  #tagAt(cell: number): number {
    return cell < this.#end ? cellTag(this.#frame, cell) : 0;
  }
}
