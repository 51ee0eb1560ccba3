import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a whole file for its owner only, so that a crash leaves the old one or the new one. */
export const writeDurably = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w', 0o600);
  await file.writeFile(text, 'utf8');
  await file.sync();
  await file.close();
  await rename(temporary, path);
  await syncFolder(dirname(path));
};

export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path, 'r');
  await folder.sync();
  await folder.close();
};
