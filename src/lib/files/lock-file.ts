import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';

import { type Result, err, ok } from '../result.ts';

/** Who holds a lock. `startedAt` tells a process from a later one with the same pid. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
}

/**
 * A file that exists while its holder lives. A lock whose process is dead, or whose pid now belongs
 * to another process, is taken over; a lock of another host cannot be judged and is refused. No
 * link is followed: where others can write, a link in the place of the lock would have us write
 * into a file of ours that they chose.
 */
export const takeLock = (path: string): Result<() => void, string> => {
  const mine = JSON.stringify(self());
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (writeNew(path, mine))
      return ok(() => {
        release(path, mine);
      });
    const found = readText(path);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder === undefined)
      return err(`${path} is not a lock file of ours; remove it if no process uses this directory`);
    if (holder.host !== hostname()) {
      return err(
        `${path}: held by process ${holder.pid} on host ${holder.host}; remove it if that process is gone`,
      );
    }
    if (isAlive(holder)) return err(`${path}: held by process ${holder.pid}, which is running`);
    if (!removeStale(path, found)) return err(`${path}: another process is taking it over`);
  }
  return err(`${path}: could not be taken`);
};

export interface LockState {
  /** `unclear`: only a person can say whether its holder still lives. */
  readonly state: 'free' | 'stale' | 'held' | 'unclear';
  /** For people: who holds it. */
  readonly text: string;
}

/** Looks at a lock and changes nothing. */
export const lookAtLock = (path: string): LockState => {
  const found = readText(path);
  if (found === undefined) return { state: 'free', text: 'held by nobody' };
  const holder = parseHolder(found);
  if (holder === undefined) return { state: 'unclear', text: `${path} is not a lock file of ours` };
  const text = `held by process ${holder.pid} on host ${holder.host}`;
  if (holder.host !== hostname()) return { state: 'unclear', text };
  return isAlive(holder)
    ? { state: 'held', text: `${text}, which is running` }
    : { state: 'stale', text: `${text}, which has ended` };
};

const self = (): Holder => ({
  pid: process.pid,
  host: hostname(),
  startedAt: startOf(process.pid) ?? String(performance.timeOrigin),
});

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Not blocking: a named pipe in its place must not hold us up. */
const LOOK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const LOCK_BYTES_MAX = 4_096;

const writeNew = (path: string, text: string): boolean => {
  // Linked into place complete, so that no process reads a half-written lock.
  const draft = `${path}.${process.pid}`;
  writeDraft(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  } finally {
    unlinkSync(draft);
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

/** Empty for what is no plain file of a lock's size: a link, a pipe, a device. */
const readText = (path: string): string | undefined => {
  let descriptor: number;
  try {
    descriptor = openSync(path, LOOK);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined;
    if (codeOf(cause) === 'ELOOP' || codeOf(cause) === 'ENXIO') return '';
    throw cause;
  }
  try {
    const found = fstatSync(descriptor);
    return found.isFile() && found.size <= LOCK_BYTES_MAX ? readFileSync(descriptor, 'utf8') : '';
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Moves the stale file aside and looks again: a file that is not the stale one was taken meanwhile
 * and goes back.
 */
const removeStale = (path: string, stale: string): boolean => {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return true;
    throw cause;
  }
  const isStale = readText(aside) === stale;
  if (!isStale) renameSync(aside, path);
  else unlinkSync(aside);
  return isStale;
};

const release = (path: string, mine: string): void => {
  if (readText(path) === mine) unlinkSync(path);
};

const isAlive = (holder: Holder): boolean => {
  const found = lookAtProcess(holder.pid);
  if (found === 'ended') return false;
  if (found !== undefined) return found.startedAt === holder.startedAt;
  if (holder.pid === process.pid) return holder.startedAt === String(performance.timeOrigin);
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (cause) {
    return codeOf(cause) === 'EPERM';
  }
};

const startOf = (pid: number): string | undefined => {
  const found = lookAtProcess(pid);
  return found === 'ended' ? undefined : found?.startedAt;
};

/**
 * The system's word on a process (Linux) with its start time; `undefined` where it cannot be read.
 */
const lookAtProcess = (pid: number): { readonly startedAt: string } | 'ended' | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    // A zombie holds nothing: it is dead and only waits to be collected, which a parent that does
    // not care never does. But its other threads may still be on their way out, in a write to the
    // disk perhaps: until then it lives.
    const [state = '', threads = ''] = [fields[0], fields[17]];
    if (state === 'X' || (state === 'Z' && Number(threads) <= 1)) return 'ended';
    return { startedAt: `${boot}:${fields[19] ?? ''}` };
  } catch {
    return undefined;
  }
};

const parseHolder = (text: string): Holder | undefined => {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    if (value === null || typeof value !== 'object') return undefined;
    const { pid, host, startedAt } = value;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof startedAt !== 'string') {
      return undefined;
    }
    return { pid, host, startedAt };
  } catch {
    return undefined;
  }
};

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
