import { invariant } from '../../lib/invariant.ts';

/** A field as a dictionary defines it. */
export interface FieldDefinition {
  readonly tag: number;
  readonly name: string;
  /** The dictionary's type in upper case: STRING, PRICE, UTCTIMESTAMP, NUMINGROUP, DATA, … */
  readonly type: string;
  /** Allowed values; `undefined` when any value of the type is. */
  readonly enums: ReadonlyMap<string, string> | undefined;
}

/** What stands on one level: a message's body, the header, the trailer, or an entry of a group. */
export interface LevelDefinition {
  /**
   * Tags of this level in the dictionary's order; a group is here by its count tag. The value says
   * "required".
   */
  readonly fields: ReadonlyMap<number, boolean>;
  readonly required: readonly number[];
  readonly groups: ReadonlyMap<number, GroupDefinition>;
}

/** A repeating group; its entries are levels. */
export interface GroupDefinition extends LevelDefinition {
  readonly countTag: number;
  /** The first member: each entry starts with it. */
  readonly delimiter: number;
  /** Place of every member within an entry, the count tags of nested groups included. */
  readonly position: ReadonlyMap<number, number>;
}

export interface MessageDefinition extends LevelDefinition {
  readonly msgType: string;
  readonly name: string;
  readonly category: 'admin' | 'app';
}

export interface DictionaryParts {
  readonly beginString: string;
  readonly fields: readonly FieldDefinition[];
  readonly header: LevelDefinition;
  readonly trailer: LevelDefinition;
  readonly messages: readonly MessageDefinition[];
}

/** Bits of {@link FixDictionary.flags}. */
export const FLAG_HEADER = 1;
export const FLAG_TRAILER = 2;
/** NumInGroup of a group of some message. */
export const FLAG_COUNT = 4;
/** Length field of a data field. */
export const FLAG_LENGTH = 8;
const FLAG_DATA = 16;
const FLAG_DEFINED = 32;

/** The tables are arrays by tag. */
const TAG_MAX = 1_048_575;
const DATA_TYPES: ReadonlySet<string> = new Set(['DATA', 'XMLDATA']);

/** The compiled tables of one FIX dialect. Immutable; made once per dictionary file and shared. */
export class FixDictionary {
  /** BeginString(8) of the dialect, e.g. `FIX.4.4`. */
  readonly beginString: string;
  /** By MsgType(35). */
  readonly messages: ReadonlyMap<string, MessageDefinition>;
  /** By tag. */
  readonly fields: ReadonlyMap<number, FieldDefinition>;
  readonly fieldsByName: ReadonlyMap<string, FieldDefinition>;
  readonly header: LevelDefinition;
  readonly trailer: LevelDefinition;
  /** FLAG_ bits by tag, for the scanner: one load per field instead of several look-ups. */
  readonly flags: Uint8Array;
  readonly #dataTagByLengthTag = new Map<number, number>();
  readonly #lengthTagByDataTag = new Map<number, number>();

  constructor(parts: DictionaryParts) {
    this.beginString = parts.beginString;
    this.messages = new Map(parts.messages.map((message) => [message.msgType, message]));
    this.fields = new Map(parts.fields.map((field) => [field.tag, field]));
    this.fieldsByName = new Map(parts.fields.map((field) => [field.name, field]));
    this.header = parts.header;
    this.trailer = parts.trailer;
    const highest = parts.fields.reduce((max, field) => Math.max(max, field.tag), 0);
    invariant(highest <= TAG_MAX, `tag ${highest} is over ${TAG_MAX}`);
    this.flags = new Uint8Array(highest + 1);
    for (const field of parts.fields) this.#flagField(field);
    for (const tag of this.header.fields.keys()) this.#flag(tag, FLAG_HEADER);
    for (const tag of this.trailer.fields.keys()) this.#flag(tag, FLAG_TRAILER);
    for (const level of [this.header, this.trailer, ...parts.messages]) this.#flagGroups(level);
  }

  isHeader(tag: number): boolean {
    return ((this.flags[tag] ?? 0) & FLAG_HEADER) !== 0;
  }

  isTrailer(tag: number): boolean {
    return ((this.flags[tag] ?? 0) & FLAG_TRAILER) !== 0;
  }

  /** True for fields that may contain SOH because a length field stands directly before them. */
  isData(tag: number): boolean {
    return ((this.flags[tag] ?? 0) & FLAG_DATA) !== 0;
  }

  isDefined(tag: number): boolean {
    return this.fields.has(tag);
  }

  /** RawDataLength(95) of RawData(96). */
  lengthTagOf(dataTag: number): number | undefined {
    return this.#lengthTagByDataTag.get(dataTag);
  }

  /** RawData(96) of RawDataLength(95). */
  dataTagOf(lengthTag: number): number | undefined {
    return this.#dataTagByLengthTag.get(lengthTag);
  }

  /** The group that `countTag` opens in the body of a message, or in the header. */
  group(msgType: string, countTag: number): GroupDefinition | undefined {
    return this.messages.get(msgType)?.groups.get(countTag) ?? this.header.groups.get(countTag);
  }

  /** `Side(54)`, for texts that people read; `54` when the tag is not defined. */
  label(tag: number): string {
    const field = this.fields.get(tag);
    return field === undefined ? String(tag) : `${field.name}(${tag})`;
  }

  #flag(tag: number, bit: number): void {
    this.flags[tag] = (this.flags[tag] ?? 0) | bit;
  }

  #flagField(field: FieldDefinition): void {
    this.#flag(field.tag, FLAG_DEFINED);
    if (!DATA_TYPES.has(field.type)) return;
    // By the standard's naming, RawData has RawDataLength and EncodedText has EncodedTextLen.
    const length =
      this.fieldsByName.get(`${field.name}Length`) ?? this.fieldsByName.get(`${field.name}Len`);
    if (length === undefined) return;
    this.#flag(field.tag, FLAG_DATA);
    this.#flag(length.tag, FLAG_LENGTH);
    this.#dataTagByLengthTag.set(length.tag, field.tag);
    this.#lengthTagByDataTag.set(field.tag, length.tag);
  }

  #flagGroups(level: LevelDefinition): void {
    for (const group of level.groups.values()) {
      this.#flag(group.countTag, FLAG_COUNT);
      this.#flagGroups(group);
    }
  }
}
