import { expect } from 'chai';
import { MUTANTS } from './mutants.ts';
import { playScene, playSeed } from './play.ts';
import { REGRESSIONS } from './regressions.ts';
import { failureText, Tally } from './report.ts';
import { kindOf, shrink } from './shrink.ts';
import { sceneOf } from './steps.ts';

/** `npm run test:simulation` plays many more. */
const SEEDS = Number(process.env['FATHOM_SEEDS'] ?? 10);
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
    const once = await playSeed(3, { isTracing: true });
    const again = await playSeed(3, { isTracing: true });
    expect(once.trace.length).to.be.greaterThan(20);
    expect(again.trace).to.deep.equal(once.trace);
  });

  for (const { showed, scene } of REGRESSIONS) {
    it(`is rid of what it found: ${showed}`, async () => {
      const { breaches } = await playScene(scene);
      expect(breaches).to.deep.equal([]);
    });
  }

  it('catches a deliberate bug, and cuts its history down to the steps that show it', async () => {
    const changes = MUTANTS.find(({ name }) => name.startsWith('bytes leave'))!.changes;
    const scene = sceneOf(1);
    const outcome = await playScene(scene, { changes });
    expect(kindOf(outcome)).to.equal('I1');
    const shrunk = await shrink(scene, { changes });
    expect(shrunk.steps).to.have.length(1);
    expect(kindOf(await playScene(shrunk, { changes }))).to.equal('I1');
  });
});
