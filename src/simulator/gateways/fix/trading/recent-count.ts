import { type EpochMs } from '../../../../lib/time.ts';

/** How often something happened within the period that ends now. */
export class RecentCount {
  readonly #periodMs: number;
  #times: EpochMs[] = [];

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
  }

  /**
   * Counts one more, unless there were `max` of them already: then it counts nothing and says
   * false.
   */
  take(at: EpochMs, max: number): boolean {
    this.#times = this.#times.filter((time) => time > at - this.#periodMs);
    if (this.#times.length >= max) return false;
    this.#times.push(at);
    return true;
  }
}
