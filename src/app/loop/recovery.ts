import { type Fact, parseFact } from '../../core/fact.ts';
import { type EngineState, emptyState } from '../../core/state.ts';
import { JournaledSessionStores } from '../../journal/journaled-session-store.ts';
import { type Journal } from '../../journal/journal.ts';
import { type OpenedJournal } from '../../journal/open-journal.ts';
import { decodeRecord, encodeFact, RECORD_KIND } from '../../journal/record.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type Decider, type FactJournal, type RecordedFact } from './engine-loop.ts';

/** The books and the sessions' numbers as the journal tells them. */
export interface RecoveredEngine {
  readonly state: EngineState;
  readonly stores: JournaledSessionStores;
  readonly factCount: number;
}

/**
 * Boot: folds every fact into the books and every session record into its store. Facts after
 * `republish.afterSeq` go to `republish.tell` with their effects, so that a log that missed them in
 * a crash gets them now; no effect is run.
 */
export const recoverEngine = (
  opened: OpenedJournal,
  decider: Pick<Decider, 'evolve' | 'effectsOf'>,
  republish: { readonly afterSeq: number; readonly tell: (fact: RecordedFact) => void },
): Result<RecoveredEngine, string> => {
  const stores = new JournaledSessionStores(opened.journal);
  let state = emptyState();
  let factCount = 0;
  for (const record of opened.records) {
    const decoded = decodeRecord(record);
    if (!decoded.ok) return err(`journal record ${record.seq}: ${decoded.error}`);
    if (decoded.value.type !== 'Fact') {
      stores.applyDecoded(record.seq, decoded.value);
      continue;
    }
    const fact = parseFact(decoded.value.fact);
    state = decider.evolve(state, fact);
    factCount += 1;
    if (record.seq > republish.afterSeq) {
      const effects = decider.effectsOf(state, fact);
      republish.tell({ seq: record.seq, at: decoded.value.at, fact, effects });
    }
  }
  return ok({ state, stores, factCount });
};

/** The journal as the loop sees it. */
export const makeFactJournal = (journal: Journal): FactJournal => ({
  appendFact: (at: EpochMs, fact: Fact) => journal.append(RECORD_KIND.fact, encodeFact(at, fact)),
  commit: () => journal.commit(),
  pendingBytes: () => journal.pendingBytes,
});
