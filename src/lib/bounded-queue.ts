import { invariant } from './invariant.ts';

export interface QueueLimits<T> {
  readonly lengthMax: number;
  /** Of all items together, by `bytesOf`; no limit when left out. */
  readonly bytesMax?: number;
  readonly bytesOf?: (item: T) => number;
}

interface Link<T> {
  readonly item: T;
  readonly bytes: number;
  next: Link<T> | undefined;
}

/**
 * First in, first out, with a limit in number and bytes: a full queue is an answer, not a growth.
 * Every call takes the same time, whatever waits.
 */
export class BoundedQueue<T> {
  readonly #limits: Required<QueueLimits<T>>;
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #length = 0;
  #bytes = 0;

  constructor({
    lengthMax,
    bytesMax = Number.POSITIVE_INFINITY,
    bytesOf = () => 0,
  }: QueueLimits<T>) {
    const isLimit = Number.isSafeInteger(lengthMax) && lengthMax > 0;
    invariant(isLimit, 'a queue has room for one at least');
    this.#limits = { lengthMax, bytesMax, bytesOf };
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False when full: the caller tells its peer "busy", it does not wait. */
  offer(item: T): boolean {
    const link = this.#linkOf(item);
    if (link === undefined) return false;
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    return true;
  }

  /** In front of all others. False when full. */
  offerFirst(item: T): boolean {
    const link = this.#linkOf(item);
    if (link === undefined) return false;
    link.next = this.#first;
    this.#first = link;
    this.#last ??= link;
    return true;
  }

  /** The oldest item, taken out; `undefined` when empty. */
  poll(): T | undefined {
    const link = this.#first;
    if (link === undefined) return undefined;
    this.#first = link.next;
    if (link.next === undefined) this.#last = undefined;
    this.#length -= 1;
    this.#bytes -= link.bytes;
    return link.item;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#length = 0;
    this.#bytes = 0;
  }

  #linkOf(item: T): Link<T> | undefined {
    const { lengthMax, bytesMax, bytesOf } = this.#limits;
    const bytes = bytesOf(item);
    if (this.#length === lengthMax || this.#bytes + bytes > bytesMax) return undefined;
    this.#length += 1;
    this.#bytes += bytes;
    return { item, bytes, next: undefined };
  }
}

const MEMBER_BYTES = 16;
const DEPTH_MAX = 16;

/**
 * Roughly how much memory a plain value keeps alive: two bytes a character, sixteen a member. Good
 * enough for a limit, cheap enough for every input; what lies deeper than sixteen levels is not
 * counted.
 */
export const approximateBytes = (value: unknown, depth = 0): number => {
  if (typeof value === 'string') return MEMBER_BYTES + 2 * value.length;
  if (typeof value !== 'object' || value === null || depth === DEPTH_MAX) return MEMBER_BYTES;
  if (ArrayBuffer.isView(value)) return MEMBER_BYTES + value.byteLength;
  const members: Iterable<unknown> =
    value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
  let bytes = MEMBER_BYTES;
  for (const member of members) bytes += approximateBytes(member, depth + 1);
  return bytes;
};
