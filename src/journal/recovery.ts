import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Result, err, ok } from '../lib/result.ts';
import {
  BLOCK_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  decodeSegmentHeader,
  findBlock,
  hasRecords,
  isArchivedName,
  parseSegmentName,
  snapshotName,
} from './block/block.ts';
import { type JournalError, type JournalNotice, corrupt } from './journal-error.ts';
import { openSegment } from './reader.ts';
import { FileWindow, Segment, readBlock } from './segment.ts';
import { readSnapshot, type Snapshot, snapshotSeqs } from './snapshot/snapshot-file.ts';
import { type Storage, type StorageFile } from './storage.ts';

/** Content of a journal's directory, every byte from the snapshot on checked. */
export interface RecoveredJournal {
  /** With it the records up to its own need not be read; `undefined`: all of them are. */
  readonly snapshot: Snapshot | undefined;
  readonly segments: readonly Segment[];
  readonly nextSeq: number;
  /** Link of the last block. */
  readonly chain: number;
  /** Hex; `undefined` in an empty directory. */
  readonly journalId: string | undefined;
  readonly notices: readonly JournalNotice[];
  /** What a writer must cut off before it appends. */
  readonly repair: Repair | undefined;
}

export interface RecoveryOptions {
  /** Begins at the newest snapshot that can be used; otherwise every record there is is read. */
  readonly isFromSnapshot?: boolean;
  /**
   * Why a snapshot that can be read is not used all the same. `isWhole`: the first record is still
   * there, so that it can be done without.
   */
  readonly unusable?: (snapshot: Snapshot, isWhole: boolean) => string | undefined;
}

export type Repair =
  | { readonly type: 'Truncate'; readonly name: string; readonly length: number }
  | { readonly type: 'Remove'; readonly name: string };

/**
 * Reads every segment and checks names, CRCs, sequence and chain. Changes nothing.
 *
 * Only the end of the last segment may be torn, since a block is written after the one before it is
 * durable: what is broken and has nothing valid behind it there is an unfinished write. Everything
 * else that is broken is an error, never skipped. With a snapshot the segments before it are not
 * read: their bytes were checked before it was made, and are again when somebody reads them.
 */
