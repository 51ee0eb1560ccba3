import { isArchivedName, snapshotName } from './block/block.ts';
import { type Segment } from './segment.ts';
import {
  isSnapshotPart,
  type Snapshot,
  snapshotSeqs,
  writeSnapshot,
} from './snapshot/snapshot-file.ts';
import { type Storage } from './storage.ts';

/** A segment that is not written any more. */
export interface ClosedSegment {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly isArchived: boolean;
  readonly bytes: number;
  /** When it was last written, in ms since the epoch. */
  readonly writtenMs: number;
}

/** Files of an open journal beside the segment that is written: snapshots, archived segments. */
export class JournalFiles {
  readonly #storage: Storage;
  readonly #segments: Segment[];
  readonly #journalId: string;

  /** `segments`: the writer's own list. */
  constructor(storage: Storage, segments: Segment[], journalId: string) {
    this.#storage = storage;
    this.#segments = segments;
    this.#journalId = journalId;
  }

  /** The first record of the segment that is written; 1 before there is one. */
  get currentFrom(): number {
    return this.#segments.at(-1)?.firstSeq ?? 1;
  }

  /** The newest first. */
  snapshots(): readonly number[] {
    return snapshotSeqs(this.#storage);
  }

  /** Rejects with the system's error. Returns its bytes. */
  writeSnapshot(snapshot: Snapshot): Promise<number> {
    return writeSnapshot(this.#storage, this.#journalId, snapshot);
  }

  removeSnapshot(seq: number): void {
    this.#storage.remove(snapshotName(seq));
  }

  /** What a crash left of a snapshot, and a copy of a segment that has its archive. */
  removeLeftovers(): void {
    for (const name of this.#storage.list()) {
      if (isSnapshotPart(name) || name.endsWith('.gz.part')) this.#storage.remove(name);
    }
  }

  /** The oldest first. */
  closed(): readonly ClosedSegment[] {
    return this.#segments.slice(0, -1).map((segment, at) => ({
      firstSeq: segment.firstSeq,
      lastSeq: (this.#segments[at + 1]?.firstSeq ?? 1) - 1,
      isArchived: isArchivedName(segment.name),
      ...this.#statOf(segment),
    }));
  }

  /** Compresses a closed segment; it can be read all the while, and after. */
  async archive(firstSeq: number): Promise<void> {
    const segment = this.#segments.find((each) => each.firstSeq === firstSeq);
    if (segment === undefined || isArchivedName(segment.name)) return;
    const { name } = segment;
    await this.#storage.compress(name);
    segment.archivedAs(`${name}.gz`);
    this.#storage.remove(name);
  }

  /** The oldest segment goes; who reads it now reads it to its end. */
  async removeOldest(): Promise<void> {
    const [oldest] = this.#segments;
    if (oldest === undefined || this.#segments.length < 2) return;
    this.#segments.shift();
    this.#storage.remove(oldest.name);
    await this.#storage.syncDirectory();
  }

  #statOf({ name }: Segment): Pick<ClosedSegment, 'bytes' | 'writtenMs'> {
    const file = this.#storage.open(name, 'read');
    try {
      return { bytes: file.size(), writtenMs: file.writtenMs() };
    } finally {
      file.close();
    }
  }
}
