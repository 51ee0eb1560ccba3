import { expect } from 'chai';
import {
  fathomBook,
  fathomEngines,
  makeFlow,
  packageEngine,
} from '../../../../bench/exchange-engines.ts';

describe('exchange against order books of others', () => {
  it('trades and leaves resting what two npm order books do, on the same flow', async () => {
    const packages = ['nodejs-order-book', 'hft-limit-order-book'];
    const engines = [
      fathomBook,
      ...fathomEngines,
      ...(await Promise.all(packages.map(packageEngine))),
    ];
    for (const seed of [1, 2, 3]) {
      const flow = makeFlow(3_000, seed);
      const tallies = engines.map((engine) => {
        const run = engine.make();
        for (const op of flow) run.apply(op);
        return { name: engine.name, ...run.tally() };
      });
      const [first] = tallies;
      expect(first?.volume, `SEED=${String(seed)}`).to.be.greaterThan(0);
      for (const { name, volume, resting } of tallies) {
        expect({ volume, resting }, `SEED=${String(seed)} ${name}`).to.deep.equal({
          volume: first?.volume,
          resting: first?.resting,
        });
      }
    }
  });
});
