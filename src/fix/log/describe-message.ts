import { defined } from '../../lib/defined.ts';
import { MASK, printable } from '../../lib/redaction/mask-frame.ts';
import { isSecretTag, maskFields } from '../../lib/redaction/secret-fields.ts';
import { type FieldDefinition, type FixDictionary } from '../dictionary/dictionary.ts';
import { type FixFieldMap, type FixMessage } from '../codec/fix-message.ts';

/** A field with its name and the meaning of its value. */
export interface DescribedField {
  readonly tag: number;
  /** The dictionary's; absent when it lacks the tag. */
  readonly name?: string;
  /** As on the wire, control characters as `\xHH`, values of credentials as `***`. */
  readonly value: string;
  /** What a code means, by the dictionary. */
  readonly meaning?: string;
  /** Of a repeating group: its entries. */
  readonly entries?: readonly (readonly DescribedField[])[];
}

const MULTIPLE_VALUE_TYPES: ReadonlySet<string> = new Set([
  'MULTIPLEVALUESTRING',
  'MULTIPLESTRINGVALUE',
  'MULTIPLECHARVALUE',
]);

/** Every field in wire order, the members of groups below their count. */
export const describeMessage = (
  message: FixMessage,
  dictionary: FixDictionary,
): readonly DescribedField[] => describeLevel(message, dictionary);

const describeLevel = (level: FixFieldMap, dictionary: FixDictionary): readonly DescribedField[] =>
  level.entries().map(([tag, value]) => {
    const definition = dictionary.fields.get(tag);
    const entries = level.groups(tag);
    const meaning = tag === 35 ? messageName(dictionary, value) : meaningOf(definition, value);
    return {
      tag,
      ...defined({ name: definition?.name }),
      value: isSecretTag(tag) ? MASK : printable(maskFields(value, () => MASK)),
      ...defined({ meaning }),
      ...(entries.length > 0 && {
        entries: entries.map((entry) => describeLevel(entry, dictionary)),
      }),
    };
  });

const messageName = (dictionary: FixDictionary, msgType: string): string | undefined =>
  dictionary.messages.get(msgType)?.name;

const meaningOf = (definition: FieldDefinition | undefined, value: string): string | undefined => {
  const enums = definition?.enums;
  if (definition === undefined || enums === undefined) return undefined;
  if (!MULTIPLE_VALUE_TYPES.has(definition.type)) return enums.get(value);
  const meanings = value.split(' ').map((one) => enums.get(one) ?? one);
  return meanings.join(', ');
};
