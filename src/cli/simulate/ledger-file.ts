import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { BufferedFile } from '../../lib/files/buffered-file.ts';
import { makeFolder } from '../../lib/files/make-folder.ts';
import { type LedgerEntry } from '../../simulator/ledger-entry.ts';
import { type CliIo, EXIT } from '../shared/cli-io.ts';
import { problemOf, StartRefusal } from './refusal.ts';

const BUFFER_BYTES_MAX = 256 * 1_024;
const FLUSH_MS = 200;

/**
 * Entries are written after a short delay, and all of them at the end. A venue that cannot write
 * its ledger ends, with one line of explanation. Throws a Refusal when the file cannot be opened.
 */
export const keepLedger = (
  path: string,
  isKept: boolean,
  { closers, io }: { readonly closers: (() => void)[]; readonly io: CliIo },
): ((entry: LedgerEntry) => void) => {
  const file = openLedgerFile(path, isKept);
  const orEnd = (write: () => void): void => {
    try {
      write();
    } catch (cause) {
      io.err(problemOf(cause));
      process.exit(EXIT.failed);
    }
  };
  const timer = setInterval(() => {
    orEnd(file.flush);
  }, FLUSH_MS);
  closers.push(() => {
    clearInterval(timer);
    file.close();
  });
  return (entry) => {
    orEnd(() => {
      file.write(entry);
    });
  };
};

interface LedgerFile {
  readonly write: (entry: LedgerEntry) => void;
  readonly flush: () => void;
  readonly close: () => void;
}

/**
 * The ledger as a file of JSON lines. A kept venue repeats all its entries when it starts: those
 * that the file has already are left out. A line that a crash left unfinished is cut off. Errors
 * name the option.
 */
const openLedgerFile = (path: string, isKept: boolean): LedgerFile => {
  const written = opened(path, isKept);
  const file = new BufferedFile({ path, bufferBytesMax: BUFFER_BYTES_MAX });
  const check = (done: ReturnType<BufferedFile['flush']>): void => {
    if (!done.ok) throw new Error(textOf(path, done.error));
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

const textOf = (path: string, cause: unknown): string => `--ledger ${path}: ${problemOf(cause)}`;

/** Opens or makes the file; returns the number of its last whole line. */
const opened = (path: string, isKept: boolean): number => {
  try {
    makeFolder(dirname(path));
    closeSync(openSync(path, 'a', 0o600));
    return isKept ? mend(path) : 0;
  } catch (cause) {
    throw new StartRefusal(textOf(path, cause));
  }
};

/** Cuts off an unfinished last line; returns the number of the last whole one. */
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
    throw new Error('the last line is no ledger entry');
  }
};
