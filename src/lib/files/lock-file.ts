import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';

import { type Result, err, ok } from '../result.ts';
import { describeHolder, isAlive, isSeenFromHere, ownHolder, parseHolder } from './lock-holder.ts';

/**
 * A file that exists while its holder lives. A lock whose process is dead, or whose pid now belongs
 * to another process, is taken over; a lock of another host cannot be judged and is refused
 * (`takeLease` can judge it). No link is followed: where others can write, a link in the place of
 * the lock would have us write into a file of ours that they chose.
 */
export const takeLock = (path: string): Result<() => void, string> => {
  const mine = JSON.stringify({ ...ownHolder(), nonce: randomUUID() });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    writeNew(path, mine);
    const found = lookAtFile(path);
    if (found === undefined) continue;
    if (found.text === mine)
      return ok(() => {
        removeOwn(path, mine);
      });
    const holder = parseHolder(found.text);
    if (holder === undefined) return err(foreignLock(path));
    if (holder.host !== hostname()) {
      return err(`${path}: ${describeHolder(holder)}; remove it if that process is gone`);
    }
    if (isAlive(holder)) return err(`${path}: held by process ${holder.pid}, which is running`);
    if (!removeStale(path, found)) return err(`${path}: another process is taking it over`);
  }
  return err(`${path}: could not be taken`);
};

export const foreignLock = (path: string): string =>
  `${path} is not a lock file of ours; remove it if no process uses this directory`;

export interface LockState {
  /** `elsewhere`: its process cannot be seen from here. `unclear`: no lock of ours. */
  readonly state: 'free' | 'stale' | 'held' | 'elsewhere' | 'unclear';
  /** For people: who holds it. */
  readonly text: string;
}

/** Looks at a lock and changes nothing. */
export const lookAtLock = (path: string): LockState => {
  const found = lookAtFile(path);
  if (found === undefined) return { state: 'free', text: 'held by nobody' };
  const holder = parseHolder(found.text);
  if (holder === undefined) return { state: 'unclear', text: `${path} is not a lock file of ours` };
  const text = describeHolder(holder);
  if (!isSeenFromHere(holder)) return { state: 'elsewhere', text };
  return isAlive(holder)
    ? { state: 'held', text: `${text}, which is running` }
    : { state: 'stale', text: `${text}, which has ended` };
};

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Not blocking: a named pipe in its place must not hold us up. */
const LOOK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const LOCK_BYTES_MAX = 4_096;

/**
 * Writes the lock unless there is one. The caller looks at who holds it now: a process of another
 * container with our pid shares the draft's name, and may have put its own lock in place of ours.
 */
export const writeNew = (path: string, text: string): void => {
  // Linked into place complete, so that no process reads a half-written lock.
  const draft = `${path}.${process.pid}`;
  writeDraft(draft, text);
  try {
    linkSync(draft, path);
  } catch (cause) {
    if (!['EEXIST', 'ENOENT'].includes(codeOf(cause) ?? '')) throw cause;
  } finally {
    rmSync(draft, { force: true });
  }
};

/**
 * What lies at the place already is a dead process's of the same pid, or somebody's link: it is
 * removed, never written to.
 */
const writeDraft = (draft: string, text: string): void => {
  let descriptor: number;
  try {
    descriptor = openSync(draft, NEW_FILE, 0o600);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause;
    unlinkSync(draft);
    descriptor = openSync(draft, NEW_FILE, 0o600);
  }
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
};

/** A lock file at one moment: a refresh changes the time, another holder the text. */
export interface SeenLock {
  /** Empty for what is no plain file of a lock's size: a link, a pipe, a device. */
  readonly text: string;
  readonly modifiedNs: bigint;
}

const NO_LOCK: SeenLock = { text: '', modifiedNs: 0n };

export const lookAtFile = (path: string): SeenLock | undefined => {
  let descriptor: number;
  try {
    descriptor = openSync(path, LOOK);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    if (codeOf(cause) === 'ELOOP' || codeOf(cause) === 'ENXIO') return NO_LOCK;
    throw cause;
  }
  try {
    const found = fstatSync(descriptor, { bigint: true });
    if (!found.isFile() || found.size > LOCK_BYTES_MAX) return NO_LOCK;
    return { text: readFileSync(descriptor, 'utf8'), modifiedNs: found.mtimeNs };
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Moves the stale file aside and looks again: a file that is not the stale one, or was refreshed
 * meanwhile, goes back, unless another process has taken its place.
 */
export const removeStale = (path: string, stale: SeenLock): boolean => {
  const aside = `${path}.stale.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return true;
    throw cause;
  }
  const found = lookAtFile(aside);
  const isStale = found?.text === stale.text && found.modifiedNs === stale.modifiedNs;
  try {
    if (!isStale) linkSync(aside, path);
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause;
  }
  unlinkSync(aside);
  return isStale;
};

export const removeOwn = (path: string, mine: string): void => {
  if (lookAtFile(path)?.text === mine) unlinkSync(path);
};

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
