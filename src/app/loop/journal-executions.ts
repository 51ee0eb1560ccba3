import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evolve } from '../../core/evolve/books.ts';
import { effectsOf } from '../../core/effects/effects-of.ts';
import { type Fact, parseFact } from '../../core/fact.ts';
import { emptyState, type EngineState } from '../../core/state.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type ExecutionRecord } from '../../execution-log/execution-record.ts';
import { makeFileStorage } from '../../journal/file-storage.ts';
import { readRecords } from '../../journal/reader.ts';
import { decodeRecord, RECORD_KIND } from '../../journal/record.ts';
import { type RecoveredJournal, recoverJournal } from '../../journal/recovery.ts';
import { readSnapshot, type Snapshot, snapshotSeqs } from '../../journal/snapshot/snapshot-file.ts';
import { type Storage } from '../../journal/storage.ts';
import { type EpochMs } from '../../lib/time.ts';
import { partOf } from '../retention/snapshot-state.ts';
import { lookAtLock } from '../../lib/files/lock-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { executionRecordsOf } from './execution-records.ts';

export interface JournalExecutions {
  /**
   * Every record that the execution log must hold, made anew from the facts. Throws when the
   * journal changes while it is read.
   */
  readonly records: Iterable<readonly ExecutionRecord[]>;
  /** The first record that is told of: 1, or the one after a snapshot where older ones are gone. */
  readonly from: number;
  /** Whether an engine that runs has the journal open, so that it is ahead of its logs. */
  readonly isRunning: boolean;
}

/**
 * What the journal in a folder says of executions. Reads only, and takes no lock. The error says
 * what is wrong with the journal.
 */
export const executionsOfJournal = (dir: string): Result<JournalExecutions, string> => {
  try {
    const { state } = lookAtLock(join(dir, 'lock'));
    const storage = makeFileStorage(dir, { create: false });
    const recovered = recoverJournal(storage);
    if (!recovered.ok) return err(recovered.error.message);
    const begun = beginningOf(storage, recovered.value);
    if (!begun.ok) return begun;
    const records = recordsOf(begun.value);
    const isRunning = ['held', 'elsewhere', 'unclear'].includes(state);
    return ok({ records, from: begun.value.from, isRunning });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
};

/** The journal of an engine whose data folder is given, or whose folder of execution logs is. */
export const journalBeside = (dir: string): string | undefined =>
  [join(dir, 'journal'), join(dir, '..', 'journal')].find((path) => existsSync(path));

function* recordsOf(begun: Beginning): Generator<readonly ExecutionRecord[]> {
  for (const { seq, at, fact, state } of foldOf(begun)) {
    const effects = effectsOf(state, fact, NO_TIMERS);
    yield executionRecordsOf({ seq, at, fact, effects }, CONTEXT);
  }
}

/** Where the facts of a journal begin that are still there. */
export interface Beginning {
  /** The books before them. */
  readonly state: EngineState;
  /** 1, or the first record after a snapshot. */
  readonly from: number;
  readonly records: () => ReturnType<typeof readRecords>;
}

/** The first record; where it was removed, the oldest snapshot that can be read. */
export const beginningOf = (
  storage: Storage,
  { segments }: RecoveredJournal,
): Result<Beginning, string> => {
  const firstSeq = segments[0]?.firstSeq ?? 1;
  const read = (from: number) => () => readRecords(storage, segments, from);
  if (firstSeq === 1) return ok({ state: emptyState(), from: 1, records: read(1) });
  for (const seq of [...snapshotSeqs(storage)].reverse()) {
    const snapshot = snapshotAt(storage, seq);
    if (typeof snapshot === 'string' || seq + 1 < firstSeq) continue;
    const books = { ...emptyState(), ...partOf(snapshot.state, 'books') };
    return ok({ state: books, from: seq + 1, records: read(seq + 1) });
  }
  return err(`the records before ${firstSeq} were removed, and no snapshot can be read`);
};

/** A snapshot, or why it cannot be read. */
export const snapshotAt = (storage: Storage, seq: number): Snapshot | string => {
  const steps = readSnapshot(storage, seq);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

export interface FoldedFact {
  readonly seq: number;
  readonly at: EpochMs;
  readonly fact: Fact;
  /** The books after it; the next one changes them. */
  readonly state: EngineState;
}

/**
 * Every fact from a beginning on. `before` sees the books before each. Throws when a fact cannot be
 * read.
 */
export function* foldOf(
  { state: begun, records }: Beginning,
  before: (seq: number, state: EngineState) => void = () => undefined,
): Generator<FoldedFact> {
  let state = begun;
  for (const record of records()) {
    if (record.kind !== RECORD_KIND.fact) continue;
    const decoded = decodeRecord(record);
    if (!decoded.ok) throw new Error(`journal record ${record.seq}: ${decoded.error}`);
    if (decoded.value.type !== 'Fact') continue;
    const { at } = decoded.value;
    const fact = parseFact(decoded.value.fact);
    before(record.seq, state);
    state = evolve(state, fact);
    yield { seq: record.seq, at, fact, state };
  }
}

/**
 * Timers are nothing that a record tells; contract types and the route's name come from the
 * configuration, and are not compared.
 */
const NO_TIMERS = { ackTimeoutMs: 0, massCancelTimeoutMs: 0 };
const CONTEXT = { tradingSession: '' as SessionName, contractTypeOf: () => undefined };
