import { type Lease } from '../../../../src/lib/files/lease-lock.ts';
import { type Result, ok } from '../../../../src/lib/result.ts';
import { type Storage, type StorageFile } from '../../../../src/journal/storage.ts';
import { systemError } from '../../../support/memory-storage.ts';

interface SimFile {
  bytes: Buffer;
  length: number;
  /** What a loss of power leaves. */
  synced: number;
}

export interface DiskFaults {
  /** The next so many writes or syncs fail. */
  writeFailures: number;
  syncFailures: number;
  /** Time that a sync takes. */
  syncMs: () => number;
}

type Later = (afterMs: number, fire: () => void) => void;

/** A directory in memory: slow, failing, and forgetful of what was not synced. */
export class SimDisk implements Storage {
  readonly location = 'simulated disk';
  readonly files = new Map<string, SimFile>();
  readonly faults: DiskFaults;
  readonly #later: Later;

  constructor(faults: DiskFaults, later: Later) {
    this.faults = faults;
    this.#later = later;
  }

  lock(): Promise<Result<Lease, string>> {
    const lease = { release: () => undefined, lost: () => undefined, onLost: () => undefined };
    return Promise.resolve(ok(lease));
  }

  list(): readonly string[] {
    return [...this.files.keys()];
  }

  create(name: string): StorageFile {
    if (this.files.has(name)) throw systemError('EEXIST', 'open');
    this.files.set(name, { bytes: Buffer.alloc(16_384), length: 0, synced: 0 });
    return this.open(name);
  }

  open(name: string): StorageFile {
    const file = this.files.get(name);
    if (file === undefined) throw systemError('ENOENT', 'open');
    return this.#open(file);
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  rename(name: string, to: string): void {
    const file = this.files.get(name);
    if (file === undefined) throw systemError('ENOENT', 'rename');
    this.files.delete(name);
    this.files.set(to, file);
  }

  compress(): Promise<void> {
    return Promise.resolve();
  }

  syncDirectory(): Promise<void> {
    return Promise.resolve();
  }

  /** Whether these bytes survive a loss of power. */
  holds(bytes: Buffer | string): boolean {
    for (const file of this.files.values()) {
      if (file.bytes.subarray(0, file.synced).includes(bytes, 0, 'latin1')) return true;
    }
    return false;
  }

  /**
   * The disk that the next process finds. `kept` of the bytes that were not synced survive; a torn
   * end may be garbage.
   */
  afterCrash(kept: (unsynced: number) => number, isGarbled: boolean, later: Later): SimDisk {
    const next = new SimDisk(this.faults, later);
    for (const [name, { bytes, length, synced }] of this.files) {
      const survived = synced + kept(length - synced);
      const copy = Buffer.from(bytes.subarray(0, survived));
      if (isGarbled && survived > synced) copy[survived - 1] = (copy[survived - 1] ?? 0) ^ 0x5a;
      next.files.set(name, { bytes: copy, length: survived, synced: survived });
    }
    return next;
  }

  #open(file: SimFile): StorageFile {
    return {
      size: () => file.length,
      writtenMs: () => 0,
      read: (position, length) => {
        const end = Math.min(file.length, position + length);
        return Buffer.from(file.bytes.subarray(Math.min(position, end), end));
      },
      write: (bytes, position) => {
        if (this.faults.writeFailures > 0) {
          this.faults.writeFailures -= 1;
          throw systemError('ENOSPC', 'write');
        }
        const end = position + bytes.length;
        if (end > file.bytes.length) {
          const grown = Buffer.alloc(2 * end);
          file.bytes.copy(grown, 0, 0, file.length);
          file.bytes = grown;
        }
        bytes.copy(file.bytes, position);
        file.length = Math.max(file.length, end);
        return bytes.length;
      },
      sync: () =>
        new Promise((resolve, reject) => {
          const reached = file.length;
          const isFailing = this.faults.syncFailures > 0;
          if (isFailing) this.faults.syncFailures -= 1;
          this.#later(this.faults.syncMs(), () => {
            if (isFailing) {
              reject(systemError('EIO', 'fdatasync'));
              return;
            }
            file.synced = Math.max(file.synced, Math.min(reached, file.length));
            resolve();
          });
        }),
      truncate: (length) => {
        file.length = Math.min(file.length, length);
        file.synced = Math.min(file.synced, length);
      },
      close: () => undefined,
    };
  }
}
