import { type FixDictionary, type GroupDefinition } from './dictionary.ts';
import { FIELD_WIDTH } from './field-table.ts';
import { type FixFieldMap } from './fix-message.ts';

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

const ONE_CHARACTER: readonly string[] = Array.from({ length: 256 }, (_, code) =>
  String.fromCharCode(code),
);

/** The latin1 text of the bytes from `from` up to `to`. */
export const textBetween = (bytes: Buffer, from: number, to: number): string =>
  to - from === 1 ? (ONE_CHARACTER[bytes[from] ?? 0] ?? '') : bytes.toString('latin1', from, to);

/** The fields of one level when repeating groups are about: those of a message, or of one entry of a group. */
export class FieldLevel implements FixFieldMap {
  readonly #frame: Frame;
  readonly #cells: readonly number[];
  readonly #groups: ReadonlyMap<number, readonly FieldLevel[]>;

  constructor(
    frame: Frame,
    cells: readonly number[],
    groups: ReadonlyMap<number, readonly FieldLevel[]>,
  ) {
    this.#frame = frame;
    this.#cells = cells;
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
    return this.#cells.map((cell) => [cellTag(this.#frame, cell), cellText(this.#frame, cell)]);
  }

  /** The cell of the first field with this tag. */
  find(tag: number): number | undefined {
    return this.#cells.find((cell) => this.#frame.table[cell] === tag);
  }
}

export const cellTag = (frame: Frame, cell: number): number => frame.table[cell] ?? 0;

export const cellText = ({ bytes, table }: Frame, cell: number): string =>
  textBetween(bytes, table[cell + 1] ?? 0, table[cell + 2] ?? 0);

export const cellBytes = ({ bytes, table }: Frame, cell: number): Buffer =>
  bytes.subarray(table[cell + 1], table[cell + 2]);

/** Sorts the fields of a message into levels, by the groups that the dictionary has for its type. */
export const splitMessage = (
  dictionary: FixDictionary,
  msgType: string,
  frame: Frame,
): FieldLevel => {
  const end = frame.base + frame.fields * FIELD_WIDTH;
  const cells: number[] = [];
  const groups = new Map<number, readonly FieldLevel[]>();
  for (let cell = frame.base; cell < end;) {
    const tag = cellTag(frame, cell);
    cells.push(cell);
    cell += FIELD_WIDTH;
    const group = dictionary.group(msgType, tag);
    if (group === undefined) continue;
    const split = splitGroup(frame, group, cell, end);
    if (!groups.has(tag)) groups.set(tag, split.entries);
    cell = split.end;
  }
  return new FieldLevel(frame, cells, groups);
};

interface GroupSplit {
  readonly entries: readonly FieldLevel[];
  /** The cell behind the group. */
  readonly end: number;
}

/**
 * Reads entries as long as members come. An entry begins where the first field of the first entry comes again: normally the
 * dictionary's delimiter, but a venue that orders members otherwise is understood too (validation tells).
 */
const splitGroup = (
  frame: Frame,
  group: GroupDefinition,
  from: number,
  end: number,
): GroupSplit => {
  const entries: FieldLevel[] = [];
  let cell = from;
  const lead = cell < end ? cellTag(frame, cell) : 0;
  while (cell < end && cellTag(frame, cell) === lead && group.position.has(lead)) {
    const cells: number[] = [];
    const groups = new Map<number, readonly FieldLevel[]>();
    do {
      const tag = cellTag(frame, cell);
      cells.push(cell);
      cell += FIELD_WIDTH;
      const nested = group.groups.get(tag);
      if (nested === undefined) continue;
      const split = splitGroup(frame, nested, cell, end);
      groups.set(tag, split.entries);
      cell = split.end;
    } while (
      cell < end &&
      cellTag(frame, cell) !== lead &&
      group.position.has(cellTag(frame, cell))
    );
    entries.push(new FieldLevel(frame, cells, groups));
  }
  return { entries, end: cell };
};
