import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeNew, syncFolder, writeDurably } from '../../lib/files/durable-file.ts';
import { type DownloadState } from './download-state.ts';

/** Names beside the output: the rows so far, and what is known about them. */
export const partPathOf = (out: string): string => `${out}.part`;
export const statePathOf = (out: string): string => `${out}.state.json`;
/** Held by the process that writes. */
export const lockPathOf = (out: string): string => `${out}.lock`;

/** The state of an interrupted download; `undefined` when there is none that can be read. */
export const readState = async (out: string): Promise<DownloadState | undefined> => {
  const text = await readFile(statePathOf(out), {
    encoding: 'utf8',
    flag: constants.O_RDONLY | constants.O_NOFOLLOW,
  }).catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as Partial<DownloadState>;
    return state.version === 1 ? (state as DownloadState) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The rows so far. A page is committed by two durable writes in this order: the rows (fdatasync),
 * then the state that counts them (write, fsync, rename, fsync of the folder). A crash between the
 * two leaves rows that the state does not count; opening cuts them off.
 */
export class PartFile {
  readonly #out: string;
  readonly #file: FileHandle;

  private constructor(out: string, file: FileHandle) {
    this.#out = out;
    this.#file = file;
  }

  /**
   * Opens for appending at `bytes`. False when the file is gone, or shorter than what was
   * committed.
   */
  static async open(out: string, bytes: number): Promise<PartFile | false> {
    const file = await openExisting(partPathOf(out), bytes);
    if (file === undefined) return false;
    const { size } = await file.stat();
    if (size < bytes) {
      await file.close();
      return false;
    }
    await file.truncate(bytes);
    return new PartFile(out, file);
  }

  async commit(lines: string, state: DownloadState): Promise<void> {
    const bytes = Buffer.from(lines, 'utf8');
    const start = state.bytes - bytes.length;
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(
        bytes,
        written,
        bytes.length - written,
        start + written,
      );
      written += bytesWritten;
    }
    await this.#file.datasync();
    await writeDurably(statePathOf(this.#out), JSON.stringify(state));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

const openExisting = async (path: string, bytes: number): Promise<FileHandle | undefined> => {
  // A link in its place would have us write into a file that somebody else chose.
  if (bytes === 0) return makeNew(path);
  try {
    return await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** After the output is in place. */
export const removeLeftovers = async (out: string): Promise<void> => {
  // The state first: rows without a state are begun anew, a state without its rows would be one too
  // many.
  await rm(statePathOf(out), { force: true });
  await rm(partPathOf(out), { force: true });
  await syncFolder(dirname(out));
};
