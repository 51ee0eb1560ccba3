import { gzipSync } from 'node:zlib';
import { type Lease } from '../../src/lib/files/lease-lock.ts';
import { type Result, err, ok } from '../../src/lib/result.ts';
import { type Storage, type StorageFile } from '../../src/journal/storage.ts';

export type StorageOp = 'create' | 'open' | 'read' | 'write' | 'sync' | 'syncDirectory';

interface MemoryFile {
  bytes: Buffer;
  /** What a power loss leaves. */
  synced: Buffer;
}

/** Looks like the error that node:fs throws. */
export const systemError = (code: string, syscall: string): Error =>
  Object.assign(new Error(`${code}: planted, ${syscall}`), { code, syscall });

/**
 * A directory in memory that can be broken: calls fail on demand, writes fall short, and a crash
 * keeps what was synced plus any prefix of what was not.
 */
export class MemoryStorage implements Storage {
  readonly location = 'memory';
  readonly files = new Map<string, MemoryFile>();
  readonly counts = new Map<StorageOp, number>();
  /** Decides before each call whether it fails, and how. */
  fault: (op: StorageOp, count: number) => Error | undefined = () => undefined;
  /** How many of the bytes offered a write takes. */
  taken: (offered: number) => number = (offered) => offered;
  /** Makes the disk as slow as the test wants. */
  syncDelay: () => Promise<void> = () => Promise.resolve();
  #locked = false;

  lock(): Promise<Result<Lease, string>> {
    if (this.#locked) return Promise.resolve(err('memory: held'));
    this.#locked = true;
    const release = (): void => {
      this.#locked = false;
    };
    return Promise.resolve(ok({ release, lost: () => undefined, onLost: () => undefined }));
  }

  list(): readonly string[] {
    return [...this.files.keys()];
  }

  create(name: string): StorageFile {
    this.#count('create');
    if (this.files.has(name)) throw systemError('EEXIST', 'open');
    this.files.set(name, { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) });
    return this.#file(name);
  }

  open(name: string): StorageFile {
    this.#count('open');
    if (!this.files.has(name)) throw systemError('ENOENT', 'open');
    return this.#file(name);
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

  compress(name: string): Promise<void> {
    this.put(`${name}.gz`, gzipSync(this.bytesOf(name)));
    return Promise.resolve();
  }

  syncDirectory(): Promise<void> {
    this.#count('syncDirectory');
    return Promise.resolve();
  }

  /** What the next process finds: `unsyncedKept` bytes of each file's unsynced end survive. */
  crash(unsyncedKept: (unsynced: number) => number = () => 0): MemoryStorage {
    const next = new MemoryStorage();
    for (const [name, { bytes, synced }] of this.files) {
      const unsynced = bytes.length - synced.length;
      const kept = bytes.subarray(0, synced.length + unsyncedKept(unsynced));
      next.put(name, kept);
    }
    return next;
  }

  put(name: string, bytes: Buffer): void {
    this.files.set(name, { bytes: Buffer.from(bytes), synced: Buffer.from(bytes) });
  }

  bytesOf(name: string): Buffer {
    const file = this.files.get(name);
    if (file === undefined) throw systemError('ENOENT', 'open');
    return Buffer.from(file.bytes);
  }

  #count(op: StorageOp): void {
    const count = (this.counts.get(op) ?? 0) + 1;
    this.counts.set(op, count);
    const error = this.fault(op, count);
    if (error !== undefined) throw error;
  }

  #file(name: string): StorageFile {
    const file = this.files.get(name) ?? { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    return {
      size: () => file.bytes.length,
      writtenMs: () => 0,
      read: (position, length) => {
        this.#count('read');
        return Buffer.from(file.bytes.subarray(position, position + length));
      },
      write: (bytes, position) => {
        this.#count('write');
        const part = bytes.subarray(0, Math.max(1, this.taken(bytes.length)));
        const grown = Buffer.alloc(Math.max(file.bytes.length, position + part.length));
        file.bytes.copy(grown);
        part.copy(grown, position);
        file.bytes = grown;
        return part.length;
      },
      sync: async () => {
        this.#count('sync');
        const reached = file.bytes;
        await this.syncDelay();
        file.synced = Buffer.from(reached);
      },
      truncate: (length) => {
        file.bytes = Buffer.from(file.bytes.subarray(0, length));
      },
      close: () => undefined,
    };
  }
}
