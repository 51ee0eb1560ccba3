import { crc32 } from 'node:zlib';

import { invariant } from '../../lib/invariant.ts';

/*
 * docs/journal-format.md draws these bytes. All integers are little-endian.
 *
 * segment header, 48 bytes             block header, 36 bytes
 *  0 magic 'FTHMJRNL'                   0 magic 'FBLK'
 *  8 version u32                        4 length u32      bytes of records that follow
 * 12 chain u32   last block before      8 first seq u64
 * 16 first seq u64                     16 record count u32
 * 24 journal id 16 bytes               20 flags u32       0 records, 1 clean close, 2 sealed
 * 40 zero u32                          24 chain u32       crc of the block before
 * 44 crc32 of 0..43                    28 body crc u32
 *                                      32 crc32 of 0..31  this block's link in the chain
 */
export const SEGMENT_HEADER_BYTES = 48;
export const BLOCK_HEADER_BYTES = 36;
export const RECORD_HEADER_BYTES = 5;
/** One record's payload. */
export const PAYLOAD_BYTES_MAX = 16 * 1_048_576;
/** One block's records. A length above it is not a length. */
const BLOCK_BYTES_MAX = 512 * 1_048_576;

const SEGMENT_MAGIC = Buffer.from('FTHMJRNL', 'latin1');
/** A snapshot is built like a segment, and is none. */
export const SNAPSHOT_MAGIC = Buffer.from('FTHMSNAP', 'latin1');
const BLOCK_MAGIC = Buffer.from('FBLK', 'latin1').readUInt32LE(0);
const VERSION = 1;

export interface SegmentHeader {
  readonly firstSeq: number;
  /** Link of the last block before this segment; 0 in the first. */
  readonly chain: number;
  /** Hex; all segments of one journal carry the same. */
  readonly journalId: string;
}

export type BlockFlag = 'records' | 'closed' | 'sealed';
const FLAGS: readonly BlockFlag[] = ['records', 'closed', 'sealed'];

export interface BlockHeader {
  /** Bytes of records after the header. */
  readonly length: number;
  readonly firstSeq: number;
  readonly count: number;
  readonly flag: BlockFlag;
  readonly chain: number;
  readonly bodyCrc: number;
  /** crc32 of the header itself, which holds the body's crc: the next block repeats it. */
  readonly link: number;
}

const SEGMENT_NAME = /^journal-(\d{20})\.seg(\.gz)?$/;
const SNAPSHOT_NAME = /^snapshot-(\d{20})\.snap$/;

export const segmentName = (firstSeq: number): string =>
  `journal-${String(firstSeq).padStart(20, '0')}.seg`;

/** Of the state after the record with this sequence number. */
export const snapshotName = (seq: number): string =>
  `snapshot-${String(seq).padStart(20, '0')}.snap`;

/** The last sequence number that a snapshot's name promises; `undefined` for another file. */
export const parseSnapshotName = (name: string): number | undefined =>
  safeSeq(SNAPSHOT_NAME.exec(name)?.[1]);

/**
 * First sequence number that a file name promises; `undefined` for a file that is not a segment.
 */
export const parseSegmentName = (name: string): number | undefined => {
  return safeSeq(SEGMENT_NAME.exec(name)?.[1]);
};

export const isArchivedName = (name: string): boolean => name.endsWith('.gz');

const safeSeq = (digits: string | undefined): number | undefined => {
  const seq = digits === undefined ? Number.NaN : Number(digits);
  return Number.isSafeInteger(seq) ? seq : undefined;
};

export const encodeSegmentHeader = (header: SegmentHeader, magic = SEGMENT_MAGIC): Buffer => {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  magic.copy(bytes, 0);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(header.chain, 12);
  writeSeq(bytes, header.firstSeq, 16);
  bytes.write(header.journalId, 24, 16, 'hex');
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 44)), 44);
  return bytes;
};

/** The header, or why these bytes are none. */
export const decodeSegmentHeader = (
  bytes: Buffer,
  magic = SEGMENT_MAGIC,
): SegmentHeader | string => {
  if (bytes.length < SEGMENT_HEADER_BYTES) return 'segment header incomplete';
  if (!bytes.subarray(0, 8).equals(magic))
    return magic === SEGMENT_MAGIC ? 'not a journal segment' : 'not a snapshot';
  if (bytes.readUInt32LE(44) !== crc32(bytes.subarray(0, 44))) return 'segment header CRC wrong';
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) return `format version ${version}, this program reads ${VERSION}`;
  const firstSeq = readSeq(bytes, 16);
  return {
    firstSeq,
    chain: bytes.readUInt32LE(12),
    journalId: bytes.toString('hex', 24, 40),
  };
};

