import { expect } from 'chai';
import { BookWorld } from './book-world.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_122);
/** Simulated hours; BOOK_HOURS=24 is the long run. */
const HOURS = Number(process.env['BOOK_HOURS'] ?? 1);
const INSTRUMENTS = Number(process.env['BOOK_INSTRUMENTS'] ?? 100);
const FAULTS = { lose: 0.002, duplicate: 0.002, cut: 0.0005, restart: 0.0005 };
const QUIET_EVERY_MS = 600_000;

describe('book simulation against a model venue', function () {
  this.timeout(30_000 + HOURS * 30_000);

  it(`equals the venue at every quiet point of ${HOURS} simulated hours with ${INSTRUMENTS} instruments`, () => {
    const world = new BookWorld(SEED, INSTRUMENTS);
    for (let ms = 0; ms < HOURS * 3_600_000; ms += QUIET_EVERY_MS) {
      world.run(QUIET_EVERY_MS, 5, FAULTS);
      world.settle();
    }
    const { counts } = world;
    const hint = `SEED=${SEED} ${JSON.stringify(counts)} ${JSON.stringify(world.feed.books.counters())}`;
    // A run without faults would prove nothing.
    expect(counts.quiet, hint).to.equal(HOURS * 6);
    expect(counts.updates, hint).to.be.greaterThan(HOURS * 10_000);
    for (const fault of ['lost', 'doubled', 'cuts', 'restarts', 'resyncs'] as const)
      expect(counts[fault], hint).to.be.greaterThan(0);
    expect(world.feed.books.counters().Old, hint).to.be.greaterThan(0);
    if (process.env['BOOK_HOURS'] !== undefined) console.log(hint);
  });

  it('notices when the engine is wrong: a venue that changes a level silently is found', () => {
    const world = new BookWorld(SEED, 3);
    world.run(60_000, 5, { lose: 0, duplicate: 0, cut: 0, restart: 0 });
    world.settle();
    const [product] = world.venue.products;
    product?.bids.qtyByPrice.set(1, 1);
    expect(() => world.settle()).to.throw(`SEED=${SEED}`);
  });
});
