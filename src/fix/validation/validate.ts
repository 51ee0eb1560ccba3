import { invariant } from '../../lib/invariant.ts';
import { DecodedMessage } from '../codec/decoded-message.ts';
import {
  FLAG_COUNT,
  FLAG_HEADER,
  FLAG_TRAILER,
  type FixDictionary,
  type GroupDefinition,
  type LevelDefinition,
  type MessageDefinition,
  type FieldDefinition,
} from '../dictionary/dictionary.ts';
import { type FieldLevel, type Frame } from '../codec/field-level.ts';
import { type FixMessage } from '../codec/fix-message.ts';
import { parseWhole } from '../codec/frame-scan.ts';
import {
  SESSION_REJECT_TEXT,
  type SessionRejectReason,
} from '../dictionary/session-reject-reason.ts';
import { formatCheckOf, type FormatCheck } from './field-format.ts';
import { textBetween } from '../codec/latin1-text.ts';

/** What goes into a Reject(3). */
export interface Rejection {
  /** SessionRejectReason(373). */
  readonly sessionRejectReason: SessionRejectReason;
  /** RefTagID(371); `undefined` when the reason is not about a field. */
  readonly refTagID: number | undefined;
  /** Text(58). */
  readonly text: string;
}

/** How strict to be; the names in brackets are what users of QuickFIX know. */
export interface ValidationOptions {
  /**
   * Tags from 5000 that the dictionary has not, or not for this message, are let through
   * (ValidateUserDefinedFields=N).
   */
  readonly allowUnknownUserDefined: boolean;
  /** The same for tags below 5000 (AllowUnknownMsgFields=Y). */
  readonly allowUnknownFields: boolean;
  /** Values outside a field's list are let through (AllowUnknownEnumValues=Y). */
  readonly allowUnknownEnums: boolean;
  /** Header, body, trailer in this order (ValidateFieldsOutOfOrder). */
  readonly validateOrder: boolean;
  /** No empty values (ValidateFieldsHaveValues). */
  readonly validateHasValues: boolean;
  /** Members of a group in the dictionary's order (ValidateUnorderedGroupFields). */
  readonly validateGroupOrder: boolean;
}

/** Everything is checked; only user defined tags are free. */
export const VALIDATION_OPTIONS: ValidationOptions = {
  allowUnknownUserDefined: true,
  allowUnknownFields: false,
  allowUnknownEnums: false,
  validateOrder: true,
  validateHasValues: true,
  validateGroupOrder: true,
};

/**
 * For a venue that adds fields and values without notice, and orders members of groups as it likes:
 * a report that says something new must not be refused, it may be a fill.
 */
export const TOLERANT_VALIDATION: ValidationOptions = {
  ...VALIDATION_OPTIONS,
  allowUnknownFields: true,
  allowUnknownEnums: true,
  validateGroupOrder: false,
};

/**
 * The first thing wrong with a message that a FrameDecoder delivered; `undefined` when nothing is.
 */
export const validateMessage = (
  dictionary: FixDictionary,
  message: FixMessage,
  options: ValidationOptions = VALIDATION_OPTIONS,
): Rejection | undefined => {
  let validator = VALIDATORS.get(dictionary);
  if (validator === undefined) {
    validator = new MessageValidator(dictionary);
    VALIDATORS.set(dictionary, validator);
  }
  return validator.validate(message, options);
};

const VALIDATORS = new WeakMap<FixDictionary, MessageValidator>();

/** Where on its way from header to trailer a message is. */
const HEADER = 0;
const BODY = 1;
const TRAILER = 2;
const USER_DEFINED_FROM = 5_000;
const GENERATION_MAX = 0xffff_ffff;

/** Checks messages against one dictionary; keeps the tables that this takes. */
class MessageValidator {
  readonly #dictionary: FixDictionary;
  readonly #rules: FieldRules;
  /** By depth of nesting: in which generation a tag was last seen. Each level is a generation. */
  readonly #seenByDepth: Uint32Array[] = [];
  #generation = 0;
  #options = VALIDATION_OPTIONS;
  /** The first thing found wrong. */
  #rejection: Rejection | undefined;

  constructor(dictionary: FixDictionary) {
    this.#dictionary = dictionary;
    this.#rules = compileRules(dictionary);
  }

