/**
 * Cuts a byte stream into lines of UTF-8. A line longer than the limit is an answer, not a growth.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  /** The lines that the chunk completes; `undefined` once a line is longer than the limit. */
  push(chunk: Buffer): readonly string[] | undefined {
    const lines: string[] = [];
    let rest = chunk;
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      if (this.#pendingBytes + end > this.#lineBytesMax) return undefined;
      lines.push(Buffer.concat([...this.#pending, rest.subarray(0, end)]).toString('utf8'));
      this.#pending = [];
      this.#pendingBytes = 0;
      rest = rest.subarray(end + 1);
    }
    this.#pendingBytes += rest.length;
    if (this.#pendingBytes > this.#lineBytesMax) return undefined;
    if (rest.length > 0) this.#pending.push(rest);
    return lines;
  }
}