/**
 * Fills the first 36 bytes of `block`, whose records already stand behind them.
 * Returns the block's link.
 */
export const sealBlock = (
  block: Buffer,
  { firstSeq, count, flag, chain }: Pick<BlockHeader, 'firstSeq' | 'count' | 'flag' | 'chain'>,
): number => {
  const length = block.length - BLOCK_HEADER_BYTES;
  invariant(length >= 0 && length <= BLOCK_BYTES_MAX, 'a block has a header and a bounded length');
  block.writeUInt32LE(BLOCK_MAGIC, 0);
  block.writeUInt32LE(length, 4);
  writeSeq(block, firstSeq, 8);
  block.writeUInt32LE(count, 16);
  block.writeUInt32LE(FLAGS.indexOf(flag), 20);
  block.writeUInt32LE(chain, 24);
  block.writeUInt32LE(crc32(block.subarray(BLOCK_HEADER_BYTES)), 28);
  const link = crc32(block.subarray(0, 32));
  block.writeUInt32LE(link, 32);
  return link;
};

/** The header at `offset` when magic, CRC and limits hold. The body is not checked. */
export const decodeBlockHeader = (bytes: Buffer, offset = 0): BlockHeader | undefined => {
  if (bytes.length - offset < BLOCK_HEADER_BYTES) return undefined;
  if (bytes.readUInt32LE(offset) !== BLOCK_MAGIC) return undefined;
  const link = bytes.readUInt32LE(offset + 32);
  if (link !== crc32(bytes.subarray(offset, offset + 32))) return undefined;
  const flag = FLAGS[bytes.readUInt32LE(offset + 20)];
  const length = bytes.readUInt32LE(offset + 4);
  if (flag === undefined || length > BLOCK_BYTES_MAX) return undefined;
  return {
    length,
    firstSeq: readSeq(bytes, offset + 8),
    count: bytes.readUInt32LE(offset + 16),
    flag,
    chain: bytes.readUInt32LE(offset + 24),
    bodyCrc: bytes.readUInt32LE(offset + 28),
    link,
  };
};

export const bodyMatches = (header: BlockHeader, body: Buffer): boolean =>
  body.length === header.length && crc32(body) === header.bodyCrc;

/** Where a later block begins in `bytes`, searching from `from`; -1 when there is none. */
export const findBlock = (bytes: Buffer, from: number): number => {
  const magic = Buffer.from('FBLK', 'latin1');
  for (let at = bytes.indexOf(magic, from); at !== -1; at = bytes.indexOf(magic, at + 1)) {
    if (decodeBlockHeader(bytes, at) !== undefined) return at;
  }
  return -1;
};

/** A record of a block's body, its payload still a view of the body. */
export interface BodyRecord {
  readonly kind: number;
  readonly payload: Buffer;
}

/** The record at `offset` of a body; `undefined` when it does not fit. Its size is 5 + payload. */
export const recordAt = (body: Buffer, offset: number): BodyRecord | undefined => {
  const start = offset + RECORD_HEADER_BYTES;
  if (start > body.length) return undefined;
  const length = body.readUInt32LE(offset);
  if (length > PAYLOAD_BYTES_MAX || start + length > body.length) return undefined;
  return { kind: body.readUInt8(offset + 4), payload: body.subarray(start, start + length) };
};

/** True when exactly `count` records fill the body. */
export const hasRecords = (body: Buffer, count: number): boolean => {
  let offset = 0;
  for (let i = 0; i < count; i += 1) {
    const record = recordAt(body, offset);
    if (record === undefined) return false;
    offset += RECORD_HEADER_BYTES + record.payload.length;
  }
  return offset === body.length;
};

const writeSeq = (bytes: Buffer, seq: number, offset: number): void => {
  bytes.writeUInt32LE(seq % 0x1_0000_0000, offset);
  bytes.writeUInt32LE(Math.floor(seq / 0x1_0000_0000), offset + 4);
};

const readSeq = (bytes: Buffer, offset: number): number =>
  bytes.readUInt32LE(offset + 4) * 0x1_0000_0000 + bytes.readUInt32LE(offset);
