/** Says whether the bytes from `from` up to `to`, at least one, are a value of a FIX data type. */
export type FormatCheck = (bytes: Buffer, from: number, to: number) => boolean;

const ZERO = 0x30;
const DOT = 0x2e;
const MINUS = 0x2d;
const COLON = 0x3a;
const LETTER_N = 0x4e;
const LETTER_Y = 0x59;
const LETTER_W = 0x77;
/** `YYYYMMDD-`. */
const DATE_BYTES = 8;
const TIME_BYTES = 8;
const FRACTION_DIGITS_MAX = 9;

/**
 * The check of a dictionary's data type; `undefined` for types that any text fits (STRING,
 * CURRENCY, DATA, …).
 */
export const formatCheckOf = (type: string): FormatCheck | undefined => CHECKS.get(type);

/** Digits only. */
const isWhole: FormatCheck = (bytes, from, to) => {
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  return from < to;
};

/** Digits, with `-` for negative numbers and never `+`. */
const isInt: FormatCheck = (bytes, from, to) =>
  isWhole(bytes, bytes[from] === MINUS ? from + 1 : from, to);

/** FIX float: digits with at most one point, `-` but no `+`, no exponent. */
const isFloat: FormatCheck = (bytes, from, to) => {
  let digits = 0;
  let points = 0;
  for (let at = bytes[from] === MINUS ? from + 1 : from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === DOT) points++;
    else if (byte < ZERO || byte > ZERO + 9) return false;
    else digits++;
  }
  return digits > 0 && points <= 1;
};

const isChar: FormatCheck = (_bytes, from, to) => to - from === 1;

const isBoolean: FormatCheck = (bytes, from, to) =>
  to - from === 1 && (bytes[from] === LETTER_Y || bytes[from] === LETTER_N);

/** The number that `count` digits are; -1 when they are not digits. */
const digitsAt = (bytes: Buffer, from: number, count: number): number => {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
};

const isWithin = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** `YYYYMMDD`. */
const isDate: FormatCheck = (bytes, from, to) =>
  to - from === DATE_BYTES &&
  digitsAt(bytes, from, 4) >= 0 &&
  isWithin(digitsAt(bytes, from + 4, 2), 1, 12) &&
  isWithin(digitsAt(bytes, from + 6, 2), 1, 31);

/** `HH:MM:SS`, second 60 for leap seconds, then nothing or a point and one to nine digits. */
const isTime: FormatCheck = (bytes, from, to) => {
  const isClock =
    to - from >= TIME_BYTES &&
    isWithin(digitsAt(bytes, from, 2), 0, 23) &&
    bytes[from + 2] === COLON &&
    isWithin(digitsAt(bytes, from + 3, 2), 0, 59) &&
    bytes[from + 5] === COLON &&
    isWithin(digitsAt(bytes, from + 6, 2), 0, 60);
  if (!isClock || to - from === TIME_BYTES) return isClock;
  const fractionAt = from + TIME_BYTES + 1;
  return (
    bytes[fractionAt - 1] === DOT &&
    to - fractionAt <= FRACTION_DIGITS_MAX &&
    isWhole(bytes, fractionAt, to)
  );
};

/** `YYYYMMDD-HH:MM:SS[.s…]`. */
const isTimestamp: FormatCheck = (bytes, from, to) =>
  to - from > DATE_BYTES &&
  bytes[from + DATE_BYTES] === MINUS &&
  isDate(bytes, from, from + DATE_BYTES) &&
  isTime(bytes, from + DATE_BYTES + 1, to);

/** `YYYYMM`, `YYYYMMDD`, or `YYYYMMw1` to `w5`. */
const isMonthYear: FormatCheck = (bytes, from, to) => {
  const isMonth = digitsAt(bytes, from, 4) >= 0 && isWithin(digitsAt(bytes, from + 4, 2), 1, 12);
  if (to - from === 6) return isMonth;
  const isWeek = bytes[from + 6] === LETTER_W && isWithin(digitsAt(bytes, from + 7, 1), 1, 5);
  return isMonth && to - from === DATE_BYTES && (isWeek || isDate(bytes, from, to));
};

const isDayOfMonth: FormatCheck = (bytes, from, to) =>
  to - from <= 2 && isWithin(digitsAt(bytes, from, to - from), 1, 31);

const CHECKS: ReadonlyMap<string, FormatCheck> = new Map([
  ['INT', isInt],
  ['LENGTH', isWhole],
  ['SEQNUM', isWhole],
  ['NUMINGROUP', isWhole],
  ['TAGNUM', isInt],
  ['DAYOFMONTH', isDayOfMonth],
  ['FLOAT', isFloat],
  ['QTY', isFloat],
  ['PRICE', isFloat],
  ['PRICEOFFSET', isFloat],
  ['AMT', isFloat],
  ['PERCENTAGE', isFloat],
  ['CHAR', isChar],
  ['BOOLEAN', isBoolean],
  ['UTCTIMESTAMP', isTimestamp],
  ['UTCTIMEONLY', isTime],
  ['UTCDATE', isDate],
  ['UTCDATEONLY', isDate],
  ['LOCALMKTDATE', isDate],
  ['DATE', isDate],
  ['MONTHYEAR', isMonthYear],
]);
