import { parseWhole } from './frame-scan.ts';

export const START = Buffer.from('8=FIX', 'latin1');
/** `10=ddd` and SOH. */
export const TRAILER_BYTES = 7;
export const SOH = 0x01;
/** `8=FIXT.1.1|9=` and up to nine digits, and some. */
const BEGIN_STRING_BYTES_MAX = 16;
const LENGTH_DIGITS_MAX = 9;
const ZERO = 0x30;
const ONE = 0x31;
const NINE = 0x39;
const EQUALS = 0x3d;

export const INCOMPLETE = 0;
export const NOT_A_FRAME = -1;

/**
 * Length in bytes of the frame that starts at `from`, by its `8=FIX…` and `9=n`; or one of the two
 * above.
 */
export const readHead = (bytes: Buffer, from: number, to: number): number => {
  for (let index = 0; index < START.length; index++) {
    if (from + index === to) return INCOMPLETE;
    if (bytes[from + index] !== START[index]) return NOT_A_FRAME;
  }
  let at = from + START.length;
  const end = Math.min(to, from + BEGIN_STRING_BYTES_MAX);
  while (at < end && bytes[at] !== SOH) at++;
  if (at === end) return at === to ? INCOMPLETE : NOT_A_FRAME;
  const bodyAt = readBodyLength(bytes, at + 1, to);
  return bodyAt <= 0 ? bodyAt : bodyAt - from + TRAILER_BYTES;
};

/** Where the body that `9=n` at `from` announces ends. */
const readBodyLength = (bytes: Buffer, from: number, to: number): number => {
  if (from < to && bytes[from] !== NINE) return NOT_A_FRAME;
  if (from + 1 < to && bytes[from + 1] !== EQUALS) return NOT_A_FRAME;
  const digitsAt = from + 2;
  const end = Math.min(to, digitsAt + LENGTH_DIGITS_MAX);
  let at = digitsAt;
  while (at < end && isDigit(bytes[at])) at++;
  if (at >= to) return INCOMPLETE;
  const bodyLength = bytes[at] === SOH ? parseWhole(bytes, digitsAt, at) : -1;
  return bodyLength < 0 ? NOT_A_FRAME : at + 1 + bodyLength;
};

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;

/** Whether SOH, `10=`, three digits and SOH stand right before `to`. */
export const isTrailer = (bytes: Buffer, to: number): boolean =>
  bytes[to - 1] === SOH &&
  bytes[to - 5] === EQUALS &&
  bytes[to - 6] === ZERO &&
  bytes[to - 7] === ONE &&
  bytes[to - 8] === SOH &&
  parseWhole(bytes, to - 4, to - 1) >= 0;
