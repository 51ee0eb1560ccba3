import { type Fact, parseFact } from '../../core/fact.ts';
import { type EngineState, emptyState } from '../../core/state.ts';
import { type KeptState, partOf } from '../retention/snapshot-state.ts';
import {
  JournaledSessionStores,
  type SessionState,
} from '../../journal/journaled-session-store.ts';
import { type Journal } from '../../journal/journal.ts';
import { type OpenedJournal } from '../../journal/open-journal.ts';
import { decodeRecord, encodeFact, RECORD_KIND } from '../../journal/record.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs, type MonotonicMs, type TimeDeps } from '../../lib/time.ts';
import { type Logger } from '../../observability/logger.ts';
import { type EngineStorage } from './storage.ts';
import { type Decider, type FactJournal, type RecordedFact } from './engine-loop.ts';

/** The books and the sessions' numbers as the journal tells them. */
export interface RecoveredEngine {
  readonly state: EngineState;
  readonly stores: JournaledSessionStores;
  readonly factCount: number;
}

interface Republish {
  readonly afterSeq: number;
  readonly tell: (fact: RecordedFact) => void;
}

export interface RecoveryDeps extends TimeDeps {
  readonly logger: Pick<Logger, 'info'>;
  /** Ends the recovery between two slices; what was written so far is whole. */
  readonly signal?: AbortSignal;
}

/** Other work gets its turn after a slice. */
const SLICE_MS = 20;
/** The clock is looked at after so many records. */
const RECORDS_PER_LOOK = 32;
const PROGRESS_MS = 5_000;

/**
 * Boot: takes the snapshot, if there is one, and folds every fact after it into the books and every
 * session record into its store. Facts after
 * `republish.afterSeq` go to `republish.tell` with their effects, so that a log that missed them in
 * a crash gets them now; no effect is run. Goes in slices, and says how far it is. The error says
 * which record cannot be read, or that it was stopped.
 */
export const recoverEngine = async (
  opened: OpenedJournal,
  { decider, kept }: FoldedBy,
  republish: Republish,
  deps: RecoveryDeps,
): Promise<Result<RecoveredEngine, string>> => {
  const stores = new JournaledSessionStores(opened.journal);
  const pace = new Pace(opened.journal.nextSeq - 1, republish.afterSeq, deps);
  const { snapshot } = opened;
  let state = snapshot === undefined ? emptyState() : kept.restore(snapshot.state);
  let factCount = snapshot?.head.factCount ?? 0;
  if (snapshot !== undefined) stores.restore(sessionsIn(snapshot.state));
  for (const record of opened.records) {
    if (pace.isDue(record.seq)) await pace.rest();
    if (deps.signal?.aborted === true) return err(pace.stopped(record.seq));
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
  pace.done(factCount);
  return ok({ state, stores, factCount });
};

/** What the journal says, before anything is done about it. */
export const sayRecovered = (
  logger: Pick<Logger, 'info'>,
  { nextSeq }: Journal,
  { state, factCount }: RecoveredEngine,
): void => {
  logger.info('the journal was read; new orders are refused until the session is in step', {
    code: 'JOURNAL_READ',
    records: nextSeq - 1,
    facts: factCount,
    orders: state.orders.size,
    ordersOpen: state.openOrderIDs.size,
    ordersInDoubt: state.doubts.size,
  });
};

/** Without the ids in it an order could be sent twice. */
export const archiveLost = (
  { ordersArchived }: EngineState,
  { closedOrders }: Pick<EngineStorage, 'closedOrders'>,
): string | undefined =>
  closedOrders.records >= ordersArchived
    ? undefined
    : `closed orders: the archive has ${closedOrders.records} records, the journal says that ` +
      `${ordersArchived} orders were archived. Bring back the folder closed-orders of this journal`;

interface FoldedBy {
  readonly decider: Pick<Decider, 'evolve' | 'effectsOf'>;
  readonly kept: Pick<KeptState, 'restore'>;
}

const sessionsIn = (
  state: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, SessionState> => {
  const { states = new Map() } = partOf(state, 'sessions');
  return states as ReadonlyMap<string, SessionState>;
};

/** Cuts the recovery into slices and tells an operator how far it is. */
class Pace {
  readonly #lastSeq: number;
  readonly #deps: RecoveryDeps;
  readonly #startedAt: MonotonicMs;
  readonly #afterSeq: number;
  #sliceAt: MonotonicMs;
  #toldAt: MonotonicMs;
  #records = 0;

  constructor(lastSeq: number, afterSeq: number, deps: RecoveryDeps) {
    this.#lastSeq = lastSeq;
    this.#afterSeq = afterSeq;
    this.#deps = deps;
    this.#startedAt = deps.clock.monotonic();
    this.#sliceAt = this.#startedAt;
    this.#toldAt = this.#startedAt;
  }

  /** True at the end of a slice; tells the progress when that is due. */
  isDue(seq: number): boolean {
    this.#records += 1;
    if (this.#records % RECORDS_PER_LOOK !== 0) return false;
    const now = this.#deps.clock.monotonic();
    if (now - this.#toldAt >= PROGRESS_MS) {
      this.#toldAt = now;
      this.#say(`recovering: ${this.#place(seq)}`, seq);
    }
    return now - this.#sliceAt >= SLICE_MS;
  }

  async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#deps.timers.set(0, resolve);
    });
    this.#sliceAt = this.#deps.clock.monotonic();
  }

  stopped(seq: number): string {
    return `stopped while recovering, ${this.#place(seq)}; the next start goes on`;
  }

  done(factCount: number): void {
    const ms = this.#deps.clock.monotonic() - this.#startedAt;
    if (ms >= PROGRESS_MS) {
      this.#say(`recovered ${factCount} facts in ${Math.round(ms / 1_000)} s`, this.#lastSeq);
    }
  }

  #place(seq: number): string {
    const percent = Math.floor((100 * seq) / Math.max(1, this.#lastSeq));
    const writes = seq > this.#afterSeq ? ', the execution log is written again' : '';
    return `record ${seq} of ${this.#lastSeq} (${percent} %)${writes}`;
  }

  #say(text: string, seq: number): void {
    this.#deps.logger.info(text, { code: 'RECOVERING', seq, lastSeq: this.#lastSeq });
  }
}

/** The journal as the loop sees it. */
export const makeFactJournal = (journal: Journal): FactJournal => ({
  appendFact: (at: EpochMs, fact: Fact) => journal.append(RECORD_KIND.fact, encodeFact(at, fact)),
  commit: () => journal.commit(),
  pendingBytes: () => journal.pendingBytes,
});
