import { expect } from 'chai';
import { stockDictionary } from '../conformance/stage.ts';
import { NO_FAULTS } from './lossy-transport.ts';
import { makeRandom } from './random.ts';
import { SessionWorld } from './session-world.ts';

const SEEDS = Number(process.env['FATHOM_SEEDS'] ?? '200');
const FIRST_SEED = Number(process.env['FATHOM_FIRST_SEED'] ?? '1');
const STEPS = 60;
const QUIET_STEPS = 4_000;

const simulate = async (seed: number): Promise<number> => {
  const world = new SessionWorld(seed, stockDictionary('FIX.4.4'));
  const random = makeRandom(seed ^ 0x5eed);
  const rate = (usual: number): number => (random() < 0.3 ? 0 : usual);
  const faults = {
    drop: rate(15),
    duplicate: rate(40),
    corrupt: rate(30),
    swap: rate(40),
    cut: rate(60),
    crash: rate(40),
  };
  await world.run({ steps: STEPS, stepMs: 200, faults, isSending: true });
  // The line is good again: everything must come right soon.
  const quiet = { steps: QUIET_STEPS, stepMs: 250, faults: NO_FAULTS, isSending: false };
  await world.run({ ...quiet, until: () => world.isInStep });
  const { initiator, acceptor } = world;
  const said = `FATHOM_FIRST_SEED=${seed} FATHOM_SEEDS=1, faults ${JSON.stringify(faults)}`;
  expect(world.isInStep, `${said}: in step`).to.equal(true);
  expect(acceptor.store.facts.delivered, said).to.deep.equal(initiator.store.facts.sent);
  expect(initiator.store.facts.delivered, said).to.deep.equal(acceptor.store.facts.sent);
  return acceptor.store.facts.delivered.length + initiator.store.facts.delivered.length;
};

describe('two sessions on a bad line', () => {
  it(`loses, doubles and misplaces nothing, ${SEEDS} seeds`, async () => {
    let messages = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) messages += await simulate(seed);
    expect(messages, 'messages that went through').to.be.greaterThan(SEEDS * 10);
  }).timeout(1_200_000);
});
