/**
 * Which journal record holds each sent message, ascending by MsgSeqNum(34), and the newest messages
 * themselves.
 */
export class SentIndex {
  readonly #msgSeqNums: number[] = [];
  readonly #seqs: number[] = [];
  readonly #cacheBytesMax: number;
  readonly #cache = new Map<number, { readonly seq: number; readonly bytes: Buffer }>();
  #cacheBytes = 0;
  /**
   * No entry of `#msgSeqNums` before this one is cached. A Map that loses its first entries walks
   * over their holes to find the next.
   */
  #cachedFrom = 0;

  constructor(cacheBytesMax: number) {
    this.#cacheBytesMax = cacheBytesMax;
  }

  /** Messages known. */
  get length(): number {
    return this.#msgSeqNums.length;
  }

  /** Bytes of messages held in memory. */
  get cacheBytes(): number {
    return this.#cacheBytes;
  }

  /**
   * A message of this number stands in record `seq`; the same and higher numbers of before are
   * forgotten.
   */
  add(msgSeqNum: number, seq: number, bytes?: Buffer): void {
    const last = this.#msgSeqNums.at(-1);
    if (last !== undefined && last >= msgSeqNum) this.dropFrom(msgSeqNum);
    this.#msgSeqNums.push(msgSeqNum);
    this.#seqs.push(seq);
    if (bytes === undefined || bytes.length > this.#cacheBytesMax) return;
    this.#cache.set(msgSeqNum, { seq, bytes });
    this.#cacheBytes += bytes.length;
    while (this.#cacheBytes > this.#cacheBytesMax) {
      this.#uncache(this.#msgSeqNums[this.#cachedFrom] ?? msgSeqNum);
      this.#cachedFrom += 1;
    }
  }

  /** Forgets this number and all above. */
  dropFrom(msgSeqNum: number): void {
    const length = this.#firstAtLeast(msgSeqNum);
    for (const dropped of this.#msgSeqNums.slice(length)) this.#uncache(dropped);
    this.#msgSeqNums.length = length;
    this.#seqs.length = length;
    this.#cachedFrom = Math.min(this.#cachedFrom, length);
  }

  /** A copy, since the caller may send while it iterates. */
  range(from: number, to: number): readonly { readonly msgSeqNum: number; readonly seq: number }[] {
    const entries: { msgSeqNum: number; seq: number }[] = [];
    for (let i = this.#firstAtLeast(from); i < this.#msgSeqNums.length; i += 1) {
      const msgSeqNum = this.#msgSeqNums[i] ?? 0;
      if (msgSeqNum > to) break;
      entries.push({ msgSeqNum, seq: this.#seqs[i] ?? 0 });
    }
    return entries;
  }

  cached(msgSeqNum: number, seq: number): Buffer | undefined {
    const entry = this.#cache.get(msgSeqNum);
    return entry?.seq === seq ? entry.bytes : undefined;
  }

  #uncache(msgSeqNum: number): void {
    this.#cacheBytes -= this.#cache.get(msgSeqNum)?.bytes.length ?? 0;
    this.#cache.delete(msgSeqNum);
  }

  #firstAtLeast(msgSeqNum: number): number {
    let low = 0;
    let high = this.#msgSeqNums.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#msgSeqNums[middle] ?? 0) < msgSeqNum) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
