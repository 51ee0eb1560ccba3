import { type MonotonicMs } from '../../lib/time.ts';

const WINDOW_MS = 60_000;

/** How often one subscription was fetched anew within the last minute. */
export class ResyncBudget {
  readonly #perMinuteMax: number;
  readonly #times = new Map<string, MonotonicMs[]>();

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  /** False when the budget of `key` is spent; it starts afresh then. */
  take(key: string, at: MonotonicMs): boolean {
    const recent = (this.#times.get(key) ?? []).filter((earlier) => earlier > at - WINDOW_MS);
    recent.push(at);
    this.#times.set(key, recent);
    if (recent.length <= this.#perMinuteMax) return true;
    this.#times.delete(key);
    return false;
  }
}
