import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs';

import { type Result, err, ok } from '../result.ts';

export interface BufferedFileOptions {
  readonly path: string;
  /** Written at once when more than this is buffered. */
  readonly bufferBytesMax: number;
  /** Permissions of a file that is made here; `0o600` by default. */
  readonly mode?: number;
  /** Stands in for write(2) in tests. */
  readonly write?: (fd: number, bytes: Buffer) => number;
}

/**
 * A file that grows at its end. Lines are collected and written
 * together; a failed write keeps what was not written, so that the caller may try again or give up.
 */
export class BufferedFile {
  readonly path: string;
  readonly #bufferBytesMax: number;
  readonly #mode: number;
  readonly #write: (fd: number, bytes: Buffer) => number;
  #fd: number | undefined;
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;

  constructor(options: BufferedFileOptions) {
    this.path = options.path;
    this.#bufferBytesMax = options.bufferBytesMax;
    this.#mode = options.mode ?? 0o600;
    this.#write = options.write ?? ((fd, bytes) => writeSync(fd, bytes));
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /**
   * Takes bytes, which the caller must not change after. An error says that what is buffered could
   * not be written.
   */
  append(bytes: Buffer): Result<void, Error> {
    this.#chunks.push(bytes);
    this.#bufferedBytes += bytes.length;
    return this.#bufferedBytes > this.#bufferBytesMax ? this.flush() : ok(undefined);
  }

  flush(): Result<void, Error> {
    if (this.#bufferedBytes === 0) return ok(undefined);
    const [only] = this.#chunks;
    const bytes =
      this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    let written = 0;
    try {
      this.#fd ??= openSync(this.path, 'a', this.#mode);
      while (written < bytes.length) {
        const taken = this.#write(this.#fd, bytes.subarray(written));
        if (taken <= 0) throw new Error(`${this.path}: no byte written`);
        written += taken;
      }
      return ok(undefined);
    } catch (cause) {
      return err(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      const rest = bytes.subarray(written);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#bufferedBytes = rest.length;
    }
  }

  /** Resolves when everything taken so far survives a loss of power. */
  sync(): Promise<Result<void, Error>> {
    const flushed = this.flush();
    const fd = this.#fd;
    if (!flushed.ok || fd === undefined) return Promise.resolve(flushed);
    return new Promise((resolve) => {
      fdatasync(fd, (cause) => {
        resolve(cause === null ? ok(undefined) : err(cause));
      });
    });
  }

  /** Writes and closes; with `sync` also waits for the disk. May be called again. */
  close(options: { readonly sync?: boolean } = {}): Result<void, Error> {
    const flushed = this.flush();
    if (this.#fd === undefined) return flushed;
    try {
      if (options.sync === true && flushed.ok) fdatasyncSync(this.#fd);
      closeSync(this.#fd);
      return flushed;
    } catch (cause) {
      return err(cause instanceof Error ? cause : new Error(String(cause)));
    } finally {
      this.#fd = undefined;
    }
  }
}
