import {
  BLOCK_HEADER_BYTES,
  RECORD_HEADER_BYTES,
  SEGMENT_HEADER_BYTES,
  isArchivedName,
  recordAt,
} from './block/block.ts';
import { JournalFailure } from './journal-error.ts';
import { type JournalRecord } from './record.ts';
import { FileWindow, type Segment, readBlock } from './segment.ts';
import { gunzipSync } from 'node:zlib';
import { type Storage, type StorageFile } from './storage.ts';

/**
 * Records `from` to the last one written, straight from the files. A payload is a view that stays
 * valid but pins up to 1 MiB: copy what is kept. Throws when a file changed since it was checked.
 */
export function* readRecords(
  storage: Storage,
  segments: readonly Segment[],
  from: number,
): Generator<JournalRecord, void, undefined> {
  const last = segments.findLastIndex((segment) => segment.firstSeq <= from);
  for (const segment of segments.slice(Math.max(last, 0))) {
    const file = openSegment(storage, segment.name);
    try {
      yield* segmentRecords(file, segment, from);
    } finally {
      file.close();
    }
  }
}

function* segmentRecords(
  file: StorageFile,
  segment: Segment,
  from: number,
): Generator<JournalRecord, void, undefined> {
  const window = new FileWindow(file);
  const size = isArchivedName(segment.name) ? file.size() : segment.size;
  let position = Math.max(segment.offsetBefore(from), SEGMENT_HEADER_BYTES);
  while (position < size) {
    const read = readBlock(window, position);
    if (read.type !== 'Block') {
      throw new JournalFailure(
        'JOURNAL_CORRUPT',
        `${segment.name} at byte ${position}: the block changed after it was checked`,
      );
    }
    const { header, body } = read;
    if (header.firstSeq + header.count > from) yield* bodyRecords(body, header.firstSeq, from);
    position += BLOCK_HEADER_BYTES + body.length;
  }
}

/**
 * A segment for reading; an archived one is decompressed in memory. Throws what the system throws,
 * and when the archive is damaged.
 */
export const openSegment = (storage: Storage, name: string): StorageFile => {
  const file = storage.open(name, 'read');
  if (!isArchivedName(name)) return file;
  try {
    return memoryFile(gunzipSync(file.read(0, file.size())));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new JournalFailure('JOURNAL_CORRUPT', `${name}: cannot be decompressed: ${why}`);
  } finally {
    file.close();
  }
};

const memoryFile = (bytes: Buffer): StorageFile => ({
  size: () => bytes.length,
  writtenMs: () => 0,
  read: (position, length) => bytes.subarray(position, position + length),
  write: () => 0,
  sync: () => Promise.resolve(),
  truncate: () => undefined,
  close: () => undefined,
});

/** Records of one block's body, skipping those before `from`. */
export function* bodyRecords(
  body: Buffer,
  firstSeq: number,
  from: number,
): Generator<JournalRecord, void, undefined> {
  let seq = firstSeq;
  let offset = 0;
  for (;;) {
    const record = recordAt(body, offset);
    if (record === undefined) return;
    if (seq >= from) yield { seq, kind: record.kind, payload: record.payload };
    offset += RECORD_HEADER_BYTES + record.payload.length;
    seq += 1;
  }
}
