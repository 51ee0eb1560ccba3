import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { defined } from '../../lib/defined.ts';
import { syncFolder } from '../../lib/files/durable-file.ts';
import { faultOfMode, MODE } from '../../lib/files/open-mode.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import {
  type AuditHead,
  type AuditSeal,
  faultOfHead,
  GENESIS,
  readHead,
  type SealedHead,
  writeHead,
} from './audit-head.ts';
import { EMPTY_BOOKS, evolve, type MoneyBooks, type MoneyFact } from './money-fact.ts';

/**
 * The audit record: one JSON line per fact, each with the SHA-256 of the line before and sealed,
 * forced to the disk before anything that follows from it happens. It is also what the books of
 * requests are folded from.
 */
export interface AuditTrail {
  readonly append: (fact: MoneyFact) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface OpenedAuditTrail {
  readonly audit: AuditTrail;
  readonly books: MoneyBooks;
  /** Why the record would have been refused, had people not accepted it as it is. */
  readonly acceptedFault?: string;
}

export interface AuditPlace {
  readonly path: string;
  /** Where the record ends, apart from it but in the data folder too. */
  readonly headPath: string;
  /**
   * The same outside of the data folder, by the key that moves the money: it misses a record that
   * was brought back from an older copy, and one that another data folder has begun anew.
   */
  readonly keyHeadPath?: string;
  readonly seal: AuditSeal;
  /** `<lines>:<SHA-256 of the last>`: people took the record with this end as it is. */
  readonly accepted?: string;
  readonly at: EpochMs;
}

interface Line {
  readonly previous: string;
  readonly fact: MoneyFact;
}

interface End extends AuditHead {
  readonly beforeLast: string;
  readonly isLastSealed: boolean;
}

const hashOf = (line: string): string => createHash('sha256').update(line, 'utf8').digest('hex');

/**
 * Opens the record and folds the books from it. A torn last line (a crash while writing) is cut
 * off; any other damage is an error, and no money moves: an altered record may hide some.
 */
export const openAuditTrail = async (
  place: AuditPlace,
): Promise<Result<OpenedAuditTrail, string>> => {
  const { path } = place;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const places = [dirname(path), path, place.headPath];
  const [openFault] = places.flatMap((one) => faultOfMode(one, MODE.othersWrite) ?? []);
  if (openFault !== undefined) return err(openFault);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const folded = fold(whole, place.seal);
  if (!folded.ok) return err(`${path}: ${folded.error}`);
  const { books, end } = folded.value;
  const judged = await judgeEnd(end, place);
  if (!judged.ok) return err(`${path}: ${judged.error}`);
  const file = await open(path, 'a', 0o600);
  await file.truncate(Buffer.byteLength(whole));
  // The heads must never be ahead of the record, not even after a power cut.
  await file.sync();
  await syncFolder(dirname(path));
  const { acceptedFault, accepted } = judged.value;
  const audit = makeRecord(file, { ...place, ...defined({ accepted }) }, end);
  if (acceptedFault === undefined) {
    await audit.writeHeads();
    return ok({ books, audit });
  }
  const { count, last } = end;
  const fact = { at: place.at, by: 'configuration', type: 'RecordAccepted', count, last } as const;
  await audit.append(fact);
  return ok({ books: evolve(books, fact), audit, acceptedFault });
};

const endText = ({ count, last }: AuditHead): string => `${count}:${last}`;

interface Judged {
  readonly acceptedFault?: string;
  readonly accepted?: string;
}

const judgeEnd = async (end: End, place: AuditPlace): Promise<Result<Judged, string>> => {
  const { headPath, keyHeadPath, seal } = place;
  const head = (await readHead(headPath, seal)) ?? { count: 0, last: GENESIS };
  const found = keyHeadPath === undefined ? undefined : await readHead(keyHeadPath, seal);
  const fault = faultOf(head, end, headPath) ?? faultOf(found, end, keyHeadPath ?? '');
  const keyHead = typeof found === 'object' ? found : undefined;
  const earlier = keyHead?.accepted;
  if (fault === undefined) return ok(defined({ accepted: earlier }));
  const now = endText(end);
  return place.accepted === now && earlier !== now
    ? ok({ acceptedFault: fault, accepted: now })
    : err(`${fault}: ${toAdvice(now, place, keyHead)}`);
};

const toAdvice = (
  now: string,
  { path, accepted }: AuditPlace,
  keyHead: SealedHead | undefined,
): string => {
  const other = keyHead?.record;
  const elsewhere =
    other === undefined || other === resolve(path) ? '' : `The key was last used with ${other}. `;
  const last =
    accepted === now
      ? 'this end was accepted once already'
      : `only after every request was compared with the account log, set funds.auditAccepted to "${now}" for one start`;
  return `money may have moved that it does not show. ${elsewhere}Bring the whole record back; ${last}`;
};

const faultOf = (
  head: AuditHead | string | undefined,
  end: End,
  headPath: string,
): string | undefined => {
  if (head === undefined) return undefined;
  const fault = typeof head === 'string' ? head : faultOfHead(head, end);
  return fault === undefined ? undefined : `${fault} (${headPath})`;
};

const fold = (
  text: string,
  seal: AuditSeal,
): Result<{ readonly books: MoneyBooks; readonly end: End }, string> => {
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
  const isLastSealed = isSealed(lines.at(-1) ?? '', seal);
  return ok({ books, end: { count: lines.length, last, beforeLast, isLastSealed } });
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

/** The seal is the last value of a line, over the bytes before it. */
const toLine = (line: Line, seal: AuditSeal): string => {
  const open = JSON.stringify(line).slice(0, -1);
  return `${open},"seal":"${seal(open)}"}`;
};

const SEAL = /,"seal":"([0-9a-f]{64})"\}$/;
const isSealed = (line: string, seal: AuditSeal): boolean => {
  const found = SEAL.exec(line);
  return found !== null && seal(line.slice(0, found.index)) === found[1];
};

const makeRecord = (
  file: FileHandle,
  { path, headPath, keyHeadPath, seal, accepted }: AuditPlace,
  start: AuditHead,
): AuditTrail & { readonly writeHeads: () => Promise<void> } => {
  let head: AuditHead = { count: start.count, last: start.last };
  let isBroken = false;
  const writeHeads = async (): Promise<void> => {
    const sealed = { ...head, record: resolve(path), ...defined({ accepted }) };
    await writeHead(headPath, sealed, seal);
    // A key that moved nothing yet has no record to be missed.
    if (keyHeadPath !== undefined && head.count > 0) await writeHead(keyHeadPath, sealed, seal);
  };
  return {
    writeHeads,
    append: async (fact) => {
      if (isBroken) throw new Error('the audit record could not be written: restart the engine');
      const line = toLine({ previous: head.last, fact }, seal);
      // Half a line may stand there after a failure; another one behind it would spoil the record.
      isBroken = true;
      await file.appendFile(`${line}\n`, 'utf8');
      await file.datasync();
      head = { count: head.count + 1, last: hashOf(line) };
      await writeHeads();
      isBroken = false;
    },
    close: () => file.close(),
  };
};
