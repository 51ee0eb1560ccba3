import { type Account } from '../model/account.ts';
import { ONE, times, type Money } from '../model/money.ts';
import { type Venue } from '../model/venue.ts';
import { type Currency, type WalletName } from '../model/vocabulary.ts';

const DOLLARS = new Set<Currency>(['USD', 'USDT', 'USDC']);
/** Currencies without a market of their own, in USD. */
const FIXED_PRICES: Readonly<Record<Currency, Money>> = {
  EUR: (ONE * 108n) / 100n,
  GBP: (ONE * 127n) / 100n,
};

/** Wallet spelling of an asset: upper case, XBT for BTC. */
export const assetOf = (text: string): Currency => {
  const asset = text.toUpperCase();
  return asset === 'BTC' ? 'XBT' : asset;
};

/**
 * USD per unit of a currency by its index; stable coins at 1; `undefined` when nothing prices it.
 */
export const indexPriceOf = (venue: Venue, currency: Currency): Money | undefined => {
  if (DOLLARS.has(currency)) return ONE;
  for (const market of venue.markets.values()) {
    if (market.instrument.baseCurrency === currency) return market.index;
  }
  return FIXED_PRICES[currency];
};

/**
 * Fraction of a currency's value that counts as margin: 1 - haircut. Unknown currencies count
 * nothing.
 */
const collateralShare = (venue: Venue, currency: Currency): Money =>
  venue.amounts.collateralShares.get(currency) ?? 0n;

interface CurrencyCollateral {
  readonly currency: Currency;
  readonly quantity: Money;
  /** USD. */
  readonly value: Money;
  /** USD that counts as margin; a debt counts in full. */
  readonly collateral: Money;
}

export const currencyCollateral = (
  venue: Venue,
  currency: Currency,
  quantity: Money,
): CurrencyCollateral => {
  const value = times(quantity, indexPriceOf(venue, currency) ?? 0n);
  const collateral = quantity > 0n ? times(value, collateralShare(venue, currency)) : value;
  return { currency, quantity, value, collateral };
};

interface Collateral {
  readonly balanceValue: Money;
  readonly collateralValue: Money;
}

/**
 * Flex: USD value of every currency, less its haircut. A single-collateral wallet counts its own
 * currency one to one.
 */
export const collateralOf = (venue: Venue, account: Account, wallet: WalletName): Collateral => {
  let balanceValue = 0n;
  let collateralValue = 0n;
  for (const [currency, quantity] of account.wallets.get(wallet) ?? []) {
    if (wallet === 'flex') {
      const counted = currencyCollateral(venue, currency, quantity);
      balanceValue += counted.value;
      collateralValue += counted.collateral;
    } else if (currency === walletCurrency(wallet)) {
      balanceValue += quantity;
      collateralValue += quantity;
    }
  }
  return { balanceValue, collateralValue };
};

/** fi_xbtusd keeps XBT. */
export const walletCurrency = (wallet: WalletName): Currency =>
  wallet.startsWith('fi_') ? wallet.slice(3, -3).toUpperCase() : 'USD';
