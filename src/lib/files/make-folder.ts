import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and what it lies in. Not `recursive`: on some file systems (/proc) that never
 * ends.
 */
export const makeFolder = (path: string, mode?: number): void => {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  mkdirSync(path, { mode });
};