  validate(message: FixMessage, options: ValidationOptions): Rejection | undefined {
    invariant(message instanceof DecodedMessage, 'only a decoded message can be validated');
    this.#options = options;
    this.#rejection = undefined;
    const definition = this.#dictionary.messages.get(message.msgType);
    const misplaced = options.validateOrder ? this.#misplaced(message, definition) : undefined;
    if (misplaced !== undefined) return rejection(14, misplaced);
    if (definition === undefined) return rejection(11, undefined);
    const missing = this.#message(message, definition);
    return missing === undefined ? this.#rejection : rejection(1, missing);
  }

  /** The first tag that does not stand where header, body and trailer have it. */
  #misplaced(message: DecodedMessage, definition: LevelDefinition | undefined): number | undefined {
    const { table } = message.frame;
    const flagsByTag = this.#dictionary.flags;
    const length = message.topLength();
    let place = HEADER;
    for (let index = 0; index < length; index++) {
      const tag = table[message.topCell(index)] ?? 0;
      const flags = flagsByTag[tag] ?? 0;
      const isOfHeader = (flags & FLAG_HEADER) !== 0;
      if (isOfHeader && place === HEADER) continue;
      if ((flags & FLAG_TRAILER) !== 0) place = TRAILER;
      else if (isOfHeader && definition?.fields.has(tag) !== true) return tag;
      else if (place === TRAILER) return tag;
      else place = BODY;
    }
    return undefined;
  }

  /** Checks every field; answers with the first required tag that is missing. */
  #message(message: DecodedMessage, body: MessageDefinition): number | undefined {
    const { frame } = message;
    const { header, trailer, flags: flagsByTag } = this.#dictionary;
    const seen = this.#seenAt(0);
    const generation = this.#nextGeneration();
    const length = message.topLength();
    for (let index = 0; index < length; index++) {
      const cell = message.topCell(index);
      const tag = frame.table[cell] ?? 0;
      const flags = flagsByTag[tag] ?? 0;
      const isRepeated = seen[tag] === generation;
      seen[tag] = generation;
      if (isRepeated) this.#fail(13, tag);
      const isOfBody = (flags & (FLAG_HEADER | FLAG_TRAILER)) === 0 || body.fields.has(tag);
      const level = isOfBody ? body : (flags & FLAG_HEADER) !== 0 ? header : trailer;
      this.#field(frame, cell, level);
      if ((flags & FLAG_COUNT) === 0) continue;
      const group = level.groups.get(tag);
      if (group !== undefined) this.#group(frame, cell, { group, entries: message.groups(tag) }, 1);
    }
    return (
      missing(header, seen, generation) ??
      missing(trailer, seen, generation) ??
      missing(body, seen, generation)
    );
  }

  #group(frame: Frame, countCell: number, { group, entries }: Group, depth: number): void {
    const { bytes, table } = frame;
    const count = parseWhole(bytes, table[countCell + 1] ?? 0, table[countCell + 2] ?? 0);
    if (count >= 0 && count !== entries.length) this.#fail(16, group.countTag);
    for (const entry of entries) this.#entry(frame, entry, group, depth);
  }

  #entry(frame: Frame, entry: FieldLevel, group: GroupDefinition, depth: number): void {
    const seen = this.#seenAt(depth);
    const generation = this.#nextGeneration();
    let last = 0;
    for (const cell of entry.cells) {
      const tag = frame.table[cell] ?? 0;
      if (seen[tag] === generation) this.#fail(13, tag);
      seen[tag] = generation;
      const position = group.position.get(tag) ?? last;
      const isFirst = cell === entry.cells[0];
      const isMisplaced = isFirst ? tag !== group.delimiter : position < last;
      if (isMisplaced && this.#options.validateGroupOrder) this.#fail(15, tag);
      last = position;
      this.#field(frame, cell, group);
      const nested = group.groups.get(tag);
      if (nested === undefined) continue;
      this.#group(frame, cell, { group: nested, entries: entry.groups(tag) }, depth + 1);
    }
    const tag = missing(group, seen, generation);
    if (tag !== undefined) this.#fail(1, tag);
  }

  /** Checks whether a field belongs where it stands, and its value. */
  #field({ bytes, table }: Frame, cell: number, level: LevelDefinition): void {
    const tag = table[cell] ?? 0;
    const from = table[cell + 1] ?? 0;
    const to = table[cell + 2] ?? 0;
    const rule = this.#rules[tag];
    if (from === to) {
      if (this.#options.validateHasValues) this.#fail(4, tag);
    } else if (rule === undefined) {
      this.#failUnlessTolerated(0, tag);
    } else {
      if (!level.fields.has(tag)) this.#failUnlessTolerated(2, tag);
      const reason = brokenBy(rule, bytes, from, to);
      if (reason === 6 || (reason === 5 && !this.#options.allowUnknownEnums))
        this.#fail(reason, tag);
    }
  }

  #failUnlessTolerated(reason: SessionRejectReason, tag: number): void {
    const { allowUnknownUserDefined, allowUnknownFields } = this.#options;
    const isTolerated =
      tag >= USER_DEFINED_FROM ? allowUnknownUserDefined : tag > 0 && allowUnknownFields;
    if (!isTolerated) this.#fail(reason, tag);
  }

  #fail(reason: SessionRejectReason, tag: number): void {
    this.#rejection ??= rejection(reason, tag);
  }

  #seenAt(depth: number): Uint32Array {
    return (this.#seenByDepth[depth] ??= new Uint32Array(this.#dictionary.flags.length));
  }

  #nextGeneration(): number {
    if (this.#generation === GENERATION_MAX) {
      for (const seen of this.#seenByDepth) seen.fill(0);
      this.#generation = 0;
    }
    return ++this.#generation;
  }
}

