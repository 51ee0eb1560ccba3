import { Secret } from '../secret.ts';
import { isSecretTag, maskFields, SECRET_FIELD_NAMES } from './secret-fields.ts';

const REDACTED = '<redacted>';

/**
 * Keys whose values are never written, wherever they stand in a record; case and separators do not
 * matter.
 */
const SECRET_KEYS = new Set([
  'apikey',
  'apisecret',
  'password',
  'passphrase',
  'secret',
  'privatekey',
  'authorization',
  'authent',
  'apisign',
  'token',
  ...SECRET_FIELD_NAMES.map((name) => name.toLowerCase()),
]);

/**
 * `password=…`, `"apiSecret": "…"`, `Authorization: Bearer …` inside a text, and inside a text that
 * stands in JSON, whose quotes are escaped.
 */
const NAMED_SECRET =
  /((?:api[-_ ]?key|api[-_ ]?secret|password|passphrase|private[-_ ]?key|authent|authorization)\\*["']?\s*[:=]\s*)(?:(?:bearer|basic)\s+)?(\\*"[^"]*"|\\*'[^']*'|[^\s,;}|\u0001]+)/gi;

/**
 * Masks what must never be written or shown. One for a whole engine, made with every secret it
 * knows.
 */
export interface Redactor {
  /** A text without the given secrets and without those that its form gives away. */
  readonly text: (text: string) => string;
  /**
   * A copy that is fit to be written as JSON: secrets masked by key, by tag, by type and by form,
   * errors as name, message, code and stack, bigints as text, nothing deeper than twelve levels and
   * no cycle.
   */
  readonly value: (value: unknown) => unknown;
}

/**
 * With `secrets` given, their values are masked wherever they occur, whatever stands around them.
 */
export const makeRedactor = (secrets: Iterable<Secret> = []): Redactor => {
  const withoutKnown = makeValueMask(secrets);
  const text = (from: string): string => {
    const plain = withoutKnown(from);
    // Most texts hold neither a field nor a named value.
    return HAS_VALUE.test(plain)
      ? maskFields(plain, () => REDACTED).replace(NAMED_SECRET, `$1${REDACTED}`)
      : plain;
  };
  return { text, value: (from) => redactValue(from, 0, text) };
};

const HAS_VALUE = /[=:]/;

/** Shorter values would blot out ordinary text. */
const LENGTH_MIN = 6;

/** Replaces the very values, also as they stand in JSON or in a form. */
const makeValueMask = (secrets: Iterable<Secret>): ((text: string) => string) => {
  const values = [...secrets].map((secret) => secret.reveal());
  const written = values
    .filter((value) => value.length >= LENGTH_MIN)
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
  const known = [...new Set(written)].sort((a, b) => b.length - a.length);
  return (text) => {
    if (text.length < LENGTH_MIN) return text;
    let redacted = text;
    for (const value of known) {
      if (redacted.includes(value)) redacted = redacted.replaceAll(value, REDACTED);
    }
    return redacted;
  };
};

type RedactText = Redactor['text'];

const DEPTH_MAX = 12;

const redactValue = (from: unknown, depth: number, text: RedactText): unknown => {
  if (typeof from === 'string') return text(from);
  if (typeof from === 'bigint') return from.toString();
  if (typeof from === 'function' || typeof from === 'symbol') return undefined;
  return typeof from === 'object' && from !== null ? redactObject(from, depth, text) : from;
};

const redactObject = (from: object, depth: number, text: RedactText): unknown => {
  if (from instanceof Secret) return REDACTED;
  if (depth >= DEPTH_MAX) return '<too deep>';
  if (Buffer.isBuffer(from)) return text(from.toString('latin1'));
  if (from instanceof Error) return redactError(from, depth, text);
  if (from instanceof Date) return Number.isNaN(from.getTime()) ? '-' : from.toISOString();
  if (from instanceof Map) return redactMembers(Object.fromEntries(from) as object, depth, text);
  if (isSecretField(from)) return [from[0], REDACTED];
  if (Array.isArray(from) || from instanceof Set)
    return [...from].map((one) => redactValue(one, depth + 1, text));
  return redactMembers(from, depth, text);
};

/** A field as the codec writes it: `[554, '...']`. */
const isSecretField = (from: object): from is readonly [number, string] =>
  Array.isArray(from) &&
  from.length === 2 &&
  typeof from[0] === 'number' &&
  typeof from[1] === 'string' &&
  isSecretTag(from[0]);

const redactMembers = (from: object, depth: number, text: RedactText): unknown =>
  Object.fromEntries(
    Object.entries(from).map(([key, member]: [string, unknown]) => [
      key,
      isSecretKey(key) && member !== undefined && member !== null
        ? REDACTED
        : redactValue(member, depth + 1, text),
    ]),
  );

const redactError = (from: Error, depth: number, text: RedactText): unknown => ({
  name: from.name,
  message: text(from.message),
  ...('code' in from ? { code: redactValue(from.code, depth + 1, text) } : {}),
  ...(from.cause === undefined ? {} : { cause: redactValue(from.cause, depth + 1, text) }),
  stack: text(from.stack ?? ''),
});

const isSecretKey = (key: string): boolean =>
  SECRET_KEYS.has(key.toLowerCase().replaceAll(/[-_ ]/g, '')) || isSecretTag(Number(key));
