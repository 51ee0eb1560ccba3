import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, writeDurably } from '../../lib/files/durable-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { EMPTY_BOOKS, evolve, type MoneyBooks, type MoneyFact } from './money-fact.ts';

/**
 * The audit record: one JSON line per fact, each with the SHA-256 of the line before, forced to the
 * disk before anything that follows from it happens. It is also what the desk's books are folded
 * from.
 */
export interface AuditTrail {
  readonly append: (fact: MoneyFact) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface OpenedAuditTrail {
  readonly audit: AuditTrail;
  readonly books: MoneyBooks;
}

interface Line {
  readonly previous: string;
  readonly fact: MoneyFact;
}

const hashOf = (line: string): string => createHash('sha256').update(line, 'utf8').digest('hex');

/**
 * Opens the record and folds the books from it. A torn last line (a crash while writing) is cut
 * off; any other damage is an error, and the desk stays shut: an altered record may hide money.
 * `headPath` knows where the record ends, so that lines dropped from its end are missed as well.
 */
export const openAuditTrail = async (
  path: string,
  headPath: string,
): Promise<Result<OpenedAuditTrail, string>> => {
  await mkdir(dirname(path), { recursive: true });
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const folded = fold(whole);
  if (!folded.ok) return err(`${path}: ${folded.error}`);
  const { books, ...end } = folded.value;
  const fault = await faultOfEnd(end, headPath);
  if (fault !== undefined) return err(`${path}: ${fault}`);
  const file = await open(path, 'a');
  await file.truncate(Buffer.byteLength(whole));
  // The head must never be ahead of the record, not even after a power cut.
  await file.sync();
  await syncFolder(dirname(path));
  await writeHead(headPath, end);
  return ok({ books, audit: makeRecord(file, headPath, end) });
};

interface End extends AuditHead {
  readonly beforeLast: string;
}

const faultOfEnd = async (end: End, headPath: string): Promise<string | undefined> => {
  const head = await readHead(headPath);
  const fault = head === undefined ? 'its head cannot be read' : faultOfHead(head, end);
  return fault === undefined
    ? undefined
    : `${fault} (${headPath}): money may have moved that it does not show. Bring the whole record back; ` +
        `only if you know that it is whole, write ${toHeadText(end).trim()} into the head`;
};

const fold = (text: string): Result<End & { readonly books: MoneyBooks }, string> => {
  let books = EMPTY_BOOKS;
  let last = GENESIS;
  let beforeLast = GENESIS;
  const lines = text.split('\n').slice(0, -1);
  for (const [index, line] of lines.entries()) {
    const parsed = parseLine(line);
    if (parsed === undefined) return err(`line ${index + 1} is not of the audit record`);
    if (parsed.previous !== last) return err(`line ${index + 1} does not follow the one before it`);
    books = evolve(books, parsed.fact);
    beforeLast = last;
    last = hashOf(line);
  }
  return ok({ books, count: lines.length, last, beforeLast });
};

const parseLine = (line: string): Line | undefined => {
  try {
    const value = JSON.parse(line) as Partial<Line>;
    const isLine = typeof value.previous === 'string' && typeof value.fact?.type === 'string';
    return isLine ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
};

const makeRecord = (file: FileHandle, headPath: string, start: AuditHead): AuditTrail => {
  let head = start;
  let isBroken = false;
  return {
    append: async (fact) => {
      if (isBroken) throw new Error('the audit record could not be written: restart the engine');
      const line = JSON.stringify({ previous: head.last, fact } satisfies Line);
      // Half a line may stand there after a failure; another one behind it would spoil the record.
      isBroken = true;
      await file.appendFile(`${line}\n`, 'utf8');
      await file.datasync();
      head = { count: head.count + 1, last: hashOf(line) };
      await writeHead(headPath, head);
      isBroken = false;
    },
    close: () => file.close(),
  };
};

/**
 * Where the audit record ends, kept in a second place: lines dropped from the end of a chain leave
 * a chain. Written after each line, so a crash between the two leaves a record one line ahead,
 * never one behind.
 */
interface AuditHead {
  /** Lines of the record. */
  readonly count: number;
  /** SHA-256 of the last one. */
  readonly last: string;
}

const GENESIS = '0'.repeat(64);
const EMPTY_HEAD: AuditHead = { count: 0, last: GENESIS };

const toHeadText = ({ count, last }: AuditHead): string => `${JSON.stringify({ count, last })}\n`;

const writeHead = (path: string, head: AuditHead): Promise<void> =>
  writeDurably(path, toHeadText(head));

/** The empty head when there is none yet; `undefined` when the file holds something else. */
const readHead = async (path: string): Promise<AuditHead | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return toHeadText(EMPTY_HEAD);
    throw error;
  });
  try {
    const { count, last } = JSON.parse(text) as Partial<AuditHead>;
    return typeof count === 'number' && typeof last === 'string' ? { count, last } : undefined;
  } catch {
    return undefined;
  }
};

/** Why a record that ends with `found` is not the one of `head`; `undefined` when it is. */
const faultOfHead = (
  head: AuditHead,
  found: AuditHead & { readonly beforeLast: string },
): string | undefined => {
  const { count } = found;
  if (count < head.count)
    return `the last ${head.count - count} of ${head.count} lines are missing`;
  const isSame = count === head.count && found.last === head.last;
  const isOneAhead = count === head.count + 1 && found.beforeLast === head.last;
  return isSame || isOneAhead
    ? undefined
    : `it has ${count} lines and does not end where its head says, after ${head.count}`;
};
