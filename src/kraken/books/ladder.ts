import { type BookLevel } from '../../domain/book.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { compareDecimalText } from '../../lib/decimal-text.ts';

interface Rung {
  readonly price: DecimalText;
  qty: DecimalText;
}

/**
 * One side of a book, ordered by price. The best price is last, because most changes happen near it
 * and changes at the end of an array are cheap.
 */
export class Ladder {
  readonly #rungs: Rung[] = [];
  readonly #rungByPrice = new Map<DecimalText, Rung>();
  /** 1: the highest price is best (bids). -1: the lowest (offers). */
  readonly #direction: 1 | -1;

  constructor(bestIs: 'Highest' | 'Lowest') {
    this.#direction = bestIs === 'Highest' ? 1 : -1;
  }

  get size(): number {
    return this.#rungs.length;
  }

  /**
   * Sets the absolute quantity of a price; '0' removes it. False when there was nothing to remove.
   */
  set(price: DecimalText, qty: DecimalText): boolean {
    if (qty === '0') return this.#remove(price);
    const rung = this.#rungByPrice.get(price);
    if (rung === undefined) this.#insert({ price, qty });
    else rung.qty = qty;
    return true;
  }

  /** Replaces all levels. Any order works; best first, as venues send it, is fastest. */
  load(levels: readonly BookLevel[]): void {
    this.clear();
    for (let at = levels.length - 1; at >= 0; at--) {
      const { price, qty } = levels[at] as BookLevel;
      if (qty === '0') this.#rungByPrice.delete(price);
      else this.#rungByPrice.set(price, { price, qty });
    }
    for (const rung of this.#rungByPrice.values()) this.#rungs.push(rung);
    const isSorted = this.#rungs.every(({ price }, at) => at === 0 || this.#isWorse(at - 1, price));
    // Inserting one by one would cost the square of a long snapshot in another order.
    if (!isSorted)
      this.#rungs.sort((a, b) => this.#direction * compareDecimalText(a.price, b.price));
  }

  clear(): void {
    this.#rungs.length = 0;
    this.#rungByPrice.clear();
  }

  qtyAt(price: DecimalText): DecimalText | undefined {
    return this.#rungByPrice.get(price)?.qty;
  }

  best(): BookLevel | undefined {
    const rung = this.#rungs.at(-1);
    return rung === undefined ? undefined : { price: rung.price, qty: rung.qty };
  }

  /** The price of `best`, without making a level. Called on every update. */
  bestPrice(): DecimalText | undefined {
    return this.#rungs.at(-1)?.price;
  }

  /** Best first. */
  depth(levelsMax: number): BookLevel[] {
    const levels: BookLevel[] = [];
    const last = Math.max(0, this.#rungs.length - levelsMax);
    for (let at = this.#rungs.length - 1; at >= last; at--) {
      const { price, qty } = this.#rungs[at] as Rung;
      levels.push({ price, qty });
    }
    return levels;
  }

  /** Removes levels beyond the best `levelsMax`, for a subscription of limited depth. */
  trim(levelsMax: number): void {
    const surplus = this.#rungs.length - levelsMax;
    if (surplus <= 0) return;
    for (const { price } of this.#rungs.splice(0, surplus)) this.#rungByPrice.delete(price);
  }

  #insert(rung: Rung): void {
    this.#rungByPrice.set(rung.price, rung);
    const at = this.#indexOf(rung.price);
    if (at === this.#rungs.length) this.#rungs.push(rung);
    else this.#rungs.splice(at, 0, rung);
  }

  #remove(price: DecimalText): boolean {
    if (!this.#rungByPrice.delete(price)) return false;
    const at = this.#indexOf(price);
    if (at === this.#rungs.length - 1) this.#rungs.pop();
    else this.#rungs.splice(at, 1);
    return true;
  }

  /**
   * Index of the first rung that is not worse than `price`: its own index, or where to insert it.
   */
  #indexOf(price: DecimalText): number {
    let high = this.#rungs.length;
    // Doubles the step from the best end, then halves. Prices near the top take few comparisons.
    let step = 1;
    while (high - step >= 0 && !this.#isWorse(high - step, price)) {
      high -= step;
      step *= 2;
    }
    let low = Math.max(0, high - step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isWorse(middle, price)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isWorse(index: number, price: DecimalText): boolean {
    return this.#direction * compareDecimalText((this.#rungs[index] as Rung).price, price) < 0;
  }
}
