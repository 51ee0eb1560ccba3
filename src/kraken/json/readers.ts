import { readDecimalText } from '../../domain/decimal-text.ts';
import { type DecimalText } from '../../domain/ids.ts';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../lib/lossless-json.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type Defined, defined } from '../../lib/defined.ts';

/**
 * Something in a payload that the reference does not know. Counted and shown, never fatal. All but
 * an unknown field make what was read incomplete.
 */
export interface Oddity {
  readonly kind: 'UnknownField' | 'UnknownValue' | 'BadValue' | 'MissingField' | 'BadElement';
  /** Where, without values: `open_orders.order.newField`. */
  readonly path: string;
  /** The unknown word itself, at most 40 characters; other values are never kept. */
  readonly value?: string;
}

/** An unknown field is news. Everything else is damage: something is not understood. */
export const isDamage = ({ kind }: Oddity): boolean => kind !== 'UnknownField';

/** Whether all of a payload was understood. */
export const isWholeBy = (notes: readonly Oddity[]): boolean => !notes.some(isDamage);

const WORD_LENGTH_MAX = 40;

/**
 * Reads one JSON value; `undefined` means that it could not be understood. What is odd goes to the
 * notes: unknown fields are counted and harmless, everything else makes the answer incomplete.
 */
export type Reader<T> = (value: JsonValue, path: string, notes: Oddity[]) => T | undefined;

const scalarText = (value: JsonValue): string | undefined => {
  if (typeof value === 'string') return value;
  return value instanceof JsonNumber ? value.text : undefined;
};

/** Passes the value on; an absent one is noted. */
const good = <T>(value: T | undefined, path: string, notes: Oddity[]): T | undefined => {
  if (value === undefined) notes.push({ kind: 'BadValue', path });
  return value;
};

/** Text; a number is taken by its digits. The caller names the brand. */
export const text =
  <T extends string = string>(): Reader<T> =>
  (value, path, notes) =>
    good(scalarText(value) as T | undefined, path, notes);

/** Text in upper case: symbols were lower case until 2023 [rest 6.1]. */
export const upperText =
  <T extends string>(): Reader<T> =>
  (value, path, notes) =>
    good(scalarText(value)?.toUpperCase() as T | undefined, path, notes);

/** An amount, exact: a JSON number or a decimal string [rest 7], in plain canonical notation. */
export const amount: Reader<DecimalText> = (value, path, notes) => {
  const digits = scalarText(value);
  const plain = digits === undefined ? undefined : readDecimalText(digits);
  return good(plain, path, notes);
};

/** A whole number that fits a double exactly. */
export const integer: Reader<number> = (value, path, notes) => {
  const digits = scalarText(value);
  const number = digits?.trim() ? Number(digits) : Number.NaN;
  return good(Number.isSafeInteger(number) ? number : undefined, path, notes);
};

export const flag: Reader<boolean> = (value, path, notes) => {
  if (typeof value === 'boolean') return value;
  const isWord = value === 'true' || value === 'false';
  return good(isWord ? value === 'true' : undefined, path, notes);
};

/**
 * ISO 8601 in UTC with 0 to 9 decimals of a second, stray blanks tolerated, or milliseconds since
 * the epoch [rest 7].
 */
export const time: Reader<EpochMs> = (value, path, notes) => {
  if (value instanceof JsonNumber) {
    const ms = Number(value.text);
    return good(Number.isFinite(ms) ? epochMs(ms) : undefined, path, notes);
  }
  return good(
    typeof value === 'string' ? parseIsoTime(value.replaceAll(' ', '')) : undefined,
    path,
    notes,
  );
};

const ISO_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/;

/** `2026-09-02T17:52:21.057577Z` with its microseconds; `undefined` when it is not such a time. */
export const parseIsoTime = (iso: string): EpochMs | undefined => {
  const [, seconds, fraction = '0'] = ISO_TIME.exec(iso) ?? [];
  const whole = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  return Number.isNaN(whole) ? undefined : epochMs(whole + Number(`0.${fraction}`) * 1_000);
};

