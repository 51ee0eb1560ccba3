import { type Account, walletOf } from '../model/account.ts';
import { forceTransfer } from './assignment.ts';
import { cancelMatching } from '../orders/cancellation.ts';
import { LIQUIDATION } from '../model/executed-trade.ts';
import { ceilToSteps, floorToSteps, stepsToMoney } from '../model/instruments/grid.ts';
import { marketMargin, marketsOf, sidesOf, walletMargin } from '../reads/margin.ts';
import { type Market } from '../model/market.ts';
import { type Money, moneyToText, over } from '../model/money.ts';
import { Order } from '../model/order.ts';
import { submit } from '../orders/submission.ts';
import { emit, tally, type Venue } from '../model/venue.ts';
import { type WalletName } from '../model/vocabulary.ts';
import { book } from '../trading/bookkeeping.ts';
import { collateralOf, walletCurrency } from '../reads/collateral.ts';
import { cancel } from '../trading/closing.ts';

/**
 * Checks every account with a position in `market`. No account is liquidated while a market is
 * suspended or post-only [rest 11].
 */
export const checkHolders = (venue: Venue, market: Market): void => {
  if (market.suspended || market.postOnly || market.expired) return;
  for (const account of [...market.holders]) {
    if (!account.background) checkAccount(venue, account, market.instrument.wallet);
  }
};

/** Liquidates the account when it must be, then cancels orders that its equity no longer covers. */
export const checkAccount = (venue: Venue, account: Account, wallet: WalletName): void => {
  liquidateIfNeeded(venue, account, wallet);
  cancelUncovered(venue, account, wallet);
};

/**
 * Liquidates an account whose margin equity is below the maintenance margin of a wallet. Its orders
 * there are canceled; then its positions are closed, the most demanding first, until equity covers
 * the rest. A position is closed on the book down to the bankruptcy price. What the book does not
 * take goes at that price to the assignment programme, then to the opposite positions with the
 * highest profit.
 */
const liquidateIfNeeded = (venue: Venue, account: Account, wallet: WalletName): void => {
  const margin = walletMargin(venue, account, wallet);
  if (margin.maintenanceMargin === 0n || margin.marginEquity >= margin.maintenanceMargin) return;
  emit(venue, {
    type: 'LiquidationStarted',
    account: account.uid,
    wallet,
    marginEquity: moneyToText(margin.marginEquity),
    maintenanceMargin: moneyToText(margin.maintenanceMargin),
  });
  cancelMatching(venue, account.uid, {
    isMeant: (order) => order.market.instrument.wallet === wallet,
    reason: 'LIQUIDATION',
  });
  for (const market of byDemand(venue, account, wallet)) {
    const now = walletMargin(venue, account, wallet);
    if (now.marginEquity >= now.maintenanceMargin) break;
    if (!market.suspended && !market.postOnly) liquidate(venue, account, market);
  }
  absorbLoss(venue, account, wallet);
};

const byDemand = (venue: Venue, account: Account, wallet: WalletName): readonly Market[] => {
  const demand = (market: Market): Money => {
    const held = account.positions.get(market.symbol)?.lots ?? 0;
    return marketMargin(market, { held, buys: 0, sells: 0 }, undefined).maintenance;
  };
  return marketsOf(venue, account, wallet)
    .filter((market) => account.positions.has(market.symbol))
    .map((market) => ({ market, demand: demand(market) }))
    .sort((a, b) => (a.demand === b.demand ? 0 : a.demand > b.demand ? -1 : 1))
    .map(({ market }) => market);
};

