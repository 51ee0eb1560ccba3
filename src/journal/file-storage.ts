import {
  closeSync,
  createReadStream,
  createWriteStream,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { takeLease } from '../lib/files/lease-lock.ts';
import { type Storage, type StorageFile } from './storage.ts';

const LOCK_NAME = 'lock';

/**
 * Files in one directory, readable by the owner only (they hold orders). The write is a plain
 * synchronous write(2) into the page cache, some microseconds; only fdatasync, which waits for the
 * disk, runs in the thread pool.
 */
export const makeFileStorage = (
  dir: string,
  options: { readonly create?: boolean } = {},
): Storage => {
  const location = resolve(dir);
  if (options.create !== false) mkdirSync(location, { recursive: true, mode: 0o700 });
  const pathOf = (name: string): string => join(location, name);
  return {
    location,
    lock: (options) => takeLease(pathOf(LOCK_NAME), options),
    list: () => readdirSync(location),
    create: (name) => makeFile(openSync(pathOf(name), 'wx+', 0o600)),
    open: (name, mode) => makeFile(openSync(pathOf(name), mode === 'read' ? 'r' : 'r+')),
    remove: (name) => unlinkSync(pathOf(name)),
    rename: (name, to) => renameSync(pathOf(name), pathOf(to)),
    compress: async (name) => {
      const part = pathOf(`${name}.gz.part`);
      await pipeline(
        createReadStream(pathOf(name)),
        createGzip(),
        createWriteStream(part, { mode: 0o600, flush: true }),
      );
      renameSync(part, pathOf(`${name}.gz`));
      await syncPath(location);
    },
    syncDirectory: () => syncPath(location),
  };
};

const makeFile = (fd: number): StorageFile => ({
  size: () => fstatSync(fd).size,
  writtenMs: () => fstatSync(fd).mtimeMs,
  read: (position, length) => readUpTo(fd, position, length),
  write: (bytes, position) => writeSync(fd, bytes, 0, bytes.length, position),
  sync: () => done((callback) => fdatasync(fd, callback)),
  truncate: (length) => ftruncateSync(fd, length),
  close: () => closeSync(fd),
});

const readUpTo = (fd: number, position: number, length: number): Buffer => {
  const available = Math.max(0, Math.min(length, fstatSync(fd).size - position));
  const bytes = Buffer.allocUnsafe(available);
  let filled = 0;
  while (filled < available) {
    const read = readSync(fd, bytes, filled, available - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
};

const syncPath = async (path: string): Promise<void> => {
  const fd = openSync(path, 'r');
  try {
    await done((callback) => fsync(fd, callback));
  } finally {
    closeSync(fd);
  }
};

const done = (run: (callback: (error: Error | null) => void) => void): Promise<void> =>
  new Promise((onDone, onFailed) => {
    run((error) => {
      if (error === null) onDone();
      else onFailed(error);
    });
  });
