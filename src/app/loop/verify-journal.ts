import { firstDifference, versionProblem } from '../retention/snapshot-state.ts';
import { type EngineState } from '../../core/state.ts';
import { isArchivedName } from '../../journal/block/block.ts';
import { makeFileStorage } from '../../journal/file-storage.ts';
import { type JournalNotice } from '../../journal/journal-error.ts';
import { recoverJournal } from '../../journal/recovery.ts';
import { type Snapshot, snapshotSeqs } from '../../journal/snapshot/snapshot-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { beginningOf, foldOf, snapshotAt } from './journal-executions.ts';

/** What a look through a whole journal found. */
export interface JournalVerified {
  readonly segments: number;
  readonly archived: number;
  /** The first record whose fact was folded: 1, or the first after the oldest snapshot. */
  readonly from: number;
  readonly lastSeq: number;
  readonly facts: number;
  readonly orders: number;
  readonly snapshots: readonly SnapshotVerified[];
  readonly notices: readonly JournalNotice[];
}

interface SnapshotVerified {
  readonly seq: number;
  /**
   * `beginning`: nothing is left to hold it against. `otherVersion`: this program makes other
   * books of the facts than the one that wrote it, so that they cannot be compared.
   */
  readonly result: 'equal' | 'beginning' | 'otherVersion' | 'differs' | 'unreadable';
  readonly why?: string;
}

const compared = (books: EngineState, snapshot: Snapshot): SnapshotVerified => {
  const { seq } = snapshot.head;
  const other = versionProblem(snapshot, true);
  if (other !== undefined) return { seq, result: 'otherVersion', why: other };
  const why = firstDifference(books, snapshot);
  return why === undefined ? { seq, result: 'equal' } : { seq, result: 'differs', why };
};

/**
 * Checks every byte of a journal, archived segments included, folds its facts, and holds the books
 * against each snapshot. Reads only, and takes no lock.
 */
export const verifyJournal = (dir: string): Result<JournalVerified, string> => {
  try {
    const storage = makeFileStorage(dir, { create: false });
    const recovered = recoverJournal(storage);
    if (!recovered.ok) return err(recovered.error.message);
    const { segments, nextSeq, notices } = recovered.value;
    if (segments.length === 0) return err(`${storage.location}: no journal here`);
    const begun = beginningOf(storage, recovered.value);
    if (!begun.ok) return begun;
    const seqs = [...snapshotSeqs(storage)].reverse();
    const snapshots: SnapshotVerified[] = [];
    let { state } = begun.value;
    const check = (before: number, books: EngineState): void => {
      while (seqs[0] !== undefined && seqs[0] < before) {
        const seq = seqs.shift() ?? 0;
        const snapshot = snapshotAt(storage, seq);
        if (typeof snapshot === 'string') {
          snapshots.push({ seq, result: 'unreadable', why: snapshot });
          continue;
        }
        const isBeginning = begun.value.from !== 1 && seq + 1 === begun.value.from;
        snapshots.push(isBeginning ? { seq, result: 'beginning' } : compared(books, snapshot));
      }
    };
    let facts = 0;
    for (const folded of foldOf(begun.value, check)) {
      state = folded.state;
      facts += 1;
    }
    check(Number.POSITIVE_INFINITY, state);
    return ok({
      ...{ segments: segments.length, from: begun.value.from, lastSeq: nextSeq - 1, facts },
      archived: segments.filter(({ name }) => isArchivedName(name)).length,
      ...{ orders: state.orders.size, snapshots, notices },
    });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
};
