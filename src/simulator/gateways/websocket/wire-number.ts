import { toDecimalText } from '../../../lib/decimal-text.ts';
import { JsonNumber } from '../../../lib/lossless-json.ts';

/**
 * A double as the public feeds write it: `82380.0`, `0.0003`, `0.00001783425`, `9.275625e-6`
 * [websocket 3.3, 7.3].
 */
export const real = (text: string): JsonNumber => new JsonNumber(realText(text));

const realText = (text: string): string => {
  const plain = toDecimalText(text) ?? text;
  if (!plain.includes('.')) return `${plain}.0`;
  const small = BELOW_1E5.exec(plain);
  return small === null ? plain : scientific(small, 'e');
};
const BELOW_1E5 = /^(-?)0\.(0{5,})([1-9])(\d*)$/;

/** A double as the fills feed writes it: `1.0`, `0.001120305`, `9.67535E-4` [websocket 8.3]. */
export const javaReal = (text: string): JsonNumber => {
  const small = BELOW_1E3.exec(toDecimalText(text) ?? text);
  return small === null ? real(text) : new JsonNumber(scientific(small, 'E'));
};
const BELOW_1E3 = /^(-?)0\.(0{3,})([1-9])(\d*)$/;

const scientific = (parts: RegExpExecArray, letter: 'e' | 'E'): string => {
  const [, sign = '', zeros = '', first = '', others = ''] = parts;
  const fraction = others === '' && letter === 'e' ? '' : `.${others === '' ? '0' : others}`;
  return `${sign}${first}${fraction}${letter}-${zeros.length + 1}`;
};

/** A counter, a code or a time. */
export const whole = (value: number): JsonNumber => new JsonNumber(String(Math.floor(value)));

/**
 * What is left of an order, as the venue computes it: in doubles, noise included (`1.0 - 0.14` is
 * `0.8600000000000001` in a recorded frame). The one place where the simulator computes an amount
 * in floats, because its clients must survive it.
 */
export const noisyDifference = (size: string, filled: string): string =>
  toDecimalText(String(Number(size) - Number(filled))) ?? '0';
