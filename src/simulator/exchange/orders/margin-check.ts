import { type Account, exposureOn, ordersOn } from '../model/account.ts';
import { stepsToMoney } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { marginStep, marketMargin, type Sides, sidesOf, walletMargin } from '../reads/margin.ts';
import { absMoney, ONE, over, times, type Money } from '../model/money.ts';
import { type Order } from '../model/order.ts';
import { valueAt } from '../model/position.ts';
import { type Venue } from '../model/venue.ts';
import { type OrderError } from '../model/vocabulary.ts';

/**
 * Checks whether the account may have `order`: position limit, small orders, leverage cap, then
 * margin. `replaced` is the resting order that it edits; its exposure does not count twice. Orders
 * that cannot grow the position pass.
 */
export const checkMargin = (
  venue: Venue,
  order: Order,
  replaced?: Order,
): OrderError | undefined => {
  if (order.holder.background || order.orderType === 'liquidation') return undefined;
  const { market } = order;
  const growth = growthOf(order, replaced);
  const { reach, grows } = growth;
  if (grows && reach > market.instrument.maxPositionLots) return 'MAX_POSITION_EXCEEDED';
  if (exceedsSmallOrders(venue, order, replaced)) return 'SMALL_ORDER_LIMIT_EXCEEDED';
  if (!grows) return undefined;
  if (exceedsLeverage(order.holder, market, reach)) return 'FIXED_LEVERAGE_TOO_HIGH';
  return checkFunds(venue, order, growth);
};

interface Growth {
  readonly before: Sides;
  readonly after: Sides;
  /** The largest position that the order's side could make, in lots. */
  readonly reach: number;
  /** Whether the order adds to what the account could hold. */
  readonly grows: boolean;
}

const growthOf = (order: Order, replaced: Order | undefined): Growth => {
  const { holder, market } = order;
  const before = sidesOf(holder, market.symbol, exposureOn(holder, market.symbol));
  const freed = replaced === undefined || replaced.reduceOnly ? 0 : replaced.leaves;
  const more = (order.reduceOnly ? 0 : order.leaves) - freed;
  const buying = order.side === 'buy';
  const after = {
    held: before.held,
    buys: before.buys + (buying ? more : 0),
    sells: before.sells + (buying ? 0 : more),
  };
  const reach = Math.abs(buying ? after.held + after.buys : after.held - after.sells);
  return { before, after, reach, grows: reach > Math.abs(after.held) && more > 0 };
};

/**
 * Equity must cover the initial margin of everything, this order included. The part that trades at
 * once must not, at the prices of the book, push equity under the maintenance margin ([rest 3.5]
 * wouldCauseLiquidation).
 */
const checkFunds = (venue: Venue, order: Order, growth: Growth): OrderError | undefined => {
  const { holder, market } = order;
  const { before, after } = growth;
  const leverage = holder.leverage.get(market.symbol);
  const wallet = walletMargin(venue, holder, market.instrument.wallet);
  const now = marketMargin(market, before, leverage);
  const then = marketMargin(market, after, leverage);
  const more = then.initialWithOrders - now.initialWithOrders;
  if (more > 0n && wallet.availableMargin < more) return 'INSUFFICIENT_MARGIN';
  const taken = takingFrom(order);
  if (taken.lots === 0) return undefined;
  const held = after.held + (order.side === 'buy' ? taken.lots : -taken.lots);
  const filled = marketMargin(market, { held, buys: 0, sells: 0 }, leverage).maintenance;
  const maintenance = wallet.maintenanceMargin - now.maintenance + filled;
  return wallet.marginEquity - taken.loss < maintenance ? 'WOULD_CAUSE_LIQUIDATION' : undefined;
};

/** A leverage cap above what the schedule allows at that size cannot be kept. */
const exceedsLeverage = (account: Account, market: Market, lots: number): boolean => {
  const leverage = account.leverage.get(market.symbol);
  if (leverage === undefined) return false;
  const notional = absMoney(valueAt(market.instrument, lots, market.mark));
  const step = marginStep(market.instrument, lots, notional);
  return leverage > over(ONE, step.initial * BigInt(market.volatilityMultiplier));
};

/** What the order would take at once, and how much worse than the mark it would pay. */
const takingFrom = (order: Order): { readonly lots: number; readonly loss: Money } => {
  const { market, side, ticks } = order;
  const { instrument, mark } = market;
  const buying = side === 'buy';
  let wanted = order.leaves;
  let loss = 0n;
  for (const level of market.book.against(side).levels()) {
    if (wanted === 0 || (buying ? level.ticks > ticks : level.ticks < ticks)) break;
    const lots = Math.min(wanted, level.lots);
    const signed = buying ? lots : -lots;
    const paid = valueAt(instrument, signed, stepsToMoney(level.ticks, instrument.priceGrid));
    loss += paid - valueAt(instrument, signed, mark);
    wanted -= lots;
  }
  return { lots: order.leaves - wanted, loss };
};

const exceedsSmallOrders = (venue: Venue, order: Order, replaced: Order | undefined): boolean => {
  const limit = venue.amounts.smallOrderUsd;
  if (limit === 0n || !isSmall(order, limit)) return false;
  let small = 0;
  for (const each of ordersOn(order.holder, order.market.symbol)) {
    if (each !== replaced && each.level !== undefined && isSmall(each, limit)) small += 1;
  }
  return small >= venue.rules.smallOrdersMax;
};

const isSmall = (order: Order, limit: Money): boolean => {
  const { instrument, mark } = order.market;
  const size = stepsToMoney(order.leaves, instrument.sizeGrid);
  return (instrument.inverse ? size : times(size, mark)) < limit;
};
