import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFileStorage } from '../../src/journal/file-storage.ts';
import { type Storage, type StorageFile } from '../../src/journal/storage.ts';
import { systemError } from './memory-storage.ts';

/**
 * A journal's folder on a disk that a test can fill or break. The reserve file in it counts: its
 * bytes can be written once it is gone.
 */
export class LimitedDisk {
  readonly storage: Storage;
  readonly #reserve: string;
  readonly #reserveBytes: number;
  /** Bytes that may still be written while the reserve is there. */
  freeBytes = Number.POSITIVE_INFINITY;
  /** Bytes that were written since the disk was filled. */
  usedBytes = 0;
  areFlushesBroken = false;

  constructor(dir: string, reserveBytes = 0) {
    this.#reserve = join(dir, 'reserve');
    this.#reserveBytes = reserveBytes;
    const files = makeFileStorage(dir);
    this.storage = {
      ...files,
      create: (name) => this.#limited(files.create(name)),
      open: (name, mode) => this.#limited(files.open(name, mode)),
    };
  }

  /** From here on a write finds only `freeBytes`, and what the reserve gives. */
  fill(freeBytes = 0): void {
    this.usedBytes = 0;
    this.freeBytes = freeBytes;
  }

  #limited(file: StorageFile): StorageFile {
    return {
      ...file,
      write: (bytes, position) => {
        const grows = Math.max(0, position + bytes.length - file.size());
        const given = existsSync(this.#reserve) ? 0 : this.#reserveBytes;
        if (this.usedBytes + grows > this.freeBytes + given) throw systemError('ENOSPC', 'write');
        this.usedBytes += grows;
        return file.write(bytes, position);
      },
      sync: () =>
        this.areFlushesBroken ? Promise.reject(systemError('EIO', 'fdatasync')) : file.sync(),
    };
  }
}