/** A word that is kept as it is: an unknown one is noted, so that the answer is incomplete. */
export const word =
  <W extends string>(...known: readonly W[]): Reader<W | (string & {})> =>
  (value, path, notes) => {
    if (typeof value !== 'string') return good<string>(undefined, path, notes);
    if (!(known as readonly string[]).includes(value))
      notes.push({ kind: 'UnknownValue', path, value: value.slice(0, WORD_LENGTH_MAX) });
    return value;
  };

/**
 * A word that means something of ours; an unknown one is noted and reads as `otherwise`, or spoils
 * the value when there is no such thing.
 */
export const mapped =
  <T>(words: Readonly<Record<string, T>>, otherwise?: T): Reader<T> =>
  (value, path, notes) => {
    const name = scalarText(value);
    if (name === undefined) return good<T>(undefined, path, notes);
    if (Object.hasOwn(words, name)) return words[name];
    notes.push({ kind: 'UnknownValue', path, value: name.slice(0, WORD_LENGTH_MAX) });
    return otherwise;
  };

/** Known, and kept as it came. */
export const anything: Reader<JsonValue> = (value) => value;

/** What `read` brought, turned into a value of ours. */
export const turned =
  <A, B>(read: Reader<A>, turn: (value: A) => B | undefined): Reader<B> =>
  (value, path, notes) => {
    const part = read(value, path, notes);
    return part === undefined ? undefined : turn(part);
  };

/** Elements that could be read, and whether that was all of them. */
export interface ElementList<T> {
  readonly elements: readonly T[];
  readonly isComplete: boolean;
}

/** A list that says by itself whether each element could be read; anything else is incomplete. */
export const elementList =
  <T>(read: Reader<T>): Reader<ElementList<T>> =>
  (value, path, notes) => {
    const readable = list(read)(value, path, notes) ?? [];
    return {
      elements: readable,
      isComplete: Array.isArray(value) && readable.length === value.length,
    };
  };

/**
 * Each element by itself: one that cannot be read is left out and noted, the others stay. Elements
 * that are `apart` are of a kind of their own that nobody asked for, and are passed over.
 */
export const list =
  <T>(read: Reader<T>, isApart?: (item: JsonValue) => boolean): Reader<readonly T[]> =>
  (value, path, notes) => {
    if (!Array.isArray(value)) return good<readonly T[]>(undefined, path, notes);
    const elements: T[] = [];
    for (const item of value as readonly JsonValue[]) {
      if (isApart?.(item) === true) continue;
      const element = read(item, path, notes);
      if (element === undefined) notes.push({ kind: 'BadElement', path });
      else elements.push(element);
    }
    return elements;
  };

/** A map whose keys are data (assets, symbols, uids). */
export const record =
  <T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> =>
  (value, path, notes) => {
    if (!isJsonObject(value)) return good<Record<string, T>>(undefined, path, notes);
    const entries: [string, T][] = [];
    for (const key of Object.keys(value)) {
      const element = read(value[key] ?? null, path, notes);
      if (element === undefined) notes.push({ kind: 'BadElement', path });
      else entries.push([key, element]);
    }
    return Object.fromEntries(entries);
  };

/** One field of an object: its name at the venue, and how its value is read. */
export interface Field<T> {
  readonly key: string;
  /** Absence is no news. */
  readonly isOptional: boolean;
  /** Absent or unreadable, it does not spoil the object. */
  readonly isLenient: boolean;
  /** A value that the venue writes for "none": it reads as absent. */
  readonly isNone?: (value: JsonValue) => boolean;
  /** Stands for a value that is absent. */
  readonly otherwise?: T;
  readonly read: Reader<T>;
}

export const field = <T>(key: string, read: Reader<T>): Field<T> => ({
  key,
  isOptional: false,
  isLenient: false,
  read,
});

/** May be absent or null; present and unreadable is as bad as on a required field. */
export const optional = <T>(key: string, read: Reader<T>): Field<T | undefined> => ({
  key,
  isOptional: true,
  isLenient: false,
  read,
});

/** May be absent or null, or have a value that stands for "none". */
export const optionalUnless = <T>(
  key: string,
  read: Reader<T>,
  isNone: (value: JsonValue) => boolean,
): Field<T | undefined> => ({ ...optional(key, read), isNone });

