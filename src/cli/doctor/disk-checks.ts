import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  openSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileFault } from '../../lib/files/file-fault.ts';
import { lookAtLock } from '../../lib/files/lock-file.ts';
import { fail, type CheckResult, ok, warn } from './check.ts';

const MIB = 1_048_576;
const FREE_WARN_BYTES = 5_120 * MIB;
const FREE_FAIL_BYTES = 256 * MIB;
const SYNCS = 20;
const SYNC_BYTES = 4_096;
/** Every order waits for one flush. Above this the disk dominates its latency. */
const SYNC_WARN_MS = 10;

/** The folder, or its nearest parent that exists: `fathom start` makes the rest. */
const existing = (dir: string): string => {
  const path = resolve(dir);
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
};

export const checkDataDir = (dataDir: string): CheckResult => {
  const at = existing(dataDir);
  try {
    if (!statSync(at).isDirectory())
      return fail(`${at} is no folder`, 'place engine.dataDir elsewhere');
    accessSync(at, constants.W_OK | constants.X_OK);
    return ok(at === resolve(dataDir) ? `${at} can be written` : `will be made below ${at}`);
  } catch (cause) {
    return fail(
      `${at} cannot be written: ${fileFault(cause)}`,
      'give the folder to the user that runs the engine, or place engine.dataDir elsewhere',
    );
  }
};

export const checkSpace = (dataDir: string): CheckResult => {
  const at = existing(dataDir);
  const { bavail, bsize } = statfsSync(at);
  const free = bavail * bsize;
  const detail = `${(free / MIB / 1_024).toFixed(1)} GiB free at ${at}`;
  const advice = 'make room: an engine that cannot write its journal halts';
  if (free < FREE_FAIL_BYTES) return fail(detail, advice);
  return free < FREE_WARN_BYTES ? warn(detail, advice) : ok(detail);
};

export const checkJournalLock = (dataDir: string): CheckResult => {
  const { state, text } = lookAtLock(join(dataDir, 'journal', 'lock'));
  switch (state) {
    case 'free':
      return ok(text);
    case 'held':
      return ok(`${text}: an engine uses this folder`);
    case 'stale':
      return ok(`${text}: the next start takes it over`);
    case 'elsewhere':
      return warn(
        text,
        'an engine may run there; the next start takes the lock over once nobody refreshed it for 30 s',
      );
    case 'unclear':
      return fail(text, 'make sure that no engine uses this folder, then remove the lock file');
  }
};

/** The time of one write and fdatasync, which every burst of orders waits for. */
export const checkSync = (dataDir: string, durability: 'disk' | 'process'): CheckResult => {
  const path = join(existing(dataDir), `.fathom-doctor-${process.pid}`);
  const times: number[] = [];
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      const bytes = Buffer.alloc(SYNC_BYTES, 1);
      for (let round = 0; round < SYNCS; round += 1) {
        const startedAt = performance.now();
        writeSync(file, bytes);
        fdatasyncSync(file);
        times.push(performance.now() - startedAt);
      }
    } finally {
      closeSync(file);
      unlinkSync(path);
    }
  } catch (cause) {
    return fail(`${path}: ${fileFault(cause)}`, 'the journal could not be written there either');
  }
  times.sort((a, b) => a - b);
  const median = times[SYNCS / 2] ?? 0;
  const detail = `fdatasync takes ${median.toFixed(2)} ms, at most ${(times.at(-1) ?? 0).toFixed(2)} ms of ${SYNCS}`;
  if (durability === 'process') return ok(`${detail}; not waited for (engine.durability process)`);
  return median <= SYNC_WARN_MS
    ? ok(detail)
    : warn(detail, 'every order waits that long: use a local disk, or engine.durability process');
};
