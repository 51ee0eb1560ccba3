import { Prng } from '../../../src/lib/prng.ts';

type OrderKind = 'Limit' | 'Market' | 'IOC' | 'Post';
type Side = 'Buy' | 'Sell';

/** What a client, the venue's other traders, and bad luck do. `at`: ms since the world began. */
export type Step = { readonly at: number } & (
  | {
      readonly kind: 'place';
      readonly id: string;
      readonly symbol: string;
      readonly side: Side;
      readonly lots: number;
      /** Off the middle of the market. */
      readonly ticks: number;
      readonly type: OrderKind;
    }
  | { readonly kind: 'cancel'; readonly id: string; readonly orig: string }
  | {
      readonly kind: 'replace';
      readonly id: string;
      readonly orig: string;
      readonly symbol: string;
      readonly method: 'amend' | 'cancelThenNew';
      readonly lots: number;
      readonly ticks: number;
    }
  | { readonly kind: 'massCancel'; readonly id: string; readonly symbol?: string }
  /** The client sends the order again, with PossResend(97)=Y. */
  | { readonly kind: 'again'; readonly id: string }
  /** Somebody takes what is offered, ours first. */
  | { readonly kind: 'crowd'; readonly symbol: string; readonly side: Side; readonly lots: number }
  | { readonly kind: 'venueCancel'; readonly symbol: string }
  | {
      readonly kind: 'cut';
      /** Whether the bytes under way are lost. */
      readonly losesToVenue: boolean;
      readonly losesToEngine: boolean;
      /** Which ends learn of it at once; the other finds out by silence. */
      readonly tells: 'both' | 'engine' | 'venue' | 'none';
      readonly downMs: number;
    }
  /** One direction, or both, swallow everything from here on; nobody is told. */
  | { readonly kind: 'mute'; readonly line: 'toVenue' | 'toEngine' | 'both' }
  | {
      readonly kind: 'slow';
      readonly line: 'toVenue' | 'toEngine';
      readonly delayMs: number;
      readonly forMs: number;
    }
  | {
      readonly kind: 'kill';
      /** Share of the bytes not synced that survives, in 256ths. */
      readonly kept: number;
      readonly isGarbled: boolean;
      readonly isTold: boolean;
      readonly downMs: number;
    }
  | { readonly kind: 'disk'; readonly fails: 'write' | 'sync' }
  | { readonly kind: 'slowDisk'; readonly syncMs: number; readonly forMs: number }
  | { readonly kind: 'clock'; readonly byMs: number }
  | { readonly kind: 'stall'; readonly who: 'engine' | 'venue'; readonly forMs: number }
  /** The venue's gateway loses the last so many of our messages from its counter. */
  | { readonly kind: 'rollback'; readonly by: number }
  /** The venue repeats what it said, under a new number (97) or the old one (43). */
  | { readonly kind: 'repeat'; readonly flag: 'PossResend' | 'PossDup'; readonly back: number }
  | { readonly kind: 'reset' }
);

type StepKind = Step['kind'];

/** What a seed's world is like, beside its steps. */
export interface Scene {
  readonly seed: number;
  readonly cancelOnDisconnect: boolean;
  readonly amend: boolean;
  readonly lateTrades: boolean;
  /**
   * The venue keeps no reports for a client that is away, and replays none. FIX alone cannot tell
   * what happened meanwhile; what it tells must be true all the same. Without rollback of the
   * venue's counter, because a sequence proof then needs a second witness.
   */
  readonly losesReports: boolean;
  readonly syncMs: number;
  readonly steps: readonly Step[];
}

export const SYMBOLS = ['PF_XBTUSD', 'PF_ETHUSD'] as const;

type Weights = Readonly<Partial<Record<StepKind, number>>>;

const CLIENT: Weights = { place: 30, cancel: 14, replace: 6, massCancel: 2, again: 4 };
const MARKET: Weights = { crowd: 22, venueCancel: 1 };
const FAULTS: Weights = {
  ...{ cut: 5, mute: 2, slow: 3, kill: 4, disk: 1, slowDisk: 2, clock: 1, stall: 2 },
  ...{ rollback: 2, repeat: 3, reset: 0 },
};

export const SAFETY_MS = 45_000;

/** The whole history of a seed, made before it is played, so that it can be cut down. */
export const sceneOf = (seed: number): Scene => {
  const random = new Prng(seed);
  const losesReports = random.chance(1, 6);
  const rollback = losesReports ? { rollback: 0 } : {};
  const weights = { ...CLIENT, ...MARKET, ...mix(FAULTS, random), ...rollback };
  const steps: Step[] = [];
  const amend = random.chance(1, 3);
  const maker = new StepMaker(random, amend);
  const pauseMs = random.pick([100, 400, 1_200]);
  let at = 200;
  const count = random.between(12, 40);
  while (steps.length < count && at < SAFETY_MS) {
    // Bursts: what follows at once meets what is under way.
    at += random.chance(1, 3) ? random.below(30) : random.below(2 * pauseMs);
    steps.push(maker.step(pickKind(weights, random), at));
  }
  return {
    seed,
    cancelOnDisconnect: random.chance(1, 2),
    amend,
    lateTrades: random.chance(1, 4),
    losesReports,
    syncMs: random.pick([0, 1, 5]),
    steps,
  };
};

