import { type EpochMs } from '../../lib/time.ts';
import { type ScopeKey } from '../limit.ts';

export interface SlidingEntry {
  readonly at: EpochMs;
  readonly scopes: readonly ScopeKey[];
  readonly weight: number;
}

/** More than this within one window is beyond what an engine can send. */
const ENTRIES_MAX = 200_000;

/** Sums by scope within the last `windowMs`: an entry counts until it is that old. */
export class SlidingCounts {
  readonly #windowMs: number;
  readonly #sums = new Map<ScopeKey, number>();
  #entries: SlidingEntry[] = [];
  #first = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** For a snapshot: what still counts, or may. */
  get entries(): readonly SlidingEntry[] {
    return this.#entries.slice(this.#first);
  }

  restore(entries: readonly SlidingEntry[]): void {
    for (const { at, scopes, weight } of entries) this.add(at, scopes, weight);
  }

  add(at: EpochMs, scopes: readonly ScopeKey[], weight = 1): void {
    if (scopes.length === 0) return;
    this.#forget(at);
    if (this.#entries.length - this.#first >= ENTRIES_MAX) this.#dropFirst();
    this.#entries.push({ at, scopes, weight });
    for (const scope of scopes) this.#sums.set(scope, (this.#sums.get(scope) ?? 0) + weight);
  }

  of(scope: ScopeKey, at: EpochMs): number {
    this.#forget(at);
    return this.#sums.get(scope) ?? 0;
  }

  /** Starts from nothing for one scope. */
  clear(scope: ScopeKey): void {
    const left = this.#entries.slice(this.#first);
    this.#entries = left.map((entry) => ({
      ...entry,
      scopes: entry.scopes.filter((other) => other !== scope),
    }));
    this.#first = 0;
    this.#sums.delete(scope);
  }

  #forget(at: EpochMs): void {
    for (;;) {
      const entry = this.#entries[this.#first];
      if (entry === undefined || entry.at > at - this.#windowMs) break;
      this.#dropFirst();
    }
    if (this.#first > 1_024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  #dropFirst(): void {
    const entry = this.#entries[this.#first];
    if (entry === undefined) return;
    this.#first += 1;
    for (const scope of entry.scopes) {
      const left = (this.#sums.get(scope) ?? 0) - entry.weight;
      if (left > 0) this.#sums.set(scope, left);
      else this.#sums.delete(scope);
    }
  }
}
