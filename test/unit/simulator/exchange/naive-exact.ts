import { Big } from 'big.js';

const Exact = Big();
Exact.DP = 60;
export const HALF_EVEN = 2;
const PLACES = 18;
export const big = (text: string | number): Big => new Exact(text);
/** To 18 decimals, half to even: the venue's smallest unit of money. */
export const rounded = (value: Big): Big => value.round(PLACES, HALF_EVEN);

/** Throws when the exchange's text is not exactly the naive value. */
export const same = (what: string, text: string, value: Big): void => {
  if (!big(text).eq(value)) throw new Error(`${what}: exchange ${text}, naive ${value.toFixed()}`);
};
