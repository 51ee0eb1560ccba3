const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
  EFBIG: 'a file may not be larger',
  EROFS: 'the file system is read-only',
  ELOOP: 'too many links lead on',
  EMFILE: 'this process has too many files open',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the disk does not answer as it should',
};

/** What to do about a fault that the same attempt would meet again. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on it',
  EDQUOT: 'make room, or have the quota raised',
  EFBIG: 'raise the file size limit (`ulimit -f`)',
  EROFS: 'mount it for writing, or name another folder',
};

/** The same with the path in front, for whoever does not know which file it was. */
export const fileFaultAt = (cause: unknown): string => {
  const { path } = cause as NodeJS.ErrnoException;
  return path === undefined ? fileFault(cause) : `${path}: ${fileFault(cause)}`;
};

/**
 * Why a file could not be read or written, in words and with the system's code; and what to do,
 * where the fault does not say it by itself.
 */
export const fileFault = (cause: unknown): string => {
  const { code } = cause as NodeJS.ErrnoException;
  const words = code === undefined ? undefined : WORDS[code];
  if (code !== undefined) {
    const advice = ADVICE[code];
    const named = words === undefined ? code : `${words} (${code})`;
    return advice === undefined ? named : `${named}: ${advice}`;
  }
  return cause instanceof Error ? cause.message : String(cause);
};
