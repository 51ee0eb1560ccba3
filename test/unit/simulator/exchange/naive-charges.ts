import { type Big } from 'big.js';
import { type AccountSpec } from '../../../../src/simulator/exchange/model/account.ts';
import {
  type EventOf,
  type ExchangeEvent,
} from '../../../../src/simulator/exchange/model/events.ts';
import { type FillView, type TradeView } from '../../../../src/simulator/exchange/model/views.ts';
import { big, rounded, same } from './naive-exact.ts';
import { type NaiveMoney } from './naive-money.ts';
import { type NaivePrices } from './naive-prices.ts';

/** Forced transfers cost nothing [rest 2.9, 6.2]. */
const FREE: ReadonlySet<string> = new Set([
  'assignor',
  'assignee',
  'unwindBankrupt',
  'unwindCounterparty',
]);
const DEFAULT_FEES = { maker: '0.0002', taker: '0.0005' };
const MAKERS: ReadonlySet<string> = new Set(['maker']);

type Logged = EventOf<'AccountLogged'>['entry'];

/**
 * What is charged and paid beside profit: fees by role and rate, conversions at the index,
 * settlement at the index. Reads every event before the bookkeeper of positions does.
 */
export class NaiveCharges {
  readonly #money: NaiveMoney;
  readonly #prices: NaivePrices;
  readonly #fees: ReadonlyMap<string, { readonly maker: string; readonly taker: string }>;
  /** USD that an account has just given for another currency. */
  readonly #given = new Map<string, Big>();

  constructor(money: NaiveMoney, prices: NaivePrices, accounts: readonly AccountSpec[]) {
    this.#money = money;
    this.#prices = prices;
    this.#fees = new Map(accounts.map(({ uid, fees }) => [uid, { ...DEFAULT_FEES, ...fees }]));
  }

  read(event: ExchangeEvent): void {
    if (event.type === 'Trade') {
      for (const fill of [event.maker, event.taker]) this.#fee(fill, event.trade);
    } else if (event.type === 'TradeCorrected') {
      for (const { fill } of [event.maker, event.taker]) this.#fee(fill, event.trade);
    } else if (event.type === 'Settled') {
      same(`settlement of ${event.symbol}`, event.price, this.#prices.index(event.symbol));
    } else if (event.type === 'AccountLogged') this.#logged(event.entry);
  }

  #fee(fill: FillView, trade: TradeView): void {
    const role = MAKERS.has(fill.fillType) ? 'maker' : 'taker';
    const value = this.#money.value(trade.symbol, big(trade.size), big(trade.price)).abs();
    const fee = FREE.has(fill.fillType)
      ? big(0)
      : rounded(value.times(this.#rate(fill.account, role)));
    same(`fee of ${fill.fillId}`, fill.fee, fee);
  }

  #rate(uid: string, role: 'maker' | 'taker'): string {
    return this.#fees.get(uid)?.[role] ?? DEFAULT_FEES[role];
  }

  #logged(entry: Logged): void {
    const change = big(entry.newBalance).minus(entry.oldBalance);
    if (entry.info === 'conversion') this.#converted(entry, change);
    if (entry.info === 'settlement') this.#settled(entry, change);
  }

  #converted({ account, asset }: Logged, change: Big): void {
    const given = this.#given.get(account);
    if (given === undefined) {
      this.#given.set(account, change.times(-1));
      return;
    }
    this.#given.delete(account);
    const taken = rounded(given.div(this.#prices.ofCurrency(asset)));
    same(`conversion of ${account} to ${asset}`, change.toFixed(), taken);
  }

  #settled({ account, contract = '' }: Logged, change: Big): void {
    const leg = this.#money.leg(account, contract);
    const value = this.#money.value(contract, leg.size, this.#prices.index(contract));
    const fee = rounded(value.abs().times(this.#rate(account, 'taker')));
    const due = value.minus(leg.cost).minus(fee);
    same(`settlement of ${account} in ${contract}`, change.toFixed(), due);
  }
}
