import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, statSync, unlinkSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { fileFaultAt } from '../../lib/files/file-fault.ts';

/** What is written at a stretch while the file is made; also the unit of its contents. */
const CHUNK_BYTES = 1_048_576;

export interface ReserveEvents {
  /** The file is gone and its room is free: a write found none. */
  readonly onUsed: (cause: unknown) => void;
  /** There is a reserve again after it was used. */
  readonly onWhole: () => void;
  /** The file cannot be made, told once. */
  readonly onTrouble: (text: string) => void;
}

/**
 * Room on the journal's disk that nobody else can use: a file that is deleted when a write of the
 * journal finds no room, and made again once there is some.
 */
export class ReserveFile {
  readonly #path: string;
  readonly #bytes: number;
  #events: ReserveEvents | undefined;
  #isWhole = false;
  #isUsed = false;
  #isTold = false;
  #releases = 0;
  #making: Promise<void> | undefined;

  /** `bytes` 0: there is no reserve. */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /** From its use until it is whole again. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  listen(events: ReserveEvents): void {
    this.#events = events;
  }

  /**
   * Makes the file unless it is there. `freeBytes`: what the disk has; a reserve that was used is
   * made again only when as much is left beside it, so that it does not flutter.
   */
  make(freeBytes = Number.POSITIVE_INFINITY): Promise<void> {
    const needed = this.#isUsed ? 2 * this.#bytes : this.#bytes;
    if (this.#bytes === 0 || this.#isWhole || freeBytes < needed) return Promise.resolve();
    return (this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    }));
  }

  /**
   * Gives its room to whoever writes next, also what of it was made so far. False when there was
   * none to give.
   */
  release(cause: unknown): boolean {
    if (!this.#isWhole && this.#making === undefined) return false;
    this.#isWhole = false;
    this.#isUsed = true;
    this.#releases += 1;
    try {
      // Some file systems free the blocks of a truncated file sooner than those of a deleted one.
      const fd = openSync(this.#path, 'r+');
      ftruncateSync(fd, 0);
      closeSync(fd);
      unlinkSync(this.#path);
    } catch {
      return false;
    }
    this.#events?.onUsed(cause);
    return true;
  }

  async #make(): Promise<void> {
    const releases = this.#releases;
    try {
      if (!this.#isThere()) await this.#write(() => this.#releases === releases);
    } catch (cause) {
      await rm(this.#path, { force: true }).catch(() => undefined);
      if (!this.#isTold) this.#events?.onTrouble(fileFaultAt(cause));
      this.#isTold = true;
      return;
    }
    if (this.#releases !== releases) return;
    this.#isTold = false;
    this.#isWhole = true;
    if (!this.#isUsed) return;
    this.#isUsed = false;
    this.#events?.onWhole();
  }

  #isThere(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes;
  }

  /** Random bytes: zeros take no room where the file system compresses them. */
  async #write(isWanted: () => boolean): Promise<void> {
    const chunk = randomBytes(Math.min(CHUNK_BYTES, this.#bytes));
    const file = await open(this.#path, 'w', 0o600);
    try {
      for (let at = 0; at < this.#bytes && isWanted();) {
        const part = chunk.subarray(0, Math.min(chunk.length, this.#bytes - at));
        const { bytesWritten } = await file.write(part, 0, part.length, at);
        at += bytesWritten;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
