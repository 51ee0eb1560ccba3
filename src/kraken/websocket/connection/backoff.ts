import { type MonotonicMs, monotonicMs } from '../../../lib/time.ts';
import { type FeedLimits } from './feed-config.ts';

/**
 * Doubling waits with jitter, and never more attempts within a window than the venue may tolerate.
 */
export class Backoff {
  readonly #limits: FeedLimits;
  readonly #random: () => number;
  #failures = 0;
  #attempts: MonotonicMs[] = [];

  /** `random` gives numbers from 0 up to 1. */
  constructor(limits: FeedLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** A connection attempt begins. */
  attempted(at: MonotonicMs): void {
    const since = at - this.#limits.attemptsWindowMs;
    this.#attempts = this.#attempts.filter((earlier) => earlier > since);
    this.#attempts.push(at);
  }

  /** The connection proved stable: the next wait is the shortest again. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** When the next attempt may begin: half of the doubled wait is certain, half is chance. */
  retryAt(at: MonotonicMs): MonotonicMs {
    const { backoffMinMs, backoffMaxMs, attemptsPerWindowMax, attemptsWindowMs } = this.#limits;
    const waitMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    const jittered = at + (waitMs * (1 + this.#random())) / 2;
    const oldest = this.#attempts.at(-attemptsPerWindowMax);
    return monotonicMs(Math.max(jittered, oldest === undefined ? 0 : oldest + attemptsWindowMs));
  }
}
