import { Big } from 'big.js';
import { expect } from 'chai';
import { type ExchangeEvent } from '../../../../src/simulator/exchange/model/events.ts';
import { DEFAULT_RULES } from '../../../../src/simulator/exchange/model/rules.ts';
import { seeds, type World } from './exchange-world.ts';
import { NaiveCharges } from './naive-charges.ts';
import { NaiveFunding } from './naive-funding.ts';
import { checkMargin } from './naive-margin.ts';
import { checkConservation, NaiveMoney } from './naive-money.ts';
import { NaivePrices } from './naive-prices.ts';
import { checkRisk } from './naive-risk.ts';
import { LATE, ShadowBook } from './shadow-book.ts';
import { ACCOUNTS, UIDS, Wild } from './wild-history.ts';

const STEPS = 40;

/**
 * Nothing rests with nothing left, and reduce-only orders never add up to more than the position.
 */
const checkOrders = (world: World, uid: string): void => {
  const { queries } = world.exchange;
  const held = new Map(queries.positions(uid).map(({ symbol, size }) => [symbol, new Big(size)]));
  const room = new Map<string, Big>();
  for (const { remaining, reduceOnly, trigger, symbol, side } of queries.openOrders(uid)) {
    if (new Big(remaining).lte(0)) throw new Error(`${uid} rests with nothing left`);
    if (!reduceOnly || trigger !== undefined) continue;
    const size = held.get(symbol) ?? new Big(0);
    const key = `${symbol} ${side}`;
    const left = (room.get(key) ?? (side === 'buy' ? size.times(-1) : size)).minus(remaining);
    if (left.lt(0)) throw new Error(`${uid} ${key}: reduce-only orders exceed ${size.toFixed()}`);
    room.set(key, left);
  }
};

/**
 * Every position is the sum of its fills, and every balance is where its last log entry left it.
 */
const checkBooks = (world: World, money: NaiveMoney): void => {
  const { queries } = world.exchange;
  const told = new Map<string, string>();
  for (const uid of UIDS) {
    for (const { symbol, size } of queries.positions(uid)) told.set(`${uid} ${symbol}`, size);
    for (const [wallet, currencies] of Object.entries(queries.balances(uid))) {
      for (const [currency, amount] of Object.entries(currencies)) {
        const logged = money.wallets.get(`${uid} ${wallet} ${currency}`);
        if (logged?.eq(amount) === false) throw new Error(`${uid} ${currency}: ${amount} unlogged`);
      }
    }
  }
  for (const [key, { size }] of money.legs) {
    const position = told.get(key) ?? '0';
    if (!size.eq(position)) throw new Error(`${key}: ${position}, fills say ${size.toFixed()}`);
    told.delete(key);
  }
  if (told.size > 0) throw new Error(`positions without fills: ${[...told.keys()].join(', ')}`);
};

const check = (
  world: World,
  step: number,
  readers: { money: NaiveMoney; shadow: ShadowBook; funding: NaiveFunding },
): void => {
  if (step % 8 === 0) for (const uid of UIDS) checkOrders(world, uid);
  if (step % 10 === 0) checkConservation(world.exchange);
  if (step % 20 !== 0) return;
  readers.shadow.compare(world.exchange);
  checkBooks(world, readers.money);
  checkOpenInterest(world, readers.money);
  for (const uid of ['A', 'B', 'M', 'S', 'D']) {
    for (const wallet of ['flex', 'fi_xbtusd'])
      checkMargin(world.exchange, uid, { wallet, haircuts: DEFAULT_RULES.haircuts });
  }
  for (const uid of UIDS) readers.funding.compare(world.exchange, uid, world.now());
};

/** What is long is short, and open interest is either. */
const checkOpenInterest = ({ exchange }: World, money: NaiveMoney): void => {
  for (const { symbol } of exchange.queries.instruments()) {
    const sizes = [...money.legs]
      .filter(([key]) => key.endsWith(` ${symbol}`))
      .map(([, { size }]) => size);
    const total = sizes.reduce((sum, size) => sum.plus(size), new Big(0));
    if (!total.eq(0)) throw new Error(`${symbol}: positions add up to ${total.toFixed()}`);
    const long = sizes.reduce((sum, size) => (size.gt(0) ? sum.plus(size) : sum), new Big(0));
    const told = exchange.queries.ticker(symbol)?.openInterest ?? '0';
    if (!long.eq(told)) throw new Error(`${symbol}: open interest ${told}, not ${long.toFixed()}`);
  }
};

/** One wild history; answers with everything that happened. */
const live = (seed: number): readonly ExchangeEvent[] => {
  const wild = new Wild(seed);
  const { world } = wild;
  const specs = world.exchange.queries.instruments();
  const money = new NaiveMoney(specs);
  const prices = new NaivePrices(specs);
  const funding = new NaiveFunding(world.exchange, money, prices);
  const charges = new NaiveCharges(money, prices, ACCOUNTS);
  const shadow = new ShadowBook();
  let read = 0;
  for (let step = 1; step <= STEPS; step += 1) {
    try {
      wild.step();
      const fresh = world.events.slice(read);
      read = world.events.length;
      for (const event of fresh) {
        prices.read(event);
        funding.read(event);
        charges.read(event);
        money.read([event]);
      }
      shadow.read(fresh);
      checkRisk(world.exchange, fresh, DEFAULT_RULES.haircuts);
      check(world, step, { money, shadow, funding });
    } catch (cause) {
      throw new Error(`SEED=${String(seed)} step ${String(step)}`, { cause });
    }
  }
  return world.events;
};

const NEEDED = [
  'Trade fill',
  'Trade liquidation',
  'Trade unwind',
  'LiquidationStarted',
  'FundingRateSet',
  'TriggerFired',
  'TriggerUpdated',
  'Settled',
  'OrderHeld',
  'OrderReduced',
  'OrderEdited',
  'Transferred',
  'DeadManSwitchFired',
  'Trade late',
  'TradeBusted',
  'TradeCorrected',
];
/** Fewer histories than this may miss a rare event. */
const SEEDS_FOR_ALL = 150;

describe('exchange invariants over wild histories', () => {
  const all = seeds(SEEDS_FOR_ALL);
  it(`keeps money, positions, margin, priority and the book's order (${String(all.length)} seeds)`, function () {
    this.timeout(900_000);
    const seen = new Set<string>();
    for (const seed of all) {
      for (const event of live(seed)) {
        seen.add(event.type === 'Trade' ? `Trade ${event.trade.tradeType}` : event.type);
        if (event.type === 'Trade' && event.taker.owner === LATE) seen.add('Trade late');
      }
    }
    const missing = NEEDED.filter((kind) => !seen.has(kind));
    if (all.length >= SEEDS_FOR_ALL) expect(missing, 'never happened').to.deep.equal([]);
  });
});
