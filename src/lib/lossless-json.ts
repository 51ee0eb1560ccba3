import { err, ok, type Result } from './result.ts';

/**
 * A JSON number exactly as it was written: `1.0`, `9.67535E-4`, `-0.0` and 30 digits stay what they
 * are.
 */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/**
 * An object's keys are own properties, `__proto__` too; of doubled keys the last wins, as in
 * JSON.parse.
 */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
type JsonArray = readonly JsonValue[];
export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject;

export interface JsonSyntaxError {
  /** UTF-16 code units from the start of the text. */
  readonly at: number;
  readonly message: string;
}

/** Deeper nesting is refused: a hostile text must not exhaust the stack. */
export const JSON_DEPTH_MAX = 64;

export interface LosslessOptions {
  /**
   * Refuses an object that names a key twice: which value is meant is open (RFC 8259 section 4).
   */
  readonly hasUniqueKeys?: boolean;
}

/**
 * Reads one JSON text (RFC 8259, the same language as JSON.parse) and keeps the digits of every
 * number. Errors: the first offence with its position; nothing is thrown.
 */
export const parseLosslessJson = (
  text: string,
  { hasUniqueKeys = false }: LosslessOptions = {},
): Result<JsonValue, JsonSyntaxError> => {
  const cursor: Cursor = { text, at: 0, fault: undefined, hasUniqueKeys };
  const value = readValue(cursor, 0);
  skipBlanks(cursor);
  if (cursor.fault === undefined && cursor.at < text.length) fail(cursor, 'text after the value');
  return cursor.fault === undefined ? ok(value) : err(cursor.fault);
};

/** Characters read between two pauses: about a millisecond or two. */
const SLICE_CHARS = 65_536;

/**
 * The same for a long text: pauses after each 64 KiB, so that whatever else waits on the event loop
 * has its turn. The value is the one that `parseLosslessJson` gives.
 */
export const parseLosslessJsonInSlices = async (
  text: string,
  { hasUniqueKeys = false }: LosslessOptions,
  pause: () => Promise<unknown>,
): Promise<Result<JsonValue, JsonSyntaxError>> => {
  const cursor: Cursor = { text, at: 0, fault: undefined, hasUniqueKeys };
  const steps = readInSlices(cursor, 0, { from: 0 });
  for (;;) {
    const step = steps.next();
    if (step.done !== true) {
      await pause();
      continue;
    }
    skipBlanks(cursor);
    if (cursor.fault === undefined && cursor.at < text.length) fail(cursor, 'text after the value');
    return cursor.fault === undefined ? ok(step.value) : err(cursor.fault);
  }
};

interface Slice {
  from: number;
}

type Steps<T> = Generator<undefined, T, undefined>;

/** Containers step by step; what is in none is read at once. */
function* readInSlices(cursor: Cursor, depth: number, slice: Slice): Steps<JsonValue> {
  if (cursor.at - slice.from > SLICE_CHARS) {
    slice.from = cursor.at;
    yield undefined;
  }
  skipBlanks(cursor);
  const code = cursor.text.charCodeAt(cursor.at);
  if (code === OPEN_BRACE) return yield* objectInSlices(cursor, depth + 1, slice);
  if (code === OPEN_BRACKET) return yield* arrayInSlices(cursor, depth + 1, slice);
  return readValue(cursor, depth);
}

function* arrayInSlices(cursor: Cursor, depth: number, slice: Slice): Steps<JsonArray> {
  const items: JsonValue[] = [];
  if (!enter(cursor, depth, CLOSE_BRACKET)) return items;
  do items.push(yield* readInSlices(cursor, depth, slice));
  while (hasNext(cursor, CLOSE_BRACKET));
  return items;
}

function* objectInSlices(cursor: Cursor, depth: number, slice: Slice): Steps<JsonObject> {
  const members: Record<string, JsonValue> = {};
  if (!enter(cursor, depth, CLOSE_BRACE)) return members;
  do {
    const key = readKey(cursor, members);
    put(members, key, yield* readInSlices(cursor, depth, slice));
  } while (hasNext(cursor, CLOSE_BRACE));
  return members;
}

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof JsonNumber);

/**
 * The value with floats for numbers, as JSON.parse gives it. For display and comparison, never for
 * amounts.
 */
export const toPlainJson = (value: JsonValue): unknown => {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return (value as JsonArray).map(toPlainJson);
  if (!isJsonObject(value)) return value;
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) put(plain, key, toPlainJson(value[key] ?? null));
  return plain;
};

/** Writes the value without blanks, numbers as they were read or as `digitsOf` spells them. */
export const toJsonText = (
  value: JsonValue,
  digitsOf: (text: string) => string = (text) => text,
): string => {
  const write = (part: JsonValue): string => {
    if (part instanceof JsonNumber) return digitsOf(part.text);
    if (Array.isArray(part)) return `[${(part as JsonArray).map(write).join(',')}]`;
    if (!isJsonObject(part)) return JSON.stringify(part);
    const members = Object.keys(part).map(
      (key) => `${JSON.stringify(key)}:${write(part[key] ?? null)}`,
    );
    return `{${members.join(',')}}`;
  };
  return write(value);
};

