import { MUTANTS } from './mutants.ts';
import { playScene, playSeed } from './play.ts';
import { failureText, Tally } from './report.ts';
import { shrink } from './shrink.ts';
import { sceneOf } from './steps.ts';

const numberOf = (name: string, usual: number): number => Number(process.env[name] ?? usual);

/** Prints the whole history of one seed. */
const playOne = async (seed: number): Promise<boolean> => {
  const outcome = await playSeed(seed, { isTracing: true });
  console.log(outcome.trace.join('\n'));
  const { breaches, residuals, counts } = outcome;
  console.log(JSON.stringify({ seed, ...counts, residuals }));
  if (breaches.length > 0) console.log(failureText(outcome));
  return breaches.length === 0;
};

/** Prints the steps without which the seed no longer fails, and what happens with them. */
const shrinkOne = async (seed: number): Promise<boolean> => {
  const scene = await shrink(sceneOf(seed));
  const outcome = await playScene(scene, { isTracing: true });
  console.log(outcome.trace.join('\n'));
  console.log(scene.steps.map((step) => JSON.stringify(step)).join('\n'));
  console.log(`${scene.steps.length} of ${sceneOf(seed).steps.length} steps are needed`);
  if (outcome.breaches.length > 0) console.log(failureText(outcome));
  return outcome.breaches.length === 0;
};

const FAILURES_SHOWN = 20;

const playMany = async (first: number, count: number): Promise<boolean> => {
  const startedAt = performance.now();
  const tally = new Tally();
  for (let seed = first; seed < first + count; seed += 1) {
    const outcome = await playSeed(seed);
    tally.add(outcome);
    const isFailed = outcome.breaches.length > 0;
    if (isFailed && tally.failed <= FAILURES_SHOWN) console.log(failureText(outcome));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const { seeds, failed, sums, residuals } = tally;
  const perSecond = Math.round(seeds / seconds);
  console.log(JSON.stringify({ seeds, failed, seconds, perSecond, ...sums, residuals }));
  return failed === 0;
};

/** Each deliberate bug has to be caught by one of the first `seedsMax` seeds. */
const playMutants = async (seedsMax: number): Promise<boolean> => {
  let isGood = true;
  for (const { name, changes, scene } of MUTANTS) {
    let caught: string | undefined;
    let seed = 0;
    if (scene !== undefined) [caught] = (await playScene(scene, { changes })).breaches;
    while (caught === undefined && seed < seedsMax) {
      seed += 1;
      [caught] = (await playSeed(seed, { changes })).breaches;
    }
    if (caught === undefined) isGood = false;
    const how = caught === undefined ? 'NOT CAUGHT' : `seed ${seed}: ${caught.slice(0, 120)}`;
    console.log(`${name}: ${how}`);
  }
  console.log(`${MUTANTS.length} deliberate bugs, ${isGood ? 'each is caught' : 'not all caught'}`);
  return isGood;
};

const main = (): Promise<boolean> => {
  const flags = process.argv.slice(2);
  const seed = process.env['SEED'];
  if (flags.includes('--mutants')) return playMutants(numberOf('FATHOM_SEEDS', 2_000));
  if (seed === undefined)
    return playMany(numberOf('FATHOM_FIRST_SEED', 1), numberOf('FATHOM_SEEDS', 500));
  return flags.includes('--shrink') ? shrinkOne(Number(seed)) : playOne(Number(seed));
};

process.exitCode = (await main()) ? 0 : 1;
