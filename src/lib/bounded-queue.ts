import { invariant } from './invariant.ts';

/** First in, first out, with a limit: a full queue is an answer, not a growth. A ring; nothing is moved when it empties. */
export class BoundedQueue<T> {
  readonly lengthMax: number;
  readonly #ring: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  constructor(lengthMax: number) {
    invariant(
      Number.isSafeInteger(lengthMax) && lengthMax > 0,
      'a queue has room for one at least',
    );
    this.lengthMax = lengthMax;
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.lengthMax;
  }

  /** False when full: the caller tells its peer "busy", it does not wait. */
  offer(item: T): boolean {
    if (this.isFull) return false;
    this.#ring[(this.#head + this.#length) % this.lengthMax] = item;
    this.#length += 1;
    return true;
  }

  /** The oldest item, taken out; `undefined` when empty. */
  poll(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#ring[this.#head];
    // The ring must not keep alive what has left the queue.
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.lengthMax;
    this.#length -= 1;
    return item;
  }

  /** The oldest item, left in. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#ring[this.#head];
  }

  clear(): void {
    this.#ring.length = 0;
    this.#head = 0;
    this.#length = 0;
  }
}
