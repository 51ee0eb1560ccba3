import { setImmediate as nextTurn } from 'node:timers/promises';
import { type EpochMs } from '../../lib/time.ts';
import {
  BLOCK_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  SNAPSHOT_MAGIC,
  decodeSegmentHeader,
  encodeSegmentHeader,
  parseSnapshotName,
  snapshotName,
} from '../block/block.ts';
import { BlockBuilder } from '../block/block-builder.ts';
import { bodyRecords } from '../reader.ts';
import { FileWindow, readBlock } from '../segment.ts';
import { PieceReader, piecesOf } from './snapshot-codec.ts';
import { type Storage, writeAll } from '../storage.ts';

const KIND = { head: 1, piece: 2 } as const;
const BLOCK_BYTES = 262_144;
const PART = '.part';

/** What a snapshot says of itself. */
interface SnapshotHead {
  /** The state is that after this record of the journal. */
  readonly seq: number;
  readonly at: EpochMs;
  /**
   * The execution log was durable up to this record: one that is shorter now has lost something,
   * and the facts from there on are needed.
   */
  readonly logSeq: number;
  /** Facts folded into it since the journal began. */
  readonly factCount: number;
  /** Raised when a field gets another meaning. */
  readonly stateVersion: number;
}

export interface Snapshot {
  readonly head: SnapshotHead;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Snapshots in a folder, the newest first, by the record they stand behind. */
export const snapshotSeqs = (storage: Storage): readonly number[] =>
  storage
    .list()
    .flatMap((name) => parseSnapshotName(name) ?? [])
    .sort((a, b) => b - a);

export const isSnapshotPart = (name: string): boolean =>
  name.endsWith(PART) && parseSnapshotName(name.slice(0, -PART.length)) !== undefined;

/**
 * Writes a snapshot in pieces, each in a turn of the event loop of its own; it appears whole, under
 * its name, or not at all. `state` must not change meanwhile. Rejects with the system's error.
 * Returns its bytes.
 */
export const writeSnapshot = async (
  storage: Storage,
  journalId: string,
  { head, state }: Snapshot,
): Promise<number> => {
  const name = snapshotName(head.seq);
  const part = `${name}${PART}`;
  if (storage.list().includes(part)) storage.remove(part);
  const file = storage.create(part);
  let size = SEGMENT_HEADER_BYTES;
  let chain = 0;
  let record = 1;
  let block = new BlockBuilder();
  const write = (flag: 'records' | 'closed'): void => {
    const { bytes, link } = block.finish(flag, record - block.count, chain);
    writeAll(file, bytes, size);
    size += bytes.length;
    chain = link;
    block.clear();
  };
  try {
    const header = { firstSeq: head.seq + 1, chain: 0, journalId };
    writeAll(file, encodeSegmentHeader(header, SNAPSHOT_MAGIC), 0);
    block.add(record, KIND.head, JSON.stringify(head));
    record += 1;
    for (const piece of piecesOf(state)) {
      block.add(record, KIND.piece, piece);
      record += 1;
      if (block.bodyBytes < BLOCK_BYTES) continue;
      write('records');
      await nextTurn();
    }
    if (block.count > 0) write('records');
    block = new BlockBuilder();
    write('closed');
    await file.sync();
  } finally {
    file.close();
  }
  storage.rename(part, name);
  await storage.syncDirectory();
  return size;
};

/**
 * Reads a snapshot whole, a step for each block. Returns why it cannot be used, when it is damaged,
 * cut short, or of another journal (`journalId`).
 */
export function* readSnapshot(
  storage: Storage,
  seq: number,
  journalId?: string,
): Generator<void, Snapshot | string> {
  const file = storage.open(snapshotName(seq), 'read');
  try {
    const header = decodeSegmentHeader(file.read(0, SEGMENT_HEADER_BYTES), SNAPSHOT_MAGIC);
    if (typeof header === 'string') return header;
    if (header.firstSeq !== seq + 1) return `it is of sequence ${header.firstSeq - 1}`;
    if (journalId !== undefined && header.journalId !== journalId)
      return 'it belongs to another journal';
    return yield* readBlocks(new FileWindow(file));
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError) return cause.message;
    throw cause;
  } finally {
    file.close();
  }
}

function* readBlocks(window: FileWindow): Generator<void, Snapshot | string> {
  const reader: Reading = { pieces: new PieceReader(), head: undefined };
  let [chain, position, next] = [0, SEGMENT_HEADER_BYTES, 1];
  for (;;) {
    const read = readBlock(window, position);
    if (read.type !== 'Block') return `damaged or cut short at byte ${position}`;
    const { header: block, body } = read;
    if (block.chain !== chain || block.firstSeq !== next) return `chain broken at byte ${position}`;
    if (block.flag === 'closed') {
      const { head, pieces } = reader;
      return head === undefined ? 'it has no head' : { head, state: pieces.state };
    }
    for (const { kind, payload } of bodyRecords(body, block.firstSeq, 1)) {
      if (!take(reader, kind, payload.toString('utf8')))
        return `record kind ${kind} is not known: a newer program wrote it`;
    }
    [chain, position] = [block.link, position + BLOCK_HEADER_BYTES + body.length];
    next += block.count;
    yield;
  }
}

interface Reading {
  readonly pieces: PieceReader;
  head: SnapshotHead | undefined;
}

const take = (reader: Reading, kind: number, text: string): boolean => {
  if (kind === KIND.head) reader.head = JSON.parse(text) as SnapshotHead;
  else if (kind === KIND.piece) reader.pieces.add(text);
  return kind === KIND.head || kind === KIND.piece;
};
