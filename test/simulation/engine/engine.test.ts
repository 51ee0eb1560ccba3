import { expect } from 'chai';
import { playSeed } from './play.ts';
import { REGRESSIONS } from './regressions.ts';
import { failureText, Tally } from './report.ts';

/** `npm run test:simulation` plays many more. */
const SEEDS = Number(process.env['FATHOM_SEEDS'] ?? 12);
const FIRST_SEED = Number(process.env['FATHOM_FIRST_SEED'] ?? 1);

describe('the whole engine against the simulator’s exchange, on virtual time', () => {
  it(`places no order twice and loses no fill, ${SEEDS} seeds`, async () => {
    const tally = new Tally();
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
      const outcome = await playSeed(seed);
      expect(outcome.breaches, failureText(outcome)).to.deep.equal([]);
      tally.add(outcome);
    }
    // A run in which nothing happens would prove nothing.
    for (const count of ['orders', 'fills', 'connections', 'lives'])
      expect(tally.sums[count], count).to.be.greaterThan(SEEDS);
  });

  it('plays a seed the same way each time', async () => {
    const [once, again] = [
      await playSeed(3, { isTracing: true }),
      await playSeed(3, { isTracing: true }),
    ];
    expect(once.trace.length).to.be.greaterThan(20);
    expect(again.trace).to.deep.equal(once.trace);
  });

  for (const { seed, showed } of REGRESSIONS) {
    it(`seed ${seed} is mended: ${showed}`, async () => {
      const outcome = await playSeed(seed);
      expect(outcome.breaches, failureText(outcome)).to.deep.equal([]);
    });
  }
});
