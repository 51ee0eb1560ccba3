import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Result } from '../lib/result.ts';

/**
 * Where every engine of this user on this machine looks for the locks of the others: below the
 * user's home, whatever the environment says. A user without a home that can be written to has a
 * folder of its own in /tmp, wherever TMPDIR points.
 */
export const lockFolder = (): string => {
  const { homedir, uid } = userInfo();
  return isWritable(homedir) ? join(homedir, '.fathom', 'locks') : join(TEMPORARY, `fathom-${uid}`);
};

/** `tmpdir()` would look at TMPDIR, and two engines at two places. */
const TEMPORARY = process.platform === 'win32' ? tmpdir() : '/tmp';

/**
 * The folder made, and only ours: who else could write there could keep us out, or have us look
 * elsewhere by a link.
 */
export const makeLockFolder = (folder = lockFolder()): Result<string, string> => {
  const isThere = (): boolean => lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
  try {
    if (!isThere()) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    if (!isThere()) return err(`${folder} cannot be made: ${(cause as Error).message}`);
  }
  const found = lstatSync(folder);
  if (!found.isDirectory()) {
    return err(`${folder} is no folder but a link or a file: remove it, the locks lie there`);
  }
  const me = process.getuid?.();
  if (me !== undefined && found.uid !== me) {
    return err(`${folder} belongs to user ${found.uid}, the engine runs as user ${me}`);
  }
  return (found.mode & 0o022) === 0
    ? ok(folder)
    : err(`others can write to ${folder}: chmod go-w it, the locks lie there`);
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
