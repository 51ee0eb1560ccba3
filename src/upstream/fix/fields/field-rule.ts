import { type FixMessage } from '../../../fix/codec/fix-message.ts';

/** What becomes of one field of a client's message. */
export type FieldRule = {
  readonly tag: number;
  /** The dictionary's name. */
  readonly name: string;
  /** What it does, or why it does nothing, for docs/client-messages.md and the refusal's text. */
  readonly about: string;
} & (
  | { readonly use: 'read' | 'returned' | 'ignored' | 'refused' }
  /** Values that change nothing are taken, all others are refused. */
  | {
      readonly use: 'limited';
      /** The values that are taken, for the page. */
      readonly taken: string;
      readonly takes: (value: string, message: FixMessage) => boolean;
    }
);

/** Fields of a message by tag. Members of a repeating group follow their count field. */
export type FieldRules = ReadonlyMap<number, FieldRule>;

export const rulesOf = (...rules: readonly FieldRule[]): FieldRules =>
  new Map(rules.map((rule) => [rule.tag, rule]));

type Named = readonly [tag: number, name: string];

const manyOf =
  (use: 'ignored' | 'refused') =>
  (about: string, ...fields: readonly Named[]): readonly FieldRule[] =>
    fields.map(([tag, name]) => ({ tag, name, use, about }));

export const ignored = manyOf('ignored');
export const refused = manyOf('refused');

export const read = (tag: number, name: string, about: string): FieldRule => ({
  ...{ tag, name, use: 'read', about },
});

/** Read, and sent back in every report of the order. */
export const returned = (tag: number, name: string, about: string): FieldRule => ({
  ...{ tag, name, use: 'returned', about },
});

/** One of `values` is taken, because it says what happens anyway. */
export const limited = (
  [tag, name]: Named,
  values: readonly string[],
  about: string,
): FieldRule => ({
  ...{ tag, name, use: 'limited', about },
  taken: values.map((value) => `\`${value}\``).join(', '),
  takes: (value) => values.includes(value),
});

/** The value must agree with another field of the message. */
export const matched = (
  [tag, name]: Named,
  [taken, takes]: readonly [string, (value: string, message: FixMessage) => boolean],
  about: string,
): FieldRule => ({ ...{ tag, name, use: 'limited', taken, takes, about } });
