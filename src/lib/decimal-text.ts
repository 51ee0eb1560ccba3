/** Longer plain notation is refused: no amount of a market needs it (same limit as lib/decimal). */
const DECIMAL_TEXT_LENGTH_MAX = 64;

/**
 * The plain canonical notation of a decimal in any JSON or FIX spelling, by moving digits only:
 * `82380.0` → `82380`, `9.67535E-4` → `0.000967535`, `-0.0` → `0`. No digit that counts is lost.
 * `undefined` for anything else, and for what would be longer than 64 characters.
 */
export const toDecimalText = (text: string): string | undefined => {
  if (text.length === 0 || text.length > DECIMAL_TEXT_LENGTH_MAX) return undefined;
  const pointAt = pointOfPlain(text);
  if (pointAt === NOT_PLAIN) return toDecimalTextSlowly(text);
  return pointAt === text.length ? text : withoutTrailingZeros(text, pointAt);
};

const NOT_PLAIN = -1;

/**
 * Where the point of an unsigned plain decimal is (its length when there is none); NOT_PLAIN for
 * other spellings.
 */
const pointOfPlain = (text: string): number => {
  let pointAt = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0x30 && code <= 0x39) continue;
    if (code !== 0x2e || pointAt < text.length) return NOT_PLAIN;
    pointAt = at;
  }
  const isCanonicalWhole = pointAt === 1 || (pointAt > 1 && text.charCodeAt(0) !== 0x30);
  return isCanonicalWhole ? pointAt : NOT_PLAIN;
};

const withoutTrailingZeros = (text: string, pointAt: number): string => {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  if (end === pointAt + 1) end = pointAt;
  return end === text.length ? text : text.slice(0, end);
};

const ANY_SPELLING = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/;

const toDecimalTextSlowly = (text: string): string | undefined => {
  const parts = ANY_SPELLING.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', integer = '', fraction = '', exponentText = '0'] = parts;
  const digits = integer + fraction;
  if (digits === '') return undefined;
  const exponent = Number(exponentText);
  if (isZero(digits)) return '0';
  if (Math.abs(exponent) > DECIMAL_TEXT_LENGTH_MAX) return undefined;
  const plain = sign.replace('+', '') + movePoint(digits, integer.length + exponent);
  return plain.length > DECIMAL_TEXT_LENGTH_MAX ? undefined : plain;
};

/** A double has no larger one. */
const EXPONENT_MAX = 400;

/** A number as it was written, without an exponent: `-1e-7` → `-0.0000001`, `5.10` stays. */
export const toPlainDigits = (text: string): string => {
  const parts = ANY_SPELLING.exec(text);
  if (parts?.[4] === undefined) return text;
  const [, sign = '', integer = '', fraction = '', exponentText] = parts;
  const digits = integer + fraction;
  const exponent = Number(exponentText);
  if (digits === '' || Math.abs(exponent) > EXPONENT_MAX) return text;
  return isZero(digits)
    ? '0'
    : sign.replace('+', '') + movePoint(digits, integer.length + exponent);
};

/** `digits` with a point before index `pointAt`, which may lie outside of them. */
const movePoint = (digits: string, pointAt: number): string => {
  const padded = ('0'.repeat(Math.max(0, -pointAt)) + digits).padEnd(pointAt, '0');
  const split = Math.max(0, pointAt);
  const whole = padded.slice(0, split).replace(/^0+/, '') || '0';
  const rest = padded.slice(split).replace(/0+$/, '');
  return rest === '' ? whole : `${whole}.${rest}`;
};

const isZero = (digits: string): boolean => /^0*$/.test(digits);

/**
 * Orders two canonical texts (made by `toDecimalText`) by value, exactly and without making
 * numbers: negative when a < b, 0 when equal, positive when a > b.
 */
export const compareDecimalText = (a: string, b: string): number => {
  if (a === b) return 0;
  const isNegative = a.charCodeAt(0) === 0x2d;
  if (isNegative !== (b.charCodeAt(0) === 0x2d)) return isNegative ? -1 : 1;
  const order = compareMagnitude(a, b);
  return isNegative ? -order : order;
};

// Same count of integer digits: alphabetical order is numerical order, and a prefix comes first.
const compareMagnitude = (a: string, b: string): number =>
  integerLength(a) - integerLength(b) || (a < b ? -1 : 1);

const integerLength = (text: string): number => {
  const pointAt = text.indexOf('.');
  return pointAt < 0 ? text.length : pointAt;
};
