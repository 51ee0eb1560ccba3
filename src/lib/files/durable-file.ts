import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a whole file for its owner only, so that a crash leaves the old one or the new one. */
export const writeDurably = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.tmp`;
  const file = await makeNew(temporary);
  await file.writeFile(text, 'utf8');
  await file.sync();
  await file.close();
  await rename(temporary, path);
  await syncFolder(dirname(path));
};

/**
 * A new, empty file for its owner only. What lies there, a leftover or somebody's link, is removed
 * and never written through.
 */
export const makeNew = async (path: string): Promise<FileHandle> => {
  await rm(path, { force: true });
  return open(path, 'wx+', 0o600);
};

export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  await folder.sync();
  await folder.close();
};
