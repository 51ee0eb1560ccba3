import { playSeed } from './play.ts';
import { failureText, Tally } from './report.ts';

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

const seed = process.env['SEED'];
const isGood =
  seed === undefined
    ? await playMany(numberOf('FATHOM_FIRST_SEED', 1), numberOf('FATHOM_SEEDS', 500))
    : await playOne(Number(seed));
process.exitCode = isGood ? 0 : 1;
