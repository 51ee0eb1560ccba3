import {
  BLOCK_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  encodeSegmentHeader,
  sealBlock,
  segmentName,
} from './block/block.ts';
import { Segment } from './segment.ts';
import { type Storage, type StorageFile, writeAll } from './storage.ts';

/** `disk`: survives power loss (fdatasync). `process`: survives kill -9 (write(2) only). */
export type Durability = 'disk' | 'process';

interface SegmentWriterOptions {
  readonly segmentBytesMax: number;
  readonly segments: readonly Segment[];
  /** A write found no room; true when there is some now, and the write is tried once more. */
  readonly makeRoom?: (cause: unknown) => boolean;
}

const OUT_OF_ROOM: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Nothing of the write is lost, other than with a flush that fails: it may be tried again. */
const isOutOfRoom = (cause: unknown): boolean =>
  OUT_OF_ROOM.has((cause as NodeJS.ErrnoException | undefined)?.code);

/**
 * Writes blocks behind each other into segments of bounded size. Throws what the storage throws.
 */
export class SegmentWriter {
  readonly #storage: Storage;
  readonly #journalId: string;
  readonly #segmentBytesMax: number;
  readonly #makeRoom: ((cause: unknown) => boolean) | undefined;
  readonly segments: Segment[];
  #file: StorageFile | undefined;

  constructor(storage: Storage, journalId: string, options: SegmentWriterOptions) {
    this.#storage = storage;
    this.#journalId = journalId;
    this.#segmentBytesMax = options.segmentBytesMax;
    this.#makeRoom = options.makeRoom;
    this.segments = [...options.segments];
    const last = this.segments.at(-1);
    if (last !== undefined) this.#file = storage.open(last.name, 'write');
  }

  /** True when a block of this many bytes belongs into a new segment. */
  isFullFor(bytes: number): boolean {
    const last = this.segments.at(-1);
    if (last === undefined) return true;
    return last.size > SEGMENT_HEADER_BYTES && last.size + bytes > this.#segmentBytesMax;
  }

  /**
   * Begins the next segment and seals the one before. With `sync` the new header and its name are
   * durable before the seal is written, so a seal proves that a successor existed.
   */
  async rollDurably(firstSeq: number, chain: number): Promise<void> {
    const next = this.#create(firstSeq, chain);
    await next.sync();
    await this.#storage.syncDirectory();
    const full = this.#file;
    this.#seal(firstSeq, chain);
    await full?.sync();
    full?.close();
    this.#adopt(next, firstSeq);
  }

  /** The same without waiting for the disk, for `process` durability. */
  roll(firstSeq: number, chain: number): void {
    const next = this.#create(firstSeq, chain);
    this.#seal(firstSeq, chain);
    this.#file?.close();
    this.#adopt(next, firstSeq);
  }

  append(bytes: Buffer, firstSeq: number): void {
    const segment = this.segments.at(-1);
    if (this.#file === undefined || segment === undefined) throw new Error('no segment is open');
    this.#write(this.#file, bytes, segment.size);
    segment.added(firstSeq, bytes.length);
  }

  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  #create(firstSeq: number, chain: number): StorageFile {
    const name = segmentName(firstSeq);
    const file = this.#withRoom(() => this.#storage.create(name));
    const header = encodeSegmentHeader({ firstSeq, chain, journalId: this.#journalId });
    this.#write(file, header, 0);
    return file;
  }

  #seal(firstSeq: number, chain: number): void {
    const full = this.segments.at(-1);
    if (this.#file === undefined || full === undefined) return;
    const seal = Buffer.alloc(BLOCK_HEADER_BYTES);
    sealBlock(seal, { firstSeq, count: 0, flag: 'sealed', chain });
    this.#write(this.#file, seal, full.size);
  }

  /** Again from the first byte: what a full disk took of it before is written over. */
  #write(file: StorageFile, bytes: Buffer, position: number): void {
    this.#withRoom(() => {
      writeAll(file, bytes, position);
    });
  }

  #withRoom<T>(attempt: () => T): T {
    try {
      return attempt();
    } catch (cause) {
      if (!isOutOfRoom(cause) || this.#makeRoom?.(cause) !== true) throw cause;
      return attempt();
    }
  }

  #adopt(next: StorageFile, firstSeq: number): void {
    this.#file = next;
    this.segments.push(new Segment(segmentName(firstSeq), firstSeq));
  }
}
