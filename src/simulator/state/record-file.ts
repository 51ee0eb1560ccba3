import { closeSync, fdatasyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const WINDOW_BYTES = 1_048_576;
const NEWLINE = 10;
const CRC_LENGTH = 8;

/** `<crc32 of the JSON, 8 hex digits> <JSON>`. */
const lineOf = (value: unknown): string => {
  const json = JSON.stringify(value);
  return `${crc32(json).toString(16).padStart(CRC_LENGTH, '0')} ${json}\n`;
};

const readLine = (line: Buffer): unknown => {
  const json = line.subarray(CRC_LENGTH + 1).toString('utf8');
  const sum = crc32(json).toString(16).padStart(CRC_LENGTH, '0');
  if (line.subarray(0, CRC_LENGTH).toString('latin1') !== sum) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

/** A record whose checksum does not match. */
export class DamagedRecord extends Error {
  readonly line: number;
  constructor(path: string, line: number) {
    super(`${path}: line ${line} is damaged`);
    this.line = line;
  }
}

/**
 * A file of checked lines that grows at its end. A last line that a dying process left unfinished
 * is cut off; a damaged line before others is an error. Writes reach the system (they survive kill
 * -9) at `flush`.
 */
export class RecordFile {
  readonly path: string;
  readonly #fd: number;
  #position = 0;
  #waiting: string[] = [];

  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'a+', 0o600);
  }

  /** Bytes read or written so far. */
  get size(): number {
    return this.#position;
  }

  /**
   * Every record, oldest first; to be read to its end before the first write. Throws DamagedRecord.
   */
  *read(): Generator {
    let rest: Buffer = Buffer.alloc(0);
    let line = 0;
    let damaged: number | undefined;
    for (let offset = 0; ;) {
      const window = Buffer.allocUnsafe(WINDOW_BYTES);
      const taken = readSync(this.#fd, window, 0, WINDOW_BYTES, offset);
      if (taken === 0) break;
      offset += taken;
      rest = Buffer.concat([rest, window.subarray(0, taken)]);
      let from = 0;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
        line += 1;
        // A damaged line with others behind it was no unfinished write.
        if (damaged !== undefined) throw new DamagedRecord(this.path, damaged);
        const record = readLine(rest.subarray(from, end));
        if (record === undefined) damaged = line;
        else {
          this.#position += end + 1 - from;
          yield record;
        }
        from = end + 1;
      }
      rest = rest.subarray(from);
    }
    if (rest.length > 0 && damaged !== undefined) throw new DamagedRecord(this.path, damaged);
    if (rest.length > 0 || damaged !== undefined) ftruncateSync(this.#fd, this.#position);
  }

  append(record: unknown): void {
    this.#waiting.push(lineOf(record));
  }

  /** Passes errors of the file system on. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    for (let written = 0; written < bytes.length;) {
      written += writeSync(this.#fd, bytes, written, bytes.length - written);
    }
    this.#position += bytes.length;
  }

  close(): void {
    this.flush();
    fdatasyncSync(this.#fd);
    closeSync(this.#fd);
  }
}
