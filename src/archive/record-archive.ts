import { hash } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fileFaultAt } from '../lib/files/file-fault.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { type EpochMs, toUtcDate } from '../lib/time.ts';
import { KeySet } from './key-set.ts';

const FILE_BYTES_MAX = 64 * 1_048_576;
/** Most records are shorter: one read finds them. */
const READ_BYTES = 4_096;
const SCAN_BYTES = 1_048_576;
const KEY_BYTES = 12;
const FILE_NAME = /^orders-(\d{8})-(\d{8})\.log$/;

export interface ArchiveKey {
  readonly text: string;
  /** Stays known when its record is removed. */
  readonly isForEver: boolean;
}

export interface ArchiveOptions {
  /** Made when absent, once something is added. */
  readonly dir: string;
  /** The keys by which a value is found again. Pure: the same after a restart. */
  readonly keysOf: (value: unknown) => readonly ArchiveKey[];
  /** Waits for the disk before an addition counts. */
  readonly isDurable: boolean;
  readonly fileBytesMax?: number;
}

/** A key that was seen; its value is absent when its file was removed by age. */
export interface Found {
  readonly value?: unknown;
}

interface RecordFile {
  readonly number: number;
  /** YYYYMMDD, UTC. */
  readonly day: string;
  readonly path: string;
}

interface CurrentFile {
  readonly file: RecordFile;
  /** Open for writing; the first addition opens it. */
  fd: number | undefined;
  /** Of whole lines. */
  size: number;
}

/**
 * Values on disk, found by any of their keys: a JSON line each in files of a day, and a set of keys
 * that leads to the lines. A line that a crash cut short is dropped; lines that no run of keys
 * covers yet are read at the next opening. Opening changes nothing on disk.
 */
export class RecordArchive {
  readonly #options: ArchiveOptions;
  readonly #fileBytesMax: number;
  #files: Map<number, RecordFile>;
  #keys: KeySet;
  /** Lines ever written. */
  #records = 0;
  #current: CurrentFile | undefined;
  readonly #readers = new Map<number, number>();

  /** Throws when files cannot be read, or are damaged; made by `openArchive`. */
  constructor(options: ArchiveOptions) {
    this.#options = options;
    this.#fileBytesMax = options.fileBytesMax ?? FILE_BYTES_MAX;
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    this.#files = new Map(filesIn(options.dir).map((file) => [file.number, file]));
    this.#keys = new KeySet(options.dir, (file) => this.#files.has(file));
    this.#readUncovered();
  }

  /** Records ever added, those that were removed since included. */
  get records(): number {
    return this.#records;
  }

  /** Bytes of memory of the key filters; bounded. */
  get filterBytes(): number {
    return this.#keys.filterBytes;
  }

