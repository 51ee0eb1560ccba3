import { type MonotonicMs } from '../../../lib/time.ts';

const WINDOW_MS = 60_000;

/**
 * How often one subscription may be fetched anew within a minute. When that is spent, a fault of
 * the line is left with the line (`Reconnect`); a fault of the product's own frames waits (`Wait`):
 * another connection would not help, and costs the others.
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
    // It starts afresh on the next connection.
    this.#times.delete(key);
    return 'Reconnect';
  }
}

interface Resync {
  readonly feed: string;
  readonly product: string;
  readonly isItsOwn?: boolean;
}
