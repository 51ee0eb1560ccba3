import { statfs } from 'node:fs/promises';
import { type Timers } from '../../lib/time.ts';

export interface DiskAlert {
  readonly severity: 'warning' | 'critical';
  readonly code: 'DISK_LOW' | 'DISK_RESERVE';
  readonly text: string;
}

export interface DiskWatchDeps {
  /** Folders that are written; those on one disk may be named twice. */
  readonly folders: Readonly<Record<string, string>>;
  /** The folder whose reserve decides about the FIX logs: that of the journal. */
  readonly journal: string;
  readonly checkMs: number;
  readonly warnFreeBytes: number;
  readonly reserveBytes: number;
  readonly timers: Timers;
  /** Bytes that the process may still write there; rejects when that cannot be known. */
  readonly freeBytes?: (dir: string) => Promise<number>;
  readonly onFree: (folder: string, bytes: number) => void;
  readonly onAlert: (alert: DiskAlert) => void;
  readonly onInfo: (text: string) => void;
  /** Below the reserve FIX logs stop, so that what is left belongs to the journal. */
  readonly setFixLogs: (isWriting: boolean) => void;
}

/** Room that must be free again before a state ends, so that it does not flutter. */
const AGAIN = 1.2;

type Level = 'ok' | 'low' | 'reserve';

const freeOf = async (dir: string): Promise<number> => {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
};

/**
 * Looks at free space now and on a schedule, and says so before a disk is full: an alert when it is
 * low, another when only the journal's reserve is left, a line when there is room again.
 */
export const watchDisks = (deps: DiskWatchDeps): { readonly stop: () => void } => {
  const { folders, timers, checkMs, freeBytes = freeOf } = deps;
  const levels = new Map<string, Level>();
  const unreadable = new Set<string>();
  let isStopped = false;
  let timer: { readonly cancel: () => void } | undefined;
  const lookAt = async (folder: string, dir: string): Promise<void> => {
    try {
      const free = await freeBytes(dir);
      if (isStopped) return;
      unreadable.delete(folder);
      deps.onFree(folder, free);
      const before = levels.get(folder) ?? 'ok';
      const level = levelOf(free, before, deps);
      levels.set(folder, level);
      if (level !== before) tell({ folder, dir, free, level }, deps);
    } catch (cause) {
      // A folder that is made with its first line is not there yet.
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || unreadable.has(folder)) return;
      unreadable.add(folder);
      const why = cause instanceof Error ? cause.message : String(cause);
      deps.onInfo(`free space of ${folder} (${dir}) cannot be read: ${why}`);
    }
  };
  const look = async (): Promise<void> => {
    for (const [folder, dir] of Object.entries(folders)) await lookAt(folder, dir);
    if (!isStopped) timer = timers.set(checkMs, () => void look());
  };
  void look();
  return {
    stop: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
};

const levelOf = (
  free: number,
  before: Level,
  { warnFreeBytes, reserveBytes }: Pick<DiskWatchDeps, 'warnFreeBytes' | 'reserveBytes'>,
): Level => {
  if (free < reserveBytes * (before === 'reserve' ? AGAIN : 1)) return 'reserve';
  return free < warnFreeBytes * (before === 'ok' ? 1 : AGAIN) ? 'low' : 'ok';
};

interface Change {
  readonly folder: string;
  readonly dir: string;
  readonly free: number;
  readonly level: Level;
}

const tell = ({ folder, dir, free, level }: Change, deps: DiskWatchDeps): void => {
  const isJournal = folder === deps.journal;
  if (isJournal) deps.setFixLogs(level !== 'reserve');
  const where = `${mib(free)} MiB are free for ${folder} (${dir})`;
  if (level === 'ok') {
    deps.onInfo(`there is room again: ${where}`);
    return;
  }
  if (level === 'low') {
    const text = `${where}, less than ${mib(deps.warnFreeBytes)}: make room, an engine that cannot write its journal halts`;
    deps.onAlert({ severity: 'warning', code: 'DISK_LOW', text });
    return;
  }
  const consequence = isJournal ? ', FIX logs stop, what is left belongs to the journal' : '';
  const text = `${where}, less than the reserve of ${mib(deps.reserveBytes)}${consequence}: make room now, an engine that cannot write its journal halts`;
  deps.onAlert({ severity: 'critical', code: 'DISK_RESERVE', text });
};

const mib = (bytes: number): number => Math.floor(bytes / 1_048_576);
