import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 65_536;

/**
 * The complete lines of a file, looked at from its end. Reads no more of it than is looked at, so
 * that a file of any size is opened at once. The file must not change meanwhile.
 */
export class LinesFromEnd {
  /** Of the file. */
  readonly size: number;
  /** Behind the last line that is left. */
  end: number;
  readonly #newline: string;
  /** Where the header ends: no line begins before. */
  readonly #begin: number;
  readonly #fd: number;
  /** The bytes from `#from` to the end of the file. */
  #bytes: Buffer = Buffer.alloc(0);
  #from: number;

  /** Throws what the system throws. */
  constructor(
    path: string,
    { newline, headerLines }: { readonly newline: string; readonly headerLines: number },
  ) {
    this.#newline = newline;
    this.#fd = openSync(path, 'r');
    this.size = fstatSync(this.#fd).size;
    this.#from = this.size;
    this.end = this.#startBefore(this.size);
    this.#begin = this.#behindLines(headerLines);
  }

  /** The last line without its end; `undefined` when there is none behind the header. */
  last(): string | undefined {
    if (this.end <= this.#begin) return undefined;
    const start = this.#startBefore(this.end - this.#newline.length);
    return this.#text(start, this.end - this.#newline.length);
  }

  dropLast(lines: number): void {
    for (let dropped = 0; dropped < lines && this.end > 0; dropped += 1)
      this.end = this.#startBefore(this.end - this.#newline.length);
  }

  /** The first line behind the header, without its end; `undefined` when there is none. */
  first(): string | undefined {
    if (this.end <= this.#begin) return undefined;
    return this.#read(this.#begin, this.#behindLine(this.#begin) - this.#newline.length);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** The place behind the last newline that ends at `at` or before it; 0 without one. */
  #startBefore(at: number): number {
    for (;;) {
      const until = at - this.#from - this.#newline.length;
      const found = until < 0 ? -1 : this.#bytes.lastIndexOf(this.#newline, until);
      if (found !== -1) return this.#from + found + this.#newline.length;
      if (this.#from === 0) return 0;
      this.#readBefore();
    }
  }

  /** Twice as much as is there, so that a long line is not read again and again. */
  #readBefore(): void {
    const length = Math.min(this.#from, Math.max(PIECE_BYTES, this.#bytes.length));
    const piece = this.#readBytes(this.#from - length, this.#from);
    this.#bytes = Buffer.concat([piece, this.#bytes]);
    this.#from -= length;
  }

  #behindLines(lines: number): number {
    let at = 0;
    for (let line = 0; line < lines; line += 1) at = this.#behindLine(at);
    return at;
  }

  /** Where the line ends that begins at `start`; at the end of the file for one that is cut off. */
  #behindLine(start: number): number {
    for (let length = PIECE_BYTES; ; length *= 2) {
      const until = Math.min(this.size, start + length);
      const found = this.#readBytes(start, until).indexOf(this.#newline);
      if (found !== -1) return start + found + this.#newline.length;
      if (until === this.size) return this.size;
    }
  }

  #text(start: number, end: number): string {
    return start < this.#from
      ? this.#read(start, end)
      : this.#bytes.toString('utf8', start - this.#from, end - this.#from);
  }

  #read(start: number, end: number): string {
    return this.#readBytes(start, end).toString('utf8');
  }

  #readBytes(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, end - start));
    for (let filled = 0; filled < bytes.length;) {
      const read = readSync(this.#fd, bytes, filled, bytes.length - filled, start + filled);
      if (read === 0) throw new Error(`the file ends at byte ${start + filled}`);
      filled += read;
    }
    return bytes;
  }
}
