import { readFileSync, readdirSync, truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

import { type Result, err, ok } from '../lib/result.ts';
import {
  type OpenFile,
  type SeriesName,
  type SeriesOptions,
  compareSeriesNames,
  listInManifest,
  makeOpenFile,
  parseSeriesName,
  readManifest,
  seriesName,
} from './file-series.ts';

/** What a line of a file says about where the log stands. */
export interface LineMeaning {
  readonly seq: number;
  /** Chain hash; empty where the format has none. */
  readonly hash: string;
  readonly prevHash: string;
  readonly part: readonly [number, number];
  readonly isTrailer: boolean;
}

export interface RecoveredSeries {
  /** The file to go on with; `undefined` when the next record opens a new one. */
  readonly open: OpenFile | undefined;
  readonly newest: SeriesName | undefined;
  readonly lastSeq: number;
  readonly lastHash: string;
  readonly notices: readonly string[];
}

export interface RecoveryFormat {
  readonly extension: SeriesName['extension'];
  readonly newline: string;
  readonly headerLines: number;
  readonly firstHash: string;
  readonly parse: (line: string) => Result<LineMeaning, string>;
}

/**
 * Finds where a series stopped. A torn last line, or a fact's records of which the last are
 * missing, is cut off and told in a notice: the journal has them and they are written again. A
 * complete last line that cannot be read is an error.
 */
export const recoverSeries = (
  options: SeriesOptions,
  format: RecoveryFormat,
): Result<RecoveredSeries, string> => {
  const names = readdirSync(options.dir)
    .map(parseSeriesName)
    .filter((name) => name?.extension === format.extension)
    .filter((name) => name !== undefined)
    .sort(compareSeriesNames);
  const notices: string[] = [];
  let newest: SeriesName | undefined;
  let open: OpenFile | undefined;
  // Only a file that got no complete record sends us to the one before it.
  for (const name of names.reverse()) {
    const found = recoverFile(options, format, { name, notices });
    if (!found.ok) return found;
    const { last, isEmpty } = found.value;
    if (isEmpty) continue;
    if (newest === undefined) open = found.value.open;
    newest ??= name;
    if (last === undefined) continue;
    return ok({ open, newest, lastSeq: last.seq, lastHash: last.hash, notices });
  }
  return ok({ open, newest, lastSeq: 0, lastHash: format.firstHash, notices });
};

interface RecoveredFile {
  readonly open: OpenFile | undefined;
  readonly last: LineMeaning | undefined;
  /** Not a complete line was in it: it is gone. */
  readonly isEmpty: boolean;
}

const recoverFile = (
  options: SeriesOptions,
  format: RecoveryFormat,
  { name, notices }: { readonly name: SeriesName; readonly notices: string[] },
): Result<RecoveredFile, string> => {
  const fileName = seriesName(name);
  const path = join(options.dir, fileName);
  const content = readFileSync(path);
  const lines = new LinesFromEnd(content.subarray(0, endOfLastLine(content, format)), format);
  const last = lastWhole(lines);
  if (last?.ok === false) return err(`${fileName}: last line: ${last.error}`);
  const { bytes } = lines;
  if (bytes.length !== content.length) {
    notices.push(`${fileName}: torn end, ${content.length - bytes.length} bytes cut off`);
  }
  if (options.isReadOnly !== true) cut(path, content.length, bytes.length);
  if (bytes.length === 0) {
    return ok({ open: undefined, last: undefined, isEmpty: true });
  }
  const open = makeOpenFile(options, name);
  open.digest.update(bytes);
  if (isFinished(options, open, last?.value)) {
    return ok({ open: undefined, last: last?.value, isEmpty: false });
  }
  open.size = bytes.length;
  open.count = lines.count();
  open.firstSeq = lines.firstSeq();
  return ok({ open, last: last?.value, isEmpty: false });
};

/** A finished file that a dying process has not listed is listed now. */
const isFinished = (
  { dir, isReadOnly }: SeriesOptions,
  open: OpenFile,
  last: LineMeaning | undefined,
): boolean => {
  if (readManifest(dir).has(seriesName(open.name))) return true;
  if (last?.isTrailer !== true) return false;
  if (isReadOnly !== true) listInManifest(dir, open);
  return true;
};

const cut = (path: string, before: number, after: number): void => {
  if (after === 0) unlinkSync(path);
  else if (after !== before) truncateSync(path, after);
};

const endOfLastLine = (bytes: Buffer, { newline }: RecoveryFormat): number => {
  const at = bytes.lastIndexOf(newline);
  return at === -1 ? 0 : at + newline.length;
};

/** The last line, after lines of a fact that is not complete were cut off. */
const lastWhole = (lines: LinesFromEnd): ReturnType<LinesFromEnd['last']> => {
  for (;;) {
    const last = lines.last();
    if (last?.ok !== true || last.value.isTrailer) return last;
    const [index, total] = last.value.part;
    if (index >= total) return last;
    lines.dropLast(index);
  }
};

/** The complete lines of a file, looked at from its end. */
class LinesFromEnd {
  bytes: Buffer;
  readonly #format: RecoveryFormat;

  constructor(bytes: Buffer, format: RecoveryFormat) {
    this.bytes = bytes;
    this.#format = format;
  }

  /** Records, a header not counted. */
  count(): number {
    const { newline, headerLines } = this.#format;
    let lines = 0;
    let at = this.bytes.indexOf(newline);
    while (at !== -1) {
      lines += 1;
      at = this.bytes.indexOf(newline, at + newline.length);
    }
    return Math.max(0, lines - headerLines);
  }

  /** Sequence number of the first record; 0 when there is none. */
  firstSeq(): number {
    const { newline, headerLines, parse } = this.#format;
    let start = 0;
    for (let i = 0; i < headerLines; i += 1) {
      start = this.bytes.indexOf(newline, start) + newline.length;
    }
    const end = this.bytes.indexOf(newline, start);
    if (end === -1) return 0;
    const parsed = parse(this.bytes.toString('utf8', start, end));
    return parsed.ok ? parsed.value.seq : 0;
  }

  /** `undefined` when there is no record. */
  last(): Result<LineMeaning, string> | undefined {
    if (this.count() === 0) return undefined;
    const end = this.bytes.length - this.#format.newline.length;
    return this.#format.parse(this.bytes.toString('utf8', this.#startOf(1), end));
  }

  dropLast(lines: number): void {
    this.bytes = this.bytes.subarray(0, this.#startOf(lines));
  }

  /** Where the `nth` line from the end begins; the last is the first. */
  #startOf(nth: number): number {
    const { newline } = this.#format;
    let start = this.bytes.length;
    for (let i = 0; i < nth && start > 0; i += 1) {
      const lineEnd = start - newline.length;
      const before = lineEnd === 0 ? -1 : this.bytes.lastIndexOf(newline, lineEnd - 1);
      start = before === -1 ? 0 : before + newline.length;
    }
    return start;
  }
}
