import { Prng } from '../../lib/prng.ts';
import { type Fault } from './fault.ts';
import { type Scenario, STEPS_MAX } from './scenario.ts';

const SEEDED_GAP_MS_MAX = 5_000;

type Draw = (prng: Prng) => Fault;

/** Draws a scenario from a seed. The same seed and contracts give the same scenario. */
export const seededScenario = (
  seed: number,
  durationMs: number,
  symbols: readonly string[],
): Scenario => {
  const prng = new Prng(seed);
  const kinds = symbols.length === 0 ? SEEDED : [...SEEDED, ...ofOneMarket(symbols)];
  const steps: { atMs: number; fault: Fault }[] = [];
  for (let atMs = 0; steps.length < STEPS_MAX;) {
    atMs += prng.between(100, SEEDED_GAP_MS_MAX);
    if (atMs >= durationMs && steps.length > 0) break;
    steps.push({ atMs, fault: prng.pick(kinds)(prng) });
  }
  return { name: `seed ${seed}`, description: `faults drawn by seed ${seed}`, steps };
};

const orders = { endpoints: ['sendorder', 'editorder', 'cancelorder', 'batchorder'] };
const when = (prng: Prng): 'before' | 'after' => prng.pick(['before', 'after'] as const);

const CHANNELS = ['trading', 'l2', 'l3', 'ws', 'rest'] as const;
const FRAMES = ['trading', 'l2', 'l3', 'ws'] as const;

const ofOneMarket = (symbols: readonly string[]): readonly Draw[] => [
  (prng) => ({
    kind: 'hold-takers',
    symbol: prng.pick(symbols),
    millis: prng.between(1, 1_000),
    forMs: prng.between(500, 5_000),
  }),
  (prng) => ({
    kind: 'index-jump',
    symbol: prng.pick(symbols),
    fraction: prng.pick([-0.05, -0.01, 0.01, 0.05] as const),
  }),
];

const SEEDED: readonly Draw[] = [
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
  (prng) => ({ kind: 'answer-lost', when: when(prng), ...orders, times: prng.between(1, 2) }),
  () => ({ kind: 'duplicate', ...orders }),
  () => ({ kind: 'odd-answer', ...orders }),
  (prng) => ({
    kind: 'nonce-error',
    error: prng.pick(['nonceBelowThreshold', 'nonceDuplicate'] as const),
  }),
  (prng) => ({
    kind: 'link-cut',
    how: prng.pick(['FIN', 'RST', 'silent', 'half-open'] as const),
    channel: prng.pick(CHANNELS),
  }),
  (prng) => ({
    kind: 'link-delay',
    delayMs: prng.between(10, 2_000),
    forMs: prng.between(100, 5_000),
    channel: prng.pick(CHANNELS),
  }),
  (prng) => ({ kind: 'frame-drop', channel: prng.pick(FRAMES), times: prng.between(1, 3) }),
  (prng) => ({ kind: 'frame-duplicate', channel: prng.pick(FRAMES), times: prng.between(1, 3) }),
  (prng) => ({ kind: 'frame-corrupt', channel: prng.pick(FRAMES) }),
  (prng) => ({
    kind: 'frame-delay',
    channel: prng.pick(FRAMES),
    delayMs: prng.between(10, 2_000),
    times: prng.between(1, 5),
  }),
  (prng) => ({
    kind: 'reorder',
    late: prng.pick(CHANNELS),
    delayMs: prng.between(10, 500),
    forMs: prng.between(500, 5_000),
  }),
  (prng) => ({
    kind: 'book-desync',
    channel: prng.pick(['ws', 'l2', 'l3'] as const),
    how: prng.pick(['gap', 'size', 'crossed'] as const),
  }),
  (prng) => ({ kind: 'fix-sequence', skip: prng.between(1, 5) }),
  (prng) => ({
    kind: 'sequence-reset',
    mode: prng.pick(['reset', 'gap-fill'] as const),
    skip: prng.between(1, 5),
  }),
  (prng) => ({ kind: 'book-desync', channel: prng.pick(['l2', 'l3'] as const), how: 'checksum' }),
  () => ({ kind: 'rollover' }),
  (prng) => ({ kind: 'maintenance', downMs: prng.between(500, 3_000), postOnlyMs: 500 }),
  () => ({ kind: 'trade-bust' }),
  (prng) => ({ kind: 'trade-correction', priceTicks: prng.pick([-3, -1, 1, 3] as const) }),
  (prng) => ({ kind: 'market-state', suspended: true, forMs: prng.between(100, 2_000) }),
  (prng) => ({ kind: 'late-fill', afterMs: prng.between(1, 1_000), times: prng.between(1, 3) }),
  () => ({ kind: 'cancel-orders' }),
];
