import { bytes, count, flag, seconds } from './kinds.ts';

const MiB = 1_048_576;

export const JOURNAL = {
  segmentBytesMax: bytes(
    'A journal segment that is larger is followed by the next one, and by a snapshot of the books.',
  )
    .between(65_536, 1_024 * MiB)
    .withDefault(64 * MiB),
  snapshotRecords: count(
    'A snapshot of the books is written after so many records at the latest; a start reads the newest and the records after it.',
  )
    .between(100, 100_000_000)
    .withDefault(100_000),
  compress: flag(
    'Whether segments that no snapshot needs are compressed (`.seg.gz`, which every command reads).',
  ).withDefault(true),
  keepDays: count(
    'Days after which such a segment is removed, once the execution log is on the disk and no client may still ask for reports in it.',
  )
    .between(1, 36_500)
    .optional('kept for ever'),
  keepBytes: bytes(
    'While all segments together are larger, the oldest that no snapshot needs are removed, under the same conditions.',
  )
    .between(65_536, 1_048_576 * MiB)
    .optional('kept for ever'),
};

export const CLOSED_ORDERS = {
  keepSeconds: seconds(
    'Time after its last change that a closed order stays in memory. Later it is in the archive, and comes back by itself when something is said about it.',
  )
    .between(1, 86_400)
    .withDefault(900),
  countMax: count('Closed orders in memory; of more, the oldest leave earlier.')
    .between(0, 1_000_000)
    .withDefault(50_000),
  archiveDays: count(
    'Days after which the archive forgets what a closed order was: a later report about it is quarantined with an alert. That its ClOrdID was used is never forgotten.',
  )
    .between(1, 36_500)
    .withDefault(30),
};
