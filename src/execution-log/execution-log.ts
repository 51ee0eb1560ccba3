import { defined } from '../lib/defined.ts';
import { existsSync, mkdirSync } from 'node:fs';

import { type BufferedFileOptions } from '../lib/files/buffered-file.ts';
import { invariant } from '../lib/invariant.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { type Timers } from '../lib/time.ts';
import { readAnchor, writeAnchor } from './anchor.ts';
import { CSV_HEADER, encodeCsvRow, parseCsvRecord } from './csv.ts';
import { type ExecutionRecord } from './execution-record.ts';
import { FileSeries, type OpenFile, type SeriesOptions } from './file-series.ts';
import {
  FIRST_HASH,
  encodeRecordLine,
  encodeTrailerLine,
  parsePart,
  parseRecordLine,
} from './record-line.ts';
import { type LineMeaning, type RecoveredSeries, recoverSeries } from './recover-series.ts';
import { tradingDayOfNs } from './trading-day.ts';

const FILE_BYTES_MAX = 256 * 1_048_576;
const BUFFER_BYTES_MAX = 65_536;
const FLUSH_AFTER_MS = 20;
/** The head is written with the first flush, and then every second or so. */
const FLUSHES_PER_ANCHOR = 50;
/** Files that go on are summed in pieces of so many bytes, with pauses for other work. */
const CATCH_UP_BYTES = 1_048_576;
const CATCH_UP_AFTER_MS = 5;

export interface ExecutionLogOptions {
  /** Made when absent. */
  readonly dir: string;
  /**
   * The last sequence number of the journal: a log that knows more belongs to another one, and is
   * refused.
   */
  readonly journalLastSeq?: number;
  /**
   * Writes what is buffered after `flushAfterMs`; without timers only a full buffer, `flush` and
   * `close` do.
   */
  readonly timers?: Timers;
  readonly flushAfterMs?: number;
  readonly fileBytesMax?: number;
  readonly bufferBytesMax?: number;
  /** Applied to every value before it is written; see lib/redaction. */
  readonly redact?: (text: string) => string;
  /** Called once, with the first write that failed. */
  readonly onFailure?: (cause: Error) => void;
  /** Stands in for write(2) in tests. */
  readonly write?: BufferedFileOptions['write'];
}

export interface OpenedExecutionLog {
  readonly log: ExecutionLog;
  /** What was repaired. */
  readonly notices: readonly string[];
}

/**
 * Opens the log where the last process left it. The error names the file that cannot be continued.
 */
export const openExecutionLog = (
  options: ExecutionLogOptions,
): Result<OpenedExecutionLog, string> => {
  try {
    mkdirSync(options.dir, { recursive: true, mode: 0o700 });
    const series: SeriesOptions = {
      dir: options.dir,
      fileBytesMax: options.fileBytesMax ?? FILE_BYTES_MAX,
      bufferBytesMax: options.bufferBytesMax ?? BUFFER_BYTES_MAX,
      ...defined({ write: options.write }),
    };
    const ahead = logAheadOf(options.dir, options.journalLastSeq ?? Number.POSITIVE_INFINITY);
    if (ahead !== undefined) return err(ahead);
    const json = recoverSeries(series, JSON_RECOVERY);
    if (!json.ok) return json;
    const csv = recoverSeries(series, CSV_RECOVERY);
    if (!csv.ok) return csv;
    const notices = [
      ...json.value.notices,
      ...csv.value.notices,
      ...noticesOfHead(options.dir, { json: json.value, csv: csv.value }),
    ];
    return ok({
      log: new ExecutionLog(options, series, { json: json.value, csv: csv.value }),
      notices,
    });
  } catch (cause) {
    return err(cause instanceof Error ? cause.message : String(cause));
  }
};

/** The head was written behind both files: one that ends before it lost what it had. */
const noticesOfHead = (
  dir: string,
  found: { readonly json: RecoveredSeries; readonly csv: RecoveredSeries },
): readonly string[] => {
  const head = readAnchor(dir);
  if (head === undefined) return [];
  if (typeof head === 'string') return [`er-head.json: ${head}; it is written anew`];
  const isShort = ({ lastSeq, notices }: RecoveredSeries): boolean =>
    lastSeq < head.seq && notices.length === 0;
  const notice = (what: string, { lastSeq }: RecoveredSeries): string =>
    `${what} ended with sequence ${head.seq} before, now with ${lastSeq}: a file was removed or ` +
    'cut, and what is missing is written again from the journal';
  return [
    ...(isShort(found.json) ? [notice('JSON lines', found.json)] : []),
    ...(isShort(found.csv) ? [notice('CSV rows', found.csv)] : []),
  ];
};

