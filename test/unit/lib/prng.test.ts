import { expect } from 'chai';
import fc from 'fast-check';
import { Prng } from '../../../src/lib/prng.ts';

const seeds = fc.maxSafeNat();

describe('prng', () => {
  it('gives the same sequence for a seed on every machine', () => {
    const prng = new Prng(42);
    expect(Array.from({ length: 5 }, () => prng.uint32())).to.deep.equal(GOLDEN_42);
  });

  it('gives sequences that differ for seeds that differ, above 32 bits too', () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        fc.pre(a !== b);
        const draw = (seed: number) => {
          const prng = new Prng(seed);
          return Array.from({ length: 4 }, () => prng.uint32()).join();
        };
        expect(draw(a)).to.equal(draw(a));
        expect(draw(a)).not.to.equal(draw(b));
      }),
    );
  });

  it('stays within its bounds and reaches both ends', () => {
    const prng = new Prng(7);
    const seen = new Set(Array.from({ length: 200 }, () => prng.between(-2, 2)));
    expect([...seen].sort((a, b) => a - b)).to.deep.equal([-2, -1, 0, 1, 2]);
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4_294_967_296 }), (seed, limit) => {
        const drawn = new Prng(seed).below(limit);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < limit, `SEED=${seed}`).to.equal(
          true,
        );
      }),
    );
  });

  it('is even: 60,000 throws of a die give each face 10,000 times, give or take 400', () => {
    const prng = new Prng(1);
    const faces = [0, 0, 0, 0, 0, 0];
    for (let thrown = 0; thrown < 60_000; thrown += 1) faces[prng.below(6)]! += 1;
    // Four standard deviations are 365.
    for (const count of faces) expect(count, faces.join()).to.be.within(9_600, 10_400);
    let hits = 0;
    for (let thrown = 0; thrown < 10_000; thrown += 1) if (prng.chance(1, 5)) hits += 1;
    expect(hits).to.be.within(1_840, 2_160);
  });

  it('shuffles without losing anything, and picks only given elements', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.nat(), { minLength: 1 }), (seed, items) => {
        const prng = new Prng(seed);
        expect(prng.shuffled(items), `SEED=${seed}`).to.have.members(items);
        expect(items).to.include(prng.pick(items));
      }),
    );
    expect(() => new Prng(1).pick([])).to.throw('something to pick');
  });

  it('forks a generator whose draws do not disturb its own', () => {
    const draws = (useFork: boolean) => {
      const prng = new Prng(3);
      const fork = prng.fork();
      if (useFork) for (let drawn = 0; drawn < 10; drawn += 1) fork.uint32();
      return prng.uint32();
    };
    expect(draws(true)).to.equal(draws(false));
  });

  it('refuses a seed that is no whole number', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => new Prng(seed)).to.throw('seed');
  });
});

/** From a second implementation of sfc32, in Python, with the same seeding. */
const GOLDEN_42 = [1_251_167_922, 656_401_615, 478_193_053, 3_278_332_503, 1_360_198_844];
