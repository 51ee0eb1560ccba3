import { monotonicMs, type MonotonicMs } from '../../../lib/time.ts';
import { type FeedLimits } from './feed-types.ts';

/**
 * Doubles the wait between connection attempts, with jitter, and limits the attempts within a
 * window.
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

  /** Records that a connection attempt begins. */
  attempted(at: MonotonicMs): void {
    const since = at - this.#limits.attemptsWindowMs;
    this.#attempts = this.#attempts.filter((earlier) => earlier > since);
    this.#attempts.push(at);
  }

  /** Resets the wait to the shortest, because the connection was stable. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** When the next attempt may begin. Half of the doubled wait is fixed, half is random. */
  retryAt(at: MonotonicMs): MonotonicMs {
    const { backoffMinMs, backoffMaxMs, attemptsPerWindowMax, attemptsWindowMs } = this.#limits;
    const waitMs = Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 30);
    const jittered = at + (waitMs * (1 + this.#random())) / 2;
    const oldest = this.#attempts.at(-attemptsPerWindowMax);
    return monotonicMs(Math.max(jittered, oldest === undefined ? 0 : oldest + attemptsWindowMs));
  }
}

const WINDOW_MS = 60_000;

/**
 * Limits how often one subscription is resynchronized within a minute. Beyond the limit, a fault of
 * the connection replaces the connection (`Reconnect`). A fault of the product's own frames waits
 * (`Wait`), since a new connection would not help and would cost the other subscriptions.
 */
export class ResyncBudget {
  readonly #perMinuteMax: number;
  readonly #times = new Map<string, readonly MonotonicMs[]>();

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  ask(
    { feed, product, isItsOwn = false }: Resync,
    at: MonotonicMs,
  ): 'Resync' | 'Wait' | 'Reconnect' {
    const key = `${feed} ${product} ${isItsOwn ? 'own' : 'line'}`;
    const recent = (this.#times.get(key) ?? []).filter((earlier) => earlier > at - WINDOW_MS);
    if (recent.length < this.#perMinuteMax) {
      this.#times.set(key, [...recent, at]);
      return 'Resync';
    }
    if (isItsOwn) return 'Wait';
    // The next connection starts with a full budget.
    this.#times.delete(key);
    return 'Reconnect';
  }
}

interface Resync {
  readonly feed: string;
  readonly product: string;
  readonly isItsOwn?: boolean;
}

/** Shortest and longest wait between requests for one subscription on one connection. */
export interface Retry {
  readonly waitMsMin: number;
  readonly waitMsMax: number;
}

/** The wait after `failures` failures in a row. It doubles with each. */
export const retryWaitMs = (failures: number, { waitMsMin, waitMsMax }: Retry): number =>
  Math.min(waitMsMax, waitMsMin * 2 ** Math.min(failures - 1, 30));
