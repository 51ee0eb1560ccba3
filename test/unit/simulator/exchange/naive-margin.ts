import { type Big } from 'big.js';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import { type InstrumentSpec } from '../../../../src/simulator/exchange/instrument.ts';
import { big, rounded, same } from './naive-exact.ts';

/** Margin of an account's flex wallet, computed again from positions, open orders and published rates alone. */
export const checkMargin = (
  exchange: Exchange,
  uid: string,
  haircuts: Readonly<Record<string, string>>,
): void => {
  const { queries } = exchange;
  const wallet = queries.wallets(uid).find((each) => each.wallet === 'flex');
  if (wallet === undefined) throw new Error('a flex wallet');
  const markets = queries
    .instruments()
    .filter((spec) => spec.type === 'flexible_futures')
    .map((spec) => marketOf(exchange, uid, spec));
  const sum = (pick: (market: NaiveMarket) => Big): Big =>
    markets.reduce((total, market) => total.plus(pick(market)), big(0));
  const withOrders = sum((market) => market.initial(market.worst));
  const pnl = sum((market) => market.pnl);
  const collateral = collateralOf(exchange, uid, haircuts);
  const equity = collateral.plus(pnl).plus(sum((market) => market.funding));
  same(
    `${uid} initial margin`,
    wallet.initialMargin,
    sum((market) => market.initial(market.size)),
  );
  same(`${uid} initial margin with orders`, wallet.initialMarginWithOrders, withOrders);
  same(
    `${uid} maintenance margin`,
    wallet.maintenanceMargin,
    sum((market) => market.maintenance),
  );
  same(`${uid} profit`, wallet.pnl, pnl);
  same(`${uid} collateral`, wallet.collateralValue, collateral);
  same(`${uid} equity`, wallet.marginEquity, equity);
  same(`${uid} available margin`, wallet.availableMargin, equity.minus(withOrders));
};

interface NaiveMarket {
  /** Absolute position, and the largest that open orders could make of it. */
  readonly size: Big;
  readonly worst: Big;
  readonly initial: (size: Big) => Big;
  readonly maintenance: Big;
  readonly pnl: Big;
  readonly funding: Big;
}

const marketOf = (exchange: Exchange, uid: string, spec: InstrumentSpec): NaiveMarket => {
  const { queries, venue } = exchange;
  const { symbol } = spec;
  const position = queries.positions(uid).find((each) => each.symbol === symbol);
  const size = big(position?.size ?? 0);
  const mark = big(queries.ticker(symbol)?.markPrice ?? 0);
  const notional = (of: Big): Big => rounded(of.times(mark));
  const rate = rateOf(exchange, uid, spec);
  const initial = (of: Big): Big => rounded(notional(of).times(rate(notional(of))));
  const held = size.abs();
  const cost = venue.accounts.get(uid)?.positions.get(symbol)?.cost ?? 0n;
  return {
    size: held,
    worst: worstOf(exchange, uid, { symbol, size }),
    initial,
    maintenance: rounded(notional(held).times(rowOf(spec, notional(held)).maintenanceMargin)),
    pnl: notional(size).minus(big(cost.toString()).div('1e18')),
    funding: big(position?.unrealizedFunding ?? 0),
  };
};

/** Initial margin rate by notional: the schedule's, times volatility, at least what a leverage cap asks. */
const rateOf = (
  exchange: Exchange,
  uid: string,
  spec: InstrumentSpec,
): ((notional: Big) => Big) => {
  const status = exchange.queries.instrumentStatus(spec.symbol);
  const cap = exchange.queries.preferences(uid)?.leverage[spec.symbol];
  const capped = cap === undefined ? big(0) : rounded(big(1).div(cap));
  return (notional) => {
    const scheduled = big(rowOf(spec, notional).initialMargin).times(
      status?.extremeVolatilityInitialMarginMultiplier ?? 1,
    );
    return scheduled.gt(capped) ? scheduled : capped;
  };
};

const rowOf = (spec: InstrumentSpec, notional: Big): InstrumentSpec['marginLevels'][number] => {
  const row = spec.marginLevels.findLast((level) => notional.gte(level.from));
  if (row === undefined)
    throw new Error(`${spec.symbol}: a margin level for ${notional.toFixed()}`);
  return row;
};

const worstOf = (
  exchange: Exchange,
  uid: string,
  held: { readonly symbol: string; readonly size: Big },
): Big => {
  const counted = exchange.queries
    .openOrders(uid)
    .filter((order) => order.symbol === held.symbol && order.trigger === undefined)
    .filter((order) => !order.reduceOnly);
  const side = (of: string): Big =>
    counted
      .filter((order) => order.side === of)
      .reduce((total, order) => total.plus(order.remaining), big(0));
  const reach = [held.size.plus(side('buy')).abs(), held.size.minus(side('sell')).abs()];
  return reach.reduce((a, b) => (a.gt(b) ? a : b), held.size.abs());
};

const collateralOf = (
  exchange: Exchange,
  uid: string,
  haircuts: Readonly<Record<string, string>>,
): Big => {
  const { queries } = exchange;
  let collateral = big(0);
  for (const [currency, quantity] of Object.entries(queries.balances(uid)['flex'] ?? {})) {
    const index = currency === 'USD' ? '1' : queries.ticker(`PF_${currency}USD`)?.indexPrice;
    const value = rounded(big(quantity).times(big(index ?? 0)));
    const share = big(1).minus(haircuts[currency] ?? 1);
    collateral = collateral.plus(value.gt(0) ? rounded(value.times(share)) : value);
  }
  return collateral;
};
