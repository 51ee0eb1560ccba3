import { type Fixed, type SimRandom } from '../sim-random.ts';

/** Faults by chance per delivered update. */
export interface BookFaults {
  readonly lose: number;
  readonly duplicate: number;
  /** The connection is cut instead of the update. */
  readonly cut: number;
  /** All sequence numbers start again lower, as after a restart of the venue's engine. */
  readonly restart: number;
}

export const NO_FAULTS: BookFaults = { lose: 0, duplicate: 0, cut: 0, restart: 0 };

interface Side {
  /**
   * Quantity in thousandths by price in tenths: whole numbers, so the oracle shares no decimal code
   * with the engine.
   */
  readonly qtyByPrice: Map<Fixed, Fixed>;
}

interface Product {
  readonly name: string;
  readonly bids: Side;
  readonly asks: Side;
  middle: Fixed;
  seq: number;
}

/**
 * A venue's books as plain maps, and the frames that it would send: the oracle of the book
 * simulation.
 */
export class BookVenue {
  readonly products: readonly Product[];
  readonly #random: SimRandom;
  readonly #subscribed = new Set<string>();

  constructor(names: readonly string[], random: SimRandom) {
    this.#random = random;
    this.products = names.map((name) => {
      const product: Product = {
        name,
        bids: { qtyByPrice: new Map() },
        asks: { qtyByPrice: new Map() },
        middle: 10_000 + random.below(500_000),
        seq: random.below(1_000_000),
      };
      for (let level = 1; level <= 15; level++) this.#change(product);
      return product;
    });
  }

  /** Changes one level of one product; the frame, or nothing when nobody subscribed. */
  update(product: Product): string | undefined {
    const { side, price, qty } = this.#change(product);
    product.seq++;
    if (!this.#subscribed.has(product.name)) return undefined;
    const fields = `"side":"${side}","seq":${product.seq},"price":${tenths(price)},"qty":${thousandths(qty)}`;
    return `{"feed":"book","product_id":"${product.name}",${fields},"timestamp":1791518718725}`;
  }

  restartEngine(): void {
    for (const product of this.products) product.seq = this.#random.below(1_000);
  }

  disconnect(): void {
    this.#subscribed.clear();
  }

  /** The answers to one request of the client. */
  answer(request: { readonly event: string; readonly product_ids?: readonly string[] }): string[] {
    return (request.product_ids ?? []).flatMap((name) => {
      const acknowledgement = JSON.stringify({
        event: request.event === 'subscribe' ? 'subscribed' : 'unsubscribed',
        feed: 'book',
        product_ids: [name],
      });
      if (request.event === 'unsubscribe') {
        this.#subscribed.delete(name);
        return [acknowledgement];
      }
      this.#subscribed.add(name);
      const frames = [acknowledgement, this.#snapshot(name)];
      return this.#random.chance(0.3) ? frames.reverse() : frames;
    });
  }

  /** Best first, as `price qty` of canonical decimals. */
  expected(product: Product, side: 'bids' | 'asks'): string {
    const direction = side === 'bids' ? -1 : 1;
    return [...product[side].qtyByPrice]
      .sort(([a], [b]) => direction * (a - b))
      .map(([price, qty]) => `${canonical(tenths(price))} ${canonical(thousandths(qty))}`)
      .join(', ');
  }

  #snapshot(name: string): string {
    const product = this.products.find((candidate) => candidate.name === name);
    if (product === undefined) throw new Error(`no product ${name}`);
    const levels = (side: 'bids' | 'asks'): string => {
      const direction = side === 'bids' ? -1 : 1;
      const list = [...product[side].qtyByPrice]
        .sort(([a], [b]) => direction * (a - b))
        .map(([price, qty]) => `{"price":${tenths(price)},"qty":${thousandths(qty)}}`);
      // Levels of quantity 0 occur in snapshots and mean nothing.
      if (this.#random.chance(0.2)) list.push('{"price":0.1,"qty":0.0}');
      return `[${list.join(',')}]`;
    };
    return `{"feed":"book_snapshot","product_id":"${name}","timestamp":1,"seq":${product.seq},"tickSize":null,"bids":${levels('bids')},"asks":${levels('asks')}}`;
  }

  /**
   * Never crossed: bids below the middle, asks above it; the middle moves only through empty
   * prices.
   */
  #change(product: Product): { side: 'buy' | 'sell'; price: Fixed; qty: Fixed } {
    const isBuy = this.#random.chance(0.5);
    const { qtyByPrice } = isBuy ? product.bids : product.asks;
    const known = [...qtyByPrice.keys()];
    const distance = 1 + this.#random.below(40);
    const fresh = isBuy ? product.middle - distance : product.middle + distance;
    const old = known[this.#random.below(Math.max(1, known.length))];
    const price = old !== undefined && this.#random.chance(0.6) ? old : fresh;
    const isRemoval = known.length > 8 && this.#random.chance(0.45);
    const qty = isRemoval ? 0 : 1 + this.#random.below(5_000);
    if (qty === 0) qtyByPrice.delete(price);
    else qtyByPrice.set(price, qty);
    this.#drift(product);
    return { side: isBuy ? 'buy' : 'sell', price, qty };
  }

  #drift(product: Product): void {
    const next = product.middle + this.#random.below(5) - 2;
    const bestBid = Math.max(0, ...product.bids.qtyByPrice.keys());
    const bestAsk = Math.min(Number.MAX_SAFE_INTEGER, ...product.asks.qtyByPrice.keys());
    if (next > bestBid && next < bestAsk) product.middle = next;
  }
}

const tenths = (value: Fixed): string => `${Math.floor(value / 10)}.${value % 10}`;
const thousandths = (value: Fixed): string =>
  `${Math.floor(value / 1_000)}.${String(value % 1_000).padStart(3, '0')}`;
const canonical = (text: string): string => text.replace(/\.?0+$/, '');
