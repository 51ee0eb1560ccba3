import { type Result, err, ok } from '../lib/result.ts';
import {
  BLOCK_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  type SegmentHeader,
  decodeSegmentHeader,
  findBlock,
  hasRecords,
  parseSegmentName,
} from './block.ts';
import { type JournalError, type JournalNotice, corrupt } from './journal-error.ts';
import { FileWindow, Segment, readBlock } from './segment.ts';
import { type Storage, type StorageFile } from './storage.ts';

/** Content of a journal's directory, every byte checked. */
export interface RecoveredJournal {
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

type Repair =
  | { readonly type: 'Truncate'; readonly name: string; readonly length: number }
  | { readonly type: 'Remove'; readonly name: string };

/**
 * Reads every segment and checks names, CRCs, sequence and chain. Changes nothing.
 *
 * Only the end of the last segment may be torn, since a block is written after the one before it is
 * durable: what is broken and has nothing valid behind it there is an unfinished write. Everything
 * else that is broken is an error, never skipped.
 */
export const recoverJournal = (storage: Storage): Result<RecoveredJournal, JournalError> => {
  const names = storage
    .list()
    .filter((name) => parseSegmentName(name) !== undefined)
    .sort();
  const scan = new Scan(storage);
  for (const [i, name] of names.entries()) {
    const error = scan.segment(name, i === names.length - 1);
    if (error !== undefined) return err(error);
  }
  return ok(scan.result());
};

class Scan {
  readonly #storage: Storage;
  readonly #segments: Segment[] = [];
  readonly #notices: JournalNotice[] = [];
  #nextSeq = 1;
  #chain = 0;
  #journalId: string | undefined;
  #repair: Repair | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  result(): RecoveredJournal {
    return {
      segments: this.#segments,
      nextSeq: this.#nextSeq,
      chain: this.#chain,
      journalId: this.#journalId,
      notices: this.#notices,
      repair: this.#repair,
    };
  }

  segment(name: string, isLast: boolean): JournalError | undefined {
    const file = this.#storage.open(name, 'read');
    try {
      const header = decodeSegmentHeader(file.read(0, SEGMENT_HEADER_BYTES));
      if (typeof header === 'string') return this.#badSegmentHeader(file, name, isLast, header);
      const wrong = this.#headerMismatch(name, header);
      if (wrong !== undefined) return corrupt(wrong, name, 0);
      this.#journalId = header.journalId;
      const segment = new Segment(name, header.firstSeq);
      this.#segments.push(segment);
      return this.#blocks(file, segment, isLast);
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

  #blocks(file: StorageFile, segment: Segment, isLast: boolean): JournalError | undefined {
    const window = new FileWindow(file);
    for (;;) {
      const read = readBlock(window, segment.size);
      if (read.type === 'End') return undefined;
      if (read.type !== 'Block') return this.#badBlock(file, segment, isLast, read);
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

  #badBlock(
    file: StorageFile,
    segment: Segment,
    isLast: boolean,
    read: { readonly type: 'BadHeader' } | { readonly type: 'BadBody'; readonly end: number },
  ): JournalError | undefined {
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
      read.type === 'BadHeader'
        ? findBlock(file.read(offset, rest), 1) !== -1
        : read.end < file.size();
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
