import { Big } from 'big.js';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import { type InstrumentSpec } from '../../../../src/simulator/exchange/instrument.ts';
import { type ExchangeEvent } from '../../../../src/simulator/exchange/events.ts';

const Exact = Big();
Exact.DP = 60;
const HALF_EVEN = 2;
const PLACES = 18;
const big = (text: string | number): Big => new Exact(text);
/** To 18 decimals, half to even: the venue's smallest unit of money. */
const rounded = (value: Big): Big => value.round(PLACES, HALF_EVEN);

interface Leg {
  size: Big;
  /** Sum of what was paid: USD on linear contracts, minus base on inverse ones. */
  cost: Big;
}

/**
 * Positions and money kept from fills and bookings alone, in exact decimals: a second bookkeeper who reads the event
 * stream and never looks into the exchange.
 */
export class NaiveMoney {
  readonly #specs: ReadonlyMap<string, InstrumentSpec>;
  readonly legs = new Map<string, Leg>();
  readonly wallets = new Map<string, Big>();
  readonly fillIds = new Set<string>();
  readonly tradeIds = new Set<string>();

  constructor(specs: readonly InstrumentSpec[]) {
    this.#specs = new Map(specs.map((spec) => [spec.symbol, spec]));
  }

  leg(uid: string, symbol: string): Leg {
    const key = `${uid} ${symbol}`;
    let leg = this.legs.get(key);
    if (leg === undefined) this.legs.set(key, (leg = { size: big(0), cost: big(0) }));
    return leg;
  }

  value(symbol: string, size: Big, price: Big): Big {
    return this.#specs.get(symbol)?.type === 'futures_inverse'
      ? rounded(size.div(price)).times(-1)
      : rounded(size.times(price));
  }

  read(events: readonly ExchangeEvent[]): void {
    for (const event of events) {
      if (event.type === 'Trade') this.#trade(event);
      if (event.type === 'PositionChanged' && event.reason === 'settlement') {
        this.legs.delete(`${event.account} ${event.symbol}`);
      }
      if (event.type === 'AccountLogged') this.#log(event);
    }
  }

  #trade({ trade, maker, taker }: Extract<ExchangeEvent, { type: 'Trade' }>): void {
    if (this.tradeIds.has(trade.tradeId)) throw new Error(`trade ${trade.tradeId} twice`);
    this.tradeIds.add(trade.tradeId);
    for (const fill of [maker, taker]) {
      if (this.fillIds.has(fill.fillId)) throw new Error(`fill ${fill.fillId} twice`);
      this.fillIds.add(fill.fillId);
      const signed = fill.side === 'buy' ? big(trade.size) : big(trade.size).times(-1);
      const realized = this.#apply(fill.account, trade.symbol, { signed, price: big(trade.price) });
      same(`realised profit of ${fill.fillId}`, fill.realizedPnl, realized);
      const leg = this.leg(fill.account, trade.symbol);
      same(`position after ${fill.fillId}`, fill.positionAfter.size, leg.size);
      same(
        `entry after ${fill.fillId}`,
        fill.positionAfter.entryPrice,
        this.entry(trade.symbol, leg),
      );
      const filled = big(fill.order.filled).plus(fill.order.remaining);
      same(`size of ${fill.order.orderId}`, fill.order.size, filled);
    }
  }

  #apply(uid: string, symbol: string, trade: { readonly signed: Big; readonly price: Big }): Big {
    const leg = this.leg(uid, symbol);
    const { signed, price } = trade;
    const value = this.value(symbol, signed, price);
    const before = leg.size;
    leg.size = before.plus(signed);
    if (before.eq(0) || before.gt(0) === signed.gt(0)) {
      leg.cost = leg.cost.plus(value);
      return big(0);
    }
    if (signed.abs().lte(before.abs())) {
      const released = rounded(leg.cost.times(signed.abs()).div(before.abs()));
      leg.cost = leg.cost.minus(released);
      return big(0).minus(value).minus(released);
    }
    const closing = this.value(symbol, before.times(-1), price);
    const realized = big(0).minus(closing).minus(leg.cost);
    leg.cost = value.minus(closing);
    return realized;
  }

  entry(symbol: string, leg: Leg): Big {
    if (leg.size.eq(0) || leg.cost.eq(0)) return big(0);
    const isInverse = this.#specs.get(symbol)?.type === 'futures_inverse';
    const price = isInverse ? leg.size.div(leg.cost).times(-1) : leg.cost.div(leg.size);
    return price.round(10, HALF_EVEN);
  }

  /** Each balance goes on from where its last entry left it. */
  #log({ entry }: Extract<ExchangeEvent, { type: 'AccountLogged' }>): void {
    const key = `${entry.account} ${entry.wallet} ${entry.asset}`;
    const known = this.wallets.get(key);
    if (known !== undefined) same(`old balance of ${key}`, entry.oldBalance, known);
    this.wallets.set(key, big(entry.newBalance));
  }
}

const same = (what: string, text: string, value: Big): void => {
  if (!big(text).eq(value)) throw new Error(`${what}: exchange ${text}, naive ${value.toFixed()}`);
};

/** Currency that profit of a market is kept in. */
const currencyOf = (spec: InstrumentSpec): string =>
  spec.type === 'futures_inverse' ? (spec.base === 'BTC' ? 'XBT' : spec.base) : 'USD';

