import { accessSync, constants, lstatSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { statePathOf } from './part-file.ts';

/**
 * Why this file cannot become the output; `undefined` when it can. Checked before the first request
 * to the venue, and without a trace. Only a regular file is replaced: a rename over a device or a
 * link would put a file in its place.
 */
export const faultOfOut = (out: string): string | undefined => {
  if (out === '') return 'give a file';
  if (out === '-')
    return 'standard output cannot be resumed after an interruption: give a file, or ./- for one of that name';
  return faultOfPlace(out) ?? faultOfFolder(out);
};

const faultOfPlace = (out: string): string | undefined => {
  try {
    const found = lstatSync(out, { throwIfNoEntry: false });
    if (out.endsWith('/') || found?.isDirectory() === true) return `${out} is a folder`;
    if (found === undefined) return undefined;
    if (found.isSymbolicLink()) return `${out} is a symbolic link: give the file that it points to`;
    if (!found.isFile()) return `${out} is no regular file`;
    accessSync(out, constants.W_OK);
    return undefined;
  } catch (cause) {
    return `${out}: ${textOf(cause)}`;
  }
};

/**
 * Tries to write: permissions alone do not show that a file system is read only or a name too
 * long.
 */
const faultOfFolder = (out: string): string | undefined => {
  const folder = dirname(out);
  const probe = `${statePathOf(out)}.${process.pid}`;
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    writeFileSync(probe, '', { flag: 'wx' });
    rmSync(probe);
    return undefined;
  } catch (cause) {
    return `nothing can be written in ${folder}: ${textOf(cause)}`;
  }
};

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
