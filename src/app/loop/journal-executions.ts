import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { evolve } from '../../core/evolve/books.ts';
import { effectsOf } from '../../core/effects/effects-of.ts';
import { parseFact } from '../../core/fact.ts';
import { emptyState } from '../../core/state.ts';
import { type SessionName } from '../../domain/ids.ts';
import { type ExecutionRecord } from '../../execution-log/execution-record.ts';
import { makeFileStorage } from '../../journal/file-storage.ts';
import { readRecords } from '../../journal/reader.ts';
import { decodeRecord, RECORD_KIND } from '../../journal/record.ts';
import { recoverJournal } from '../../journal/recovery.ts';
import { lookAtLock } from '../../lib/files/lock-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { executionRecordsOf } from './execution-records.ts';

export interface JournalExecutions {
  /**
   * Every record that the execution log must hold, made anew from the facts. Throws when the
   * journal changes while it is read.
   */
  readonly records: Iterable<readonly ExecutionRecord[]>;
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
    const records = recordsOf(() => readRecords(storage, recovered.value.segments, 1));
    return ok({ records, isRunning: ['held', 'elsewhere', 'unclear'].includes(state) });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
};

/** The journal of an engine whose data folder is given, or whose folder of execution logs is. */
export const journalBeside = (dir: string): string | undefined =>
  [join(dir, 'journal'), join(dir, '..', 'journal')].find((path) => existsSync(path));

function* recordsOf(
  read: () => ReturnType<typeof readRecords>,
): Generator<readonly ExecutionRecord[]> {
  let state = emptyState();
  for (const record of read()) {
    if (record.kind !== RECORD_KIND.fact) continue;
    const decoded = decodeRecord(record);
    if (!decoded.ok) throw new Error(`journal record ${record.seq}: ${decoded.error}`);
    if (decoded.value.type !== 'Fact') continue;
    const { at } = decoded.value;
    const fact = parseFact(decoded.value.fact);
    state = evolve(state, fact);
    const effects = effectsOf(state, fact, NO_TIMERS);
    yield executionRecordsOf({ seq: record.seq, at, fact, effects }, CONTEXT);
  }
}

/**
 * Timers are nothing that a record tells; contract types and the route's name come from the
 * configuration, and are not compared.
 */
const NO_TIMERS = { ackTimeoutMs: 0, massCancelTimeoutMs: 0 };
const CONTEXT = { tradingSession: '' as SessionName, contractTypeOf: () => undefined };
