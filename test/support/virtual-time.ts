import { type Clock, epochMs, monotonicMs, type Timers } from '../../src/lib/time.ts';

/**
 * Both clocks and the timers, moved by hand. The wall clock may be set apart from the monotonic
 * one, as NTP does.
 */
export class VirtualTime implements Clock, Timers {
  #mono = 1_000;
  #wall: number;
  #nextID = 0;
  readonly #pending = new Map<number, { readonly at: number; readonly fire: () => void }>();

  constructor(startAt = Date.UTC(2026, 10, 22, 12)) {
    this.#wall = startAt;
  }

  wall = (): ReturnType<typeof epochMs> => epochMs(this.#wall);
  monotonic = (): ReturnType<typeof monotonicMs> => monotonicMs(this.#mono);

  set = (afterMs: number, fire: () => void): { readonly cancel: () => void } => {
    const id = this.#nextID++;
    this.#pending.set(id, { at: this.#mono + Math.max(afterMs, 0), fire });
    return { cancel: () => this.#pending.delete(id) };
  };

  /** Timers that are set. */
  get pending(): number {
    return this.#pending.size;
  }

  /** NTP, or an operator, sets the wall clock. */
  jumpWall(byMs: number): void {
    this.#wall += byMs;
  }

  /** The process stands still: time passes, timers fire late. */
  stall(forMs: number): void {
    this.#wall += forMs;
    this.#mono += forMs;
  }

  /**
   * Lets time pass; each timer fires at its own moment. `settle` runs after each, for what timers
   * set off.
   */
  async advance(
    byMs: number,
    settle: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const until = this.#mono + byMs;
    for (;;) {
      const next = [...this.#pending].reduce<
        [number, { at: number; fire: () => void }] | undefined
      >(
        (best, entry) => (best === undefined || entry[1].at < best[1].at ? entry : best),
        undefined,
      );
      if (next === undefined || next[1].at > until) break;
      const [id, timer] = next;
      this.#pending.delete(id);
      this.#moveTo(Math.max(timer.at, this.#mono));
      timer.fire();
      await settle();
    }
    this.#moveTo(until);
  }

  #moveTo(mono: number): void {
    this.#wall += mono - this.#mono;
    this.#mono = mono;
  }
}
