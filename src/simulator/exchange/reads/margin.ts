import { type Account, type Exposure } from '../model/account.ts';
import { collateralOf } from './collateral.ts';
import { unrealizedFunding } from './funding.ts';
import { stepsToMoney } from '../model/instruments/grid.ts';
import { type Instrument, type MarginStep } from '../model/instruments/instrument.ts';
import { type Market } from '../model/market.ts';
import { absMoney, maxMoney, ONE, over, times, type Money } from '../model/money.ts';
import { profitAt, valueAt } from '../model/position.ts';
import { type Venue } from '../model/venue.ts';
import { type WalletName } from '../model/vocabulary.ts';

/**
 * Margin of one wallet. Flex figures are in USD; those of a single-collateral wallet (fi_xbtusd)
 * are in its currency. marginEquity = collateralValue + totalUnrealized; availableMargin =
 * marginEquity - initialMarginWithOrders.
 */
export interface WalletMargin {
  readonly wallet: WalletName;
  readonly initialMargin: Money;
  readonly initialMarginWithOrders: Money;
  readonly maintenanceMargin: Money;
  readonly balanceValue: Money;
  readonly collateralValue: Money;
  readonly pnl: Money;
  readonly unrealizedFunding: Money;
  readonly marginEquity: Money;
  readonly availableMargin: Money;
}

/** Margin of one market of an account. */
interface MarketMargin {
  readonly initial: Money;
  readonly initialWithOrders: Money;
  readonly maintenance: Money;
}

/**
 * The schedule's row for a size: the last whose lower bound is not above it [rest 6.2], by
 * contracts on inverse and by USD of notional on flexible contracts. It applies to the whole size.
 */
export const marginStep = (instrument: Instrument, lots: number, notional: Money): MarginStep => {
  const measure = instrument.inverse ? stepsToMoney(Math.abs(lots), instrument.sizeGrid) : notional;
  let found = instrument.marginSteps[0];
  for (const step of instrument.marginSteps) if (step.from <= measure) found = step;
  return found ?? { from: 0n, initial: ONE, maintenance: ONE };
};

/**
 * Initial margin rate of a size for an account: the schedule's, raised by extreme volatility and by
 * a leverage cap.
 */
const initialRate = (market: Market, step: MarginStep, leverage: Money | undefined): Money => {
  const scheduled = step.initial * BigInt(market.volatilityMultiplier);
  return leverage === undefined ? scheduled : maxMoney(scheduled, over(ONE, leverage));
};

/** Signed lots held, and resting lots on each side. */
export interface Sides {
  readonly held: number;
  readonly buys: number;
  readonly sells: number;
}

const worstLots = ({ held, buys, sells }: Sides): number =>
  Math.max(Math.abs(held + buys), Math.abs(held - sells), Math.abs(held));

/** Orders count at the worse of "all buys fill" and "all sells fill". */
export const marketMargin = (
  market: Market,
  sides: Sides,
  leverage: Money | undefined,
): MarketMargin => {
  const { instrument, mark } = market;
  const worst = worstLots(sides);
  const notional = absMoney(valueAt(instrument, sides.held, mark));
  const held = marginStep(instrument, sides.held, notional);
  const initial = times(notional, initialRate(market, held, leverage));
  const maintenance = times(notional, held.maintenance);
  if (worst === Math.abs(sides.held)) return { initial, initialWithOrders: initial, maintenance };
  const worstNotional = absMoney(valueAt(instrument, worst, mark));
  const step = marginStep(instrument, worst, worstNotional);
  return {
    initial,
    initialWithOrders: times(worstNotional, initialRate(market, step, leverage)),
    maintenance,
  };
};

export const sidesOf = (
  account: Account,
  symbol: string,
  exposure: Exposure | undefined,
): Sides => ({
  held: account.positions.get(symbol)?.lots ?? 0,
  buys: exposure?.buyLots ?? 0,
  sells: exposure?.sellLots ?? 0,
});

