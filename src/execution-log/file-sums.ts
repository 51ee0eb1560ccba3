import { closeSync, openSync, readSync } from 'node:fs';
import { createHash } from 'node:crypto';

const PIECE_BYTES = 1_048_576;
const NEWLINE = 10;

/**
 * SHA-256 and number of lines of a file that grows at its end. A file that was there already is
 * summed later, in pieces, so that nobody waits for the whole of it before the first new line.
 */
export class FileSums {
  readonly #path: string;
  readonly #digest = createHash('sha256');
  /** Bytes of the file, and those of them that are summed. */
  #size: number;
  #summed = 0;
  #lines = 0;

  /** `size`: bytes that are in the file. */
  constructor(path: string, size = 0) {
    this.#path = path;
    this.#size = size;
  }

  /** Bytes of the file that are not summed yet. */
  get behind(): number {
    return this.#size - this.#summed;
  }

  /** Bytes that are appended. */
  add(bytes: Buffer): void {
    if (this.behind === 0) this.#take(bytes);
    this.#size += bytes.length;
  }

  /**
   * Sums at most so many bytes of what the file has and is not summed; everything appended must be
   * written. Throws what the system throws, and when the file is shorter than it was.
   */
  catchUp(bytesMax = Number.POSITIVE_INFINITY): void {
    if (this.behind === 0) return;
    const fd = openSync(this.#path, 'r');
    try {
      let left = Math.min(bytesMax, this.behind);
      while (left > 0) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, left));
        const read = readSync(fd, piece, 0, piece.length, this.#summed);
        if (read === 0) throw new Error(`${this.#path}: ends before byte ${this.#summed + 1}`);
        this.#take(piece.subarray(0, read));
        left -= read;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Of a file that is summed to its end. */
  get sha256(): string {
    return this.#digest.copy().digest('hex');
  }

  /** Line ends, of a file that is summed to its end. */
  get lines(): number {
    return this.#lines;
  }

  #take(bytes: Buffer): void {
    this.#digest.update(bytes);
    this.#summed += bytes.length;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1))
      this.#lines += 1;
  }
}
