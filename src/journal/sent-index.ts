/** A message whose record is noted; those between two are found by reading on from the first. */
interface Mark {
  readonly msgSeqNum: number;
  readonly seq: number;
}

/** Numbers from one mark to the next, and the records among which their messages are. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly seq: number;
  /** The first record of the next stretch. */
  readonly seqEnd: number;
}

/** What a snapshot keeps of an index. */
export interface SentMarks {
  readonly marks: readonly (readonly [msgSeqNum: number, seq: number])[];
  readonly end: number;
}

const MARK_EVERY = 256;

/**
 * Where the journal holds each sent message, by MsgSeqNum(34): one mark for 256 of them; and the
 * newest messages themselves.
 */
export class SentIndex {
  #marks: Mark[] = [];
  /** The number after the last message. */
  #end = 1;
  /** The next message begins a stretch: numbers went back, or left some out. */
  #isCut = true;
  readonly #cacheBytesMax: number;
  /** Every message from `#cacheFrom` on, ascending. */
  readonly #cache = new Map<number, Buffer>();
  #cacheFrom = 1;
  #cacheBytes = 0;

  constructor(cacheBytesMax: number) {
    this.#cacheBytesMax = cacheBytesMax;
  }

  /** Marks in memory. */
  get length(): number {
    return this.#marks.length;
  }

  /** Bytes of messages held in memory. */
  get cacheBytes(): number {
    return this.#cacheBytes;
  }

  get state(): SentMarks {
    return { marks: this.#marks.map(({ msgSeqNum, seq }) => [msgSeqNum, seq]), end: this.#end };
  }

  restore({ marks, end }: SentMarks): void {
    this.#marks = marks.map(([msgSeqNum, seq]) => ({ msgSeqNum, seq }));
    this.#end = end;
    this.#isCut = true;
    this.#emptyCache(end);
  }

  /**
   * A message of this number stands in record `seq`; the same and higher numbers of before are
   * forgotten. Without its bytes it is read from the journal when it is wanted.
   */
  add(msgSeqNum: number, seq: number, bytes?: Buffer): void {
    if (msgSeqNum < this.#end) this.dropFrom(msgSeqNum);
    const last = this.#marks.at(-1);
    if (this.#isCut || last === undefined || msgSeqNum - last.msgSeqNum >= MARK_EVERY)
      this.#marks.push({ msgSeqNum, seq });
    this.#isCut = false;
    this.#end = msgSeqNum + 1;
    if (bytes === undefined || bytes.length > this.#cacheBytesMax) {
      this.#emptyCache(this.#end);
      return;
    }
    this.#cache.set(msgSeqNum, bytes);
    this.#cacheBytes += bytes.length;
    while (this.#cacheBytes > this.#cacheBytesMax) this.#dropOldest();
  }

  /** Forgets this number and all above. */
  dropFrom(msgSeqNum: number): void {
    this.#isCut = true;
    if (msgSeqNum >= this.#end) return;
    this.#marks.length = this.#firstAtLeast(msgSeqNum);
    this.#end = msgSeqNum;
    this.#cacheFrom = Math.min(this.#cacheFrom, msgSeqNum);
    for (const [cached, bytes] of this.#cache) {
      if (cached < msgSeqNum) continue;
      this.#cache.delete(cached);
      this.#cacheBytes -= bytes.length;
    }
  }

  /** The messages of a closed range that are in memory; a copy, since the caller may send. */
  cached(
    from: number,
    to: number,
  ): readonly { readonly msgSeqNum: number; readonly bytes: Buffer }[] {
    if (to < this.#cacheFrom) return [];
    return [...this.#cache]
      .filter(([msgSeqNum]) => msgSeqNum >= from && msgSeqNum <= to)
      .map(([msgSeqNum, bytes]) => ({ msgSeqNum, bytes }));
  }

  /** Where the messages of a closed range are that are not in memory, ascending. */
  stretches(from: number, to: number): readonly Stretch[] {
    const last = Math.min(to, this.#cacheFrom - 1, this.#end - 1);
    const found: Stretch[] = [];
    const begin = Math.max(0, this.#firstAtLeast(from + 1) - 1);
    for (let at = begin; at < this.#marks.length; at += 1) {
      const mark = this.#marks[at];
      if (mark === undefined || mark.msgSeqNum > last) break;
      const next = this.#marks[at + 1];
      const stretchTo = Math.min(last, (next?.msgSeqNum ?? Number.POSITIVE_INFINITY) - 1);
      const seqEnd = next?.seq ?? Number.POSITIVE_INFINITY;
      found.push({ from: Math.max(from, mark.msgSeqNum), to: stretchTo, seq: mark.seq, seqEnd });
    }
    return found;
  }

  /** No message from this number on is in a record before the one given back. */
  recordBefore(msgSeqNum: number): number | undefined {
    if (msgSeqNum >= this.#end) return undefined;
    return (this.#marks[this.#firstAtLeast(msgSeqNum + 1) - 1] ?? this.#marks[0])?.seq;
  }

  #emptyCache(from: number): void {
    this.#cache.clear();
    this.#cacheBytes = 0;
    this.#cacheFrom = from;
  }

  #dropOldest(): void {
    // A map that loses its first entries walks over their holes, so the number is counted up.
    const first = this.#cache.has(this.#cacheFrom)
      ? this.#cacheFrom
      : (this.#cache.keys().next().value ?? this.#end);
    this.#cacheBytes -= this.#cache.get(first)?.length ?? 0;
    this.#cache.delete(first);
    this.#cacheFrom = first + 1;
  }

  #firstAtLeast(msgSeqNum: number): number {
    let low = 0;
    let high = this.#marks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#marks[middle]?.msgSeqNum ?? 0) < msgSeqNum) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