  /** Resolves when the values are found again after a crash. Rejects with the system's error. */
  async add(values: readonly unknown[], at: EpochMs): Promise<void> {
    if (values.length === 0) return;
    const current = this.#fileFor(at);
    const lines: Buffer[] = [];
    let offset = current.size;
    let records = this.#records;
    const places: { readonly value: unknown; readonly offset: number }[] = [];
    for (const value of values) {
      records += 1;
      const line = encodeLine(records, value);
      places.push({ value, offset });
      lines.push(line);
      offset += line.length;
    }
    const fd = (current.fd ??= this.#openForWriting(current));
    const bytes = Buffer.concat(lines);
    for (let written = 0; written < bytes.length;) {
      const from = current.size + written;
      written += writeSync(fd, bytes, written, bytes.length - written, from);
    }
    if (this.#options.isDurable) await synced(fd);
    current.size = offset;
    this.#records = records;
    for (const { value, offset: start } of places) this.#note(value, current.file.number, start);
    if (this.#keys.isFull)
      await this.#keys.spill({ file: current.file.number, offset, records: this.#records });
  }

  /** Throws when the record is damaged. */
  find(key: string): Found | undefined {
    const place = this.#keys.find(hashOf(key));
    if (place === undefined) return undefined;
    const file = this.#files.get(place.file);
    if (file === undefined) return {};
    const line = readLine(this.#reader(file), place.offset);
    const decoded = line === undefined ? undefined : decodeLine(line);
    if (decoded === undefined)
      throw new Error(`${file.path} at byte ${place.offset}: the record is damaged`);
    return { value: decoded.value };
  }

  /** Removes the files of days before `at`, but for the one that is written; says which. */
  removeBefore(at: EpochMs): readonly string[] {
    const day = toUtcDate(at);
    const old = [...this.#files.values()].filter(
      (file) => file.day < day && file.number !== this.#current?.file.number,
    );
    for (const { number, path } of old) {
      const reader = this.#readers.get(number);
      if (reader !== undefined) closeSync(reader);
      this.#readers.delete(number);
      rmSync(path, { force: true });
      this.#files.delete(number);
    }
    return old.map(({ path }) => path);
  }

  async close(): Promise<void> {
    await this.#keys.close();
    for (const fd of this.#readers.values()) closeSync(fd);
    if (this.#current?.fd !== undefined) closeSync(this.#current.fd);
    this.#readers.clear();
    this.#current = undefined;
  }

  #note(value: unknown, file: number, offset: number): void {
    for (const { text, isForEver } of this.#options.keysOf(value)) {
      this.#keys.add({ hash: hashOf(text), place: { file, offset, isForEver } });
    }
  }

  #readUncovered(): void {
    const { file: first, offset, records } = this.#keys.covered;
    this.#records = records;
    for (const file of this.#files.values()) {
      if (file.number < first) continue;
      const from = file.number === first ? offset : 0;
      const end = this.#readFile(file, from);
      const isLast = file.number === Math.max(...this.#files.keys());
      if (isLast) this.#current = { file, fd: undefined, size: end };
    }
  }

  /** Where the whole lines end. */
  #readFile(file: RecordFile, from: number): number {
    const fd = this.#reader(file);
    const { size } = fstatSync(fd);
    let at = from;
    while (at < size) {
      const bytes = Buffer.allocUnsafe(Math.min(SCAN_BYTES, size - at));
      readSync(fd, bytes, 0, bytes.length, at);
      let begin = 0;
      for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, begin)) {
        const decoded = decodeLine(bytes.subarray(begin, end));
        if (decoded === undefined) return this.#tornAt(file, at + begin, size);
        this.#records = decoded.record;
        this.#note(decoded.value, file.number, at + begin);
        begin = end + 1;
      }
      if (begin > 0) {
        at += begin;
        continue;
      }
      const line = readLine(fd, at);
      const decoded = line === undefined ? undefined : decodeLine(line);
      if (line === undefined || decoded === undefined) return this.#tornAt(file, at, size);
      this.#records = decoded.record;
      this.#note(decoded.value, file.number, at);
      at += line.length + 1;
    }
    return size;
  }

  /** Only the last file may end within a line. */
  #tornAt({ path, number }: RecordFile, at: number, size: number): number {
    if (number === Math.max(...this.#files.keys())) return at;
    throw new Error(`${path} at byte ${at} of ${size}: the record is damaged`);
  }

  #reader(file: RecordFile): number {
    const known = this.#readers.get(file.number);
    if (known !== undefined) return known;
    const fd = openSync(file.path, 'r');
    this.#readers.set(file.number, fd);
    for (const [oldest, opened] of this.#readers) {
      if (this.#readers.size <= READERS_MAX) break;
      closeSync(opened);
      this.#readers.delete(oldest);
    }
    return fd;
  }

  #fileFor(at: EpochMs): CurrentFile {
    const day = toUtcDate(at);
    const now = this.#current;
    if (now !== undefined && now.file.day === day && now.size < this.#fileBytesMax) return now;
    if (now?.fd !== undefined) closeSync(now.fd);
    const number = Math.max(0, this.#keys.covered.file, ...this.#files.keys()) + 1;
    const name = `orders-${String(number).padStart(8, '0')}-${day}.log`;
    const file = { number, day, path: join(this.#options.dir, name) };
    this.#files.set(number, file);
    this.#current = { file, fd: openSync(file.path, 'wx', 0o600), size: 0 };
    return this.#current;
  }

  #openForWriting({ file, size }: CurrentFile): number {
    const fd = openSync(file.path, 'r+');
    ftruncateSync(fd, size);
    return fd;
  }
}

const READERS_MAX = 16;

/** The error says what cannot be read. */
export const openArchive = (options: ArchiveOptions): Result<RecordArchive, string> => {
  try {
    return ok(new RecordArchive(options));
  } catch (cause) {
    return err(cause instanceof Error && 'syscall' in cause ? fileFaultAt(cause) : String(cause));
  }
};

const filesIn = (dir: string): readonly RecordFile[] =>
  readdirSync(dir)
    .sort()
    .flatMap((name) => {
      const [, number, day] = FILE_NAME.exec(name) ?? [];
      if (number === undefined || day === undefined) return [];
      return [{ number: Number(number), day, path: join(dir, name) }];
    });

const hashOf = (key: string): string => hash('sha1', key, 'binary').slice(0, KEY_BYTES);

/** crc32 in hex, the record's number, the value as JSON; the CRC is of what follows it. */
const encodeLine = (record: number, value: unknown): Buffer => {
  const text = Buffer.from(`${record} ${JSON.stringify(value)}`, 'utf8');
  const crc = crc32(text).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${crc} `, 'latin1'), text, Buffer.from('\n', 'latin1')]);
};

const decodeLine = (
  line: Buffer,
): { readonly record: number; readonly value: unknown } | undefined => {
  const text = line.subarray(9);
  if (line.toString('latin1', 0, 8) !== crc32(text).toString(16).padStart(8, '0')) return undefined;
  const space = text.indexOf(32);
  if (space === -1) return undefined;
  return {
    record: Number(text.toString('latin1', 0, space)),
    value: JSON.parse(text.toString('utf8', space + 1)) as unknown,
  };
};

/** The line that begins at `offset`, without its end; `undefined` when the file ends before it. */
const readLine = (fd: number, offset: number): Buffer | undefined => {
  for (let length = READ_BYTES; ; length *= 4) {
    const bytes = Buffer.allocUnsafe(length);
    const read = readSync(fd, bytes, 0, length, offset);
    const end = bytes.subarray(0, read).indexOf(10);
    if (end !== -1) return bytes.subarray(0, end);
    if (read < length) return undefined;
  }
};

const synced = (fd: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fdatasync(fd, (cause) => {
      if (cause === null) resolve();
      else reject(cause);
    });
  });
