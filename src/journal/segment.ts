import {
  BLOCK_HEADER_BYTES,
  type BlockHeader,
  SEGMENT_HEADER_BYTES,
  bodyMatches,
  decodeBlockHeader,
} from './block/block.ts';
import { type StorageFile } from './storage.ts';

const WINDOW_BYTES = 1_048_576;
const INDEX_STEP_BYTES = 65_536;

/**
 * One segment file, with a sparse index: the first block of about every 64 KiB. 16 bytes for each,
 * so 1 TiB of journal has 256 MiB of index, and a busy day of orders has kilobytes.
 */
export class Segment {
  /** Another one once it is archived. */
  name: string;
  readonly firstSeq: number;
  /** Bytes written so far, headers included. */
  size = SEGMENT_HEADER_BYTES;
  #seqs: number[] = [];
  #offsets: number[] = [];

  constructor(name: string, firstSeq: number) {
    this.name = name;
    this.firstSeq = firstSeq;
  }

  /** Its bytes are the same, in another file; they are read as a whole. */
  archivedAs(name: string): void {
    this.name = name;
    this.#seqs = [];
    this.#offsets = [];
  }

  /** A block of `bytes` (header included) stands at the end now. */
  added(firstSeq: number, bytes: number): void {
    const lastIndexed = this.#offsets.at(-1);
    if (lastIndexed === undefined || this.size - lastIndexed >= INDEX_STEP_BYTES) {
      this.#seqs.push(firstSeq);
      this.#offsets.push(this.size);
    }
    this.size += bytes;
  }

  /** A block start at or before the block that holds `seq`. */
  offsetBefore(seq: number): number {
    let low = 0;
    let high = this.#seqs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqs[middle] ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return this.#offsets[low - 1] ?? SEGMENT_HEADER_BYTES;
  }
}

/**
 * Reads a file through one window of 1 MiB (more for a longer piece), so small blocks cost no
 * system call each.
 */
export class FileWindow {
  readonly #file: StorageFile;
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(file: StorageFile) {
    this.#file = file;
  }

  /**
   * `length` bytes from `position`, fewer at the end of the file. A view: stays valid, but pins its
   * window.
   */
  bytes(position: number, length: number): Buffer {
    const offset = position - this.#start;
    if (offset < 0 || offset + length > this.#bytes.length) {
      this.#bytes = this.#file.read(position, Math.max(length, WINDOW_BYTES));
      this.#start = position;
      return this.#bytes.subarray(0, length);
    }
    return this.#bytes.subarray(offset, offset + length);
  }
}

export type BlockRead =
  | { readonly type: 'Block'; readonly header: BlockHeader; readonly body: Buffer }
  | { readonly type: 'End' }
  /** No header can be read here. */
  | { readonly type: 'BadHeader' }
  /** The header is right, its body is cut short or changed. `end`: where the block should end. */
  | { readonly type: 'BadBody'; readonly header: BlockHeader; readonly end: number };

export const readBlock = (window: FileWindow, position: number): BlockRead => {
  const head = window.bytes(position, BLOCK_HEADER_BYTES);
  if (head.length === 0) return { type: 'End' };
  const header = decodeBlockHeader(head);
  if (header === undefined) return { type: 'BadHeader' };
  const body = window.bytes(position + BLOCK_HEADER_BYTES, header.length);
  if (bodyMatches(header, body)) return { type: 'Block', header, body };
  return { type: 'BadBody', header, end: position + BLOCK_HEADER_BYTES + header.length };
};
