import { invariant } from '../../../lib/invariant.ts';
import { type Order } from './order.ts';
import { type Side } from './vocabulary.ts';

/** All orders at one price, oldest first. */
export class Level {
  readonly ticks: number;
  lots = 0;
  count = 0;
  head: Order | undefined = undefined;
  tail: Order | undefined = undefined;
  constructor(ticks: number) {
    this.ticks = ticks;
  }
}

/**
 * One side of a book. Levels are kept in an array with the best at its end, so that the busy end
 * moves little memory, and in a map by price. Orders of a level are an intrusive list: add, cancel
 * and fill are O(1) there.
 */
export class BookSide {
  readonly side: Side;
  readonly #levels: Level[] = [];
  readonly #levelByTicks = new Map<number, Level>();
  /** Sorts ascending by attractiveness: bids by price, asks by minus price. */
  readonly #sign: 1 | -1;
  lots = 0;
  count = 0;

  constructor(side: Side) {
    this.side = side;
    this.#sign = side === 'buy' ? 1 : -1;
  }

  get best(): Level | undefined {
    return this.#levels[this.#levels.length - 1];
  }
  get depth(): number {
    return this.#levels.length;
  }
  levelAt(ticks: number): Level | undefined {
    return this.#levelByTicks.get(ticks);
  }

  /** Levels, best first. */
  *levels(): Generator<Level> {
    for (let i = this.#levels.length - 1; i >= 0; i -= 1) {
      const level = this.#levels[i];
      if (level !== undefined) yield level;
    }
  }

  /** Adds an order at the end of its price's queue. */
  add(order: Order): void {
    invariant(order.level === undefined, 'an order rests once');
    invariant(
      order.side === this.side && order.leaves > 0,
      'an order rests on its own side with a quantity',
    );
    let level = this.#levelByTicks.get(order.ticks);
    if (level === undefined) {
      level = new Level(order.ticks);
      this.#levelByTicks.set(order.ticks, level);
      this.#levels.splice(this.#indexOf(order.ticks), 0, level);
    }
    order.level = level;
    order.prev = level.tail;
    order.next = undefined;
    if (level.tail === undefined) level.head = order;
    else level.tail.next = order;
    level.tail = order;
    level.lots += order.leaves;
    level.count += 1;
    this.lots += order.leaves;
    this.count += 1;
  }

  remove(order: Order): void {
    const level = order.level;
    invariant(level !== undefined, 'only a resting order leaves the book');
    if (order.prev === undefined) level.head = order.next;
    else order.prev.next = order.next;
    if (order.next === undefined) level.tail = order.prev;
    else order.next.prev = order.prev;
    order.level = order.prev = order.next = undefined;
    level.lots -= order.leaves;
    level.count -= 1;
    this.lots -= order.leaves;
    this.count -= 1;
    if (level.count === 0) this.#drop(level);
  }

  /** Takes `lots` off an order's remainder, by a fill or a cut. The order keeps its place. */
  shrink(order: Order, lots: number): void {
    const level = order.level;
    invariant(level !== undefined, 'only a resting order shrinks in the book');
    level.lots -= lots;
    this.lots -= lots;
  }

  #drop(level: Level): void {
    invariant(level.lots === 0, 'an empty level has no quantity');
    this.#levelByTicks.delete(level.ticks);
    if (this.best === level) this.#levels.pop();
    else this.#levels.splice(this.#indexOf(level.ticks), 1);
  }

  /** Where the level is, or where it would be inserted. */
  #indexOf(ticks: number): number {
    const key = ticks * this.#sign;
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#levels[middle]?.ticks ?? 0) * this.#sign < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Price-time order book of one market. */
export class OrderBook {
  readonly buy = new BookSide('buy');
  readonly sell = new BookSide('sell');

  side(side: Side): BookSide {
    return side === 'buy' ? this.buy : this.sell;
  }
  against(side: Side): BookSide {
    return side === 'buy' ? this.sell : this.buy;
  }
  /** Whether an order at `ticks` would meet the best price of the other side. */
  crosses(side: Side, ticks: number): boolean {
    const best = this.against(side).best;
    if (best === undefined) return false;
    return side === 'buy' ? best.ticks <= ticks : best.ticks >= ticks;
  }
  /** Lots of the other side at `ticks` or better, counted up to `enough`. */
  available(side: Side, ticks: number, enough: number): number {
    let lots = 0;
    for (const level of this.against(side).levels()) {
      if (side === 'buy' ? level.ticks > ticks : level.ticks < ticks) break;
      lots += level.lots;
      if (lots >= enough) break;
    }
    return lots;
  }
}
