import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { BufferedFile } from '../../lib/buffered-file.ts';
import { type LedgerEntry } from '../../simulator/ledger.ts';

const BUFFER_BYTES_MAX = 256 * 1_024;

export interface LedgerFile {
  readonly write: (entry: LedgerEntry) => void;
  readonly flush: () => void;
  readonly close: () => void;
}

/**
 * The ledger as a file of JSON lines. A kept venue tells all its entries again when it starts: those that the file has already are
 * left out, and a line that a dying process left unfinished is cut off. Throws what the system throws.
 */
export const openLedgerFile = (path: string, isKept: boolean): LedgerFile => {
  makeFolder(dirname(path));
  closeSync(openSync(path, 'a', 0o600));
  const written = isKept && existsSync(path) ? mend(path) : 0;
  const file = new BufferedFile({ path, bufferBytesMax: BUFFER_BYTES_MAX });
  const check = (done: ReturnType<BufferedFile['flush']>): void => {
    if (!done.ok) throw done.error;
  };
  return {
    write: (entry) => {
      if (entry.line > written) check(file.append(Buffer.from(`${JSON.stringify(entry)}\n`)));
    },
    flush: () => {
      check(file.flush());
    },
    close: () => {
      check(file.close());
    },
  };
};

/** Not `recursive`: on some file systems (/proc) that never ends. */
const makeFolder = (path: string): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
};

/** Cuts an unfinished last line off; answers with the number of the last whole one. */
const mend = (path: string): number => {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(path, end);
  if (end === 0) return 0;
  const start = bytes.lastIndexOf(10, end - 2) + 1;
  try {
    const entry = JSON.parse(bytes.subarray(start, end).toString('utf8')) as Partial<LedgerEntry>;
    return entry.line ?? 0;
  } catch {
    throw new Error(`${path}: the last line is no ledger entry`);
  }
};
