import { type Account } from './account.ts';
import { absMoney, times, type Money } from './money.ts';

/**
 * Fee of one side of a trade: the absolute value of the trade (USD on linear, base currency on
 * inverse contracts) times the account's rate, rounded half to even at 18 decimals. [fix 6.3]: 84
 * USD at 5 bps is 0.042.
 */
export const feeOf = (account: Account, value: Money, role: 'maker' | 'taker'): Money =>
  times(absMoney(value), role === 'maker' ? account.makerFee : account.takerFee);