export const recoverJournal = (
  storage: Storage,
  options: RecoveryOptions = {},
): Result<RecoveredJournal, JournalError> => {
  const steps = new Scan(storage).run(options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/** Time of one slice, between which other work has its turn. */
const SLICE_MS = 20;

/** The same in slices. `now`: a clock that never jumps. */
export const recoverInSlices = async (
  storage: Storage,
  options: RecoveryOptions,
  now: () => number,
): Promise<Result<RecoveredJournal, JournalError>> => {
  const steps = new Scan(storage).run(options);
  let sliceAt = now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (now() - sliceAt < SLICE_MS) continue;
    await nextTurn();
    sliceAt = now();
  }
};

/** Bytes between two steps. */
const STEP_BYTES = 1_048_576;

class Scan {
  readonly #storage: Storage;
  readonly #segments: Segment[] = [];
  readonly #notices: JournalNotice[] = [];
  #nextSeq = 1;
  #chain = 0;
  #journalId: string | undefined;
  #repair: Repair | undefined;
  /** Set once the sequence is known that the next segment begins with. */
  #hasBegun = false;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  *run(options: RecoveryOptions): Generator<void, Result<RecoveredJournal, JournalError>> {
    const names = segmentNames(this.#storage);
    const seqs = snapshotSeqs(this.#storage);
    const firstSeq = parseSegmentName(names[0] ?? '') ?? 1;
    const snapshot =
      options.isFromSnapshot === true
        ? yield* this.#snapshot(names, seqs, options.unusable)
        : undefined;
    const from = snapshot === undefined ? 0 : segmentOf(names, snapshot.head.seq + 1);
    // Without the first segment a journal can be read, when a snapshot stands for what is gone.
    const isBehindSnapshot = options.isFromSnapshot !== true && seqs.some((s) => s + 1 >= firstSeq);
    this.#hasBegun = snapshot === undefined && !isBehindSnapshot;
    this.#segments.push(...names.slice(0, from).map((name) => this.#unread(name)));
    for (const name of names.slice(from)) {
      const error = yield* this.#segment(name, name === names.at(-1));
      if (error !== undefined) return err(error);
    }
    return this.#result(snapshot);
  }

  #result(snapshot: Snapshot | undefined): Result<RecoveredJournal, JournalError> {
    if (snapshot !== undefined && this.#nextSeq <= snapshot.head.seq) {
      const name = snapshotName(snapshot.head.seq);
      return err(
        corrupt(`the journal ends with sequence ${this.#nextSeq - 1} and lost its end`, name, 0),
      );
    }
    return ok({
      snapshot,
      segments: this.#segments,
      nextSeq: this.#nextSeq,
      chain: this.#chain,
      journalId: this.#journalId,
      notices: this.#notices,
      repair: this.#repair,
    });
  }

  /** The newest that can be used; a line for each that cannot. */
  *#snapshot(
    names: readonly string[],
    seqs: readonly number[],
    unusable: RecoveryOptions['unusable'],
  ): Generator<void, Snapshot | undefined> {
    for (const [i, seq] of seqs.entries()) {
      const journalId = this.#journalIdOf(names.at(-1));
      const read = yield* readSnapshot(this.#storage, seq, journalId);
      const hasSegment = segmentOf(names, seq + 1) !== -1;
      const why =
        typeof read === 'string'
          ? read
          : hasSegment
            ? unusable?.(read, parseSegmentName(names[0] ?? '') === 1)
            : 'its segment is missing';
      if (typeof read !== 'string' && why === undefined) return read;
      const next = seqs[i + 1];
      const instead =
        next === undefined ? 'every record is read' : `the one of sequence ${next} is tried`;
      this.#notices.push({
        code: 'SNAPSHOT_UNUSABLE',
        message: `${snapshotName(seq)}: ${why ?? ''}; ${instead}`,
        ...{ file: snapshotName(seq), offset: 0, bytes: 0 },
      });
    }
    return undefined;
  }

  #journalIdOf(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const file = openSegment(this.#storage, name);
    try {
      const header = decodeSegmentHeader(file.read(0, SEGMENT_HEADER_BYTES));
      return typeof header === 'string' ? undefined : header.journalId;
    } finally {
      file.close();
    }
  }

  #unread(name: string): Segment {
    const segment = new Segment(name, parseSegmentName(name) ?? 0);
    if (isArchivedName(name)) return segment;
    const file = this.#storage.open(name, 'read');
    segment.size = file.size();
    file.close();
    return segment;
  }

  *#segment(name: string, isLast: boolean): Generator<void, JournalError | undefined> {
    const file = openSegment(this.#storage, name);
    try {
      const header = decodeSegmentHeader(file.read(0, SEGMENT_HEADER_BYTES));
      if (typeof header === 'string') return this.#badSegmentHeader(file, name, isLast, header);
      if (!this.#hasBegun) [this.#nextSeq, this.#chain] = [header.firstSeq, header.chain];
      this.#hasBegun = true;
      const wrong = this.#headerMismatch(name, header);
      if (wrong !== undefined) return corrupt(wrong, name, 0);
      this.#journalId = header.journalId;
      const segment = new Segment(name, header.firstSeq);
      this.#segments.push(segment);
      return yield* this.#blocks(file, segment, isLast);
    } finally {
      file.close();
    }
  }

  #headerMismatch(name: string, header: SegmentHeader): string | undefined {
    const promised = parseSegmentName(name);
    if (header.firstSeq !== promised) return `holds sequence ${header.firstSeq} by its header`;
    if (header.firstSeq !== this.#nextSeq) {
      return `begins with sequence ${header.firstSeq}, expected ${this.#nextSeq}: a segment is missing`;
    }
    if (this.#journalId !== undefined && header.journalId !== this.#journalId) {
      return 'belongs to another journal';
    }
    return header.chain === this.#chain ? undefined : 'chain broken: the segment before it differs';
  }

  /** The header is durable before the first block, so a bad one with bytes behind it is damage. */
  #badSegmentHeader(
    file: StorageFile,
    name: string,
    isLast: boolean,
    reason: string,
  ): JournalError | undefined {
    const size = file.size();
    if (!isLast || size > SEGMENT_HEADER_BYTES || parseSegmentName(name) !== this.#nextSeq) {
      return corrupt(reason, name, 0);
    }
    this.#repair = { type: 'Remove', name };
    this.#notices.push({
      code: 'TORN_SEGMENT_REMOVED',
      message: `${name}: unfinished segment of ${size} bytes removed, it held no record`,
      file: name,
      offset: 0,
      bytes: size,
    });
    return undefined;
  }

  *#blocks(
    file: StorageFile,
    segment: Segment,
    isLast: boolean,
  ): Generator<void, JournalError | undefined> {
    const window = new FileWindow(file);
    let steppedAt = segment.size;
    for (;;) {
      if (segment.size - steppedAt >= STEP_BYTES) {
        steppedAt = segment.size;
        yield;
      }
      const read = readBlock(window, segment.size);
      if (read.type === 'End') return undefined;
      if (read.type !== 'Block') return yield* this.#badBlock(file, segment, isLast, read);
      const { header, body } = read;
      const wrong = this.#blockMismatch(header.firstSeq, header.chain);
      if (wrong !== undefined) return corrupt(wrong, segment.name, segment.size);
      if (!hasRecords(body, header.count)) {
        return corrupt('records do not fill their block', segment.name, segment.size);
      }
      const end = segment.size + BLOCK_HEADER_BYTES + body.length;
      if (header.flag === 'sealed') {
        if (isLast) return corrupt('sealed, but the next segment is missing', segment.name, end);
        if (file.size() !== end) return corrupt('bytes after the seal', segment.name, end);
        return undefined;
      }
      segment.added(header.firstSeq, end - segment.size);
      this.#nextSeq += header.count;
      this.#chain = header.link;
    }
  }

  #blockMismatch(firstSeq: number, chain: number): string | undefined {
    if (firstSeq !== this.#nextSeq) return `sequence ${firstSeq}, expected ${this.#nextSeq}`;
    return chain === this.#chain ? undefined : 'chain broken: the block before it differs';
  }

  *#badBlock(
    file: StorageFile,
    segment: Segment,
    isLast: boolean,
    read: { readonly type: 'BadHeader' } | { readonly type: 'BadBody'; readonly end: number },
  ): Generator<void, JournalError | undefined> {
    const offset = segment.size;
    const rest = file.size() - offset;
    const reason = read.type === 'BadHeader' ? 'block header damaged' : 'block CRC wrong';
    if (!isLast) {
      if (rest > BLOCK_HEADER_BYTES) return corrupt(reason, segment.name, offset);
      // No more than a seal has room here, and the next segment's chain proves that no block is
      // lost.
      this.#notices.push({
        code: 'SEAL_UNREADABLE',
        message: `${segment.name}: its seal was not finished; nothing is missing`,
        file: segment.name,
        offset,
        bytes: rest,
      });
      return undefined;
    }
    const goesOn =
      read.type === 'BadHeader' ? yield* hasBlockAfter(file, offset + 1) : read.end < file.size();
    if (goesOn) return corrupt(`${reason}, and more follows`, segment.name, offset);
    this.#repair = { type: 'Truncate', name: segment.name, length: offset };
    this.#notices.push({
      code: 'TORN_TAIL_DROPPED',
      message: `${segment.name}: unfinished block of ${rest} bytes at byte ${offset} dropped; the last sequence is ${this.#nextSeq - 1}`,
      file: segment.name,
      offset,
      bytes: rest,
    });
    return undefined;
  }
}

/** By sequence; of a segment that is there twice, the copy that was not archived. */
const segmentNames = (storage: Storage): readonly string[] => {
  const names = storage.list().filter((name) => parseSegmentName(name) !== undefined);
  const all = new Set(names);
  return names.filter((name) => !isArchivedName(name) || !all.has(name.slice(0, -3))).sort();
};

/** The segment that holds a sequence number, or would; -1 when all begin later. */
const segmentOf = (names: readonly string[], seq: number): number =>
  names.findLastIndex((name) => (parseSegmentName(name) ?? Number.POSITIVE_INFINITY) <= seq);

/** Whether a valid block header stands anywhere behind a place; a step for each window. */
function* hasBlockAfter(file: StorageFile, from: number): Generator<void, boolean> {
  const size = file.size();
  for (let at = from; at < size; at += STEP_BYTES) {
    const window = file.read(at, STEP_BYTES + BLOCK_HEADER_BYTES);
    if (findBlock(window, 0) !== -1) return true;
    yield;
  }
  return false;
}
