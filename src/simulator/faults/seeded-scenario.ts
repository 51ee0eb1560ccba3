import { Prng } from '../../lib/prng.ts';
import { type Fault } from './fault.ts';
import { type Scenario, STEPS_MAX } from './scenario.ts';

const SEEDED_GAP_MS_MAX = 5_000;

/** Faults by seed alone: the same seed gives the same scenario. */
export const seededScenario = (seed: number, durationMs: number): Scenario => {
  const prng = new Prng(seed);
  const steps: { atMs: number; fault: Fault }[] = [];
  for (let atMs = 0; steps.length < STEPS_MAX;) {
    atMs += prng.between(100, SEEDED_GAP_MS_MAX);
    if (atMs >= durationMs && steps.length > 0) break;
    steps.push({ atMs, fault: prng.pick(SEEDED)(prng) });
  }
  return { name: `seed ${seed}`, description: `faults drawn by seed ${seed}`, steps };
};

const orders = { endpoints: ['sendorder', 'editorder', 'cancelorder', 'batchorder'] };
const when = (prng: Prng): 'before' | 'after' => prng.pick(['before', 'after'] as const);

const SEEDED: readonly ((prng: Prng) => Fault)[] = [
  (prng) => ({
    kind: 'http-error',
    status: prng.pick([500, 502, 503, 504, 520]),
    when: when(prng),
    times: prng.between(1, 3),
    ...orders,
  }),
  (prng) => ({ kind: 'answer-lost', when: when(prng), ...orders }),
  () => ({ kind: 'answer-cut', ...orders }),
  (prng) => ({ kind: 'rate-limit', times: prng.between(1, 5) }),
  (prng) => ({
    kind: 'delay',
    when: when(prng),
    delayMs: prng.between(10, 3_000),
    times: prng.between(1, 10),
  }),
  (prng) => ({ kind: 'history-lag', lagMs: prng.between(500, 10_000), forMs: 10_000 }),
  (prng) => ({ kind: 'stale-views', forMs: prng.between(100, 3_000) }),
  (prng) => ({ kind: 'clock-skew', skewMs: prng.between(-3_000, 3_000), forMs: 5_000 }),
  (prng) => ({ kind: 'link-cut', how: prng.pick(['FIN', 'RST', 'silent'] as const) }),
  () => ({ kind: 'cancel-orders' }),
];