interface Cursor {
  readonly text: string;
  at: number;
  fault: JsonSyntaxError | undefined;
  readonly hasUniqueKeys: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const fail = (cursor: Cursor, message: string): null => {
  cursor.fault ??= { at: cursor.at, message };
  return null;
};

const failText = (cursor: Cursor, message: string): string => {
  fail(cursor, message);
  return '';
};

const skipBlanks = (cursor: Cursor): void => {
  const { text } = cursor;
  let at = cursor.at;
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
    code = text.charCodeAt(++at);
  cursor.at = at;
};

const readValue = (cursor: Cursor, depth: number): JsonValue => {
  skipBlanks(cursor);
  switch (cursor.text.charCodeAt(cursor.at)) {
    case QUOTE:
      return readString(cursor);
    case OPEN_BRACE:
      return readObject(cursor, depth + 1);
    case OPEN_BRACKET:
      return readArray(cursor, depth + 1);
    case 0x74:
      return readWord(cursor, 'true', true);
    case 0x66:
      return readWord(cursor, 'false', false);
    case 0x6e:
      return readWord(cursor, 'null', null);
    default:
      return readNumber(cursor);
  }
};

const readWord = <T extends boolean | null>(cursor: Cursor, word: string, value: T): T | null => {
  if (!cursor.text.startsWith(word, cursor.at)) return fail(cursor, 'not a JSON value');
  cursor.at += word.length;
  return value;
};

const isDigit = (code: number): boolean => code >= ZERO && code <= 0x39;

/** The end of a run of digits; the start itself when there is none. */
const endOfDigits = (text: string, from: number): number => {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
};

const readNumber = (cursor: Cursor): JsonNumber | null => {
  const { text } = cursor;
  const start = cursor.at;
  let at = text.charCodeAt(start) === MINUS ? start + 1 : start;
  const integer = at;
  at = endOfDigits(text, at);
  if (at === integer) return fail(cursor, 'not a JSON value');
  if (at > integer + 1 && text.charCodeAt(integer) === ZERO) return fail(cursor, 'leading zero');
  if (text.charCodeAt(at) === POINT) {
    const fraction = at + 1;
    at = endOfDigits(text, fraction);
    if (at === fraction) return fail(cursor, 'no digit after the point');
  }
  if ((text.charCodeAt(at) | 0x20) === 0x65) {
    const sign = text.charCodeAt(at + 1);
    const exponent = sign === 0x2b || sign === MINUS ? at + 2 : at + 1;
    at = endOfDigits(text, exponent);
    if (at === exponent) return fail(cursor, 'no digit in the exponent');
  }
  cursor.at = at;
  return new JsonNumber(text.slice(start, at));
};

// RFC 8259 section 7 forbids exactly these inside a string.
const CONTROL = /[\u0000-\u001f]/;

const readString = (cursor: Cursor): string => {
  const { text } = cursor;
  const start = cursor.at + 1;
  let end = start;
  let isPlain = true;
  for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
    // NaN (the text ended) fails this comparison as well.
    if (!(code >= 0x20)) return failText(cursor, 'unterminated string or bare control');
    if (code === BACKSLASH) {
      isPlain = false;
      end++;
    }
    end++;
  }
  cursor.at = end + 1;
  return isPlain ? text.slice(start, end) : unescape(cursor, text.slice(start, end));
};

const ESCAPED: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const unescape = (cursor: Cursor, raw: string): string => {
  if (CONTROL.test(raw)) return failText(cursor, 'bare control');
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, hex?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPED[letter ?? ''] ?? failText(cursor, 'unknown escape');
  });
};

/** Goes into a container; false when there is nothing in it, or nothing may be. */
const enter = (cursor: Cursor, depth: number, close: number): boolean => {
  if (depth > JSON_DEPTH_MAX) {
    fail(cursor, 'nested too deep');
    return false;
  }
  cursor.at++;
  skipBlanks(cursor);
  if (cursor.text.charCodeAt(cursor.at) !== close) return true;
  cursor.at++;
  return false;
};

/** Behind an item: whether another one follows. */
const hasNext = (cursor: Cursor, close: number): boolean => {
  skipBlanks(cursor);
  const code = cursor.text.charCodeAt(cursor.at);
  if (code !== COMMA && code !== close)
    fail(cursor, close === CLOSE_BRACE ? 'expected , or }' : 'expected , or ]');
  cursor.at++;
  return code !== close && cursor.fault === undefined;
};

const readArray = (cursor: Cursor, depth: number): JsonArray => {
  const items: JsonValue[] = [];
  if (!enter(cursor, depth, CLOSE_BRACKET)) return items;
  do items.push(readValue(cursor, depth));
  while (hasNext(cursor, CLOSE_BRACKET));
  return items;
};

const put = (target: Record<string, unknown>, key: string, value: unknown): void => {
  // A plain assignment to this one name would set the prototype.
  if (key === '__proto__')
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  else target[key] = value;
};

/** A key and its colon. */
const readKey = (cursor: Cursor, members: Record<string, JsonValue>): string => {
  skipBlanks(cursor);
  if (cursor.text.charCodeAt(cursor.at) !== QUOTE) fail(cursor, 'expected a key');
  const key = readString(cursor);
  if (cursor.hasUniqueKeys && Object.hasOwn(members, key)) fail(cursor, 'a key twice');
  skipBlanks(cursor);
  if (cursor.text.charCodeAt(cursor.at) !== COLON) fail(cursor, 'expected :');
  cursor.at++;
  return key;
};

const readObject = (cursor: Cursor, depth: number): JsonObject => {
  const members: Record<string, JsonValue> = {};
  if (!enter(cursor, depth, CLOSE_BRACE)) return members;
  do {
    const key = readKey(cursor, members);
    put(members, key, readValue(cursor, depth));
  } while (hasNext(cursor, CLOSE_BRACE));
  return members;
};
