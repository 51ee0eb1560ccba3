import { type Big } from 'big.js';
import { type Exchange } from '../../../../src/simulator/exchange/exchange.ts';
import {
  type ExchangeEvent,
  type EventOf,
} from '../../../../src/simulator/exchange/model/events.ts';
import { type FillView } from '../../../../src/simulator/exchange/model/views.ts';
import { type InstrumentSpec } from '../../../../src/simulator/exchange/model/instruments/instrument.ts';
import { big, rounded, same } from './naive-exact.ts';
import { type NaiveMoney } from './naive-money.ts';
import { type NaivePrices } from './naive-prices.ts';

const HOUR_MS = 3_600_000;
const DOWN = 0;
const UP = 3;

interface Accrual {
  /** Per contract unit and hour. */
  rate: Big;
  since: number;
  /** Per lot, of everything before `since`. */
  before: Big;
}

/**
 * Funding from the published rates alone: a position owes its lots times the rate times the hours,
 * a lot's share cut to 18 decimals downwards. Reads every event before the bookkeeper of positions
 * does.
 */
export class NaiveFunding {
  readonly #specs: ReadonlyMap<string, InstrumentSpec>;
  readonly #money: NaiveMoney;
  readonly #prices: NaivePrices;
  readonly #accruals = new Map<string, Accrual>();
  /** What a lot had accrued when the position was last paid. */
  readonly #paid = new Map<string, Big>();

  constructor(exchange: Exchange, money: NaiveMoney, prices: NaivePrices) {
    this.#specs = new Map(exchange.queries.instruments().map((spec) => [spec.symbol, spec]));
    this.#money = money;
    this.#prices = prices;
    for (const symbol of this.#specs.keys())
      this.#accruals.set(symbol, { rate: big(0), since: 0, before: big(0) });
  }

  read(event: ExchangeEvent): void {
    if (event.type === 'AccountLogged') this.#booked(event);
    else if (event.type === 'FundingRateSet') this.#newRate(event);
    else this.#paidAt(event);
  }

  /** What every position shows as accrued now. */
  compare(exchange: Exchange, uid: string, at: number): void {
    for (const { symbol, unrealizedFunding } of exchange.queries.positions(uid)) {
      same(`funding of ${uid} in ${symbol}`, unrealizedFunding, this.#owed(uid, symbol, at));
    }
  }

  /** Whoever's position changes is paid first. */
  #paidAt(event: ExchangeEvent): void {
    for (const [fill, symbol] of fillsOf(event))
      this.#paid.set(`${fill.account} ${symbol}`, this.#perLot(symbol, event.at));
  }

  #perLot(symbol: string, at: number): Big {
    const accrual = this.#accruals.get(symbol);
    const spec = this.#specs.get(symbol);
    if (accrual === undefined || spec === undefined) throw new Error(`${symbol} is listed`);
    const lot = big(10).pow(-spec.contractValueTradePrecision);
    const elapsed = Math.floor(at - accrual.since);
    const exact = accrual.rate.times(elapsed).times(lot).div(HOUR_MS);
    return accrual.before.plus(exact.round(18, exact.lt(0) ? UP : DOWN));
  }

  #owed(uid: string, symbol: string, at: number): Big {
    const spec = this.#specs.get(symbol);
    if (spec === undefined) throw new Error(`${symbol} is listed`);
    const lots = this.#money
      .leg(uid, symbol)
      .size.times(big(10).pow(spec.contractValueTradePrecision));
    const paid = this.#paid.get(`${uid} ${symbol}`) ?? big(0);
    return lots.times(-1).times(this.#perLot(symbol, at).minus(paid));
  }

  #booked({ at, entry }: EventOf<'AccountLogged'>): void {
    if (entry.info !== 'funding rate change' || entry.contract === undefined) return;
    const { account, contract } = entry;
    const owed = this.#owed(account, contract, at);
    same(
      `funding paid by ${account} in ${contract}`,
      big(entry.newBalance).minus(entry.oldBalance).toFixed(),
      owed,
    );
    this.#paid.set(`${account} ${contract}`, this.#perLot(contract, at));
  }

  #newRate({ at, symbol, fundingRate, relativeFundingRate }: EventOf<'FundingRateSet'>): void {
    const spec = this.#specs.get(symbol);
    const index = this.#prices.index(symbol);
    const relative = big(relativeFundingRate);
    if (relative.abs().gt(spec?.maxRelativeFundingRate ?? 0))
      throw new Error(`${symbol}: rate ${relativeFundingRate} is beyond its bound`);
    const isInverse = spec?.type === 'futures_inverse';
    const absolute = rounded(isInverse ? relative.div(index) : relative.times(index));
    same(`absolute rate of ${symbol}`, fundingRate, absolute);
    const before = this.#perLot(symbol, at);
    this.#accruals.set(symbol, { rate: big(fundingRate), since: at, before });
    // Everybody was paid at this moment.
    for (const key of this.#money.legs.keys())
      if (key.endsWith(` ${symbol}`)) this.#paid.set(key, before);
  }
}

const fillsOf = (event: ExchangeEvent): readonly (readonly [FillView, string])[] => {
  switch (event.type) {
    case 'Trade':
      return [event.maker, event.taker].map((fill) => [fill, event.trade.symbol] as const);
    case 'TradeBusted':
    case 'TradeCorrected':
      return [event.maker, event.taker].map(({ fill }) => [fill, event.trade.symbol] as const);
    default:
      return [];
  }
};
