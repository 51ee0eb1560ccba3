import { fileFaultAt } from '../lib/files/file-fault.ts';

/**
 * Why a journal could not be opened, or stopped. `code` is stable to match on, `message` is for
 * readers.
 */
export interface JournalError {
  readonly code: 'JOURNAL_LOCKED' | 'JOURNAL_CORRUPT' | 'JOURNAL_IO' | 'JOURNAL_REFUSED';
  readonly message: string;
  /** The segment file and the byte in it, where one is to blame. */
  readonly file?: string;
  readonly offset?: number;
}

/**
 * Something recovery did that an operator should know. No record whose commit had resolved was
 * lost.
 */
export interface JournalNotice {
  readonly code:
    'TORN_TAIL_DROPPED' | 'TORN_SEGMENT_REMOVED' | 'SEAL_UNREADABLE' | 'SNAPSHOT_UNUSABLE';
  readonly message: string;
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

/** Reason of every rejected commit: after its first failure the journal stays failed. */
export class JournalFailure extends Error {
  override readonly name = 'JournalFailure';
  readonly code:
    | 'JOURNAL_UNWRITABLE'
    | 'JOURNAL_BACKLOG'
    | 'JOURNAL_CLOSED'
    | 'JOURNAL_CORRUPT'
    | 'JOURNAL_LOCK_LOST';
  constructor(code: JournalFailure['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const corrupt = (message: string, file: string, offset: number): JournalError => ({
  code: 'JOURNAL_CORRUPT',
  message: `${file} at byte ${offset}: ${message}`,
  file,
  offset,
});

export const ioError = (cause: unknown): JournalError => ({
  code: 'JOURNAL_IO',
  message: fileFaultAt(cause),
});
