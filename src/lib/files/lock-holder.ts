import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock. `startedAt` tells a process from a later one with the same pid. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly startedAt: string;
  /** What its pid is a number of: a boot of a system and a namespace in it. Absent in old locks. */
  readonly pids?: string;
}

export const ownHolder = (): Holder => ({
  pid: process.pid,
  host: hostname(),
  startedAt: startOf(process.pid) ?? String(performance.timeOrigin),
});

/** Empty where the system does not say it. */
export const ownPids = (): string => {
  try {
    return `${bootID()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
};

export const describeHolder = ({ pid, host }: Holder): string =>
  `held by process ${pid} on host ${host}`;

/**
 * Whether its pid means something here. An old lock does not say what its pid counts in: the name
 * of its host has to do.
 */
export const isSeenFromHere = ({ host, pids }: Holder, ours = hostname()): boolean =>
  host === ours && (pids === undefined || pids === ownPids());

export const isAlive = (holder: Holder): boolean => {
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

const bootID = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

/**
 * The system's word on a process (Linux) with its start time; `undefined` where it cannot be read.
 */
const lookAtProcess = (pid: number): { readonly startedAt: string } | 'ended' | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing: it is dead and only waits to be collected, which a parent that does
    // not care never does. But its other threads may still be on their way out, in a write to the
    // disk perhaps: until then it lives.
    const [state = '', threads = ''] = [fields[0], fields[17]];
    if (state === 'X' || (state === 'Z' && Number(threads) <= 1)) return 'ended';
    return { startedAt: `${bootID()}:${fields[19] ?? ''}` };
  } catch {
    return undefined;
  }
};

export const parseHolder = (text: string): Holder | undefined => {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    if (value === null || typeof value !== 'object') return undefined;
    const { pid, host, startedAt, pids } = value;
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof startedAt !== 'string') {
      return undefined;
    }
    return { pid, host, startedAt, ...(typeof pids === 'string' && { pids }) };
  } catch {
    return undefined;
  }
};

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
