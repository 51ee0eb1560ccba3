import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Config } from '../config/config.ts';

/** Less than this is a full disk: the first blocks of journal and logs would not fit. */
export const FREE_BYTES_MIN = 1_048_576;

export interface FolderDeps {
  /** Throws the system's error when the folder cannot be written. */
  readonly access: (dir: string) => void;
  /** Bytes that this user may still write on the disk of the folder. */
  readonly freeBytes: (dir: string) => number;
}

const SYSTEM: FolderDeps = {
  access: (dir) => {
    accessSync(dir, constants.W_OK | constants.X_OK);
  },
  freeBytes: (dir) => {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  },
};

/**
 * Why an engine cannot write where its configuration says, key and folder first; `undefined` when
 * it can. Looks only: a start that is refused has changed nothing.
 */
export const folderProblem = (
  { engine, executionLog, fixLog }: Config,
  deps: FolderDeps = SYSTEM,
): string | undefined => {
  const folders: readonly (readonly [key: string, dir: string])[] = [
    ['engine.dataDir', engine.dataDir],
    ['engine.dataDir', join(engine.dataDir, 'journal')],
    ['executionLog.dir', executionLog.dir],
    ['fixLog.dir', fixLog.dir],
  ];
  for (const [key, dir] of folders) {
    const problem = problemOf(dir, deps);
    if (problem !== undefined) return `${key} ${resolve(dir)}: ${problem}; nothing was changed`;
  }
  return undefined;
};

const problemOf = (dir: string, { access, freeBytes }: FolderDeps): string | undefined => {
  const found = nearestExisting(resolve(dir));
  try {
    if (!statSync(found).isDirectory()) return `${found} is no folder`;
    access(found);
    const free = freeBytes(found);
    if (free >= FREE_BYTES_MIN) return undefined;
    return `the disk is full: ${free} bytes are free, ${FREE_BYTES_MIN} are needed to start: make room on it`;
  } catch (cause) {
    return wordsOf(cause, found);
  }
};

/** A folder that is not there yet is made below this one. */
const nearestExisting = (dir: string): string =>
  existsSync(dir) || dirname(dir) === dir ? dir : nearestExisting(dirname(dir));

const wordsOf = (cause: unknown, dir: string): string => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'EROFS':
      return `${dir} is on a read-only file system`;
    case 'EACCES':
    case 'EPERM':
      return `${dir} cannot be written by this user`;
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
};
