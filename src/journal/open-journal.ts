import { invariant } from '../lib/invariant.ts';
import { type Lease } from '../lib/files/lease-lock.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { makeFileStorage } from './file-storage.ts';
import { type Storage } from './storage.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { type JournalError, type JournalNotice, ioError } from './journal-error.ts';
import { type JournalRecord } from './record.ts';
import { recoverInSlices } from './recovery.ts';
import { type Snapshot } from './snapshot/snapshot-file.ts';

export interface OpenedJournal {
  readonly journal: Journal;
  /** With it the records before need not be read. */
  readonly snapshot: Snapshot | undefined;
  /**
   * Every record in the journal at opening, from the snapshot on, in order, read lazily; may be
   * iterated again.
   */
  readonly records: Iterable<JournalRecord>;
  readonly notices: readonly JournalNotice[];
}

/**
 * Opens or makes the journal, alone: takes the lock and checks every byte. A torn tail (a notice)
 * is cut off before the first write, so that who closes without one has changed nothing on disk.
 * Any other damage is an error, and so is what `refuse` says.
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
    const recovered = await recoverOrRefuse(storage, options);
    if (!recovered.ok) {
      lease.release();
      return recovered;
    }
    const journal = new Journal(storage, recovered.value, { ...options, lease });
    const lastSeq = journal.nextSeq - 1;
    const { snapshot, notices } = recovered.value;
    const from = (snapshot?.head.seq ?? 0) + 1;
    const records = { [Symbol.iterator]: () => upTo(journal.records(from), lastSeq) };
    return ok({ journal, records, snapshot, notices });
  } catch (cause) {
    held?.release();
    if (cause instanceof Error && 'syscall' in cause) return err(ioError(cause));
    throw cause;
  }
};

const recoverOrRefuse = async (
  storage: Storage,
  { clock, recovery = {}, refuse }: JournalOptions,
): ReturnType<typeof recoverInSlices> => {
  const recovered = await recoverInSlices(storage, recovery, () => clock?.monotonic() ?? 0);
  if (!recovered.ok) return recovered;
  const refusal = refuse?.(recovered.value);
  return refusal === undefined ? recovered : err({ code: 'JOURNAL_REFUSED', message: refusal });
};

function* upTo(records: Iterable<JournalRecord>, lastSeq: number): Generator<JournalRecord> {
  if (lastSeq === 0) return;
  for (const record of records) {
    if (record.seq > lastSeq) return;
    yield record;
    if (record.seq === lastSeq) return;
  }
}
