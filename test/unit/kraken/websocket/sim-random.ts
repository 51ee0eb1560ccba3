import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A whole number that stands for a decimal. */
export type Fixed = number;

/** Seeded chance. */
export class SimRandom {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** From 0 up to 1. */
  unit(): number {
    return (this.#generator.next() >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.unit() * limit);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }
}