interface Lenient {
  <T>(key: string, read: Reader<T>): Field<T | undefined>;
  <T>(key: string, read: Reader<T>, otherwise: T): Field<T>;
}

/**
 * May be absent or null; present and unreadable is noted and does not spoil the object. `otherwise`
 * stands for both.
 */
export const lenient: Lenient = <T>(key: string, read: Reader<T>, otherwise?: T): Field<T> => ({
  key,
  isOptional: true,
  isLenient: true,
  ...defined({ otherwise }),
  read,
});

/**
 * The venue always sends it. Absent or unreadable is noted, and the object stays without it, or
 * with `otherwise`.
 */
export const expected: Lenient = <T>(key: string, read: Reader<T>, otherwise?: T): Field<T> => ({
  key,
  isOptional: false,
  isLenient: true,
  ...defined({ otherwise }),
  read,
});

/** A list that is always there; an absent one is noted and incomplete. */
export const elements = <T>(key: string, read: Reader<T>): Field<ElementList<T>> => ({
  ...field(key, elementList(read)),
  otherwise: { elements: [], isComplete: false },
});

type Fields = Readonly<Record<string, Field<unknown>>>;
type Values<F extends Fields> = Defined<{
  [N in keyof F]: F[N] extends Field<infer T> ? T : never;
}>;
export type Shape<R> = R extends Reader<infer T> ? T : never;

/**
 * An object by its fields, under our names. A missing or unreadable field spoils the object. An
 * unexpected field is noted; `ignored` fields are known and not used.
 */
export const shape = <const F extends Fields>(
  fields: F,
  ignored: readonly string[] = [],
): Reader<Values<F>> => {
  const named = Object.entries(fields).map(([name, one]) => ({ name, ...one }));
  const known = new Set([...named.map(({ key }) => key), ...ignored]);
  return (value, path, notes) => {
    if (!isJsonObject(value)) return good<Values<F>>(undefined, path, notes);
    const values: Record<string, unknown> = {};
    let isWhole = true;
    for (const one of named) {
      const given = givenOf(one, value);
      const part = readField(one, given, path, notes) ?? one.otherwise;
      if (part !== undefined) values[one.name] = part;
      else isWhole &&= mayLack(one, given);
    }
    for (const key in value)
      if (!known.has(key))
        notes.push({ kind: 'UnknownField', path: `${path}.${key.slice(0, WORD_LENGTH_MAX)}` });
    return isWhole ? (values as Values<F>) : undefined;
  };
};

/** Null when the field is absent, or stands for "none". */
const givenOf = ({ key, isNone }: Field<unknown>, object: JsonObject): JsonValue => {
  const written = object[key] ?? null;
  return isNone?.(written) === true ? null : written;
};

const mayLack = ({ isLenient, isOptional }: Field<unknown>, given: JsonValue): boolean =>
  isLenient || (given === null && isOptional);

const readField = (
  { key, isOptional, read }: Field<unknown>,
  given: JsonValue,
  path: string,
  notes: Oddity[],
): unknown => {
  if (given !== null) return read(given, `${path}.${key}`, notes);
  if (!isOptional) notes.push({ kind: 'MissingField', path: `${path}.${key}` });
  return undefined;
};

/** The first reader that understands the value without spoiling it; for fields with two layouts. */
export const either =
  <A, B>(first: Reader<A>, second: Reader<B>): Reader<A | B> =>
  (value, path, notes) => {
    const tried: Oddity[] = [];
    const result = first(value, path, tried);
    if (result !== undefined) {
      notes.push(...tried);
      return result;
    }
    return second(value, path, notes);
  };

/** Ids of an element outlive a body that could not be read: it is there, whatever it is. */
export const identified =
  <I extends object, B>(ids: Reader<I>, body: Reader<B>): Reader<I & { readonly order?: B }> =>
  (value, path, notes) => {
    const order = body(value, path, notes);
    const named = ids(value, path, []);
    if (named === undefined) return undefined;
    return { ...named, ...defined({ order }) };
  };
