import { invariant } from '../lib/invariant.ts';
import { type Lease } from '../lib/files/lease-lock.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { makeFileStorage } from './file-storage.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { type JournalError, type JournalNotice, ioError } from './journal-error.ts';
import { type JournalRecord } from './record.ts';
import { type RecoveredJournal, recoverJournal } from './recovery.ts';
import { type Storage } from './storage.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** Every record in the journal at opening, in order, read lazily; may be iterated again. */
  readonly records: Iterable<JournalRecord>;
  readonly notices: readonly JournalNotice[];
}

/**
 * Opens or makes the journal, alone: checks every byte, cuts off a torn tail (a notice), and takes
 * the lock. Any other damage is an error, and so is what `refuse` says; both change nothing on
 * disk.
 */
export const openJournal = async (
  options: JournalOptions,
): Promise<Result<OpenedJournal, JournalError>> => {
  invariant(
    (options.dir === undefined) !== (options.storage === undefined),
    'a journal is opened by its directory or by its storage',
  );
  let held: Lease | undefined;
  try {
    const storage = options.storage ?? makeFileStorage(options.dir ?? '');
    const lock = await storage.lock(options.lock);
    if (!lock.ok) return err({ code: 'JOURNAL_LOCKED', message: lock.error });
    const lease = (held = lock.value);
    const recovered = recoverJournal(storage);
    if (!recovered.ok) {
      lease.release();
      return recovered;
    }
    const refusal = options.refuse?.(recovered.value);
    if (refusal !== undefined) {
      lease.release();
      return err({ code: 'JOURNAL_REFUSED', message: refusal });
    }
    const lost = lostBeforeRepair(recovered.value, lease);
    if (lost !== undefined) {
      lease.release();
      return err({ code: 'JOURNAL_LOCKED', message: lost });
    }
    await repair(storage, recovered.value);
    const journal = new Journal(storage, recovered.value, { ...options, lease });
    const lastSeq = journal.nextSeq - 1;
    const records = { [Symbol.iterator]: () => upTo(journal.records(1), lastSeq) };
    return ok({ journal, records, notices: recovered.value.notices });
  } catch (cause) {
    held?.release();
    if (cause instanceof Error && 'syscall' in cause) return err(ioError(cause));
    throw cause;
  }
};

/** Reading a long journal holds up the refreshes: is it still ours to repair? */
const lostBeforeRepair = ({ repair: what }: RecoveredJournal, lease: Lease): string | undefined =>
  what === undefined ? undefined : lease.lost();

const repair = async (storage: Storage, { repair: what }: RecoveredJournal): Promise<void> => {
  if (what === undefined) return;
  if (what.type === 'Remove') {
    storage.remove(what.name);
    await storage.syncDirectory();
    return;
  }
  const file = storage.open(what.name, 'write');
  try {
    file.truncate(what.length);
    await file.sync();
  } finally {
    file.close();
  }
};

function* upTo(records: Iterable<JournalRecord>, lastSeq: number): Generator<JournalRecord> {
  if (lastSeq === 0) return;
  for (const record of records) {
    yield record;
    if (record.seq === lastSeq) return;
  }
}
