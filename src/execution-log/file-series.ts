import { defined } from '../lib/defined.ts';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { BufferedFile, type BufferedFileOptions } from '../lib/files/buffered-file.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { FileSums } from './file-sums.ts';

/** `er-manifest.sha256`, in the format of sha256sum: one line for each finished file. */
const MANIFEST_NAME = 'er-manifest.sha256';

const NAME = /^er-(\d{8})-(\d{2,4})\.(jsonl|csv)$/;

export interface SeriesName {
  readonly day: string;
  readonly number: number;
  readonly extension: 'jsonl' | 'csv';
}

export const seriesName = ({ day, number, extension }: SeriesName): string =>
  `er-${day}-${String(number).padStart(2, '0')}.${extension}`;

export const parseSeriesName = (name: string): SeriesName | undefined => {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, day = '', number, extension] = match;
  return { day, number: Number(number), extension: extension as SeriesName['extension'] };
};

export const compareSeriesNames = (a: SeriesName, b: SeriesName): number =>
  a.day === b.day ? a.number - b.number : a.day < b.day ? -1 : 1;

/** A file that is being written. */
export interface OpenFile {
  readonly name: SeriesName;
  readonly file: BufferedFile;
  /** Of every byte, for the manifest and the trailer. */
  readonly sums: FileSums;
  /** Bytes, buffered ones included. */
  size: number;
  /** `undefined` without a record. */
  firstSeq: number | undefined;
}

export interface SeriesOptions {
  readonly dir: string;
  readonly fileBytesMax: number;
  readonly bufferBytesMax: number;
  readonly write?: BufferedFileOptions['write'];
  /** Recovery only looks: nothing is cut off, removed or listed. */
  readonly isReadOnly?: boolean;
}

/** One kind of file, day after day. */
export interface SeriesFormat {
  readonly extension: SeriesName['extension'];
  readonly newline: string;
  readonly header: string | undefined;
  /** The line that ends a finished file; told before the file is closed. */
  readonly trailer: (file: OpenFile) => string | undefined;
}

/**
 * Writes lines into the file of the day, and the next one when it is full. Errors are the system's.
 */
export class FileSeries {
  readonly #options: SeriesOptions;
  readonly #format: SeriesFormat;
  #open: OpenFile | undefined;
  #newest: SeriesName | undefined;

  constructor(
    options: SeriesOptions,
    format: SeriesFormat,
    found: { readonly open: OpenFile | undefined; readonly newest: SeriesName | undefined },
  ) {
    this.#options = options;
    this.#format = format;
    this.#open = found.open;
    this.#newest = found.newest;
  }

  /**
   * Makes sure that the next line lands in a file of this day, or of a later one when time went
   * back.
   */
  turnTo(day: string): Result<void, Error> {
    const open = this.#open;
    if (open !== undefined) {
      if (open.name.day >= day && open.size < this.#options.fileBytesMax) return ok(undefined);
      const finished = this.#finish(open);
      if (!finished.ok) return finished;
    }
    const newest = this.#newest;
    const name =
      newest !== undefined && newest.day >= day
        ? { ...newest, number: newest.number + 1 }
        : { day, number: 1, extension: this.#format.extension };
    this.#newest = name;
    this.#open = makeOpenFile(this.#options, name);
    return this.#format.header === undefined ? ok(undefined) : this.#put(this.#format.header);
  }

  append(line: string, seq: number): Result<void, Error> {
    if (this.#open !== undefined) this.#open.firstSeq ??= seq;
    return this.#put(line);
  }

  /** Bytes of the open file that its sums lack, because they were there when it was opened. */
  get behind(): number {
    return this.#open?.sums.behind ?? 0;
  }

  /** Sums some more of them. */
  catchUp(bytesMax?: number): Result<void, Error> {
    const open = this.#open;
    if (open === undefined || open.sums.behind === 0) return ok(undefined);
    const flushed = open.file.flush();
    if (!flushed.ok) return flushed;
    try {
      open.sums.catchUp(bytesMax);
      return ok(undefined);
    } catch (cause) {
      return err(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  flush(): Result<void, Error> {
    return this.#open?.file.flush() ?? ok(undefined);
  }

  /** Resolves when everything so far survives a loss of power. */
  sync(): Promise<Result<void, Error>> {
    return this.#open?.file.sync() ?? Promise.resolve(ok(undefined));
  }

  /** The file that is written, and its bytes so far. */
  position(): { readonly file: string; readonly size: number } | undefined {
    const open = this.#open;
    return open === undefined ? undefined : { file: seriesName(open.name), size: open.size };
  }

  /** Writes everything and closes; the file goes on after a restart, so it gets no trailer. */
  close(): Result<void, Error> {
    const closed = this.#open?.file.close({ sync: true }) ?? ok(undefined);
    this.#open = undefined;
    return closed;
  }

  #put(line: string): Result<void, Error> {
    const open = this.#open;
    if (open === undefined) throw new Error('turnTo comes before append');
    const bytes = Buffer.from(line + this.#format.newline, 'utf8');
    open.sums.add(bytes);
    open.size += bytes.length;
    return open.file.append(bytes);
  }

  #finish(open: OpenFile): Result<void, Error> {
    const summed = this.catchUp();
    if (!summed.ok) return summed;
    const trailer = this.#format.trailer(open);
    if (trailer !== undefined) {
      const put = this.#put(trailer);
      if (!put.ok) return put;
    }
    const closed = open.file.close({ sync: true });
    this.#open = undefined;
    return closed.ok ? listInManifest(this.#options.dir, open) : closed;
  }
}

/** `size`: bytes that the file has already. */
export const makeOpenFile = (options: SeriesOptions, name: SeriesName, size = 0): OpenFile => {
  const path = join(options.dir, seriesName(name));
  const { bufferBytesMax, write } = options;
  const file = new BufferedFile({
    path,
    bufferBytesMax,
    ...defined({ write }),
  });
  return { name, file, sums: new FileSums(path, size), size, firstSeq: undefined };
};

/** Adds a finished file's SHA-256. */
export const listInManifest = (
  dir: string,
  { name, sums }: Pick<OpenFile, 'name' | 'sums'>,
): Result<void, Error> => {
  try {
    const line = `${sums.sha256}  ${seriesName(name)}\n`;
    appendFileSync(join(dir, MANIFEST_NAME), line, { mode: 0o600, flush: true });
    return ok(undefined);
  } catch (cause) {
    return { ok: false, error: cause instanceof Error ? cause : new Error(String(cause)) };
  }
};

/** SHA-256 by file name, from the manifest of a directory. */
export const readManifest = (dir: string): ReadonlyMap<string, string> => {
  const path = join(dir, MANIFEST_NAME);
  if (!existsSync(path)) return new Map();
  const entries = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => /^([0-9a-f]{64}) {2}(\S+)$/.exec(line))
    .filter((match) => match !== null)
    .map((match) => [match[2] ?? '', match[1] ?? ''] as const);
  return new Map(entries);
};
