import { type Clock, epochMs, monotonicMs, type Timers } from '../../../../src/lib/time.ts';

interface Event {
  readonly at: number;
  readonly id: number;
  readonly fire: () => void;
  isOff: boolean;
}

/**
 * The one clock of a simulated world. Events fire in the order of their times, and of their making
 * where times are equal. Nothing here waits for real time.
 */
export class SimTime {
  /** Milliseconds since the world began. */
  now = 0;
  /** Wall clock of the world at `now` 0, in ms since the epoch. */
  readonly startAt: number;
  readonly #heap: Event[] = [];
  #made = 0;
  events = 0;

  constructor(startAt: number) {
    this.startAt = startAt;
  }

  set(afterMs: number, fire: () => void): { readonly cancel: () => void } {
    this.#made += 1;
    const event = { at: this.now + Math.max(afterMs, 0), id: this.#made, fire, isOff: false };
    this.#push(event);
    return {
      cancel: () => {
        event.isOff = true;
      },
    };
  }

  /** Fires everything that is due until then; `settle` runs after each event. */
  async runUntil(until: number, settle: () => Promise<void>): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at > until) break;
      this.#pop();
      if (next.isOff) continue;
      this.now = next.at;
      this.events += 1;
      next.fire();
      await settle();
    }
    this.now = Math.max(this.now, until);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.id < b.id);

/**
 * Clock and timers of one process: its wall clock may be off, it may stand still, and nothing of it
 * fires once it is dead.
 */
export class ProcessTime implements Clock, Timers {
  readonly #time: SimTime;
  skewMs = 0;
  isDead = false;
  /** Until then the process is not scheduled: its timers are late, and it reads no socket. */
  stalledUntil = 0;

  constructor(time: SimTime, skewMs = 0) {
    this.#time = time;
    this.skewMs = skewMs;
  }

  wall = (): ReturnType<typeof epochMs> =>
    epochMs(this.#time.startAt + this.#time.now + this.skewMs);
  monotonic = (): ReturnType<typeof monotonicMs> => monotonicMs(1_000 + this.#time.now);

  set = (afterMs: number, fire: () => void): { readonly cancel: () => void } => {
    let armed = this.#time.set(afterMs, () => run());
    const run = (): void => {
      if (this.isDead) return;
      if (this.#time.now < this.stalledUntil) {
        armed = this.#time.set(this.stalledUntil - this.#time.now, run);
        return;
      }
      fire();
    };
    return {
      cancel: () => {
        armed.cancel();
      },
    };
  };
}
