import { type DecimalText, type TradingSymbol } from '../../domain/ids.ts';
import { toDecimalText } from '../../lib/decimal-text.ts';
import {
  isJsonObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
} from '../../lib/lossless-json.ts';
import { epochMs, type EpochMs } from '../../lib/time.ts';

/** Something in a frame that the reference does not know. Counted and shown, never fatal. */
export interface Oddity {
  readonly kind: 'UnknownField' | 'UnknownValue' | 'BadValue' | 'MissingField' | 'BadElement';
  /** Where, without values: `open_orders.order.newField`. */
  readonly path: string;
  /**
   * The unknown word itself for UnknownValue, at most 40 characters; other values are never kept.
   */
  readonly value?: string;
}

const WORD_LENGTH_MAX = 40;

const isText = (value: JsonValue): value is string => typeof value === 'string';
const toAmount = (text: string): DecimalText | undefined =>
  toDecimalText(text) as DecimalText | undefined;

/**
 * Reads the fields of one JSON object by name and type. A wrong type or an unknown word becomes an
 * oddity and reads as absent; `done` counts the keys that nobody asked for.
 */
export class FieldReader {
  readonly #object: JsonObject;
  readonly #path: string;
  readonly #oddities: Oddity[];
  readonly #asked = new Set<string>();

  constructor(object: JsonObject, path: string, oddities: Oddity[]) {
    this.#object = object;
    this.#path = path;
    this.#oddities = oddities;
  }

  has(key: string): boolean {
    const value = this.#object[key];
    return value !== undefined && value !== null;
  }

  keys(): readonly string[] {
    return Object.keys(this.#object);
  }

  text(key: string): string | undefined {
    const value = this.#take(key);
    return value === undefined ? undefined : this.#good(key, isText(value) ? value : undefined);
  }

  symbol(key: string): TradingSymbol | undefined {
    const text = this.text(key);
    return text === undefined || text === '' ? undefined : (text.toUpperCase() as TradingSymbol);
  }

  flag(key: string): boolean | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    return this.#good(key, typeof value === 'boolean' ? value : undefined);
  }

  /** An amount, exact: the digits of the payload in plain canonical notation. */
  amount(key: string): DecimalText | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    return this.#good(key, value instanceof JsonNumber ? toAmount(value.text) : undefined);
  }

  /** An amount that the venue writes in quotes (candles). */
  quotedAmount(key: string): DecimalText | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    return this.#good(key, isText(value) ? toAmount(value) : undefined);
  }

  /**
   * A whole number that fits a double exactly: times, sequence numbers, counters. `12.0` is whole.
   */
  integer(key: string): number | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const number = value instanceof JsonNumber ? Number(value.text) : Number.NaN;
    return this.#good(key, Number.isSafeInteger(number) ? number : undefined);
  }

  time(key: string): EpochMs | undefined {
    const ms = this.integer(key);
    return ms === undefined ? undefined : epochMs(ms);
  }

  /** ISO-8601 text, stray blanks tolerated, or milliseconds. */
  date(key: string): EpochMs | undefined {
    if (typeof this.#object[key] !== 'string') return this.time(key);
    const ms = Date.parse(this.text(key)?.replaceAll(' ', '') ?? '');
    return this.#good(key, Number.isNaN(ms) ? undefined : epochMs(ms));
  }

  /** A word of a closed vocabulary; an unknown one is counted and reads as absent. */
  word<T>(key: string, words: Readonly<Record<string, T>>): T | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const name = value instanceof JsonNumber ? value.text : value;
    if (typeof name !== 'string') return this.#good<T>(key, undefined);
    if (Object.hasOwn(words, name)) return words[name];
    this.#note('UnknownValue', key, name.slice(0, WORD_LENGTH_MAX));
    return undefined;
  }

  object(key: string): FieldReader | undefined {
    const value = this.#take(key);
    if (value === undefined) return undefined;
    const path = `${this.#path}.${key}`;
    const nested = isJsonObject(value) ? new FieldReader(value, path, this.#oddities) : undefined;
    return this.#good(key, nested);
  }

  /**
   * Elements that `read` understood, and whether that was all of them. An absent list is
   * incomplete.
   */
  list<T>(key: string, read: (element: FieldReader) => T | undefined): ElementList<T> {
    const value = this.#take(key);
    if (!Array.isArray(value)) {
      this.#note(value === undefined ? 'MissingField' : 'BadValue', key);
      return { elements: [], isComplete: false };
    }
    const items = value as readonly JsonValue[];
    const elements: T[] = [];
    for (const item of items) {
      const element = isJsonObject(item)
        ? read(new FieldReader(item, `${this.#path}.${key}`, this.#oddities))
        : undefined;
      if (element === undefined) this.#note('BadElement', key);
      else elements.push(element);
    }
    return { elements, isComplete: elements.length === items.length };
  }

  texts(key: string): readonly string[] {
    const value = this.#take(key);
    if (!Array.isArray(value)) return [];
    return (value as readonly JsonValue[]).filter((item) => typeof item === 'string');
  }

  /** Known, but of no use to us. */
  skip(...keys: readonly string[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  missing(key: string): void {
    this.#note('MissingField', key);
  }

  done(): void {
    for (const key of Object.keys(this.#object))
      if (!this.#asked.has(key)) this.#note('UnknownField', key.slice(0, WORD_LENGTH_MAX));
  }

  #take(key: string): JsonValue | undefined {
    this.#asked.add(key);
    return this.#object[key] ?? undefined;
  }

  /** Passes the value on; an absent one had the wrong type. */
  #good<T>(key: string, value: T | undefined): T | undefined {
    if (value === undefined) this.#note('BadValue', key);
    return value;
  }

  #note(kind: Oddity['kind'], key: string, value?: string): void {
    const path = `${this.#path}.${key}`;
    this.#oddities.push(value === undefined ? { kind, path } : { kind, path, value });
  }
}

export interface ElementList<T> {
  readonly elements: readonly T[];
  readonly isComplete: boolean;
}
