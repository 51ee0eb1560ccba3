import { expect } from 'chai';
import fc from 'fast-check';
import { makeVenueClock } from '../../../../src/kraken/rest/venue-clock.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

describe('venue clock', () => {
  const makeBench = () => {
    const bench = { now: 1_000_000, step: 0 };
    const clock = {
      wall: () => epochMs(bench.now + bench.step),
      monotonic: () => monotonicMs(bench.now),
    };
    return { bench, venue: makeVenueClock(clock) };
  };

  it('is unknown without a sample, and again when the samples are old', () => {
    const { bench, venue } = makeBench();
    expect(venue.now()).to.equal(undefined);
    venue.sample(epochMs(bench.now + 500), 0);
    expect(venue.now()).to.equal(bench.now + 500);
    bench.now += 300_001;
    expect(venue.now()).to.equal(undefined);
  });

  it('learns nothing from an exchange that took more than a second', () => {
    const { bench, venue } = makeBench();
    venue.sample(epochMs(bench.now), 1_001);
    expect(venue.now()).to.equal(undefined);
    venue.sample(epochMs(bench.now), Number.NaN);
    expect(venue.now()).to.equal(undefined);
    venue.sample(epochMs(bench.now), 1_000);
    expect(venue.uncertaintyMs()).to.equal(500);
  });

  it('shows the same time after somebody set our wall clock, and the offset to the new one', () => {
    const { bench, venue } = makeBench();
    venue.sample(epochMs(bench.now + 100), 0);
    bench.step = 30_000;
    bench.now += 50;
    expect(venue.now()).to.equal(1_000_150);
    expect(venue.offsetMs()).to.equal(100 - 30_000);
  });

  it('knows the offset within half the shortest latency, whatever the way there and back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5_000, max: 5_000 }),
        fc.array(fc.record({ out: fc.nat(400), back: fc.nat(400) }), {
          minLength: 1,
          maxLength: 16,
        }),
        (offset, trips) => {
          const { bench, venue } = makeBench();
          for (const { out, back } of trips) {
            bench.now += out;
            const serverTime = epochMs(bench.now + offset);
            bench.now += back;
            venue.sample(serverTime, out + back);
          }
          const best = Math.min(...trips.map(({ out, back }) => (out + back) / 2));
          expect(venue.uncertaintyMs()).to.equal(best);
          expect(Math.abs(venue.offsetMs()! - offset)).to.be.at.most(best);
        },
      ),
    );
  });
});
