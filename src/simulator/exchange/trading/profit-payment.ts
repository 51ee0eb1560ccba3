import { type Account } from '../model/account.ts';
import { book } from './bookkeeping.ts';
import { type Market } from '../model/market.ts';
import { over, type Money } from '../model/money.ts';
import { indexPriceOf } from '../reads/collateral.ts';
import { tally, type Venue } from '../model/venue.ts';

/**
 * Profit of a flex market is paid in USD, or in the currency that the account prefers for the
 * market [rest 2.5], converted at the index price; the venue is the other side of the conversion.
 * Losses and fees stay in USD, which may be a debt.
 */
export const payProfit = (
  venue: Venue,
  account: Account,
  profit: { readonly market: Market; readonly amount: Money },
): void => {
  const { market, amount } = profit;
  const currency = account.pnlCurrency.get(market.symbol);
  if (amount <= 0n || market.instrument.inverse || currency === undefined || currency === 'USD')
    return;
  const price = indexPriceOf(venue, currency);
  if (price === undefined) return;
  const converted = over(amount, price);
  const details = { contract: market.symbol };
  book(venue, account, {
    wallet: 'flex',
    currency: 'USD',
    amount: -amount,
    info: 'conversion',
    details,
  });
  book(venue, account, {
    wallet: 'flex',
    currency,
    amount: converted,
    info: 'conversion',
    details,
  });
  tally(venue, 'conversion', 'USD', amount);
  tally(venue, 'conversion', currency, -converted);
};