/** Some worlds know only some of the faults, so that the others show what they do alone. */
const mix = (weights: Weights, random: Prng): Weights => {
  const mixed: Record<string, number> = {};
  for (const [kind, weight] of Object.entries(weights)) {
    mixed[kind] = random.chance(2, 5) ? 0 : weight * random.between(1, 3);
  }
  return mixed;
};

const pickKind = (weights: Weights, random: Prng): StepKind => {
  const entries = Object.entries(weights) as [StepKind, number][];
  let drawn = random.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [kind, weight] of entries) {
    if (drawn < weight) return kind;
    drawn -= weight;
  }
  return 'place';
};

class StepMaker {
  readonly #random: Prng;
  readonly #isAmending: boolean;
  readonly #placed: string[] = [];
  readonly #symbols = new Map<string, string>();
  #made = 0;

  constructor(random: Prng, isAmending: boolean) {
    this.#random = random;
    this.#isAmending = isAmending;
  }

  step(kind: StepKind, at: number): Step {
    const random = this.#random;
    const isOnOrder = kind === 'cancel' || kind === 'replace' || kind === 'again';
    if (kind === 'place' || (isOnOrder && this.#placed.length === 0)) return this.#place(at);
    switch (kind) {
      case 'cancel':
        return { at, kind, id: this.#id('X'), orig: this.#orig() };
      case 'replace':
        return this.#replace(at);
      case 'massCancel':
        return {
          ...{ at, kind, id: this.#id('M') },
          ...(random.chance(1, 2) ? { symbol: random.pick(SYMBOLS) } : {}),
        };
      case 'again':
        return { at, kind, id: this.#orig() };
      case 'crowd':
        return {
          ...{ at, kind, symbol: random.pick(SYMBOLS) },
          ...{ side: random.pick(['Buy', 'Sell'] as const), lots: random.between(1, 12) },
        };
      case 'venueCancel':
        return { at, kind, symbol: random.pick(SYMBOLS) };
      default:
        return this.#fault(kind, at);
    }
  }

  #fault(kind: Exclude<StepKind, 'place'>, at: number): Step {
    const random = this.#random;
    switch (kind) {
      case 'cut':
        return {
          ...{ at, kind, losesToVenue: random.chance(1, 2), losesToEngine: random.chance(1, 2) },
          tells: random.pick(['both', 'both', 'engine', 'venue', 'none'] as const),
          downMs: random.pick([0, 0, 300, 3_000]),
        };
      case 'mute':
        return { at, kind, line: random.pick(['toVenue', 'toEngine', 'both'] as const) };
      case 'slow':
        return {
          ...{ at, kind, line: random.pick(['toVenue', 'toEngine'] as const) },
          ...{ delayMs: random.pick([100, 900, 4_000]), forMs: random.between(100, 4_000) },
        };
      case 'kill':
        return {
          ...{ at, kind, kept: random.pick([0, 256, random.below(257)]) },
          ...{ isGarbled: random.chance(1, 6), isTold: random.chance(3, 4) },
          downMs: random.pick([20, 500, 4_000]),
        };
      case 'disk':
        return { at, kind, fails: random.pick(['write', 'sync'] as const) };
      case 'slowDisk':
        return { at, kind, syncMs: random.pick([30, 200]), forMs: random.between(100, 3_000) };
      case 'clock':
        return { at, kind, byMs: random.pick([-5_000, -700, 700, 5_000]) };
      case 'stall':
        return {
          ...{ at, kind, who: random.pick(['engine', 'venue'] as const) },
          forMs: random.pick([50, 600, 3_000]),
        };
      case 'rollback':
        return { at, kind, by: random.between(1, 4) };
      case 'repeat':
        return {
          ...{ at, kind, flag: random.pick(['PossResend', 'PossDup'] as const) },
          back: random.between(1, 4),
        };
      default:
        return { at, kind: 'reset' };
    }
  }

  #place(at: number): Step {
    const random = this.#random;
    const type = random.pick(['Limit', 'Limit', 'Limit', 'IOC', 'Market', 'Post'] as const);
    const symbol = random.pick(SYMBOLS);
    return {
      ...{ at, kind: 'place', id: this.#named('C', symbol), symbol },
      ...{ side: random.pick(['Buy', 'Sell'] as const), lots: random.between(1, 9) },
      ...{ ticks: this.#ticks(), type },
    };
  }

  #replace(at: number): Step {
    const random = this.#random;
    const orig = this.#orig();
    const symbol = this.#symbols.get(orig) ?? SYMBOLS[0];
    return {
      ...{ at, kind: 'replace', orig, symbol, id: this.#named('R', symbol) },
      ...{ lots: random.between(1, 9), ticks: this.#ticks() },
      method: this.#isAmending ? 'amend' : 'cancelThenNew',
    };
  }

  #ticks(): number {
    return this.#random.between(-60, 60);
  }

  #orig(): string {
    const placed = this.#placed;
    // Mostly the newest ones, which are still alive.
    const back = this.#random.below(Math.min(placed.length, this.#random.chance(3, 4) ? 3 : 50));
    return placed[placed.length - 1 - back] ?? '';
  }

  /** An id that later steps may name. */
  #named(letter: string, symbol: string): string {
    const id = this.#id(letter);
    this.#placed.push(id);
    this.#symbols.set(id, symbol);
    return id;
  }

  #id(letter: string): string {
    this.#made += 1;
    return `${letter}${this.#made}`;
  }
}
