import { type Big } from 'big.js';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import { type InstrumentSpec } from '../../../../src/simulator/exchange/model/instruments/instrument.ts';
import { big, rounded, same } from './naive-exact.ts';

export interface NaiveWallet {
  readonly initial: Big;
  readonly withOrders: Big;
  readonly maintenance: Big;
  readonly pnl: Big;
  readonly collateral: Big;
  readonly equity: Big;
  readonly available: Big;
}

interface Question {
  /** `flex`, or `fi_xbtusd` for the inverse contracts on it. */
  readonly wallet: string;
  readonly haircuts: Readonly<Record<string, string>>;
  /** Order that does not count. */
  readonly without?: string;
}

/** Margin of a wallet, computed again from positions, open orders and published rates alone. */
export const naiveWallet = (exchange: Exchange, uid: string, of: Question): NaiveWallet => {
  const isFlex = of.wallet === 'flex';
  const markets = exchange.queries
    .instruments()
    .filter((spec) => (spec.type === 'flexible_futures') === isFlex)
    .filter((spec) => isFlex || of.wallet === `fi_${spec.base === 'BTC' ? 'xbt' : 'eth'}usd`)
    .map((spec) => marketOf(exchange, uid, { spec, without: of.without }));
  const sum = (pick: (market: NaiveMarket) => Big): Big =>
    markets.reduce((total, market) => total.plus(pick(market)), big(0));
  const withOrders = sum((market) => market.initial(market.worst));
  const pnl = sum((market) => market.pnl);
  const collateral = isFlex
    ? flexCollateral(exchange, uid, of.haircuts)
    : big(exchange.queries.balances(uid)[of.wallet]?.['XBT'] ?? 0);
  const equity = collateral.plus(pnl).plus(sum((market) => market.funding));
  return {
    initial: sum((market) => market.initial(market.size)),
    withOrders,
    maintenance: sum((market) => market.maintenance),
    ...{ pnl, collateral, equity, available: equity.minus(withOrders) },
  };
};

/** Every figure of the wallet, to the last digit. */
export const checkMargin = (exchange: Exchange, uid: string, of: Question): void => {
  const told = exchange.queries.wallets(uid).find((each) => each.wallet === of.wallet);
  if (told === undefined) throw new Error(`a wallet ${of.wallet}`);
  const naive = naiveWallet(exchange, uid, of);
  const what = `${uid} ${of.wallet}`;
  same(`${what} initial margin`, told.initialMargin, naive.initial);
  same(`${what} initial margin with orders`, told.initialMarginWithOrders, naive.withOrders);
  same(`${what} maintenance margin`, told.maintenanceMargin, naive.maintenance);
  same(`${what} profit`, told.pnl, naive.pnl);
  same(`${what} collateral`, told.collateralValue, naive.collateral);
  same(`${what} equity`, told.marginEquity, naive.equity);
  same(`${what} available margin`, told.availableMargin, naive.available);
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

const marketOf = (
  exchange: Exchange,
  uid: string,
  { spec, without }: { readonly spec: InstrumentSpec; readonly without: string | undefined },
): NaiveMarket => {
  const { queries, venue } = exchange;
  const { symbol } = spec;
  const position = queries.positions(uid).find((each) => each.symbol === symbol);
  const size = big(position?.size ?? 0);
  const mark = big(queries.ticker(symbol)?.markPrice ?? 0);
  const isInverse = spec.type === 'futures_inverse';
  // USD of a linear contract; base currency of an inverse one.
  const notional = (of: Big): Big => rounded(isInverse ? of.div(mark) : of.times(mark));
  const rowFor = (of: Big) => rowOf(spec, isInverse ? of : notional(of));
  const rate = rateOf(exchange, uid, spec);
  const initial = (of: Big): Big => rounded(notional(of).times(rate(rowFor(of))));
  const held = size.abs();
  const cost = big((venue.accounts.get(uid)?.positions.get(symbol)?.cost ?? 0n).toString());
  const value = notional(size).times(isInverse ? -1 : 1);
  return {
    size: held,
    worst: worstOf(exchange, uid, { symbol, size, without }),
    initial,
    maintenance: rounded(notional(held).times(rowFor(held).maintenanceMargin)),
    pnl: value.minus(cost.div('1e18')),
    funding: big(position?.unrealizedFunding ?? 0),
  };
};

type Row = InstrumentSpec['marginLevels'][number];

/**
 * Initial margin rate of a row: the schedule's, times volatility, at least what a leverage cap
 * asks.
 */
const rateOf = (exchange: Exchange, uid: string, spec: InstrumentSpec): ((row: Row) => Big) => {
  const status = exchange.queries.instrumentStatus(spec.symbol);
  const cap = exchange.queries.preferences(uid)?.leverage[spec.symbol];
  const capped = cap === undefined ? big(0) : rounded(big(1).div(cap));
  return ({ initialMargin }) => {
    const scheduled = big(initialMargin).times(
      status?.extremeVolatilityInitialMarginMultiplier ?? 1,
    );
    return scheduled.gt(capped) ? scheduled : capped;
  };
};

const rowOf = (spec: InstrumentSpec, measure: Big): Row => {
  const row = spec.marginLevels.findLast((level) => measure.gte(level.from));
  if (row === undefined) throw new Error(`${spec.symbol}: a margin level for ${measure.toFixed()}`);
  return row;
};

const worstOf = (
  exchange: Exchange,
  uid: string,
  held: { readonly symbol: string; readonly size: Big; readonly without: string | undefined },
): Big => {
  const counted = exchange.queries
    .openOrders(uid)
    .filter((order) => order.symbol === held.symbol && order.trigger === undefined)
    .filter((order) => !order.reduceOnly && order.orderId !== held.without);
  const side = (of: string): Big =>
    counted
      .filter((order) => order.side === of)
      .reduce((total, order) => total.plus(order.remaining), big(0));
  const reach = [held.size.plus(side('buy')).abs(), held.size.minus(side('sell')).abs()];
  return reach.reduce((a, b) => (a.gt(b) ? a : b), held.size.abs());
};

const flexCollateral = (exchange: Exchange, uid: string, haircuts: Question['haircuts']): Big => {
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
