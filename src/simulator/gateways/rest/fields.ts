import { parse } from 'fast-querystring';
import { toDecimalText } from '../../../lib/decimal-text.ts';
import { epochMs, type EpochMs } from '../../../lib/time.ts';

/** Parameters of one request, from its query and its form body; keys may repeat [rest 13 row 2]. */
export class Fields {
  readonly #values = new Map<string, readonly string[]>();

  /**
   * `parts`: texts as the request carries them, percent-encoded. What cannot be decoded is taken as
   * it stands: the signature covers it anyway.
   */
  constructor(...parts: readonly string[]) {
    for (const part of parts) {
      const parsed = parse(part) as Readonly<Record<string, string | readonly string[]>>;
      for (const [name, value] of Object.entries(parsed))
        this.#values.set(name, [...this.all(name), ...[value].flat()]);
    }
  }

  /** The first value; an empty one counts as absent. */
  get(name: string): string | undefined {
    const value = this.#values.get(name)?.[0];
    return value === '' ? undefined : value;
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

/** A parameter: absent, read, or unreadable. */
type Read<T> = { readonly value: T | undefined } | 'invalid';

export const readDecimal = (text: string | undefined): Read<string> => {
  if (text === undefined) return { value: undefined };
  const value = toDecimalText(text);
  return value === undefined ? 'invalid' : { value };
};

export const readBoolean = (text: string | undefined): Read<boolean> => {
  if (text === undefined) return { value: undefined };
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false' ? { value: lower === 'true' } : 'invalid';
};

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** An ISO 8601 instant in UTC, with up to nine decimals of a second [rest 4]. */
export const readInstant = (text: string | undefined): Read<EpochMs> => {
  if (text === undefined) return { value: undefined };
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? 'invalid' : { value: epochMs(at + belowMillisecond(text)) };
};

/** Date.parse drops what is finer than a millisecond. */
const belowMillisecond = (text: string): number => {
  const fraction = /\.\d{3}(\d+)Z$/.exec(text)?.[1];
  return fraction === undefined ? 0 : Number(`0.${fraction}`);
};

export const readInteger = (text: string | undefined): Read<number> => {
  if (text === undefined) return { value: undefined };
  const value = Number(text);
  return /^-?\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? { value } : 'invalid';
};
