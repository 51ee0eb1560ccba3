import { Big } from 'big.js';
import { expect } from 'chai';
import { makeMulberry32, type Mulberry32 } from '../../../../src/lib/prng.ts';
import { account, makeWorld, only, seeds, type World } from './exchange-world.ts';
import { NaiveBook, type NaiveOrder } from './naive-book.ts';

const ACCOUNTS = [
  account('A'),
  account('M'),
  account('S', { master: 'M' }),
  account('T', { master: 'M' }),
];
const UIDS = ['A', 'M', 'S', 'T', 'A', 'A2'] as const;
const STRATEGIES = [
  'REJECT_TAKER',
  'CANCEL_MAKER_SELF',
  'CANCEL_MAKER_CHILD',
  'CANCEL_MAKER_ANY',
] as const;
const STEPS = 60;

/**
 * One seeded history, told to the exchange and to the naive book; both must say the same after
 * every step.
 */
class Twin {
  readonly world: World = makeWorld({ accounts: [...ACCOUNTS, account('A2')] });
  readonly naive = new NaiveBook();
  readonly #prng: Mulberry32;
  #made = 0;

  constructor(seed: number) {
    this.#prng = makeMulberry32(seed);
  }

  step(): void {
    const dice = this.#prng.next();
    if (dice < 0.65) this.#place();
    else if (dice < 0.8) this.#cancel();
    else if (dice < 0.95) this.#edit();
    else this.#strategy();
  }

  #place(): void {
    const prng = this.#prng;
    this.#made += 1;
    const uid = prng.pick(UIDS);
    const order: NaiveOrder = {
      id: `o${String(this.#made)}`,
      uid,
      master: uid === 'S' || uid === 'T' ? 'M' : uid,
      side: prng.pick(['buy', 'sell']),
      type: prng.pick(['lmt', 'lmt', 'lmt', 'post', 'ioc', 'fok']),
      reduceOnly: prng.chance(0.2),
      price: new Big(83_995 + prng.int(0, 10)),
      left: new Big(prng.int(1, 30)).div(10),
      filled: new Big(0),
      turn: 0,
    };
    const events = this.world.place(uid, {
      cliOrdId: order.id,
      side: order.side,
      orderType: order.type,
      reduceOnly: order.reduceOnly,
      limitPrice: order.price.toFixed(),
      size: order.left.toFixed(),
    });
    const isTaken = only(events, 'OrderAccepted').length === 1;
    expect(this.naive.place(order), `${order.id} is taken`).to.equal(isTaken);
  }

  #someOrder(): NaiveOrder | undefined {
    const { orders } = this.naive;
    return orders[this.#prng.int(0, Math.max(0, orders.length - 1))];
  }

  #cancel(): void {
    const order = this.#someOrder();
    if (order === undefined) return;
    expect(only(this.world.cancel(order.uid, order.id), 'OrderCanceled')).to.have.length(1);
    this.naive.remove(order);
  }

  #edit(): void {
    const order = this.#someOrder();
    if (order === undefined) return;
    const price = this.#prng.chance(0.5) ? order.price : new Big(83_995 + this.#prng.int(0, 10));
    const left = new Big(this.#prng.int(1, 30)).div(10);
    const absolute = this.#prng.chance(0.5);
    const events = this.world.edit(order.uid, {
      cliOrdId: order.id,
      limitPrice: price.toFixed(),
      size: (absolute ? left.plus(order.filled) : left).toFixed(),
      qtyMode: absolute ? 'ABSOLUTE' : 'RELATIVE',
    });
    const isTaken = only(events, 'OrderEdited').length === 1;
    expect(this.naive.edit(order, price, left), `edit of ${order.id} is taken`).to.equal(isTaken);
  }

  #strategy(): void {
    const uid = this.#prng.pick(['M', 'S', 'T', 'A']);
    const strategy = this.#prng.pick(STRATEGIES);
    this.world.send({ type: 'SetSelfTradeStrategy', account: uid, strategy });
    this.naive.strategies.set(uid, strategy);
  }

  compare(): void {
    const { queries } = this.world.exchange;
    const trades = only(this.world.events, 'Trade').map(({ trade, maker, taker }) => ({
      maker: maker.order.cliOrdId,
      taker: taker.order.cliOrdId,
      price: trade.price,
      size: trade.size,
    }));
    expect(trades).to.deep.equal(this.naive.trades);
    const names = new Map(
      UIDS.flatMap((uid) => queries.openOrders(uid)).map((order) => [
        order.orderId,
        order.cliOrdId,
      ]),
    );
    const book = queries
      .bookOrders('PF_XBTUSD')
      .map((row) => `${names.get(row.orderId) ?? '?'} ${row.side} ${row.price} ${row.size}`);
    expect(book).to.deep.equal(this.#naiveRows());
    for (const uid of new Set(UIDS)) {
      const held = queries.positions(uid).find(({ symbol }) => symbol === 'PF_XBTUSD')?.size ?? '0';
      expect(held, `position of ${uid}`).to.equal(this.naive.position(uid).toFixed());
    }
  }

  #naiveRows(): readonly string[] {
    const row = (order: NaiveOrder): string =>
      `${order.id} ${order.side} ${order.price.toFixed()} ${order.left.toFixed()}`;
    const side = (of: 'buy' | 'sell'): string[] =>
      this.naive.orders
        .filter((order) => order.side === of)
        .sort(
          (a, b) => (of === 'buy' ? b.price.cmp(a.price) : a.price.cmp(b.price)) || a.turn - b.turn,
        )
        .map(row);
    return [...side('buy'), ...side('sell')];
  }
}

describe('exchange against a naive order book', () => {
  const all = seeds(150);
  it(`agrees on every trade, every resting order and every position (${String(all.length)} seeds)`, function () {
    this.timeout(600_000);
    let trades = 0;
    for (const seed of all) {
      const twin = new Twin(seed);
      for (let step = 1; step <= STEPS; step += 1) {
        try {
          twin.step();
          if (step % 5 === 0) twin.compare();
        } catch (cause) {
          throw new Error(`SEED=${String(seed)} step ${String(step)}`, { cause });
        }
      }
      trades += twin.naive.trades.length;
    }
    expect(trades, 'trades compared').to.be.greaterThan(all.length * 3);
  });
});