const liquidate = (venue: Venue, account: Account, market: Market): void => {
  const ticks = bankruptcyTicks(venue, account, market);
  const lots = account.positions.get(market.symbol)?.lots ?? 0;
  const order = new Order({
    orderId: venue.orderIds.next(),
    holder: account,
    owner: 'venue',
    cliOrdId: undefined,
    market,
    side: lots > 0 ? 'sell' : 'buy',
    orderType: 'liquidation',
    lots: Math.abs(lots),
    ticks,
    reduceOnly: true,
    at: venue.at,
  });
  submit(venue, order, { reason: 'new', kind: LIQUIDATION });
  const rest = account.positions.get(market.symbol)?.lots ?? 0;
  if (rest !== 0) forceTransfer(venue, account, { market, lots: Math.abs(rest), ticks });
};

/**
 * The price at which the wallet's equity is 0, rounded to the grid in favour of the account. It is
 * one tick when even a price of 0 leaves equity. It is beyond the mark when equity is gone already,
 * and other accounts take the position there.
 */
const bankruptcyTicks = (venue: Venue, account: Account, market: Market): number => {
  const { instrument, mark } = market;
  const lots = account.positions.get(market.symbol)?.lots ?? 0;
  const { marginEquity } = walletMargin(venue, account, instrument.wallet);
  const size = stepsToMoney(lots, instrument.sizeGrid);
  const price = instrument.inverse
    ? inverseBankruptcy(size, marginEquity, mark)
    : mark - over(marginEquity, size);
  const ticks =
    lots > 0 ? ceilToSteps(price, instrument.priceGrid) : floorToSteps(price, instrument.priceGrid);
  return Math.max(1, ticks);
};

/**
 * Solves -size / p + size / mark + equity = 0. A short that cannot lose all its equity gets a price
 * a thousand marks away.
 */
const inverseBankruptcy = (size: Money, equity: Money, mark: Money): Money => {
  const divisor = equity + over(size, mark);
  const price = divisor === 0n ? 0n : over(size, divisor);
  return price > 0n ? price : size < 0n ? mark * 1_000n : 0n;
};

/** The insurance fund brings a wallet with a negative balance and no position left back to 0. */
const absorbLoss = (venue: Venue, account: Account, wallet: WalletName): void => {
  const isIn = (market: Market | undefined): boolean => market?.instrument.wallet === wallet;
  const holds = [...account.positions.keys()].some((symbol) => isIn(venue.markets.get(symbol)));
  if (holds || collateralOf(venue, account, wallet).balanceValue >= 0n) return;
  for (const [currency, amount] of walletOf(account, wallet)) {
    if (amount === 0n || (wallet !== 'flex' && currency !== walletCurrency(wallet))) continue;
    tally(venue, 'insurance', currency, amount);
    book(venue, account, { wallet, currency, amount: -amount, info: 'admin transfer' });
  }
};

/**
 * Cancels resting orders, the youngest first, until the wallet's equity covers the initial margin
 * of positions and orders again ([rest 3.5] NOT_ENOUGH_MARGIN: the venue cancels unasked).
 * Positions stay.
 */
const cancelUncovered = (venue: Venue, account: Account, wallet: WalletName): void => {
  if (walletMargin(venue, account, wallet).availableMargin >= 0n) return;
  const orders = [...account.orders.values()].filter(
    (order) => order.level !== undefined && order.market.instrument.wallet === wallet,
  );
  for (const order of orders.reverse()) {
    if (!demandsMargin(account, order)) continue;
    cancel(venue, order, 'NOT_ENOUGH_MARGIN');
    if (walletMargin(venue, account, wallet).availableMargin >= 0n) return;
  }
};

/** Whether the account would need less initial margin without the order. */
const demandsMargin = (account: Account, order: Order): boolean => {
  if (order.reduceOnly) return false;
  const { market, side, leaves } = order;
  const leverage = account.leverage.get(market.symbol);
  const sides = sidesOf(account, market.symbol, account.exposures.get(market.symbol));
  const without =
    side === 'buy'
      ? { ...sides, buys: sides.buys - leaves }
      : { ...sides, sells: sides.sells - leaves };
  const now = marketMargin(market, sides, leverage).initialWithOrders;
  return marketMargin(market, without, leverage).initialWithOrders < now;
};
