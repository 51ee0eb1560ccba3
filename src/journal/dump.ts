import { escapeHidden, utf8Of } from '../lib/plain-text.ts';
import { maskFrame, printable } from '../lib/redaction/mask-frame.ts';
import { makeRedactor } from '../lib/redaction/redactor.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { type EpochMs, toUtcTimestamp } from '../lib/time.ts';
import { makeFileStorage } from './file-storage.ts';
import { type JournalError, type JournalNotice, ioError } from './journal-error.ts';
import { readRecords } from './reader.ts';
import { type DecodedRecord, type JournalRecord, decodeRecord } from './record.ts';
import { recoverJournal } from './recovery.ts';
import { snapshotSeqs } from './snapshot/snapshot-file.ts';
import { type Storage } from './storage.ts';

export interface JournalDump {
  readonly lines: Iterable<string>;
  readonly notices: readonly JournalNotice[];
}

/**
 * A journal's records as text, one line each, oldest first, archived ones too, and a line where a
 * snapshot stands; the values of secret fields as stars.
 * Reads only, takes no lock, so it may look at a running engine's journal: an unfinished last block
 * is a notice. A damaged journal is an error, as it is to the engine.
 */
export const dumpJournal = (options: {
  readonly dir?: string;
  readonly storage?: Storage;
  /** First sequence number shown; default 1. */
  readonly from?: number;
  /** One JSON object a line instead of readable text. */
  readonly json?: boolean;
}): Result<JournalDump, JournalError> => {
  try {
    const storage = options.storage ?? makeFileStorage(options.dir ?? '.', { create: false });
    const recovered = recoverJournal(storage);
    if (!recovered.ok) return recovered;
    const { segments, notices } = recovered.value;
    if (segments.length === 0 && notices.length === 0) {
      return err({ code: 'JOURNAL_IO', message: `${storage.location}: no journal here` });
    }
    const toLine = options.json === true ? toJsonLine : toTextLine;
    const from = Math.max(1, options.from ?? 1);
    const lines = dumpLines(storage, segments, from, { toLine, isJson: options.json === true });
    return ok({ lines, notices });
  } catch (cause) {
    return err(ioError(cause));
  }
};

function* dumpLines(
  storage: Storage,
  segments: Parameters<typeof readRecords>[1],
  from: number,
  { toLine, isJson }: { toLine: (record: JournalRecord) => string; isJson: boolean },
): Generator<string> {
  const snapshots = new Set(snapshotSeqs(storage));
  for (const record of readRecords(storage, segments, from)) {
    yield toLine(record);
    const { seq } = record;
    if (!snapshots.has(seq)) continue;
    yield isJson
      ? JSON.stringify({ type: 'Snapshot', behind: seq })
      : `${' '.repeat(10)}  ${NO_TIME}  snapshot  of the state behind record ${seq}`;
  }
}

const toTextLine = (record: JournalRecord): string => {
  const decoded = decodeRecord(record);
  const text = decoded.ok ? describe(decoded.value) : `unreadable: ${decoded.error}`;
  return escapeHidden(utf8Of(`${String(record.seq).padStart(10)}  ${text}`));
};

const describe = (record: DecodedRecord): string => {
  switch (record.type) {
    case 'Fact':
      return `${time(record.at)}  fact      ${JSON.stringify(redactor.value(record.fact))}`;
    case 'Audit':
      return `${time(record.at)}  audit     ${JSON.stringify(redactor.value(record.audit))}`;
    case 'SessionOutbound':
      return `${NO_TIME}  outbound  ${record.session} ${record.msgSeqNum} ${readable(record.bytes)}`;
    case 'SessionNextTarget':
      return `${NO_TIME}  target    ${record.session} expects ${record.next}`;
    case 'SessionNextSender':
      return `${NO_TIME}  sender    ${record.session} sends ${record.next}`;
    case 'SessionConfirmed':
      return `${NO_TIME}  confirmed ${record.session} has all before ${record.next}`;
    case 'SessionReset':
      return `${time(record.at)}  reset     ${record.session}`;
  }
};

const toJsonLine = (record: JournalRecord): string => {
  const { seq, kind } = record;
  const decoded = decodeRecord(record);
  if (!decoded.ok) return JSON.stringify({ seq, kind, error: decoded.error });
  const { value } = decoded;
  if (value.type !== 'SessionOutbound')
    return JSON.stringify({ seq, ...(redactor.value(value) as object) });
  return JSON.stringify({ seq, ...value, bytes: readable(value.bytes) });
};

const NO_TIME = ' '.repeat(21);
const time = (at: EpochMs): string => toUtcTimestamp(at);

/** Has no list of secret values: a dump is read without the configuration. */
const redactor = makeRedactor();

/** SOH as `|`, the customary notation; no other control character reaches a terminal. */
const readable = (bytes: Buffer): string =>
  maskFrame(bytes).toString('latin1').split('\u0001').map(printable).join('|');
