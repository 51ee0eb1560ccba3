import { ABSENCE_VIEWS, type EvidenceView, type SeenOrder } from '../../src/domain/evidence.ts';
import { type VenueFill } from '../../src/domain/venue-report.ts';
import { DEFAULT_DOUBTS, type DoubtSettings } from '../../src/core/facts/doubt-case.ts';
import { type SeenEvidence } from '../../src/core/input.ts';
import { epochMs } from '../../src/lib/time.ts';
import { type Bench, PF_XBTUSD, SESSION, START_MS, text } from './bench.ts';
import { type Step, v } from './given.ts';

/** The venue can be asked over REST. */
export const asked = (more: Partial<DoubtSettings> = {}): { readonly doubts: DoubtSettings } => ({
  doubts: { ...DEFAULT_DOUBTS, canAsk: () => true, codMaxMs: () => 10_000, ...more },
});

export const wait =
  (ms: number): Step =>
  (bench) => {
    bench.at = epochMs(bench.at + ms);
  };

const timer =
  (name: string): Step =>
  (bench) =>
    bench.input({ type: 'TimerFired', name: `${name}${SESSION}` });

/** The next round begins. */
export const roundBegins = timer('doubts:');
export const lateTimer = timer('doubts-late:');

const roundOf = (bench: Bench): number => bench.state.doubtRounds.get(SESSION)?.round ?? 0;

type Said = Partial<Omit<SeenEvidence, 'session' | 'round' | 'view'>>;

/** One view answers; nothing of what it does not say. */
export const view =
  (name: EvidenceView, said: Said = {}): Step =>
  (bench) => {
    const none = { channel: 'rest', complete: true, orders: [], fills: [] } as const;
    const round = roundOf(bench);
    bench.input({ type: 'EvidenceSeen', session: SESSION, round, view: name, ...none, ...said });
  };

export const roundEnds: Step = (bench) =>
  bench.input({ type: 'RoundAnswered', session: SESSION, round: roundOf(bench), isOver: true });

/** A whole round: every view complete and without a trace, but for those that are said. */
export const round =
  (said: Readonly<Partial<Record<EvidenceView, Said>>> = {}): Step =>
  (bench) => {
    const steps: Step[] = [
      roundBegins,
      ...ABSENCE_VIEWS.map((name) => view(name, said[name])),
      view('openpositions', said.openpositions ?? { positions: [] }),
      roundEnds,
    ];
    for (const step of steps) {
      if (typeof step === 'function') step(bench);
      else bench.input(step);
    }
  };

/** A row about the client's order, by the id that the simulated venue gives it. */
export const row = (clientOrderID: string, more: Partial<SeenOrder> = {}): SeenOrder => ({
  venueOrderID: v(clientOrderID),
  symbol: PF_XBTUSD,
  side: 'Buy',
  status: 'open',
  cumQty: text('0'),
  leavesQty: text('10'),
  price: text('100'),
  ...more,
});

export const fillOf = (
  clientOrderID: string,
  lastQty: string,
  more: Partial<VenueFill> = {},
): VenueFill => ({
  type: 'Fill',
  fillID: `fill-${clientOrderID}-${lastQty}`,
  venueOrderID: v(clientOrderID),
  symbol: PF_XBTUSD,
  side: 'Buy',
  lastQty: text(lastQty),
  lastPx: text('100'),
  at: START_MS,
  venueCumQty: text(lastQty),
  ...more,
});

export const noteOpening: Step = {
  type: 'OpeningPositionsSeen',
  session: SESSION,
  positions: [],
};

export const verdicts = (bench: Bench): readonly string[] =>
  bench.factsOfType('DoubtResolved').map(({ verdict }) => verdict);
