import { toDecimalText } from '../../../lib/decimal-text.ts';
import { JsonNumber } from '../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../lib/time.ts';

/** A number written plainly, with the digits it has: `0.001`, `9400`, `-12.5`. */
export const plain = (text: string): JsonNumber => new JsonNumber(toDecimalText(text) ?? text);

export const plainOrNull = (text: string | undefined): JsonNumber | null =>
  text === undefined ? null : plain(text);

/** A whole number of a counter or a code. */
export const whole = (value: number): JsonNumber => new JsonNumber(String(value));

/** A number as the venue prints doubles: `66596.0`, `0.001`, `-3.995839963e-09` [rest 7]. */
export const double = (text: string): JsonNumber => {
  const plainText = toDecimalText(text) ?? text;
  if (!plainText.includes('.')) return new JsonNumber(`${plainText}.0`);
  const small = SMALL.exec(plainText);
  if (small === null) return new JsonNumber(plainText);
  const [, sign = '', zeros = '', first = '', others = ''] = small;
  const exponent = String(zeros.length + 1).padStart(2, '0');
  return new JsonNumber(`${sign}${first}${others === '' ? '' : `.${others}`}e-${exponent}`);
};
/** Below 0.0001: four zeros and more behind the point. */
const SMALL = /^(-?)0\.(0{4,})([1-9])(\d*)$/;

/** Padded with zeros to `places` decimals, as some fields arrive: `1950.596600000000000`. */
export const paddedText = (text: string, places: number): string => {
  const [integer = '0', fraction = ''] = (toDecimalText(text) ?? text).split('.');
  return `${integer}.${fraction.padEnd(places, '0')}`;
};

/** ISO 8601 with milliseconds: the form of v3 answers [rest 7]. */
export const iso = (at: EpochMs): string => new Date(at).toISOString();

/** Without a fraction, as the catalogue writes dates: `2022-03-22T13:15:36Z`. */
export const isoSeconds = (at: EpochMs): string => `${iso(at).slice(0, 19)}Z`;

/** With microseconds, as tickers write `lastTime`. */
export const isoMicros = (at: EpochMs): string => {
  const micros = Math.round((at - Math.floor(at)) * 1_000);
  return `${iso(at).slice(0, 23)}${String(Math.min(micros, 999)).padStart(3, '0')}Z`;
};
