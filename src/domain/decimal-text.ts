import { decimal, decimalToText, parseDecimal, type Decimal } from '../lib/decimal.ts';
import { toDecimalText } from '../lib/decimal-text.ts';
import { type DecimalText } from './ids.ts';

/**
 * The makers of DecimalText: plain notation, no exponent, no needless zeros ('007.50' becomes
 * '7.5'), so that equal amounts are equal texts. `undefined` for anything that is not a plain
 * decimal.
 */
export const parseDecimalText = (text: string): DecimalText | undefined => {
  const value = parseDecimal(text);
  return value === undefined ? undefined : decimalTextOf(value);
};

/**
 * The same for a Qty, Price or Amt of a FIX message, whose float may end with its point: `5.` is
 * 5 (FIX 4.4, data types).
 */
export const parseFixDecimalText = (text: string): DecimalText | undefined =>
  parseDecimalText(/^-?\d+\.$/.test(text) ? text.slice(0, -1) : text);

/** The same for the spellings of the venue, exponents included: `9.67535E-4`, `82380.0`. */
export const readDecimalText = (text: string): DecimalText | undefined =>
  toDecimalText(text) as DecimalText | undefined;

export const decimalTextOf = (value: Decimal): DecimalText => {
  const text = decimalToText(value);
  return (text === '-0' ? '0' : text) as DecimalText;
};

/** The decimal behind a checked text; throws on text that no parser has seen (a bug). */
export const decimalOf = (text: DecimalText): Decimal => decimal(text);

export const ZERO_TEXT = '0' as DecimalText;