/**
 * The last record that all files of a folder have; 0 when there is none, or they cannot be read.
 */
export const lastLoggedSeq = (dir: string): number => {
  if (!existsSync(dir)) return 0;
  const series: SeriesOptions = { dir, fileBytesMax: 0, bufferBytesMax: 0, isReadOnly: true };
  const found = [JSON_RECOVERY, CSV_RECOVERY].map((format) => recoverSeries(series, format));
  return Math.min(...found.map((one) => (one.ok ? one.value.lastSeq : 0)));
};

/**
 * Why the log in a folder cannot be continued from a journal that ends with `journalLastSeq`: it
 * knows executions that the journal has not, or cannot be read. Looks only, changes nothing.
 */
export const logAheadOf = (dir: string, journalLastSeq: number): string | undefined => {
  if (!existsSync(dir)) return undefined;
  const series: SeriesOptions = { dir, fileBytesMax: 0, bufferBytesMax: 0, isReadOnly: true };
  const lastSeqs: number[] = [];
  for (const format of [JSON_RECOVERY, CSV_RECOVERY]) {
    const found = recoverSeries(series, format);
    if (!found.ok) return found.error;
    lastSeqs.push(found.value.lastSeq);
  }
  const lastSeq = Math.max(...lastSeqs);
  if (lastSeq <= journalLastSeq) return undefined;
  return (
    `${dir} holds sequence ${lastSeq}, the journal ends with ${journalLastSeq}: ` +
    'the journal lost its end, or the log is another engine’s. Nothing was changed. Do not start ' +
    'without the log: executions that clients were told of would be lost, and their orders sent ' +
    'again as new. Bring back the newest copy of the journal’s folder; without one, settle what the ' +
    `log has after sequence ${journalLastSeq} with the venue and the clients first ` +
    '(`fathom executions verify`). Is it another engine’s log, set executionLog.dir'
  );
};

/**
 * The execution report log: JSON lines and CSV of the same records. It is a projection of the
 * journal: at boot the engine hands in every record again whose `seq` is above `lastSeq()`, and
 * what a file has already is left out, so each record is in each file exactly once.
 */
export class ExecutionLog {
  readonly #options: ExecutionLogOptions;
  readonly #redact: (text: string) => string;
  readonly #json: FileSeries;
  readonly #csv: FileSeries;
  #jsonSeq: number;
  #csvSeq: number;
  #hash: string;
  #failure: Error | undefined;
  #isFlushSet = false;
  #flushes = 0;
  #isClosed = false;

  /** Made by `openExecutionLog` only. */
  constructor(
    options: ExecutionLogOptions,
    series: SeriesOptions,
    found: { readonly json: RecoveredSeries; readonly csv: RecoveredSeries },
  ) {
    this.#options = options;
    this.#redact = options.redact ?? ((text) => text);
    this.#jsonSeq = found.json.lastSeq;
    this.#csvSeq = found.csv.lastSeq;
    this.#hash = found.json.lastHash;
    const jsonFormat = {
      extension: 'jsonl',
      newline: '\n',
      header: undefined,
      trailer: (file: OpenFile) => this.#trailer(file),
    } as const;
    this.#json = new FileSeries(series, jsonFormat, found.json);
    const csvFormat = {
      extension: 'csv',
      newline: '\r\n',
      header: CSV_HEADER,
      trailer: () => undefined,
    } as const;
    this.#csv = new FileSeries(series, csvFormat, found.csv);
    this.#catchUp();
  }

