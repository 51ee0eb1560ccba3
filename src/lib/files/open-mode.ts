import { statSync } from 'node:fs';

/** Bits of a mode that let others than the owner in. */
export const MODE = {
  /** Group or others may read, write or enter. */
  anyOther: 0o077,
  /** Group or others may write. */
  othersWrite: 0o022,
  /** Everybody may write. */
  everybodyWrites: 0o002,
} as const;

export interface OpenMode {
  readonly path: string;
  readonly isWritable: boolean;
  /** `key.pem can be read by others (mode 644)`. */
  readonly text: string;
  readonly advice: string;
}

/**
 * What others may do with a file or folder that should be its owner's; `undefined` when none of the
 * `forbidden` bits is set, when there is no such file, and on systems without such modes.
 */
export const openModeOf = (path: string, forbidden: number): OpenMode | undefined => {
  if (process.platform === 'win32') return undefined;
  const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777;
  if ((mode & forbidden) === 0) return undefined;
  const isWritable = (mode & MODE.othersWrite) !== 0;
  const may = isWritable ? 'written' : 'read';
  return {
    path,
    isWritable,
    text: `${path} can be ${may} by others (mode ${mode.toString(8)})`,
    advice: `chmod ${forbidden === MODE.anyOther ? 'go=' : 'go-w'} ${path}`,
  };
};

/** `text: advice`, for an error in one line. */
export const faultOfMode = (path: string, forbidden: number): string | undefined => {
  const found = openModeOf(path, forbidden);
  return found === undefined ? undefined : `${found.text}: ${found.advice}`;
};
