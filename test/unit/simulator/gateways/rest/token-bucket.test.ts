import { expect } from 'chai';
import fc from 'fast-check';
import { monotonicMs } from '../../../../../src/lib/time.ts';
import { TokenBucket } from '../../../../../src/simulator/gateways/rest/token-bucket.ts';

const bucket = () => new TokenBucket({ unitsMax: 500, periodMs: 10_000, at: monotonicMs(0) });

describe('token bucket', () => {
  it('gives what it has and then what flows in: 50 orders of 10 units at once, 5 a second after', () => {
    const full = bucket();
    for (let order = 0; order < 50; order += 1)
      expect(full.take(10, monotonicMs(0))).to.equal(true);
    expect(full.take(10, monotonicMs(0))).to.equal(false);
    expect(full.waitMs(10, monotonicMs(0))).to.equal(200);
    expect(full.take(10, monotonicMs(199))).to.equal(false);
    expect(full.take(10, monotonicMs(200))).to.equal(true);
  });

  it('keeps a reserve that only those who name none can touch', () => {
    const shared = bucket();
    while (shared.take(10, monotonicMs(0), 100))
      expect(shared.availableUnits(monotonicMs(0))).to.be.at.least(100);
    expect(shared.availableUnits(monotonicMs(0))).to.equal(100);
    for (let cancel = 0; cancel < 10; cancel += 1)
      expect(shared.take(10, monotonicMs(0))).to.equal(true);
    expect(shared.take(10, monotonicMs(0))).to.equal(false);
  });

  it('says Infinity for what it can never give', () => {
    expect(bucket().waitMs(501, monotonicMs(0))).to.equal(Infinity);
    expect(bucket().waitMs(401, monotonicMs(0), 100)).to.equal(Infinity);
  });

  it('does not fill when time stands still or goes back', () => {
    const empty = bucket();
    expect(empty.take(500, monotonicMs(1_000))).to.equal(true);
    expect(empty.availableUnits(monotonicMs(0))).to.equal(0);
    expect(empty.availableUnits(monotonicMs(1_100))).to.equal(5);
  });

  it('never gives more than full plus what flowed in, and always what waitMs promised', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 0, max: 2_000 }),
      units: fc.integer({ min: 0, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const one = bucket();
        let [now, given] = [0, 0];
        for (const { afterMs, units } of steps) {
          now += afterMs;
          if (one.take(units, monotonicMs(now))) given += units;
          else {
            now += one.waitMs(units, monotonicMs(now));
            expect(one.take(units, monotonicMs(now))).to.equal(true);
            given += units;
          }
          expect(given).to.be.at.most(500 + now * 0.05 + 0.001);
        }
      }),
    );
  });

  it('is only emptied by taking', () => {
    expect(() => bucket().take(-1, monotonicMs(0))).to.throw('not filled');
    expect(() => new TokenBucket({ unitsMax: 0, periodMs: 1, at: monotonicMs(0) })).to.throw(
      'units',
    );
  });
});
