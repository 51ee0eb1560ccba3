import { Big } from 'big.js';

/**
 * A plain array of orders, searched from front to back: slow and obvious, the oracle of the real
 * book.
 */
export interface NaiveOrder {
  readonly id: string;
  readonly uid: string;
  readonly master: string;
  readonly side: 'buy' | 'sell';
  readonly type: 'lmt' | 'post' | 'ioc' | 'fok';
  readonly reduceOnly: boolean;
  price: Big;
  left: Big;
  filled: Big;
  /** Arrival: who came first. */
  turn: number;
}

export interface NaiveTrade {
  readonly maker: string;
  readonly taker: string;
  readonly price: string;
  readonly size: string;
}

type Strategy = 'REJECT_TAKER' | 'CANCEL_MAKER_SELF' | 'CANCEL_MAKER_CHILD' | 'CANCEL_MAKER_ANY';

export class NaiveBook {
  orders: NaiveOrder[] = [];
  readonly trades: NaiveTrade[] = [];
  readonly positions = new Map<string, Big>();
  readonly strategies = new Map<string, Strategy>();
  #turns = 0;

  position(uid: string): Big {
    return this.positions.get(uid) ?? new Big(0);
  }

  /** Orders that `taker` could meet, the best first. */
  #facing(taker: NaiveOrder): NaiveOrder[] {
    return this.orders
      .filter((order) => order.side !== taker.side)
      .filter((order) =>
        taker.side === 'buy' ? order.price.lte(taker.price) : order.price.gte(taker.price),
      )
      .sort((a, b) => {
        const byPrice = taker.side === 'buy' ? a.price.cmp(b.price) : b.price.cmp(a.price);
        return byPrice === 0 ? a.turn - b.turn : byPrice;
      });
  }

  #meeting(taker: NaiveOrder, maker: NaiveOrder): 'trade' | 'remove' | 'stop' {
    if (taker.master !== maker.master) return 'trade';
    const strategy = this.strategies.get(taker.uid) ?? 'REJECT_TAKER';
    if (strategy === 'CANCEL_MAKER_ANY') return 'remove';
    if (strategy === 'CANCEL_MAKER_SELF') return maker.uid === taker.uid ? 'remove' : 'stop';
    if (strategy === 'CANCEL_MAKER_CHILD') return taker.uid === taker.master ? 'remove' : 'stop';
    return 'stop';
  }

  /** What the order could reduce; everything for an order that is not reduce-only. */
  #room(order: NaiveOrder): Big {
    const held = this.position(order.uid);
    const room = order.side === 'buy' ? held.times(-1) : held;
    return room.lt(0) ? new Big(0) : room;
  }

  /** Answers whether the order was taken at all. */
  place(order: NaiveOrder): boolean {
    const facing = this.#facing(order);
    if (order.reduceOnly)
      order.left = order.left.gt(this.#room(order)) ? this.#room(order) : order.left;
    if (order.left.eq(0)) return false;
    if (!this.#mayEnter(order, facing)) return false;
    this.enter(order);
    return true;
  }

  #mayEnter(order: NaiveOrder, facing: readonly NaiveOrder[]): boolean {
    const [first] = facing;
    if (order.type === 'fok') return this.#reach(order, facing).gte(order.left);
    if (first === undefined) return order.type !== 'ioc';
    return order.type !== 'post' && this.#meeting(order, first) !== 'stop';
  }

  #reach(order: NaiveOrder, facing: readonly NaiveOrder[]): Big {
    let sum = new Big(0);
    for (const maker of facing) {
      const meeting = this.#meeting(order, maker);
      if (meeting === 'stop') break;
      if (meeting === 'trade') sum = sum.plus(maker.left);
    }
    return sum;
  }

  /** Matches and lets the rest of a limit order stay. */
  enter(order: NaiveOrder): void {
    let stopped = false;
    while (order.left.gt(0) && !stopped) {
      const [maker] = this.#facing(order);
      if (maker === undefined) break;
      const meeting = this.#meeting(order, maker);
      if (meeting === 'stop') stopped = true;
      else if (meeting === 'remove') this.remove(maker);
      else this.#trade(order, maker);
    }
    const rests = order.type === 'lmt' || order.type === 'post';
    if (order.left.gt(0) && !stopped && rests) {
      this.#turns += 1;
      order.turn = this.#turns;
      this.orders.push(order);
    }
    this.trim(order.uid);
  }

  #trade(taker: NaiveOrder, maker: NaiveOrder): void {
    const size = taker.left.lt(maker.left) ? taker.left : maker.left;
    for (const order of [taker, maker]) {
      order.left = order.left.minus(size);
      order.filled = order.filled.plus(size);
      const signed = order.side === 'buy' ? size : size.times(-1);
      this.positions.set(order.uid, this.position(order.uid).plus(signed));
    }
    this.trades.push({
      maker: maker.id,
      taker: taker.id,
      price: maker.price.toFixed(),
      size: size.toFixed(),
    });
    if (maker.left.eq(0)) this.remove(maker);
    this.trim(maker.uid);
  }

  remove(order: NaiveOrder): void {
    this.orders = this.orders.filter((each) => each !== order);
  }

  /**
   * Reduce-only orders that rest may not add up to more than the position: the least aggressive
   * lose.
   */
  trim(uid: string): void {
    for (const side of ['buy', 'sell'] as const) {
      const mine = this.orders
        .filter((order) => order.uid === uid && order.side === side && order.reduceOnly)
        .sort(
          (a, b) =>
            (side === 'buy' ? b.price.cmp(a.price) : a.price.cmp(b.price)) || a.turn - b.turn,
        );
      let room = mine[0] === undefined ? new Big(0) : this.#room(mine[0]);
      for (const order of mine) {
        if (order.left.gt(room)) order.left = room;
        room = room.minus(order.left);
        if (order.left.eq(0)) this.remove(order);
      }
    }
  }

  /** An edit keeps its turn only when the price stays and the quantity does not grow. */
  edit(order: NaiveOrder, price: Big, left: Big): boolean {
    const draft: NaiveOrder = { ...order, price, left };
    if (draft.reduceOnly) draft.left = left.gt(this.#room(order)) ? this.#room(order) : left;
    if (draft.left.eq(0)) return false;
    if (draft.price.eq(order.price) && draft.left.eq(order.left)) return false;
    const [first] = this.#facing(draft);
    if (order.type === 'post' && first !== undefined) return false;
    if (first !== undefined && this.#meeting(draft, first) === 'stop') return false;
    const keeps = price.eq(order.price) && draft.left.lte(order.left);
    order.price = price;
    order.left = draft.left;
    if (keeps) return true;
    this.remove(order);
    this.enter(order);
    return true;
  }
}