  /** Every record up to this one is in all files; hand in what comes after. */
  lastSeq(): number {
    return Math.min(this.#jsonSeq, this.#csvSeq);
  }

  /** Why the log stopped; the journal still has everything, a restart writes it. */
  get failed(): Error | undefined {
    return this.#failure;
  }

  /**
   * Takes all records of one fact (same `seq`); each call has a higher `seq` than the one before, a
   * lower one is what the log has already and is left out. Written within `flushAfterMs`.
   */
  append(records: ExecutionRecord | readonly ExecutionRecord[]): void {
    const group = isList(records) ? records : [records];
    const [first] = group;
    invariant(!this.#isClosed, 'a closed log takes no record');
    if (first === undefined || this.#failure !== undefined) return;
    invariant(
      group.every((record) => record.seq === first.seq),
      'records handed in together belong to one fact',
    );
    const day = tradingDayOfNs(first.tJournal);
    invariant(day !== undefined, 'tJournal is nanoseconds since the epoch');
    if (first.seq > this.#jsonSeq) this.#appendJson(group, first.seq, day);
    if (first.seq > this.#csvSeq) this.#appendCsv(group, first.seq, day);
    this.#flushLater();
  }

  flush(): void {
    this.#check(this.#json.flush());
    this.#check(this.#csv.flush());
    this.#flushes += 1;
    if (this.#flushes % FLUSHES_PER_ANCHOR === 1) this.#anchor();
  }

  /**
   * Resolves, with its last record, when the log survives a loss of power; rejects if it cannot.
   */
  async sync(): Promise<number> {
    this.flush();
    const seq = this.lastSeq();
    this.#check(await this.#json.sync());
    this.#check(await this.#csv.sync());
    if (this.#failure !== undefined) throw this.#failure;
    return seq;
  }

  /** Writes and closes; the files of the day go on after a restart. */
  close(): void {
    this.#isClosed = true;
    this.flush();
    this.#anchor();
    this.#check(this.#json.close());
    this.#check(this.#csv.close());
  }

  #appendJson(group: readonly ExecutionRecord[], seq: number, day: string): void {
    if (!this.#check(this.#json.turnTo(day))) return;
    for (const [i, record] of group.entries()) {
      const chain = { prevHash: this.#hash, redact: this.#redact };
      const { line, hash } = encodeRecordLine(record, [i + 1, group.length], chain);
      this.#hash = hash;
      if (!this.#check(this.#json.append(line, seq))) return;
    }
    this.#jsonSeq = seq;
  }

  #appendCsv(group: readonly ExecutionRecord[], seq: number, day: string): void {
    if (!this.#check(this.#csv.turnTo(day))) return;
    for (const [i, record] of group.entries()) {
      const row = encodeCsvRow(record, [i + 1, group.length], this.#redact);
      if (!this.#check(this.#csv.append(row, seq))) return;
    }
    this.#csvSeq = seq;
  }

  /** After the lines that it stands for. */
  #anchor(): void {
    const at = this.#json.position();
    if (at === undefined || this.#failure !== undefined) return;
    try {
      writeAnchor(this.#options.dir, { seq: this.#jsonSeq, hash: this.#hash, ...at });
    } catch (cause) {
      this.#check({ ok: false, error: cause instanceof Error ? cause : new Error(String(cause)) });
    }
  }

  /** Of a file without timers the rest is summed when it is finished. */
  #catchUp(): void {
    if (this.#isClosed || this.#failure !== undefined) return;
    this.#check(this.#json.catchUp(CATCH_UP_BYTES));
    this.#check(this.#csv.catchUp(CATCH_UP_BYTES));
    if (this.#json.behind + this.#csv.behind === 0) return;
    this.#options.timers?.set(CATCH_UP_AFTER_MS, () => {
      this.#catchUp();
    });
  }

  #trailer({ sums, firstSeq = 0 }: OpenFile): string {
    const { line, hash } = encodeTrailerLine(
      { count: sums.lines, firstSeq, lastSeq: this.#jsonSeq },
      this.#hash,
    );
    this.#hash = hash;
    return line;
  }

  #flushLater(): void {
    if (this.#isFlushSet || this.#options.timers === undefined) return;
    this.#isFlushSet = true;
    this.#options.timers.set(this.#options.flushAfterMs ?? FLUSH_AFTER_MS, () => {
      this.#isFlushSet = false;
      if (!this.#isClosed) this.flush();
    });
  }

  /**
   * Nothing is written after a failure: a log with a hole in it would be worse than a short one.
   */
  #check(result: Result<void, Error>): boolean {
    if (result.ok) return this.#failure === undefined;
    if (this.#failure === undefined) {
      this.#failure = result.error;
      this.#options.onFailure?.(result.error);
    }
    return false;
  }
}

const isList = (
  records: ExecutionRecord | readonly ExecutionRecord[],
): records is readonly ExecutionRecord[] => Array.isArray(records);

const JSON_RECOVERY = {
  extension: 'jsonl',
  newline: '\n',
  headerLines: 0,
  firstHash: FIRST_HASH,
  parse: (line: string): Result<LineMeaning, string> => {
    const parsed = parseRecordLine(line);
    if (!parsed.ok) return parsed;
    return ok({ ...parsed.value, isTrailer: parsed.value.type === 'Trailer' });
  },
} as const;

const CSV_RECOVERY = {
  extension: 'csv',
  newline: '\r\n',
  headerLines: 1,
  firstHash: '',
  parse: (line: string): Result<LineMeaning, string> => {
    const parsed = parseCsvRecord(line);
    if (!parsed.ok) return parsed;
    const seq = Number(parsed.value['seq']);
    const part = parsePart(parsed.value['part']);
    if (!Number.isSafeInteger(seq) || seq < 1) return err('no sequence number');
    if (part === undefined) return err('part is not i/n');
    return ok({ seq, part, hash: '', prevHash: '', isTrailer: false });
  },
} as const;
