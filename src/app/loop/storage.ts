import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Config } from '../../config/config.ts';
import {
  type ExecutionLog,
  lastLoggedSeq,
  logAheadOf,
  openExecutionLog,
} from '../../execution-log/execution-log.ts';
import { type FixDictionary } from '../../fix/dictionary/dictionary.ts';
import { dictionaryPath, loadDictionary } from '../../fix/dictionary/jspurefix.ts';
import { type OpenedJournal, openJournal } from '../../journal/open-journal.ts';
import { type Redactor } from '../../lib/redaction/redactor.ts';
import { fileFault } from '../../lib/files/file-fault.ts';
import { faultOfMode, MODE } from '../../lib/files/open-mode.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type Logger } from '../../observability/logger.ts';
import { type Metrics } from '../../observability/metrics.ts';
import { type ClosedOrders, openClosedOrders } from '../retention/closed-orders.ts';
import { type Snapshot } from '../../journal/snapshot/snapshot-file.ts';
import { versionProblem } from '../retention/snapshot-state.ts';
import { type Storage } from '../../journal/storage.ts';
import { FixLogs } from './fix-logs.ts';
import { ReserveFile } from './reserve-file.ts';

/** Everything an engine reads and writes on disk. */
export interface EngineStorage {
  readonly opened: OpenedJournal;
  readonly reserve: ReserveFile;
  readonly closedOrders: ClosedOrders;
  readonly executionLog: ExecutionLog;
  readonly fixLogs: FixLogs;
  readonly dictionaries: { readonly venue: FixDictionary; readonly client: FixDictionary };
}

export interface EngineStorageDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  /** Where the journal's files are, when not in the data folder: a disk that a test can break. */
  readonly journalStorage?: Storage;
}

/**
 * Dictionaries first, since they can't be damaged by a failure later; then the journal with its
 * lock; then the logs.
 */
export const openEngineStorage = async (
  config: Config,
  deps: EngineStorageDeps,
): Promise<Result<EngineStorage, string>> => {
  const venue = loadDictionary(dictionaryPath('KRAKEN-DRV-FIX44.xml'));
  if (!venue.ok) return err(`dictionary: ${venue.error}`);
  const client = loadDictionary(dictionaryPath('FATHOM-FIX44.xml'));
  if (!client.ok) return err(`dictionary: ${client.error}`);
  const { dataDir, durability } = config.engine;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const open = faultOfMode(dataDir, MODE.everybodyWrites);
  if (open !== undefined) return err(`engine.dataDir: ${open}`);
  const shared = faultOfMode(dataDir, MODE.othersWrite);
  if (shared !== undefined) deps.logger.warn(`engine.dataDir: ${shared}`, { code: 'OPEN_FOLDER' });
  const dir = join(dataDir, 'journal');
  const reserve = new ReserveFile(join(dir, 'reserve'), config.disk.reserveFileBytes);
  const opened = await openJournal({
    ...(deps.journalStorage === undefined ? { dir } : { storage: deps.journalStorage }),
    durability,
    makeRoom: (cause) => reserve.release(cause),
    clock: deps.clock,
    lock: {
      onNotice: (text) => {
        deps.logger.warn(`journal: ${text}`, { code: 'JOURNAL_LOCK' });
      },
    },
    segmentBytesMax: config.journal.segmentBytesMax,
    recovery: { isFromSnapshot: true, unusable: snapshotProblem(config) },
    refuse: ({ nextSeq, repair }) => refusalOf(config, nextSeq - 1, repair !== undefined),
    onCommitted: ({ durationMs }) => {
      deps.metrics.journalAppend(durationMs / 1_000);
    },
  });
  if (!opened.ok) {
    const isRefused = opened.error.code === 'JOURNAL_REFUSED';
    return err(`${isRefused ? 'execution log' : 'journal'}: ${opened.error.message}`);
  }
  for (const notice of opened.value.notices) {
    deps.logger.warn(`journal: ${notice.message}`, { code: notice.code });
  }
  const closedOrders = openClosedOrders({
    dir: join(dataDir, 'closed-orders'),
    isDurable: durability === 'disk',
    onTrouble: (text) => {
      deps.logger.error(`closed orders: ${text}`, { code: 'ARCHIVE_UNREADABLE' });
    },
  });
  if (!closedOrders.ok) {
    await opened.value.journal.close();
    return err(`closed orders: ${closedOrders.error}`);
  }
  const executionLog = openLog(config, deps, opened.value.journal.nextSeq - 1);
  if (!executionLog.ok) {
    await closedOrders.value.close();
    await opened.value.journal.close();
    return executionLog;
  }
  return ok({
    opened: opened.value,
    reserve,
    closedOrders: closedOrders.value,
    executionLog: executionLog.value,
    fixLogs: openFixLogs(config, deps),
    dictionaries: { venue: venue.value, client: client.value },
  });
};

/** A log that lost what was on the disk is written again from the facts, while they are there. */
const snapshotProblem =
  ({ executionLog }: Config) =>
  (snapshot: Snapshot, isWhole: boolean): string | undefined => {
    // After the journal's lock is held: nobody else writes the log now.
    const logSeq = isWhole ? lastLoggedSeq(executionLog.dir) : 0;
    return isWhole && logSeq < snapshot.head.logSeq
      ? `the execution log ends with sequence ${logSeq}, it had ${snapshot.head.logSeq}`
      : versionProblem(snapshot, isWhole);
  };

/** Decided before the journal's torn end is cut off, which may be what the log knows more. */
const refusalOf = (config: Config, lastSeq: number, isTorn: boolean): string | undefined => {
  const ahead = logAheadOf(config.executionLog.dir, lastSeq);
  if (ahead === undefined || !isTorn) return ahead;
  return `${ahead}. The journal’s last block cannot be read and was left as it is`;
};

const openLog = (
  config: Config,
  deps: EngineStorageDeps,
  journalLastSeq: number,
): Result<ExecutionLog, string> => {
  const { dir, fileBytesMax } = config.executionLog;
  const log = openExecutionLog({
    dir,
    fileBytesMax,
    journalLastSeq,
    timers: deps.timers,
    redact: deps.redactor.text,
    onFailure: (cause) => {
      deps.logger.error(
        `the execution log cannot be written: ${fileFault(cause)}; the journal has everything, and the next start writes what is missing`,
        { code: 'EXECUTION_LOG_UNWRITABLE', dir },
      );
    },
  });
  if (!log.ok) return err(`execution log: ${log.error}`);
  for (const notice of log.value.notices) deps.logger.warn(`execution log: ${notice}`);
  return ok(log.value.log);
};

const openFixLogs = (config: Config, deps: EngineStorageDeps): FixLogs =>
  new FixLogs({
    config: config.fixLog,
    clock: deps.clock,
    timers: deps.timers,
    redactor: deps.redactor,
    onTrouble: (text) => {
      deps.logger.error(`FIX log: ${text}`);
    },
  });
