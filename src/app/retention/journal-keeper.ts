import { type JournalFiles } from '../../journal/journal-files.ts';
import { type Snapshot } from '../../journal/snapshot/snapshot-file.ts';
import { type TimeDeps } from '../../lib/time.ts';
import { STATE_VERSION } from './snapshot-state.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 1_000;
const RETRY_MS = 60_000;
const PUBLISHED_POLL_MS = 20;
const PUBLISHED_MS_MAX = 60_000;
/** The newest can be used, and one more in case that it cannot. */
const SNAPSHOTS_KEPT = 2;

/** What becomes of segments that no snapshot needs any more. */
interface ArchivePolicy {
  /** A snapshot comes after so many records, and with each segment that is full. */
  readonly snapshotRecords: number;
  readonly isCompressed: boolean;
  /** Older ones are removed. */
  readonly keepDays?: number | undefined;
  /** The oldest are removed while all together are larger. */
  readonly keepBytes?: number | undefined;
}

export interface JournalKeeperDeps extends TimeDeps {
  readonly files: JournalFiles;
  readonly policy: ArchivePolicy;
  readonly nextSeq: () => number;
  /** Everything so far, as it is now; it stays so. */
  readonly state: () => Readonly<Record<string, unknown>>;
  /** The last fact decided, and the last that is durable and published. */
  readonly facts: () => {
    readonly lastSeq: number;
    readonly publishedSeq: number;
    readonly count: number;
  };
  /** Waits until everything of the journal so far is on the disk. */
  readonly syncJournal: () => Promise<void>;
  /** Waits until the execution log is on the disk; its last record. */
  readonly syncLog: () => Promise<number>;
  /** The first record that a client's session may still have to send again. */
  readonly neededFrom: () => number | undefined;
  readonly onInfo: (code: string, text: string) => void;
  readonly onTrouble: (code: string, text: string) => void;
}

/**
 * Writes snapshots of the books beside the journal, and takes away what they make unnecessary:
 * older snapshots, and by the policy the segments before the older of two snapshots. Nothing is
 * removed that the execution log does not have on disk, or that a client may still ask for.
 */
export class JournalKeeper {
  readonly #deps: JournalKeeperDeps;
  #timer: { readonly cancel: () => void } | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  #lastSeq: number;
  #heldSeq = 0;

  constructor(deps: JournalKeeperDeps) {
    this.#deps = deps;
    this.#lastSeq = deps.files.snapshots()[0] ?? 0;
    this.#after(LOOK_MS);
  }

  /** Waits for what is being written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** Resolves when a snapshot of now is written and what it makes unnecessary is gone. */
  async snapshot(): Promise<void> {
    const { files, policy } = this.#deps;
    await this.#write();
    for (const seq of files.snapshots().slice(SNAPSHOTS_KEPT)) files.removeSnapshot(seq);
    const behind = files.snapshots()[SNAPSHOTS_KEPT - 1];
    if (behind === undefined) return;
    if (policy.isCompressed) await this.#compress(behind);
    await this.#remove(behind);
  }

  #after(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = this.#deps.timers.set(ms, () => {
      if (this.#isDue()) this.#running = this.#look();
      else this.#after(LOOK_MS);
    });
  }

  #isDue(): boolean {
    const { files, policy, nextSeq } = this.#deps;
    const records = nextSeq() - 1 - this.#lastSeq;
    return (
      records >= policy.snapshotRecords || (records > 0 && files.currentFrom > this.#lastSeq + 1)
    );
  }

  async #look(): Promise<void> {
    try {
      this.#deps.files.removeLeftovers();
      await this.snapshot();
      this.#after(LOOK_MS);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#deps.onTrouble('SNAPSHOT_FAILED', `no snapshot was written, the journal grows: ${why}`);
      this.#after(RETRY_MS);
    }
  }

  async #write(): Promise<void> {
    const { clock, files, facts, nextSeq, state, syncJournal, syncLog, onInfo } = this.#deps;
    const begun = clock.monotonic();
    // All of one turn of the event loop: the state after the last record so far.
    const seq = nextSeq() - 1;
    const { lastSeq, count } = facts();
    const at = clock.wall();
    const snapshot = state();
    const copyMs = clock.monotonic() - begun;
    await syncJournal();
    await this.#published(lastSeq);
    const logSeq = await syncLog();
    const head: Snapshot['head'] = {
      ...{ seq, at, logSeq, factCount: count, stateVersion: STATE_VERSION },
    };
    const bytes = await files.writeSnapshot({ head, state: snapshot });
    this.#lastSeq = seq;
    const ms = Math.round(clock.monotonic() - begun);
    onInfo(
      'SNAPSHOT',
      `snapshot behind record ${seq}: ${bytes} bytes in ${ms} ms, ${copyMs.toFixed(1)} of them at a stretch`,
    );
  }

  async #published(seq: number): Promise<void> {
    const until = this.#deps.clock.monotonic() + PUBLISHED_MS_MAX;
    while (this.#deps.facts().publishedSeq < seq) {
      if (this.#isStopped || this.#deps.clock.monotonic() > until)
        throw new Error(`record ${seq} is not durable yet`);
      await new Promise<void>((resolve) => {
        this.#deps.timers.set(PUBLISHED_POLL_MS, resolve);
      });
    }
  }

  async #compress(behind: number): Promise<void> {
    for (const { firstSeq, lastSeq, isArchived } of this.#deps.files.closed()) {
      if (isArchived || lastSeq > behind || this.#isStopped) continue;
      await this.#deps.files.archive(firstSeq);
    }
  }

  async #remove(behind: number): Promise<void> {
    const { files, policy, clock, onInfo } = this.#deps;
    for (const segment of files.closed()) {
      if (segment.lastSeq > behind || this.#isStopped) return;
      const total = files.closed().reduce((sum, { bytes }) => sum + bytes, 0);
      const isTooMuch = policy.keepBytes !== undefined && total > policy.keepBytes;
      const isTooOld =
        policy.keepDays !== undefined &&
        segment.writtenMs < clock.wall() - policy.keepDays * DAY_MS;
      if (!isTooMuch && !isTooOld) return;
      if (this.#isHeld(segment.firstSeq, segment.lastSeq)) return;
      await files.removeOldest();
      onInfo(
        'SEGMENT_REMOVED',
        `records ${segment.firstSeq} to ${segment.lastSeq} were removed from the journal`,
      );
    }
  }

  /** A client that has not confirmed its reports may ask for them. */
  #isHeld(firstSeq: number, lastSeq: number): boolean {
    const needed = this.#deps.neededFrom();
    if (needed === undefined || needed > lastSeq) return false;
    if (this.#heldSeq !== firstSeq) {
      this.#deps.onTrouble(
        'SEGMENT_HELD',
        `records ${firstSeq} to ${lastSeq} stay, since a client has not confirmed reports in them; \`fathom session reset\` of a client that will not come back lets them go`,
      );
    }
    this.#heldSeq = firstSeq;
    return true;
  }
}
