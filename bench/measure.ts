/** One thing to be timed; `run` does it once. */
export interface Case {
  readonly name: string;
  readonly run: () => void;
}

export interface Measured {
  readonly name: string;
  /** Median of the rounds, nanoseconds of processor time a run. */
  readonly nsPerOp: number;
  readonly opsPerSecond: number;
  /** How many times as long as the first case. */
  readonly ratio: number;
}

const WARM_UP_MS = 300;
const ROUND_MS = 250;
const NS_PER_MS = 1_000_000;

/**
 * Times all cases in turn, round by round, so that what else the machine does hits each alike;
 * medians.
 */
export const measure = (cases: readonly Case[], rounds: number): readonly Measured[] => {
  const runsByCase = cases.map(({ run }) => runsWithin(run, WARM_UP_MS));
  const timesByCase = cases.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { run }] of cases.entries()) {
      const runs = Math.ceil(((runsByCase[index] ?? 1) * ROUND_MS) / WARM_UP_MS);
      timesByCase[index]?.push(timeOf(run, runs) / runs);
    }
  }
  const medians = timesByCase.map(median);
  return cases.map(({ name }, index) => {
    const nsPerOp = medians[index] ?? Number.NaN;
    return {
      name,
      nsPerOp,
      opsPerSecond: 1e9 / nsPerOp,
      ratio: nsPerOp / (medians[0] ?? Number.NaN),
    };
  });
};

/** How often a case runs within so many milliseconds of processor time: its warm-up too. */
const runsWithin = (run: () => void, ms: number): number => {
  let runs = 0;
  for (let spent = 0; spent < ms * NS_PER_MS;) {
    spent += timeOf(run, 500);
    runs += 500;
  }
  return runs;
};

/**
 * Nanoseconds of processor time, garbage collection included, that so many runs take: other
 * programs do not count.
 */
const timeOf = (run: () => void, runs: number): number => {
  const before = process.cpuUsage();
  for (let index = 0; index < runs; index++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1_000;
};

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
