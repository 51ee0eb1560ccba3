import { readdirSync, truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

import { type Result, err, ok } from '../lib/result.ts';
import { LinesFromEnd } from './lines-from-end.ts';
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
 * complete last line that cannot be read is an error. Reads the ends of files alone: what is before
 * them is for `fathom executions verify`.
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
  const lines = new LinesFromEnd(path, format);
  try {
    const last = lastWhole(lines, format);
    if (last?.ok === false) return err(`${fileName}: last line: ${last.error}`);
    const { size, end } = lines;
    const firstSeq = firstSeqOf(lines, format);
    if (end !== size) notices.push(`${fileName}: torn end, ${size - end} bytes cut off`);
    if (options.isReadOnly !== true) cut(path, size, end);
    if (end === 0) return ok({ open: undefined, last: undefined, isEmpty: true });
    const open = makeOpenFile(options, name, end);
    if (isFinished(options, open, last?.value)) {
      return ok({ open: undefined, last: last?.value, isEmpty: false });
    }
    open.firstSeq = firstSeq;
    return ok({ open, last: last?.value, isEmpty: false });
  } finally {
    lines.close();
  }
};

/** A finished file that a dying process has not listed is listed now. */
const isFinished = (
  { dir, isReadOnly }: SeriesOptions,
  open: OpenFile,
  last: LineMeaning | undefined,
): boolean => {
  if (readManifest(dir).has(seriesName(open.name))) return true;
  if (last?.isTrailer !== true) return false;
  if (isReadOnly !== true) {
    open.sums.catchUp();
    listInManifest(dir, open);
  }
  return true;
};

const cut = (path: string, before: number, after: number): void => {
  if (after === 0) unlinkSync(path);
  else if (after !== before) truncateSync(path, after);
};

/** The last line, after lines of a fact that is not complete were cut off. */
const lastWhole = (
  lines: LinesFromEnd,
  { parse }: RecoveryFormat,
): Result<LineMeaning, string> | undefined => {
  for (;;) {
    const text = lines.last();
    const last = text === undefined ? undefined : parse(text);
    if (last?.ok !== true || last.value.isTrailer) return last;
    const [index, total] = last.value.part;
    if (index >= total) return last;
    lines.dropLast(index);
  }
};

/** `undefined` when there is no record. */
const firstSeqOf = (lines: LinesFromEnd, { parse }: RecoveryFormat): number | undefined => {
  const first = lines.first();
  const parsed = first === undefined ? undefined : parse(first);
  return parsed?.ok === true ? parsed.value.seq : undefined;
};
