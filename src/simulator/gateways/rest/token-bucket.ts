import { invariant } from '../../../lib/invariant.ts';
import { type MonotonicMs } from '../../../lib/time.ts';

/**
 * A budget of units that refills steadily: full at `unitsMax`, from empty to full in `periodMs`.
 * Time is an argument and never goes backwards here: an earlier time than the last counts as the
 * last.
 */
export class TokenBucket {
  readonly unitsMax: number;
  readonly #unitsPerMs: number;
  #units: number;
  #at: MonotonicMs;

  constructor({
    unitsMax,
    periodMs,
    at,
  }: {
    readonly unitsMax: number;
    readonly periodMs: number;
    readonly at: MonotonicMs;
  }) {
    invariant(unitsMax > 0 && periodMs > 0, 'a budget has units and a period');
    this.unitsMax = unitsMax;
    this.#unitsPerMs = unitsMax / periodMs;
    this.#units = unitsMax;
    this.#at = at;
  }

  availableUnits(at: MonotonicMs): number {
    this.#refill(at);
    return this.#units;
  }

  /**
   * Takes the units, or takes nothing and says false. At least `reserveUnits` stay behind for
   * whoever may touch them.
   */
  take(units: number, at: MonotonicMs, reserveUnits = 0): boolean {
    invariant(units >= 0 && reserveUnits >= 0, 'a bucket is emptied, not filled, by taking');
    this.#refill(at);
    if (this.#units - units < reserveUnits - EPSILON) return false;
    this.#units = Math.max(0, this.#units - units);
    return true;
  }

  /** Time until `take` of the same arguments succeeds; Infinity when it never can. */
  waitMs(units: number, at: MonotonicMs, reserveUnits = 0): number {
    const needed = units + reserveUnits;
    if (needed > this.unitsMax) return Infinity;
    this.#refill(at);
    return Math.max(0, (needed - this.#units) / this.#unitsPerMs);
  }

  #refill(at: MonotonicMs): void {
    const elapsedMs = at - this.#at;
    if (elapsedMs <= 0) return;
    this.#at = at;
    this.#units = Math.min(this.unitsMax, this.#units + elapsedMs * this.#unitsPerMs);
  }
}

/** Units are measured, not counted: many small refills may fall this much short of the sum. */
const EPSILON = 1e-6;
