import { TokenBucket } from './token-bucket.ts';
import { type MonotonicMs } from '../../../lib/time.ts';

export interface RateLimits {
  readonly pointsPer10s: number;
  readonly historyTokensPer10min: number;
}

export const KRAKEN_RATE_LIMITS: RateLimits = { pointsPer10s: 500, historyTokensPer10min: 100 };

const WINDOW_MS = 10_000;
const HISTORY_PERIOD_MS = 600_000;

/**
 * The two budgets of an account [rest 5]: a sliding window of points, and history tokens that
 * refill steadily.
 */
export class RatePools {
  readonly #limits: RateLimits;
  readonly #spent: { readonly at: MonotonicMs; readonly points: number }[] = [];
  #sum = 0;
  readonly #history: TokenBucket;

  constructor(limits: RateLimits, at: MonotonicMs) {
    this.#limits = limits;
    this.#history = new TokenBucket({
      unitsMax: limits.historyTokensPer10min,
      periodMs: HISTORY_PERIOD_MS,
      at,
    });
  }

  /** Takes nothing and answers false when the window is full. */
  takePoints(points: number, at: MonotonicMs): boolean {
    while (this.#spent[0] !== undefined && this.#spent[0].at <= at - WINDOW_MS) {
      this.#sum -= this.#spent.shift()?.points ?? 0;
    }
    if (points === 0) return true;
    if (this.#sum + points > this.#limits.pointsPer10s) return false;
    this.#spent.push({ at, points });
    this.#sum += points;
    return true;
  }

  /** Zero when taken, otherwise the whole seconds until the same cost is accepted. */
  takeHistory(tokens: number, at: MonotonicMs): number {
    if (this.#history.take(tokens, at)) return 0;
    const waitMs = this.#history.waitMs(tokens, at);
    return Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1_000)) : 600;
  }
}