interface Group {
  readonly group: GroupDefinition;
  readonly entries: readonly FieldLevel[];
}

const brokenBy = (rule: FieldRule, bytes: Buffer, from: number, to: number): 0 | 5 | 6 => {
  if (rule.isFormat !== undefined && !rule.isFormat(bytes, from, to)) return 6;
  return rule.isAllowed === undefined || rule.isAllowed(bytes, from, to) ? 0 : 5;
};

const missing = (
  level: LevelDefinition,
  seen: Uint32Array,
  generation: number,
): number | undefined => {
  for (const tag of level.required) {
    if (seen[tag] !== generation) return tag;
  }
  return undefined;
};

const rejection = (reason: SessionRejectReason, refTagID: number | undefined): Rejection => ({
  sessionRejectReason: reason,
  refTagID,
  text: SESSION_REJECT_TEXT[reason],
});

const SPACE = 0x20;
const MULTIPLE: ReadonlySet<string> = new Set([
  'MULTIPLEVALUESTRING',
  'MULTIPLESTRINGVALUE',
  'MULTIPLECHARVALUE',
]);

/** What the value of one field must be, compiled for speed. */
interface FieldRule {
  readonly isFormat: FormatCheck | undefined;
  /**
   * Says whether the bytes are one of the dictionary's values, or several, for the MULTIPLE types.
   */
  readonly isAllowed: FormatCheck | undefined;
}

/** Rules by tag. An array: it is looked into for every field of every message. */
type FieldRules = readonly (FieldRule | undefined)[];

const compileRules = (dictionary: FixDictionary): FieldRules => {
  const rules = new Array<FieldRule | undefined>(dictionary.flags.length).fill(undefined);
  for (const [tag, field] of dictionary.fields) rules[tag] = toRule(field);
  return rules;
};

const toRule = (field: FieldDefinition): FieldRule => ({
  isFormat: formatCheckOf(field.type),
  isAllowed: field.enums === undefined ? undefined : enumCheck(field.enums, field.type),
});

const enumCheck = (enums: ReadonlyMap<string, string>, type: string): FormatCheck => {
  const isOneByte = new Uint8Array(256);
  for (const value of enums.keys()) {
    if (value.length === 1) isOneByte[value.charCodeAt(0)] = 1;
  }
  const isOne: FormatCheck = (bytes, from, to) =>
    to - from === 1 ? isOneByte[bytes[from] ?? 0] === 1 : enums.has(textBetween(bytes, from, to));
  return MULTIPLE.has(type) ? eachOf(isOne) : isOne;
};

/** Values separated by one space each. */
const eachOf =
  (isOne: FormatCheck): FormatCheck =>
  (bytes, from, to) => {
    let start = from;
    for (let at = from; at <= to; at++) {
      if (at < to && bytes[at] !== SPACE) continue;
      if (!isOne(bytes, start, at)) return false;
      start = at + 1;
    }
    return true;
  };
