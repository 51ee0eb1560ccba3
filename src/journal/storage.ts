import { type Lease, type LeaseOptions } from '../lib/files/lease-lock.ts';
import { type Result } from '../lib/result.ts';

/**
 * What the journal asks of a file system: flat names in one directory. Failures are thrown as the
 * system's errors (`ENOSPC`, `EIO`, …); the journal turns them into its own values.
 */
export interface Storage {
  /** Where the files are, for messages. */
  readonly location: string;
  /** One owner at a time; the error names the holder. May wait for one of another host. */
  readonly lock: (options?: LeaseOptions) => Promise<Result<Lease, string>>;
  /** Names of all files, in no particular order. */
  readonly list: () => readonly string[];
  /** Makes an empty file; throws when the name exists. */
  readonly create: (name: string) => StorageFile;
  readonly open: (name: string, mode: 'read' | 'write') => StorageFile;
  readonly remove: (name: string) => void;
  /** Replaces what has the new name. */
  readonly rename: (name: string, to: string) => void;
  /**
   * Makes a durable copy `<name>.gz`, whole or not at all, beside other work; a copy that was
   * there is replaced.
   */
  readonly compress: (name: string) => Promise<void>;
  /** Makes created and removed names durable. */
  readonly syncDirectory: () => Promise<void>;
}

export interface StorageFile {
  /** Bytes. */
  readonly size: () => number;
  /** When it was last written, in ms since the epoch. */
  readonly writtenMs: () => number;
  /** At most `length` bytes from `position`; fewer at the end of the file. */
  readonly read: (position: number, length: number) => Buffer;
  /** How many bytes were taken, at least one: a short write is not an error yet. */
  readonly write: (bytes: Buffer, position: number) => number;
  /** Resolves when everything written so far survives a power loss (fdatasync). */
  readonly sync: () => Promise<void>;
  readonly truncate: (length: number) => void;
  readonly close: () => void;
}

/** Writes all of `bytes`, in as many calls as the system needs. Throws what the system throws. */
export const writeAll = (file: StorageFile, bytes: Buffer, position: number): void => {
  let written = 0;
  while (written < bytes.length) {
    const taken = file.write(written === 0 ? bytes : bytes.subarray(written), position + written);
    if (taken <= 0) throw new Error(`no byte written at ${position + written}`);
    written += taken;
  }
};
