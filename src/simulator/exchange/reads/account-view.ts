import { balanceOf, type Account } from '../model/account.ts';
import { unwindOrder } from './unwind-order.ts';
import { currencyCollateral } from './collateral.ts';
import {
  initialMarginPrice,
  liquidationPrice,
  marketMargin,
  sidesOf,
  type WalletMargin,
  walletMargin,
} from './margin.ts';
import { minMoney, maxMoney, divideFloor, moneyToText, over, type Money } from '../model/money.ts';
import { profitAt, valueAt } from '../model/position.ts';
import { type Venue } from '../model/venue.ts';
import { type Currency, type WalletName } from '../model/vocabulary.ts';

/**
 * Figures of `accounts` [rest 2.4] and of the `balances` feed [websocket 8.5]. Flex in USD, fi_
 * wallets in their currency.
 */
export interface WalletView {
  readonly wallet: WalletName;
  readonly currencies: readonly CurrencyView[];
  readonly initialMargin: string;
  readonly initialMarginWithOrders: string;
  readonly maintenanceMargin: string;
  readonly balanceValue: string;
  /** balanceValue + totalUnrealized. */
  readonly portfolioValue: string;
  readonly collateralValue: string;
  readonly pnl: string;
  readonly unrealizedFunding: string;
  /** pnl + unrealizedFunding. */
  readonly totalUnrealized: string;
  readonly totalUnrealizedAsMargin: string;
  readonly marginEquity: string;
  readonly availableMargin: string;
}

interface CurrencyView {
  readonly currency: Currency;
  readonly quantity: string;
  readonly value: string;
  readonly collateral: string;
  /** What may be moved out now. */
  readonly available: string;
}

/** Margin figures of one position [websocket 8.4]. */
export interface PositionMarginView {
  readonly symbol: string;
  readonly initialMargin: string;
  readonly initialMarginWithOrders: string;
  readonly maintenanceMargin: string;
  /** Mark price of liquidation; '0' if none. */
  readonly liquidationThreshold: string;
  /** Mark price at which the wallet's equity is its initial margin with orders; '0' if none. */
  readonly initialMarginThreshold: string;
  /** Value of the position over the wallet's equity. */
  readonly effectiveLeverage: string;
  /** pnl / initial margin. */
  readonly returnOnEquity: string;
}

export const walletView = (venue: Venue, account: Account, wallet: WalletName): WalletView => {
  const margin = walletMargin(venue, account, wallet);
  const unrealized = margin.pnl + margin.unrealizedFunding;
  return {
    wallet,
    currencies: [...(account.wallets.get(wallet) ?? [])].map(([currency, quantity]) =>
      currencyView(venue, account, { wallet, currency, quantity }),
    ),
    initialMargin: moneyToText(margin.initialMargin),
    initialMarginWithOrders: moneyToText(margin.initialMarginWithOrders),
    maintenanceMargin: moneyToText(margin.maintenanceMargin),
    balanceValue: moneyToText(margin.balanceValue),
    portfolioValue: moneyToText(margin.balanceValue + unrealized),
    collateralValue: moneyToText(margin.collateralValue),
    pnl: moneyToText(margin.pnl),
    unrealizedFunding: moneyToText(margin.unrealizedFunding),
    totalUnrealized: moneyToText(unrealized),
    totalUnrealizedAsMargin: moneyToText(unrealized),
    marginEquity: moneyToText(margin.marginEquity),
    availableMargin: moneyToText(margin.availableMargin),
  };
};

const currencyView = (
  venue: Venue,
  account: Account,
  of: { readonly wallet: WalletName; readonly currency: Currency; readonly quantity: Money },
): CurrencyView => {
  const { wallet, currency, quantity } = of;
  const counted = currencyCollateral(venue, currency, quantity);
  return {
    currency,
    quantity: moneyToText(quantity),
    value: moneyToText(counted.value),
    collateral: moneyToText(counted.collateral),
    available: moneyToText(spendable(venue, { account, wallet }, currency)),
  };
};

export const positionMargins = (venue: Venue, account: Account): readonly PositionMarginView[] => {
  // Once per wallet, not per position: the cost of a wallet's margin grows with its positions.
  const wallets = new Map<WalletName, WalletMargin>();
  return [...account.positions].flatMap(([symbol, position]) => {
    const market = venue.markets.get(symbol);
    if (market === undefined) return [];
    const { instrument, mark } = market;
    const sides = sidesOf(account, symbol, account.exposures.get(symbol));
    const margin = marketMargin(market, sides, account.leverage.get(symbol));
    const wallet =
      wallets.get(instrument.wallet) ?? walletMargin(venue, account, instrument.wallet);
    wallets.set(instrument.wallet, wallet);
    const { marginEquity } = wallet;
    const value = valueAt(instrument, Math.abs(position.lots), mark);
    const size = value < 0n ? -value : value;
    return [
      {
        symbol,
        initialMargin: moneyToText(margin.initial),
        initialMarginWithOrders: moneyToText(margin.initialWithOrders),
        maintenanceMargin: moneyToText(margin.maintenance),
        liquidationThreshold: moneyToText(liquidationPrice(account, market, wallet)),
        initialMarginThreshold: moneyToText(initialMarginPrice(account, market, wallet)),
        effectiveLeverage: moneyToText(marginEquity > 0n ? over(size, marginEquity) : 0n),
        returnOnEquity: moneyToText(
          margin.initial === 0n ? 0n : over(profitAt(instrument, position, mark), margin.initial),
        ),
      },
    ];
  });
};

/**
 * Percentile in the unwind queue of each market held [rest 2.4 unwindqueue]: 20, 40, 60, 80 or 100;
 * 100 is first.
 */
export const unwindQueue = (
  venue: Venue,
  account: Account,
): readonly { readonly symbol: string; readonly percentile: number }[] =>
  [...account.positions].flatMap(([symbol, position]) => {
    const market = venue.markets.get(symbol);
    if (market === undefined) return [];
    const queue = unwindOrder(market, -position.lots);
    const place = queue.indexOf(account);
    return [{ symbol, percentile: 100 - 20 * Math.floor((place * 5) / Math.max(1, queue.length)) }];
  });

/** Wallets that the account has or could have: cash, flex and one per inverse base. */
export const walletNames = (venue: Venue, account: Account): readonly WalletName[] => {
  const names = new Set<WalletName>(['cash', 'flex', ...account.wallets.keys()]);
  for (const market of venue.markets.values()) names.add(market.instrument.wallet);
  return [...names];
};

export interface End {
  readonly account: Account;
  readonly wallet: WalletName;
}

/** The amount that may leave a wallet: a cash wallet's balance, a margin wallet's free margin. */
export const spendable = (venue: Venue, end: End, currency: Currency): Money => {
  const balance = balanceOf(end.account, end.wallet, currency);
  if (end.wallet === 'cash' || balance <= 0n) return maxMoney(0n, balance);
  const { availableMargin } = walletMargin(venue, end.account, end.wallet);
  if (availableMargin <= 0n) return 0n;
  if (end.wallet !== 'flex') return minMoney(balance, availableMargin);
  const { collateral, quantity } = currencyCollateral(venue, currency, balance);
  return collateral <= availableMargin
    ? quantity
    : divideFloor(availableMargin * quantity, collateral);
};
