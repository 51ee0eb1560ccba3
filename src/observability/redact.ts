import { makeRedactor } from '../lib/redactor.ts';
import { Secret } from '../lib/secret.ts';

const REDACTED = '<redacted>';

/** Keys whose values are never written, wherever they stand in a record; case and separators do not matter. */
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
  'username',
  'nonce',
]);

/** Username(553), Password(554), Nonce(5025) of a FIX message, fields ended by SOH, `|`, `^A` or the end of the text. */
const FIX_SECRET = /(^|[\u0001|\s]|\^A)(553|554|5025)=(?:(?!\^A)[^\u0001|\s])*/g;

/** `password=…`, `"apiSecret": "…"`, `Authorization: Bearer …` inside a text. */
const NAMED_SECRET =
  /((?:api[-_ ]?key|api[-_ ]?secret|password|passphrase|private[-_ ]?key|authent|authorization)["']?\s*[:=]\s*)(?:(?:bearer|basic)\s+)?("[^"]*"|'[^']*'|[^\s,;}|\u0001]+)/gi;

/** Masks what must never be written. */
export interface LogRedactor {
  /** A text without the given secrets and without those that its form gives away. */
  readonly text: (text: string) => string;
  /**
   * A copy that is fit to be written: secrets masked by key, by type and by form, errors as name, message, code and stack, bigints as
   * text, nothing deeper than eight levels and no cycle.
   */
  readonly value: (value: unknown) => unknown;
}

const DEPTH_MAX = 8;

/** With `secrets` given, their values are masked wherever they occur, whatever stands around them. */
export const makeLogRedactor = (secrets: readonly Secret[] = []): LogRedactor => {
  const withoutKnown = makeRedactor(secrets);
  const text = (from: string): string =>
    withoutKnown(from)
      .replace(FIX_SECRET, `$1$2=${REDACTED}`)
      .replace(NAMED_SECRET, `$1${REDACTED}`);

  const value = (from: unknown, depth: number): unknown => {
    if (typeof from === 'string') return text(from);
    if (typeof from === 'bigint') return from.toString();
    if (typeof from === 'function' || typeof from === 'symbol') return undefined;
    return typeof from === 'object' && from !== null ? object(from, depth) : from;
  };

  const object = (from: object, depth: number): unknown => {
    if (from instanceof Secret) return REDACTED;
    if (depth >= DEPTH_MAX) return '<too deep>';
    if (Buffer.isBuffer(from)) return text(from.toString('latin1'));
    if (from instanceof Error) return error(from, depth);
    if (from instanceof Date) return Number.isNaN(from.getTime()) ? '-' : from.toISOString();
    if (from instanceof Map) return members(Object.fromEntries(from) as object, depth);
    if (Array.isArray(from) || from instanceof Set)
      return [...from].map((one) => value(one, depth + 1));
    return members(from, depth);
  };

  const members = (from: object, depth: number): unknown =>
    Object.fromEntries(
      Object.entries(from).map(([key, member]: [string, unknown]) => [
        key,
        isSecretKey(key) && member !== undefined && member !== null
          ? REDACTED
          : value(member, depth + 1),
      ]),
    );

  const error = (from: Error, depth: number): unknown => ({
    name: from.name,
    message: text(from.message),
    ...('code' in from ? { code: value(from.code, depth + 1) } : {}),
    ...(from.cause === undefined ? {} : { cause: value(from.cause, depth + 1) }),
    stack: text(from.stack ?? ''),
  });

  return { text, value: (from) => value(from, 0) };
};

const isSecretKey = (key: string): boolean =>
  SECRET_KEYS.has(key.toLowerCase().replaceAll(/[-_ ]/g, ''));
