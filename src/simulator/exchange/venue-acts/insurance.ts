import { type Account, walletOf } from '../model/account.ts';
import { book } from '../trading/bookkeeping.ts';
import { collateralOf, walletCurrency } from '../reads/collateral.ts';
import { type Market } from '../model/market.ts';
import { tally, type Venue } from '../model/venue.ts';
import { type WalletName } from '../model/vocabulary.ts';

/**
 * A wallet that lost more than it had, with no position left, is brought back to nothing by the
 * insurance fund.
 */
export const absorbLoss = (venue: Venue, account: Account, wallet: WalletName): void => {
  const isIn = (market: Market | undefined): boolean => market?.instrument.wallet === wallet;
  const holds = [...account.positions.keys()].some((symbol) => isIn(venue.markets.get(symbol)));
  if (holds || collateralOf(venue, account, wallet).balanceValue >= 0n) return;
  for (const [currency, amount] of walletOf(account, wallet)) {
    if (amount === 0n || (wallet !== 'flex' && currency !== walletCurrency(wallet))) continue;
    tally(venue, 'insurance', currency, amount);
    book(venue, account, { wallet, currency, amount: -amount, info: 'admin transfer' });
  }
};
