import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileFault } from '../../lib/files/file-fault.ts';
import { makeFolder } from '../../lib/files/make-folder.ts';
import { takeLock } from '../../lib/files/lock-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs } from '../../lib/time.ts';
import { RecordFile } from './record-file.ts';

/**
 * Version of the files and of the exchange's decisions: the rules that wrote a log must replay it.
 */
const STATE_VERSION = 1;
const KIND = 'fathom-simulator-state';
const META = 'state.json';
const LOG = 'log.jsonl';
const LOCK = 'lock';

/** What a state directory was made with. `made` is the caller's: keys, accounts, contracts. */
interface StateMeta<T> {
  readonly kind: typeof KIND;
  readonly version: number;
  readonly startAt: EpochMs;
  readonly made: T;
}

export interface StateDir<T> {
  readonly path: string;
  /** `undefined` in a new directory. */
  readonly meta: StateMeta<T> | undefined;
  /** Records, once, what the venue is made with. */
  readonly create: (startAt: EpochMs, made: T) => StateMeta<T>;
  readonly log: RecordFile;
  readonly close: () => void;
}

/** Locks a directory for one process. The error is one line for the operator. */
export const openStateDir = <T>(path: string): Result<StateDir<T>, string> => {
  try {
    makeFolder(path, 0o700);
    const lock = takeLock(join(path, LOCK));
    if (!lock.ok) return err(lock.error);
    const meta = readMeta<T>(path);
    if (!meta.ok) {
      lock.value();
      return meta;
    }
    return ok(makeStateDir(path, meta.value, lock.value));
  } catch (cause) {
    return err(fileFault(cause));
  }
};

const makeStateDir = <T>(
  path: string,
  meta: StateMeta<T> | undefined,
  unlock: () => void,
): StateDir<T> => {
  const log = new RecordFile(join(path, LOG));
  return {
    path,
    meta,
    log,
    create: (startAt, made) => {
      const created = { kind: KIND, version: STATE_VERSION, startAt, made } as const;
      writeWhole(join(path, META), JSON.stringify(created, undefined, 2));
      return created;
    },
    close: () => {
      log.close();
      unlock();
    },
  };
};

const readMeta = <T>(path: string): Result<StateMeta<T> | undefined, string> => {
  const file = join(path, META);
  if (!existsSync(file)) {
    const foreign = readdirSync(path).filter((name) => !isOurs(name));
    return foreign.length === 0
      ? ok(undefined)
      : err(`${path} holds no simulator state, but other files: ${foreign.slice(0, 3).join(', ')}`);
  }
  const value = parse(readFileSync(file, 'utf8'));
  if (value?.kind !== KIND) return err(`${file} is damaged, or is not a simulator's`);
  if (value.version !== STATE_VERSION) {
    return err(
      `${file} is of version ${String(value.version)}; this program keeps version ${STATE_VERSION}`,
    );
  }
  if (typeof value.startAt !== 'number' || typeof value.made !== 'object' || value.made === null) {
    return err(`${file} is damaged`);
  }
  return ok(value as StateMeta<T>);
};

/** What an interrupted first start may have left behind. */
const isOurs = (name: string): boolean =>
  name.startsWith(LOCK) || name === LOG || name === `${META}.draft`;

const parse = (text: string): Partial<Record<keyof StateMeta<unknown>, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Writes a file completely or not at all. */
const writeWhole = (path: string, text: string): void => {
  const draft = `${path}.draft`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
};