/**
 * Cash, what was paid for open positions, funding that accrued, and the venue's own tallies add up to nothing in every
 * currency: no money is made or lost.
 */
export const checkConservation = (exchange: Exchange): void => {
  const { venue, queries } = exchange;
  const sums = new Map<string, Big>();
  const add = (currency: string, amount: Big): void => {
    sums.set(currency, (sums.get(currency) ?? big(0)).plus(amount));
  };
  const atoms = (value: bigint): Big => big(value.toString()).div('1e18');
  const specs = new Map(queries.instruments().map((spec) => [spec.symbol, spec]));
  for (const [key, amount] of venue.tally) add(key.split(':')[1] ?? '', atoms(amount));
  for (const uid of queries.accountUids()) {
    for (const currencies of Object.values(queries.balances(uid))) {
      for (const [currency, amount] of Object.entries(currencies)) add(currency, big(amount));
    }
    const positions = queries.positions(uid);
    for (const position of positions) {
      const spec = specs.get(position.symbol);
      if (spec === undefined) throw new Error(`no market ${position.symbol}`);
      add(currencyOf(spec), big(position.unrealizedFunding));
    }
    for (const [symbol, { cost }] of venue.accounts.get(uid)?.positions ?? []) {
      const spec = specs.get(symbol);
      if (spec !== undefined) add(currencyOf(spec), atoms(cost).times(-1));
    }
  }
  for (const [currency, sum] of sums) {
    if (!sum.eq(0)) throw new Error(`${currency} does not add up: ${sum.toFixed()}`);
  }
};

/** Margin of an account's flex wallet, computed again from positions, open orders and published rates alone. */
export const checkMargin = (
  exchange: Exchange,
  uid: string,
  haircuts: Readonly<Record<string, string>>,
): void => {
  const { queries } = exchange;
  const wallet = queries.wallets(uid).find((each) => each.wallet === 'flex');
  if (wallet === undefined) throw new Error('a flex wallet');
  const specs = queries.instruments().filter((spec) => spec.type === 'flexible_futures');
  const held = new Map(queries.positions(uid).map((position) => [position.symbol, position]));
  const caps = queries.preferences(uid)?.leverage ?? {};
  let [initial, withOrders, maintenance, pnl, funding] = [big(0), big(0), big(0), big(0), big(0)];
  for (const spec of specs) {
    const position = held.get(spec.symbol);
    const size = big(position?.size ?? 0);
    const mark = big(queries.ticker(spec.symbol)?.markPrice ?? 0);
    const open = queries
      .openOrders(uid)
      .filter(
        (order) => order.symbol === spec.symbol && order.trigger === undefined && !order.reduceOnly,
      );
    const side = (of: string): Big =>
      open
        .filter((order) => order.side === of)
        .reduce((sum, order) => sum.plus(order.remaining), big(0));
    const reach = [size.plus(side('buy')).abs(), size.minus(side('sell')).abs(), size.abs()];
    const worst = reach.reduce((a, b) => (a.gt(b) ? a : b));
    const volatility =
      queries.instrumentStatus(spec.symbol)?.extremeVolatilityInitialMarginMultiplier ?? 1;
    const rates = (of: Big): { initial: Big; maintenance: Big } => {
      const notional = rounded(of.times(mark));
      const row = [...spec.marginLevels].reverse().find((level) => notional.gte(level.from));
      const scheduled = big(row?.initialMargin ?? 1).times(volatility);
      const cap = caps[spec.symbol];
      const capped = cap === undefined ? big(0) : rounded(big(1).div(cap));
      const rate = scheduled.gt(capped) ? scheduled : capped;
      return {
        initial: rounded(notional.times(rate)),
        maintenance: rounded(notional.times(row?.maintenanceMargin ?? 1)),
      };
    };
    initial = initial.plus(rates(size.abs()).initial);
    withOrders = withOrders.plus(rates(worst).initial);
    maintenance = maintenance.plus(rates(size.abs()).maintenance);
    if (position === undefined) continue;
    const cost = big(
      (exchange.venue.accounts.get(uid)?.positions.get(spec.symbol)?.cost ?? 0n).toString(),
    ).div('1e18');
    pnl = pnl.plus(rounded(size.times(mark)).minus(cost));
    funding = funding.plus(position.unrealizedFunding);
  }
  let collateral = big(0);
  for (const [currency, quantity] of Object.entries(queries.balances(uid)['flex'] ?? {})) {
    const index =
      currency === 'USD' ? big(1) : big(queries.ticker(`PF_${currency}USD`)?.indexPrice ?? 0);
    const value = rounded(big(quantity).times(index));
    const share = big(1).minus(haircuts[currency] ?? 1);
    collateral = collateral.plus(value.gt(0) ? rounded(value.times(share)) : value);
  }
  const equity = collateral.plus(pnl).plus(funding);
  same(`${uid} initial margin`, wallet.initialMargin, initial);
  same(`${uid} initial margin with orders`, wallet.initialMarginWithOrders, withOrders);
  same(`${uid} maintenance margin`, wallet.maintenanceMargin, maintenance);
  same(`${uid} profit`, wallet.pnl, pnl);
  same(`${uid} collateral`, wallet.collateralValue, collateral);
  same(`${uid} equity`, wallet.marginEquity, equity);
  same(`${uid} available margin`, wallet.availableMargin, equity.minus(withOrders));
};
