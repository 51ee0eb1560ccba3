import {
  createReadStream,
  createWriteStream,
  lstatSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Clock, type EpochMs, type Timers, toUtcDate } from '../../lib/time.ts';

const DAY_MS = 86_400_000;
const LOOK_MS = 3_600_000;

/** `….20261130.log` of the FIX logs, `…-20261130.jsonl` of the program's; `.gz` once compressed. */
const NAME = /[.-](\d{8})\.(?:log|jsonl)(\.gz)?$/;
/** What a compression that was cut short has left. */
const PART = '.gz.part';

export interface KeptFolder {
  readonly dir: string;
  /** Days after its own on which a file is compressed; never when left out. */
  readonly compressAfterDays?: number | undefined;
  /** Days after its own on which a file is removed; never when left out. */
  readonly keepDays?: number | undefined;
}

export interface LogKeeperDeps {
  readonly folders: readonly KeptFolder[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onDone: (text: string) => void;
  readonly onTrouble: (text: string) => void;
}

/**
 * Compresses and removes daily logs of days that are over, now and each hour, one file at a time.
 * The day's own file is never touched, and neither is what is no log of ours, or a link.
 */
export const keepLogs = (deps: LogKeeperDeps): { readonly stop: () => Promise<void> } => {
  let isStopped = false;
  let timer: { readonly cancel: () => void } | undefined;
  let running: Promise<void> = Promise.resolve();
  const look = (): void => {
    running = tidy(deps, () => isStopped).finally(() => {
      if (!isStopped) timer = deps.timers.set(LOOK_MS, look);
    });
  };
  if (deps.folders.some((folder) => (folder.keepDays ?? folder.compressAfterDays) !== undefined))
    look();
  return {
    stop: () => {
      isStopped = true;
      timer?.cancel();
      return running;
    },
  };
};

const tidy = async (
  { folders, clock, onDone, onTrouble }: LogKeeperDeps,
  isStopped: () => boolean,
): Promise<void> => {
  for (const folder of folders) {
    for (const { path, task } of tasksOf(folder, clock.wall())) {
      if (isStopped()) return;
      try {
        if (task === 'remove') rmSync(path, { force: true });
        else await compress(path);
        onDone(`${path} was ${task === 'remove' ? 'removed' : 'compressed'}`);
      } catch (cause) {
        onTrouble(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
      }
    }
  }
};

interface Task {
  readonly path: string;
  readonly task: 'compress' | 'remove';
}

const tasksOf = ({ dir, compressAfterDays, keepDays }: KeptFolder, at: EpochMs): readonly Task[] =>
  namesIn(dir).flatMap((name): readonly Task[] => {
    const path = join(dir, name);
    if (name.endsWith(PART)) return [{ path, task: 'remove' }];
    const [, day, gz] = NAME.exec(name) ?? [];
    if (day === undefined) return [];
    const age = ageInDays(day, at);
    if (age < 1) return [];
    if (keepDays !== undefined && age > keepDays) return [{ path, task: 'remove' }];
    const isDue = gz === undefined && compressAfterDays !== undefined && age >= compressAfterDays;
    return isDue ? [{ path, task: 'compress' }] : [];
  });

const namesIn = (dir: string): readonly string[] => {
  try {
    return readdirSync(dir)
      .sort()
      .filter((name) => lstatSync(join(dir, name), { throwIfNoEntry: false })?.isFile() === true);
  } catch {
    // A folder that is not there holds no log.
    return [];
  }
};

const ageInDays = (day: string, at: EpochMs): number => {
  const midnight = (text: string): number =>
    Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6, 8)));
  return Math.round((midnight(toUtcDate(at)) - midnight(day)) / DAY_MS);
};

/** The compressed file appears whole, and only then does the other go. */
const compress = async (path: string): Promise<void> => {
  const part = `${path}${PART}`;
  await pipeline(
    createReadStream(path),
    createGzip(),
    createWriteStream(part, { mode: 0o600, flush: true }),
  );
  renameSync(part, `${path}.gz`);
  rmSync(path);
};
