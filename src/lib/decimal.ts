import { Big } from 'big.js';

// Strict mode throws when a float is handed in: an amount is text or another decimal, never a
// measurement.
const StrictBig = Big();
StrictBig.strict = true;
StrictBig.DP = 40;
// Plain notation always: '0.0000001', never '1e-7'.
StrictBig.NE = -1000;
StrictBig.PE = 1000;

/** An exact decimal number. Text outside, big.js (strict) inside. */
export type Decimal = Big;

const PLAIN_DECIMAL = /^-?(?:\d+(?:\.\d+)?|\.\d+)$/;
const TEXT_LENGTH_MAX = 64;

/**
 * The decimal that a plain text means; `undefined` for exponents, signs `+`, blanks, or anything
 * over 64 characters.
 */
export const parseDecimal = (text: string): Decimal | undefined => {
  const known = recent.get(text) ?? earlier.get(text);
  if (known !== undefined) return known;
  if (text.length > TEXT_LENGTH_MAX || !PLAIN_DECIMAL.test(text)) return undefined;
  return remembered(text, new StrictBig(text));
};

/**
 * Decimals by their text: a price and a quantity of an order are read a dozen times. A decimal
 * never changes, so that it may be shared.
 */
let recent = new Map<string, Decimal>();
let earlier = new Map<string, Decimal>();
const REMEMBERED_MAX = 2_048;

const remembered = (text: string, value: Decimal): Decimal => {
  if (recent.size >= REMEMBERED_MAX) {
    earlier = recent;
    recent = new Map();
  }
  recent.set(text, value);
  return value;
};

/**
 * For constants and values that were checked before; throws on anything that is not a plain
 * decimal.
 */
export const decimal = (text: string): Decimal => {
  const value = parseDecimal(text);
  if (value === undefined)
    throw new TypeError(`not a plain decimal: ${text.slice(0, TEXT_LENGTH_MAX)}`);
  return value;
};

export const isDecimal = (value: unknown): value is Decimal => value instanceof Big;

export const ZERO: Decimal = new StrictBig('0');

/** Plain notation without exponent and without needless zeros: '64123.5', '0.0000001'. */
export const decimalToText = (value: Decimal): string => value.toFixed();

export const isMultipleOf = (value: Decimal, step: Decimal): boolean => value.mod(step).eq(ZERO);

/** Quotient rounded half to even at `places` decimals. */
export const divideHalfEven = (dividend: Decimal, divisor: Decimal, places: number): Decimal =>
  dividend.div(divisor).round(places, Big.roundHalfEven);

export const minDecimal = (a: Decimal, b: Decimal): Decimal => (a.lte(b) ? a : b);
export const maxDecimal = (a: Decimal, b: Decimal): Decimal => (a.gte(b) ? a : b);
