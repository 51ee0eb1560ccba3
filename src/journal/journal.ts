import { randomBytes } from 'node:crypto';

import { defined } from '../lib/defined.ts';
import { fileFault } from '../lib/files/file-fault.ts';
import { type Lease, type LeaseOptions } from '../lib/files/lease-lock.ts';
import { invariant } from '../lib/invariant.ts';
import { type Clock } from '../lib/time.ts';
import { BLOCK_HEADER_BYTES } from './block/block.ts';
import { BlockBuilder } from './block/block-builder.ts';
import { JournalFailure } from './journal-error.ts';
import { JournalFiles } from './journal-files.ts';
import { readRecords } from './reader.ts';
import { type JournalRecord } from './record.ts';
import { type RecoveredJournal, type RecoveryOptions, type Repair } from './recovery.ts';
import { type Durability, SegmentWriter } from './segment-writer.ts';
import { type Storage } from './storage.ts';

const SEGMENT_BYTES_MAX = 64 * 1_048_576;
const PENDING_BYTES_MAX = 256 * 1_048_576;
/** More than this without a commit is written on its own. */
const UNASKED_BYTES_MAX = 1_048_576;

export interface JournalOptions {
  /** A directory, made when absent … */
  readonly dir?: string;
  /** … or another place for the files. */
  readonly storage?: Storage;
  /** Default `disk`. */
  readonly durability?: Durability;
  /** A segment grows to this many bytes, or to one block. */
  readonly segmentBytesMax?: number;
  /** More than this waiting for a slow disk fails the journal. */
  readonly pendingBytesMax?: number;
  /** Measures the commits that `onCommitted` reports. */
  readonly clock?: Clock;
  readonly onCommitted?: (commit: CommitReport) => void;
  /**
   * A write found no room: the disk is full, or a quota is used up. True when there is some now,
   * and the write is tried once more; otherwise the journal fails.
   */
  readonly makeRoom?: (cause: unknown) => boolean;
  /** How the directory's lock is refreshed and awaited; `onNotice` gets lines for the operator. */
  readonly lock?: LeaseOptions;
  /** A last look at what was found, before anything is repaired; a text refuses to open. */
  readonly refuse?: (found: RecoveredJournal) => string | undefined;
  /** Begins with a snapshot that can be used; otherwise with the first record. */
  readonly recovery?: RecoveryOptions;
}

/** One block made durable. */
export interface CommitReport {
  readonly records: number;
  readonly bytes: number;
  /** From taking the batch to durable; 0 without a clock. */
  readonly durationMs: number;
}

interface Batch {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (cause: JournalFailure) => void;
}

/**
 * An append-only log with group commit. `append` only collects; everything collected when a write
 * begins, which is always whole synchronous turns, becomes one block: on disk entirely or not at
 * all. The first failure is final: nothing is written after it, and every commit rejects (fsync
 * that failed once may not be asked again, the system may have dropped the pages).
 */
export class Journal {
  readonly #storage: Storage;
  readonly #writer: SegmentWriter;
  readonly #options: JournalOptions & { readonly lease: Lease };
  readonly #durable: boolean;
  readonly files: JournalFiles;
  /** What is cut off before the first write, and by nobody who only looked. */
  #repair: Repair | undefined;
  #isRepairing = false;
  /** Collects while `#writing` is on its way to the disk. */
  #pending = new BlockBuilder();
  #writing = new BlockBuilder();
  #chain: number;
  #nextSeq: number;
  readonly #openedSeq: number;
  /** The last sequence number that stands in a file, durable or not yet. */
  #writtenSeq: number;
  /** Resolves with the block that `#pending` becomes; `undefined` until `commit` is called. */
  #nextBatch: Batch | undefined;
  #runningBatch: Batch | undefined;
  #scheduled = false;
  #failure: JournalFailure | undefined;
  readonly #failureCallbacks: ((cause: JournalFailure) => void)[] = [];
  #closing: Promise<void> | undefined;

