import { type MonotonicMs, type TimeDeps } from '../../../lib/time.ts';

/**
 * Sends the frames of one connection. A delayed frame delays those behind it, since a stream keeps
 * its order.
 */
export class LateLine<T> {
  readonly #write: (frame: T) => void;
  readonly #deps: TimeDeps;
  readonly #queue: { readonly frame: T; readonly dueAt: number }[] = [];
  #timer: { readonly cancel: () => void } | undefined;

  constructor(write: (frame: T) => void, deps: TimeDeps) {
    this.#write = write;
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#queue.length === 0;
  }

  send(frame: T, delayMs: number): void {
    if (delayMs === 0 && this.isEmpty) {
      this.#write(frame);
      return;
    }
    this.#queue.push({ frame, dueAt: this.#now() + delayMs });
    if (this.#timer === undefined) this.#arm();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#queue.length = 0;
  }

  #now(): MonotonicMs {
    return this.#deps.clock.monotonic();
  }

  #arm(): void {
    const [first] = this.#queue;
    if (first === undefined) return;
    this.#timer = this.#deps.timers.set(Math.max(1, first.dueAt - this.#now()), () => {
      this.#timer = undefined;
      this.#flush();
    });
  }

  #flush(): void {
    const now = this.#now();
    for (let [next] = this.#queue; next !== undefined && next.dueAt <= now; [next] = this.#queue) {
      this.#queue.shift();
      this.#write(next.frame);
    }
    this.#arm();
  }
}
