/** Bits and probes a key: one in a hundred look-ups of an unknown key reads a page for nothing. */
const BITS_PER_KEY = 10;
const PROBES = 7;

/** A Bloom filter over hashes: says for certain that a key is not there, never that it is. */
export class KeyFilter {
  readonly bytes: Buffer;
  readonly #bits: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#bits = bytes.length * 8;
  }

  static forKeys(keys: number): KeyFilter {
    return new KeyFilter(Buffer.alloc(Math.max(8, Math.ceil((keys * BITS_PER_KEY) / 8))));
  }

  add(hash: string): void {
    const [first, step] = probesOf(hash);
    for (let n = 0; n < PROBES; n += 1) {
      const bit = (first + n * step) % this.#bits;
      const at = Math.floor(bit / 8);
      this.bytes[at] = (this.bytes[at] ?? 0) | (1 << (bit & 7));
    }
  }

  has(hash: string): boolean {
    const [first, step] = probesOf(hash);
    for (let n = 0; n < PROBES; n += 1) {
      const bit = (first + n * step) % this.#bits;
      if (((this.bytes[Math.floor(bit / 8)] ?? 0) & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

/** The last bytes of the hash, which do not order the run. */
const probesOf = (hash: string): readonly [number, number] => {
  let first = 0;
  let step = 0;
  for (let at = 0; at < 4; at += 1) {
    first = first * 256 + hash.charCodeAt(4 + at);
    step = step * 256 + hash.charCodeAt(8 + at);
  }
  return [first, step + 1];
};
