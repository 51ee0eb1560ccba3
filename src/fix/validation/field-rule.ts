import { type FieldDefinition, type FixDictionary } from '../dictionary/dictionary.ts';
import { formatCheckOf, type FormatCheck } from './field-format.ts';
import { textBetween } from '../codec/latin1-text.ts';

const SPACE = 0x20;
const MULTIPLE: ReadonlySet<string> = new Set([
  'MULTIPLEVALUESTRING',
  'MULTIPLESTRINGVALUE',
  'MULTIPLECHARVALUE',
]);

/** What the value of one field must be, compiled for speed. */
export interface FieldRule {
  readonly isFormat: FormatCheck | undefined;
  /**
   * Says whether the bytes are one of the dictionary's values, or several, for the MULTIPLE types.
   */
  readonly isAllowed: FormatCheck | undefined;
}

/** Rules by tag. An array: it is looked into for every field of every message. */
export type FieldRules = readonly (FieldRule | undefined)[];

export const compileRules = (dictionary: FixDictionary): FieldRules => {
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
