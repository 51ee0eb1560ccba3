import { invariant } from '../../lib/invariant.ts';
import {
  BLOCK_HEADER_BYTES,
  type BlockFlag,
  PAYLOAD_BYTES_MAX,
  RECORD_HEADER_BYTES,
  sealBlock,
} from './block.ts';
import { bodyRecords } from '../reader.ts';
import { type JournalRecord } from '../record.ts';

const INITIAL_BYTES = 65_536;
/** A buffer that one huge turn has grown beyond this is not kept. */
const KEPT_BYTES_MAX = 1_048_576;

/** Collects the records of one block in one buffer, room for the header in front. */
export class BlockBuilder {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #length = BLOCK_HEADER_BYTES;
  #count = 0;
  #firstSeq = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes of records, without the header. */
  get bodyBytes(): number {
    return this.#length - BLOCK_HEADER_BYTES;
  }

  /** Text is written as UTF-8, without a buffer of its own. */
  add(seq: number, kind: number, payload: Buffer | string): void {
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    invariant(size <= PAYLOAD_BYTES_MAX, 'a record is at most 16 MiB');
    invariant(kind >= 1 && kind <= 255, 'a record kind is 1 to 255');
    this.#reserve(RECORD_HEADER_BYTES + size);
    if (this.#count === 0) this.#firstSeq = seq;
    const at = this.#length;
    this.#bytes.writeUInt32LE(size, at);
    this.#bytes.writeUInt8(kind, at + 4);
    if (typeof payload === 'string') this.#bytes.write(payload, at + RECORD_HEADER_BYTES, 'utf8');
    else payload.copy(this.#bytes, at + RECORD_HEADER_BYTES);
    this.#length += RECORD_HEADER_BYTES + size;
    this.#count += 1;
  }

  /** The finished block, valid until `clear`, and its link in the chain. */
  finish(flag: BlockFlag, firstSeq: number, chain: number): { bytes: Buffer; link: number } {
    const bytes = this.#bytes.subarray(0, this.#length);
    const link = sealBlock(bytes, { firstSeq, count: this.#count, flag, chain });
    return { bytes, link };
  }

  clear(): void {
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = Buffer.allocUnsafe(INITIAL_BYTES);
    this.#length = BLOCK_HEADER_BYTES;
    this.#count = 0;
  }

  /** Records collected so far, from sequence `from`; payloads are copies. */
  records(from: number): readonly JournalRecord[] {
    const body = Buffer.from(this.#bytes.subarray(BLOCK_HEADER_BYTES, this.#length));
    return [...bodyRecords(body, this.#firstSeq, from)];
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
