import { invariant } from './invariant.ts';

/**
 * A seeded source of randomness: the same seed gives the same sequence on every machine. Not for
 * secrets. sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, period of at least 2^32.
 */
export class Prng {
  readonly seed: number;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    invariant(Number.isSafeInteger(seed) && seed >= 0, 'a seed is a whole number, zero or above');
    this.seed = seed;
    this.#a = 0;
    this.#b = seed >>> 0;
    this.#c = Math.floor(seed / 4_294_967_296) >>> 0;
    // The first outputs still look like the seed.
    for (let round = 0; round < 15; round += 1) this.uint32();
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A whole number in [0, limit), each equally likely. */
  below(limit: number): number {
    invariant(
      Number.isSafeInteger(limit) && limit > 0 && limit <= 4_294_967_296,
      'a limit from 1 to 2^32',
    );
    // What is above the last whole multiple would favour small numbers.
    const fairMax = 4_294_967_296 - (4_294_967_296 % limit);
    let drawn = this.uint32();
    while (drawn >= fairMax) drawn = this.uint32();
    return drawn % limit;
  }

  /** A whole number in [min, max]. */
  between(min: number, max: number): number {
    invariant(min <= max, 'an interval from small to large');
    return min + this.below(max - min + 1);
  }

  /** True `numerator` times in `denominator`. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  pick<T>(items: readonly T[]): T {
    invariant(items.length > 0, 'there is something to pick from');
    return items[this.below(items.length)] as T;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
    }
    return copy;
  }

  /**
   * A generator of its own whose draws do not disturb this one: one per actor keeps a history
   * stable when another actor changes.
   */
  fork(): Prng {
    return new Prng(this.uint32());
  }
}

/**
 * A seeded generator of fractions whose whole state is one 32-bit word (mulberry32 of Tommy
 * Ettinger). It is fast, and random enough for simulated prices. It stays beside `Prng` because
 * state directories replay the simulator's market from its seed: with another sequence they could
 * not be read.
 */
export interface Mulberry32 {
  /** In [0, 1). */
  readonly next: () => number;
  /** A whole number in [min, max]. */
  readonly int: (min: number, max: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
}

export const makeMulberry32 = (seed: number): Mulberry32 => {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
  };
};