/** Markets of a wallet where the account holds or offers something. */
export const marketsOf = (
  venue: Venue,
  account: Account,
  wallet: WalletName,
): readonly Market[] => {
  const symbols = new Set(account.positions.keys());
  for (const [symbol, exposure] of account.exposures) {
    if (exposure.buyLots > 0 || exposure.sellLots > 0) symbols.add(symbol);
  }
  const markets: Market[] = [];
  for (const symbol of symbols) {
    const market = venue.markets.get(symbol);
    if (market?.instrument.wallet === wallet) markets.push(market);
  }
  return markets;
};

export const walletMargin = (venue: Venue, account: Account, wallet: WalletName): WalletMargin => {
  const collateral = collateralOf(venue, account, wallet);
  const sum = { initial: 0n, withOrders: 0n, maintenance: 0n, pnl: 0n, funding: 0n };
  for (const market of marketsOf(venue, account, wallet)) {
    const { symbol, instrument } = market;
    const position = account.positions.get(symbol);
    if (position !== undefined) {
      sum.pnl += profitAt(instrument, position, market.mark);
      sum.funding += unrealizedFunding(market, position, venue.at);
    }
    const sides = sidesOf(account, symbol, account.exposures.get(symbol));
    const margin = marketMargin(market, sides, account.leverage.get(symbol));
    sum.initial += margin.initial;
    sum.withOrders += margin.initialWithOrders;
    sum.maintenance += margin.maintenance;
  }
  const marginEquity = collateral.collateralValue + sum.pnl + sum.funding;
  return {
    wallet,
    initialMargin: sum.initial,
    initialMarginWithOrders: sum.withOrders,
    maintenanceMargin: sum.maintenance,
    balanceValue: collateral.balanceValue,
    collateralValue: collateral.collateralValue,
    pnl: sum.pnl,
    unrealizedFunding: sum.funding,
    marginEquity,
    availableMargin: marginEquity - sum.withOrders,
  };
};

/**
 * Mark price of a market at which its wallet's equity meets the maintenance margin, all else equal;
 * 0 when there is none.
 */
export const liquidationPrice = (
  account: Account,
  market: Market,
  { marginEquity, maintenanceMargin }: WalletMargin,
): Money => {
  const { instrument, mark } = market;
  const held = account.positions.get(market.symbol)?.lots ?? 0;
  const own = marketMargin(market, { held, buys: 0, sells: 0 }, undefined).maintenance;
  const { maintenance } = marginStep(instrument, held, absMoney(valueAt(instrument, held, mark)));
  return meetingPrice(market, held, {
    equity: marginEquity,
    others: maintenanceMargin - own,
    own: times(stepsToMoney(Math.abs(held), instrument.sizeGrid), maintenance),
  });
};

/** Mark price at which the wallet's equity meets its initial margin, orders included. */
export const initialMarginPrice = (
  account: Account,
  market: Market,
  { marginEquity, initialMarginWithOrders }: WalletMargin,
): Money => {
  const { instrument, symbol, mark } = market;
  const leverage = account.leverage.get(symbol);
  const sides = sidesOf(account, symbol, account.exposures.get(symbol));
  const own = marketMargin(market, sides, leverage).initialWithOrders;
  const worst = worstLots(sides);
  const step = marginStep(instrument, worst, absMoney(valueAt(instrument, worst, mark)));
  const rate = initialRate(market, step, leverage);
  return meetingPrice(market, sides.held, {
    equity: marginEquity,
    others: initialMarginWithOrders - own,
    own: times(stepsToMoney(worst, instrument.sizeGrid), rate),
  });
};

/**
 * Equity now, the margin that other markets need, and the margin of this market per unit of its
 * price (inverse: per unit of 1 / price).
 */
interface Meeting {
  readonly equity: Money;
  readonly others: Money;
  readonly own: Money;
}

const meetingPrice = (market: Market, held: number, { equity, others, own }: Meeting): Money => {
  if (held === 0) return 0n;
  const { instrument, mark } = market;
  const size = stepsToMoney(held, instrument.sizeGrid);
  const price = instrument.inverse
    ? safeOver(size + own, equity + over(size, mark) - others)
    : safeOver(times(size, mark) - equity + others, size - own);
  return price > 0n ? price : 0n;
};

const safeOver = (dividend: Money, divisor: Money): Money =>
  divisor === 0n ? 0n : over(dividend, divisor);