  /** Made by `openJournal` only. */
  constructor(
    storage: Storage,
    recovered: RecoveredJournal,
    options: JournalOptions & { readonly lease: Lease },
  ) {
    this.#storage = storage;
    this.#options = options;
    this.#durable = (options.durability ?? 'disk') === 'disk';
    this.#nextSeq = recovered.nextSeq;
    this.#openedSeq = recovered.nextSeq;
    this.#writtenSeq = recovered.nextSeq - 1;
    this.#chain = recovered.chain;
    this.#repair = recovered.repair;
    const journalId = recovered.journalId ?? randomBytes(16).toString('hex');
    this.#writer = new SegmentWriter(storage, journalId, {
      segmentBytesMax: options.segmentBytesMax ?? SEGMENT_BYTES_MAX,
      segments: recovered.segments,
      ...defined({ makeRoom: options.makeRoom }),
    });
    this.files = new JournalFiles(storage, this.#writer.segments, journalId);
    options.lease.onLost((reason) => {
      this.#fail(new JournalFailure('JOURNAL_LOCK_LOST', reason));
    });
  }

  /** The sequence number that the next append gets. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Bytes appended and not yet handed to the file system. */
  get pendingBytes(): number {
    return this.#pending.bodyBytes;
  }

  /** Why the journal stopped; `undefined` while it works. */
  get failed(): JournalFailure | undefined {
    return this.#failure;
  }

  /** Whether the directory's lock is still ours; also after a failure of another kind. */
  get isOwned(): boolean {
    return this.#options.lease.lost() === undefined;
  }

  /** Called once, also after a failure of another kind. */
  onLockLost(callback: (reason: string) => void): void {
    this.#options.lease.onLost(callback);
  }

  /** Called once, with the first failure; at once when it has happened already. */
  onFailure(callback: (cause: JournalFailure) => void): void {
    if (this.#failure !== undefined) callback(this.#failure);
    else this.#failureCallbacks.push(callback);
  }

  /**
   * Takes a record and gives its sequence number. Durable with the next commit, together with
   * everything else of this synchronous turn. After a failure the record is dropped: every commit
   * rejects, so no caller acts on it.
   */
  append(kind: number, payload: Buffer | string): number {
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    if (this.#failure !== undefined) return seq;
    this.#pending.add(seq, kind, payload);
    if (this.#pending.bodyBytes > (this.#options.pendingBytesMax ?? PENDING_BYTES_MAX)) {
      const bytes = this.#pending.bodyBytes;
      this.#fail(new JournalFailure('JOURNAL_BACKLOG', `${bytes} bytes wait for the disk`));
    } else if (this.#pending.bodyBytes > UNASKED_BYTES_MAX) this.#schedule();
    return seq;
  }

  /**
   * Resolves when everything appended before the call is durable; rejects for ever after a failure.
   */
  commit(): Promise<void> {
    const failure = this.#failed();
    if (failure !== undefined) return Promise.reject(failure);
    if (this.#pending.count === 0) return this.#runningBatch?.promise ?? Promise.resolve();
    this.#nextBatch ??= makeBatch();
    this.#schedule();
    return this.#nextBatch.promise;
  }

  /** Resolves when everything written so far survives a loss of power, whatever the durability. */
  sync(): Promise<void> {
    return this.#writer.sync();
  }

  /** Records from `from` on: the written ones from the files, the newest from memory. */
  *records(from: number): Generator<JournalRecord, void, undefined> {
    let next = Math.max(1, from);
    // Again when blocks were written into a new segment while the caller looked at the old ones.
    while (next <= this.#writtenSeq) {
      const begin = next;
      for (const record of readRecords(this.#storage, this.#writer.segments, next)) {
        yield record;
        next = record.seq + 1;
      }
      invariant(next > begin, 'written records can be read');
    }
    yield* [...this.#writing.records(next), ...this.#pending.records(next)];
  }

  /**
   * Commits, marks the clean end, closes the files and gives the lock back. May be called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      do await this.commit();
      while (this.#pending.count > 0 || this.#runningBatch !== undefined);
      // A journal that was only looked at stays as it is.
      const isUsed = this.#repair === undefined && this.#nextSeq > this.#openedSeq;
      if (this.#failed() === undefined && isUsed) {
        // Nothing may be written behind the end.
        this.#failure = closed();
        await this.#writeEnd();
      }
    } finally {
      this.#failure ??= closed();
      this.#writer.close();
      this.#options.lease.release();
    }
  }

  async #writeEnd(): Promise<void> {
    const end = new BlockBuilder().finish('closed', this.#nextSeq, this.#chain);
    this.#writer.append(end.bytes, this.#nextSeq);
    await this.#writer.sync();
  }

  /** The write begins after this synchronous turn, so that the turn's records stay together. */
  #schedule(): void {
    if (this.#scheduled || this.#isRepairing || this.#runningBatch !== undefined) return;
    if (this.#repair !== undefined) {
      this.#repairFirst(this.#repair);
      return;
    }
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #repairFirst(what: Repair): void {
    this.#isRepairing = true;
    repair(this.#storage, what).then(
      () => {
        this.#repair = undefined;
        this.#isRepairing = false;
        this.#schedule();
      },
      (cause: unknown) => this.#fail(unwritable(cause)),
    );
  }

  #flush(): void {
    if (this.#failed() !== undefined || this.#pending.count === 0) return;
    invariant(this.#runningBatch === undefined, 'one block is written at a time');
    const startedMs = this.#options.clock?.monotonic() ?? 0;
    const batch = this.#nextBatch ?? makeBatch();
    this.#nextBatch = undefined;
    this.#runningBatch = batch;
    [this.#pending, this.#writing] = [this.#writing, this.#pending];
    const firstSeq = this.#nextSeq - this.#writing.count;
    if (this.#durable) {
      this.#writeDurably(firstSeq).then(
        () => this.#written(batch, startedMs),
        (cause: unknown) => this.#fail(unwritable(cause)),
      );
      return;
    }
    try {
      if (this.#isFull()) this.#writer.roll(firstSeq, this.#chain);
      this.#writeBlock(firstSeq);
    } catch (cause) {
      this.#fail(unwritable(cause));
      return;
    }
    this.#written(batch, startedMs);
  }

  async #writeDurably(firstSeq: number): Promise<void> {
    if (this.#isFull()) await this.#writer.rollDurably(firstSeq, this.#chain);
    const failure = this.#failed();
    if (failure !== undefined) throw failure;
    this.#writeBlock(firstSeq);
    await this.#writer.sync();
  }

  #isFull(): boolean {
    return this.#writer.isFullFor(this.#writing.bodyBytes + BLOCK_HEADER_BYTES);
  }

  #writeBlock(firstSeq: number): void {
    const block = this.#writing.finish('records', firstSeq, this.#chain);
    this.#writer.append(block.bytes, firstSeq);
    this.#chain = block.link;
    this.#writtenSeq = firstSeq + this.#writing.count - 1;
  }

  #written(batch: Batch, startedMs: number): void {
    // Nobody acts on what became durable after the lock was lost.
    if (this.#failed() !== undefined) return;
    const report = {
      records: this.#writing.count,
      bytes: this.#writing.bodyBytes + BLOCK_HEADER_BYTES,
      durationMs: (this.#options.clock?.monotonic() ?? 0) - startedMs,
    };
    this.#writing.clear();
    this.#runningBatch = undefined;
    batch.resolve();
    if (this.#nextBatch !== undefined || this.#pending.bodyBytes > UNASKED_BYTES_MAX) {
      this.#schedule();
    }
    this.#options.onCommitted?.(report);
  }

  /** Asked before every write and before every word that one is durable. */
  #failed(): JournalFailure | undefined {
    // A lease that is lost fails the journal by its callback.
    this.#options.lease.lost();
    return this.#failure;
  }

  #fail(cause: JournalFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = cause;
    this.#runningBatch?.reject(cause);
    this.#nextBatch?.reject(cause);
    this.#runningBatch = undefined;
    this.#nextBatch = undefined;
    this.#pending.clear();
    for (const callback of this.#failureCallbacks.splice(0)) callback(cause);
  }
}

const closed = (): JournalFailure => new JournalFailure('JOURNAL_CLOSED', 'the journal is closed');

const repair = async (storage: Storage, what: Repair): Promise<void> => {
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

const makeBatch = (): Batch => {
  let resolve!: () => void;
  let reject!: (cause: JournalFailure) => void;
  const promise = new Promise<void>((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  // A rejected block without a waiter must not end the process: `onFailure` reports the failure.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
};

const unwritable = (cause: unknown): JournalFailure =>
  new JournalFailure('JOURNAL_UNWRITABLE', `journal cannot be written: ${fileFault(cause)}`, {
    cause,
  });
