import { expect } from 'chai';
import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import { MarketFeed } from '../../../../../src/kraken/websocket/feeds/market-feed.ts';
import { monotonicMs } from '../../../../../src/lib/time.ts';
import { type FeedInput } from '../../../../../src/kraken/websocket/connection/feed-types.ts';
import { BookVenue, NO_FAULTS, type BookFaults } from './book-venue.ts';
import { SimRandom } from '../sim-random.ts';

interface Delivery {
  readonly at: number;
  readonly input: FeedInput;
}

/**
 * A feed with its books and a model venue, on simulated time, joined by a line with latency and
 * faults.
 */
export class BookWorld {
  readonly feed: MarketFeed;
  readonly venue: BookVenue;
  readonly counts = { updates: 0, lost: 0, doubled: 0, cuts: 0, restarts: 0, resyncs: 0, quiet: 0 };
  readonly #random: SimRandom;
  readonly #seed: number;
  #now = 0;
  #line: Delivery[] = [];
  #isConnected = false;

  constructor(seed: number, instruments: number) {
    this.#seed = seed;
    this.#random = new SimRandom(seed);
    const products = Array.from({ length: instruments }, (_, at) => `PF_S${at}USD`);
    this.venue = new BookVenue(products, this.#random);
    this.feed = new MarketFeed({
      subscriptions: [{ feed: 'book', products }],
      random: () => this.#random.unit(),
      bookLimits: { crossedMsMax: 1_000, staleAfterMs: 600_000, resyncTimeoutMs: 15_000 },
    });
    this.#give({ type: 'Start' });
  }

  /** Lets `ms` pass with about `updatesPerSecond` changes over all products, under faults. */
  run(ms: number, updatesPerSecond: number, faults: BookFaults): void {
    const end = this.#now + ms;
    while (this.#now < end) {
      const gap = (-Math.log(1 - this.#random.unit()) * 1_000) / updatesPerSecond;
      this.#passTo(Math.min(end, this.#now + gap));
      if (this.#now < end) this.#update(faults);
    }
  }

  /** Faults off: everything must be in step again soon, and every book must equal the venue's. */
  settle(): void {
    // A lost last update shows only when the next one comes: every product changes once.
    const everyProduct = (): void => {
      for (const product of this.venue.products)
        this.#deliver(this.venue.update(product), NO_FAULTS);
    };
    everyProduct();
    for (let second = 0; second < 300 && !this.#isQuiet(); second++) {
      this.#passTo(this.#now + 1_000);
      if (second % 10 === 9) everyProduct();
    }
    this.#passTo(this.#now + 1_000);
    this.#compare();
    this.counts.quiet++;
  }

  #isQuiet(): boolean {
    return (
      this.#line.length === 0 && this.feed.status().isPublicUp && this.#unhealthy().length === 0
    );
  }

  #unhealthy(): string[] {
    return this.venue.products
      .map(({ name }) => this.feed.books.book(name as TradingSymbol))
      .filter((book) => book?.health(monotonicMs(this.#now)) !== 'Healthy')
      .map((book) => `${book?.symbol ?? ''} ${book?.health(monotonicMs(this.#now)) ?? ''}`);
  }

  #compare(): void {
    const hint = `SEED=${this.#seed} at ${this.#now} ms`;
    expect(this.#unhealthy(), hint).to.deep.equal([]);
    for (const product of this.venue.products) {
      const book = this.feed.books.book(product.name as TradingSymbol);
      for (const [side, name] of [
        ['Bid', 'bids'],
        ['Offer', 'asks'],
      ] as const) {
        const levels = book?.depth(side, 10_000).map(({ price, qty }) => `${price} ${qty}`);
        expect(levels?.join(', '), `${hint} ${product.name}`).to.equal(
          this.venue.expected(product, name),
        );
      }
    }
  }

  #update(faults: BookFaults): void {
    const { products } = this.venue;
    const product = products[this.#random.below(products.length)];
    if (product === undefined) return;
    if (this.#random.chance(faults.restart)) {
      this.counts.restarts++;
      this.venue.restartEngine();
      this.#cut();
    }
    this.#deliver(this.venue.update(product), faults);
  }

  #deliver(frame: string | undefined, faults: BookFaults): void {
    if (frame === undefined || !this.#isConnected) return;
    this.counts.updates++;
    if (this.#random.chance(faults.cut)) {
      this.counts.cuts++;
      this.#cut();
    } else if (this.#random.chance(faults.lose)) this.counts.lost++;
    else {
      this.#queue(frame);
      if (this.#random.chance(faults.duplicate)) {
        this.counts.doubled++;
        this.#queue(frame);
      }
    }
  }

  #cut(): void {
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.venue.disconnect();
    this.#line = [{ at: this.#now, input: { type: 'Closed', reason: 'cut' } }];
  }

  /** Frames keep their order, each some milliseconds late. */
  #queue(text: string): void {
    const at = Math.max(this.#line.at(-1)?.at ?? 0, this.#now + this.#random.below(30));
    this.#line.push({ at, input: { type: 'FrameReceived', text } });
  }

  #passTo(end: number): void {
    let steps = 0;
    for (;;) {
      if (steps++ > 200_000)
        throw new Error(`SEED=${this.#seed}: time stands still at ${this.#now} ms`);
      const wakeAt = this.feed.nextWakeAt() ?? Number.POSITIVE_INFINITY;
      const arrival = this.#line[0]?.at ?? Number.POSITIVE_INFINITY;
      const next = Math.min(wakeAt, arrival);
      if (next > end) break;
      this.#now = Math.max(this.#now, next);
      const delivery = arrival <= wakeAt ? this.#line.shift() : undefined;
      this.#give(delivery?.input ?? { type: 'Woken' });
    }
    this.#now = end;
  }

  #give(input: FeedInput): void {
    for (const output of this.feed.step(input, monotonicMs(this.#now))) {
      if (output.type === 'Connect') this.#connect();
      else if (output.type === 'Terminate') this.#dropped();
      else if (output.type === 'SendPing') this.#pong();
      else if (output.type === 'SendText') this.#answer(output.text);
      else if (output.type === 'Notice' && output.code === 'RESYNC') this.counts.resyncs++;
    }
  }

  #dropped(): void {
    this.#isConnected = false;
    this.#line = [];
    this.venue.disconnect();
  }

  #connect(): void {
    this.#isConnected = true;
    this.#line.push({ at: this.#now + 50, input: { type: 'Opened' } });
    this.#line.push({
      at: this.#now + 51,
      input: { type: 'FrameReceived', text: '{"event":"info","version":1}' },
    });
  }

  #pong(): void {
    const at = Math.max(this.#line.at(-1)?.at ?? 0, this.#now + 20);
    this.#line.push({ at, input: { type: 'PongReceived' } });
  }

  #answer(text: string): void {
    const request = JSON.parse(text) as { event: string; product_ids?: string[] };
    for (const frame of this.venue.answer(request)) this.#queue(frame);
  }
}
