/**
 * An exact amount in units of 10^-18: the exchange computes in integers and shows plain decimal
 * text. Every rounding in this folder is one of the named functions below.
 */
export type Money = bigint;

const MONEY_DECIMALS = 18;
export const ONE: Money = 10n ** 18n;

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
const TEXT_LENGTH_MAX = 64;

/** `undefined` when the text is no plain decimal or needs more than 18 decimals. */
export const parseMoney = (text: string): Money | undefined => {
  const parts = text.length <= TEXT_LENGTH_MAX ? PLAIN.exec(text) : null;
  if (parts === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = parts;
  const digits = fraction.replace(/0+$/, '');
  if (digits.length > MONEY_DECIMALS) return undefined;
  const value = BigInt(whole) * ONE + BigInt(digits.padEnd(MONEY_DECIMALS, '0'));
  return sign === '-' ? -value : value;
};

export const moneyToText = (value: Money): string => {
  if (value === 0n) return '0';
  const digits = (value < 0n ? -value : value).toString().padStart(MONEY_DECIMALS + 1, '0');
  let end = digits.length;
  const point = digits.length - MONEY_DECIMALS;
  while (end > point && digits.charCodeAt(end - 1) === 48) end -= 1;
  const text =
    end === point
      ? digits.slice(0, point)
      : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return value < 0n ? `-${text}` : text;
};

/** Quotient rounded half to even. */
export const divideHalfEven = (dividend: bigint, divisor: bigint): bigint => {
  const [n, d] = divisor < 0n ? [-dividend, -divisor] : [dividend, divisor];
  const quotient = n / d;
  const rest = n % d;
  if (rest === 0n) return quotient;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const away = twice > d || (twice === d && quotient % 2n !== 0n);
  return away ? quotient + (n < 0n ? -1n : 1n) : quotient;
};

/** Quotient rounded towards minus infinity. */
export const divideFloor = (dividend: bigint, divisor: bigint): bigint => {
  const quotient = dividend / divisor;
  return dividend % divisor !== 0n && dividend < 0n !== divisor < 0n ? quotient - 1n : quotient;
};

/** Product of two amounts (one of them a rate), rounded half to even at 18 decimals. */
export const times = (a: Money, b: Money): Money => divideHalfEven(a * b, ONE);
/** Quotient of two amounts, rounded half to even at 18 decimals. */
export const over = (a: Money, b: Money): Money => divideHalfEven(a * ONE, b);

export const minMoney = (a: Money, b: Money): Money => (a < b ? a : b);
export const maxMoney = (a: Money, b: Money): Money => (a > b ? a : b);
export const absMoney = (a: Money): Money => (a < 0n ? -a : a);
