import { type Big } from 'big.js';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import { type InstrumentSpec } from '../../../../src/simulator/exchange/model/instruments/instrument.ts';
import {
  type EventOf,
  type ExchangeEvent,
} from '../../../../src/simulator/exchange/model/events.ts';
import { type FillView, type TradeView } from '../../../../src/simulator/exchange/model/views.ts';
import { big, HALF_EVEN, rounded, same } from './naive-exact.ts';

interface Leg {
  size: Big;
  /** Sum of what was paid: USD on linear contracts, minus base on inverse ones. */
  cost: Big;
}

interface Done {
  readonly before: Leg;
  readonly after: Leg;
  readonly realized: Big;
  readonly signed: Big;
  readonly price: Big;
  readonly fee: Big;
}

/**
 * Positions and money kept from fills and bookings alone, in exact decimals: a second bookkeeper
 * who reads the event stream and never looks into the exchange.
 */
export class NaiveMoney {
  readonly #specs: ReadonlyMap<string, InstrumentSpec>;
  readonly legs = new Map<string, Leg>();
  readonly wallets = new Map<string, Big>();
  readonly fillIds = new Set<string>();
  /** What each fill did to its leg, to take it back. */
  readonly #done = new Map<string, Done>();
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
      if (event.type === 'TradeBusted') this.#change(event, undefined);
      if (event.type === 'TradeCorrected') this.#change(event, event.trade);
      if (event.type === 'Settled') this.#settle(event.symbol);
      if (event.type === 'AccountLogged') this.#log(event);
    }
  }

  #settle(symbol: string): void {
    for (const key of this.legs.keys()) if (key.endsWith(` ${symbol}`)) this.legs.delete(key);
  }

  #trade({ trade, maker, taker }: Extract<ExchangeEvent, { type: 'Trade' }>): void {
    if (this.tradeIds.has(trade.tradeId)) throw new Error(`trade ${trade.tradeId} twice`);
    this.tradeIds.add(trade.tradeId);
    for (const fill of [maker, taker]) {
      if (this.fillIds.has(fill.fillId)) throw new Error(`fill ${fill.fillId} twice`);
      this.fillIds.add(fill.fillId);
      const realized = this.#book(fill, trade);
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

  /** Applies a fill and remembers what it did. */
  #book(fill: FillView, trade: TradeView): Big {
    const signed = fill.side === 'buy' ? big(trade.size) : big(trade.size).times(-1);
    const price = big(trade.price);
    const before = { ...this.leg(fill.account, trade.symbol) };
    const realized = this.#apply(fill.account, trade.symbol, { signed, price });
    const after = { ...this.leg(fill.account, trade.symbol) };
    this.#done.set(fill.fillId, { before, after, realized, signed, price, fee: big(fill.fee) });
    return realized;
  }

  /**
   * A trade taken back: a leg that is what the trade left becomes what the trade found; else the
   * opposite trade takes it out. A corrected one is booked anew.
   */
  #change(
    { trade, maker, taker }: EventOf<'TradeBusted' | 'TradeCorrected'>,
    now: TradeView | undefined,
  ): void {
    for (const { fill, realizedChange, feeChange } of [maker, taker]) {
      const done = this.#done.get(fill.fillId);
      if (done === undefined) throw new Error(`${fill.fillId} was no fill`);
      const leg = this.leg(fill.account, trade.symbol);
      let realized = big(0).minus(done.realized);
      if (leg.size.eq(done.after.size) && leg.cost.eq(done.after.cost)) {
        Object.assign(leg, done.before);
      } else {
        const { price } = done;
        const signed = big(0).minus(done.signed);
        realized = this.#apply(fill.account, trade.symbol, { signed, price });
      }
      this.#done.delete(fill.fillId);
      if (now !== undefined) realized = realized.plus(this.#book(fill, now));
      same(`profit changed by ${fill.fillId}`, realizedChange, realized);
      same(`position after ${fill.fillId}`, fill.positionAfter.size, leg.size);
      same(`entry of ${fill.fillId}`, fill.positionAfter.entryPrice, this.entry(trade.symbol, leg));
      const filled = big(fill.order.filled).plus(fill.order.remaining);
      same(`size of ${fill.order.orderId}`, fill.order.size, filled);
      const change = now === undefined ? big(0).minus(done.fee) : big(fill.fee).minus(done.fee);
      same(`fee changed by ${fill.fillId}`, feeChange, change);
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

/** Currency that profit of a market is kept in. */
const currencyOf = (spec: InstrumentSpec): string =>
  spec.type === 'futures_inverse' ? (spec.base === 'BTC' ? 'XBT' : spec.base) : 'USD';

/**
 * Cash, what was paid for open positions, funding that accrued, and the venue's own tallies add up
 * to nothing in every currency: no money is made or lost.
 */
export const checkConservation = (exchange: Exchange): void => {
  const sums = new Map<string, Big>();
  const add = (currency: string, amount: Big): void => {
    sums.set(currency, (sums.get(currency) ?? big(0)).plus(amount));
  };
  for (const [key, amount] of exchange.venue.tally) add(key.split(':')[1] ?? '', atoms(amount));
  for (const uid of exchange.queries.accountUids()) addAccount(exchange, uid, add);
  for (const [currency, sum] of sums) {
    if (!sum.eq(0)) throw new Error(`${currency} does not add up: ${sum.toFixed()}`);
  }
};

const addAccount = (
  { queries, venue }: Exchange,
  uid: string,
  add: (currency: string, amount: Big) => void,
): void => {
  const currencies = new Map(queries.instruments().map((spec) => [spec.symbol, currencyOf(spec)]));
  for (const wallet of Object.values(queries.balances(uid))) {
    for (const [currency, amount] of Object.entries(wallet)) add(currency, big(amount));
  }
  for (const { symbol, unrealizedFunding } of queries.positions(uid)) {
    add(currencies.get(symbol) ?? symbol, big(unrealizedFunding));
  }
  for (const [symbol, { cost }] of venue.accounts.get(uid)?.positions ?? []) {
    add(currencies.get(symbol) ?? symbol, atoms(cost).times(-1));
  }
};

const atoms = (value: bigint): Big => big(value.toString()).div('1e18');
