import { randomUUID } from 'node:crypto';
import { closeSync, constants, futimes, futimesSync, openSync, readFile } from 'node:fs';
import { hostname } from 'node:os';

import { defined } from '../defined.ts';
import { type Result, err, ok } from '../result.ts';
import { type Clock, epochMs, type MonotonicMs, monotonicMs, type Timers } from '../time.ts';
import {
  foreignLock,
  lookAtFile,
  removeOwn,
  removeStale,
  type SeenLock,
  writeNew,
} from './lock-file.ts';
import {
  describeHolder,
  isAlive,
  isSeenFromHere,
  ownHolder,
  ownPids,
  parseHolder,
} from './lock-holder.ts';

/** Ten refreshes fit into the time that another host waits. */
const REFRESH_MS = 3_000;
/**
 * A holder gives up this long after its last refresh: well before another host takes over, so that
 * clocks of different rates and a write that has begun cannot make two holders.
 */
const HOLD_MS = 20_000;
/**
 * Longer than a stall of a shared disk or of a busy machine that people live with, and short enough
 * for a failover.
 */
const TAKE_OVER_MS = 30_000;
const POLL_MS = 500;

export interface LeaseOptions {
  readonly refreshMs?: number;
  /** Below `takeOverMs`. */
  readonly holdMs?: number;
  readonly takeOverMs?: number;
  /** Name of this host, or of its container; the system's when left out, as are the next two. */
  readonly host?: string;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Lines for the operator: that it waits for another holder, and that it took over. */
  readonly onNotice?: (text: string) => void;
}

/** A lock that is refreshed until it is released, or lost. */
export interface Lease {
  /**
   * Why the lock is no longer ours; `undefined` while it is. Costs two looks at the clock. After
   * the first call, a lease that lapsed is lost, whether or not somebody took it.
   */
  readonly lost: () => string | undefined;
  /** Called once, with the reason. */
  readonly onLost: (callback: (reason: string) => void) => void;
  readonly release: () => void;
}

/**
 * Takes a lock that other hosts can judge: its holder sets the file's time every few seconds. A
 * lock of this system is taken over when its process is dead. One of another host, container or
 * boot is taken over when its time stands still for as long as `takeOverMs` by our own monotonic
 * clock; the two hosts' clocks are never compared.
 */
export const takeLease = async (
  path: string,
  options: LeaseOptions = {},
): Promise<Result<Lease, string>> => {
  const settings = settingsOf(options);
  const mine = JSON.stringify({
    ...ownHolder(),
    host: settings.host,
    pids: ownPids(),
    nonce: randomUUID(),
  });
  let tookOver = false;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    writeNew(path, mine);
    const found = lookAtFile(path);
    if (found === undefined) continue;
    if (found.text === mine) {
      return settle(new HeldLease(path, mine, settings), tookOver, settings);
    }
    const holder = parseHolder(found.text);
    if (holder === undefined) return err(foreignLock(path));
    const named = `${path}: ${describeHolder(holder)}`;
    if (isSeenFromHere(holder, settings.host)) {
      if (isAlive(holder)) return err(`${path}: held by process ${holder.pid}, which is running`);
    } else {
      settings.onNotice(
        `${named}, waiting up to ${settings.takeOverMs / 1_000} s for a sign of life from it`,
      );
      const sign = await watch(path, found, settings);
      if (sign === 'refreshed') return err(`${named}, which is running: it refreshes the lock`);
      if (sign === 'changed') continue;
      tookOver = true;
    }
    if (!removeStale(path, found)) return err(`${path}: another process is taking it over`);
    if (tookOver) settings.onNotice(`${named}, gave no sign of life: the lock is taken over`);
  }
  return err(`${path}: could not be taken`);
};

interface Settings extends Required<LeaseOptions> {
  readonly refreshTimers: Timers;
}

const settingsOf = (options: LeaseOptions): Settings => {
  const { timers: refreshTimers = DEFAULTS.refreshTimers } = options;
  return { ...DEFAULTS, ...defined(options), refreshTimers };
};

const makeTimers = ({ keepsProcess }: { readonly keepsProcess: boolean }): Timers => ({
  set: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    if (!keepsProcess) timer.unref();
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
});

const DEFAULTS: Settings = {
  refreshMs: REFRESH_MS,
  holdMs: HOLD_MS,
  takeOverMs: TAKE_OVER_MS,
  host: hostname(),
  // eslint-disable-next-line no-restricted-properties -- a lock is taken before there is a clock
  clock: { wall: () => epochMs(Date.now()), monotonic: () => monotonicMs(performance.now()) },
  timers: makeTimers({ keepsProcess: true }),
  // Who forgets to release a lock can still end.
  refreshTimers: makeTimers({ keepsProcess: false }),
  onNotice: () => undefined,
};

const sleep = (timers: Timers, ms: number): Promise<void> =>
  new Promise((resolve) => {
    timers.set(ms, resolve);
  });

/** Whether a lock is refreshed, or given to somebody else, within the lease. */
const watch = async (
  path: string,
  first: SeenLock,
  { clock, timers, takeOverMs }: Settings,
): Promise<'refreshed' | 'changed' | 'stale'> => {
  const since = clock.monotonic();
  for (;;) {
    // Asked before the look: a freeze of ours between the two must not shorten the wait.
    const isOver = clock.monotonic() - since >= takeOverMs;
    const now = lookAtFile(path);
    if (now?.text !== first.text) return 'changed';
    if (now.modifiedNs !== first.modifiedNs) return 'refreshed';
    if (isOver) return 'stale';
    await sleep(timers, Math.min(POLL_MS, takeOverMs / 10));
  }
};

/**
 * Two hosts may take over at once, and the slower one may move the other's new lock aside for a
 * moment. So who took over looks once more before it believes that the lock is its own.
 */
const settle = async (
  lease: HeldLease,
  tookOver: boolean,
  { timers, refreshMs }: Settings,
): Promise<Result<Lease, string>> => {
  if (tookOver) await sleep(timers, Math.min(POLL_MS, refreshMs));
  const reason = tookOver ? lease.confirm() : undefined;
  if (reason === undefined) return ok(lease);
  lease.release();
  return err(reason);
};

class HeldLease implements Lease {
  readonly #path: string;
  readonly #mine: string;
  readonly #settings: Settings;
  readonly #descriptor: number;
  readonly #callbacks: ((reason: string) => void)[] = [];
  #refreshedAt: MonotonicMs;
  #wallAtRefresh: number;
  #timer: { readonly cancel: () => void } | undefined;
  #isUsed = false;
  #isReleased = false;
  #reason: string | undefined;

  constructor(path: string, mine: string, settings: Settings) {
    this.#path = path;
    this.#mine = mine;
    this.#settings = settings;
    this.#refreshedAt = settings.clock.monotonic();
    this.#wallAtRefresh = settings.clock.wall();
    this.#descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
    this.#schedule();
  }

  lost(): string | undefined {
    if (this.#reason !== undefined) return this.#reason;
    const { clock, holdMs } = this.#settings;
    const isLapsed = clock.monotonic() - this.#refreshedAt >= holdMs;
    if (isLapsed && this.#isUsed) {
      return this.#lose(`it was not refreshed for ${holdMs / 1_000} s: this process was held up`);
    }
    this.#isUsed = true;
    // A machine that was suspended: its monotonic clock may have stood still, the wall clock not.
    const isJump = Math.abs(clock.wall() - this.#wallAtRefresh) >= holdMs;
    return isLapsed || isJump ? this.confirm() : undefined;
  }

  onLost(callback: (reason: string) => void): void {
    if (this.#reason !== undefined) callback(this.#reason);
    else this.#callbacks.push(callback);
  }

  /**
   * Refreshes now, and looks whether the lock is still ours. In this order: who takes over moves
   * the file away first, and then looks at its time.
   */
  confirm(): string | undefined {
    const { clock } = this.#settings;
    const [startedAt, wall] = [clock.monotonic(), clock.wall()];
    try {
      futimesSync(this.#descriptor, wall / 1_000, wall / 1_000);
    } catch (cause) {
      return this.#lose(`it cannot be refreshed: ${messageOf(cause)}`);
    }
    if (lookAtFile(this.#path)?.text !== this.#mine) return this.#lose(TAKEN);
    this.#refreshed(startedAt, wall);
    return undefined;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#timer?.cancel();
    closeSync(this.#descriptor);
    if (this.#reason === undefined) removeOwn(this.#path, this.#mine);
  }

  #schedule(): void {
    this.#timer = this.#settings.refreshTimers.set(this.#settings.refreshMs, () => {
      this.#refresh();
    });
  }

  /** A fault of the disk is not yet a loss: the next refresh may pass before the lease lapses. */
  #refresh(): void {
    if (this.#isUsed && this.lost() !== undefined) return;
    const { clock } = this.#settings;
    const [startedAt, wall] = [clock.monotonic(), clock.wall()];
    futimes(this.#descriptor, wall / 1_000, wall / 1_000, (fault) => {
      if (this.#isReleased) return;
      if (fault !== null) {
        this.#schedule();
        return;
      }
      readFile(this.#path, 'utf8', (unreadable, text) => {
        if (this.#isReleased || this.#reason !== undefined) return;
        if (unreadable !== null && unreadable.code !== 'ENOENT') {
          this.#schedule();
          return;
        }
        if (text !== this.#mine) {
          this.#lose(TAKEN);
          return;
        }
        if (this.#isUsed && this.lost() !== undefined) return;
        this.#refreshed(startedAt, wall);
        this.#schedule();
      });
    });
  }

  #refreshed(at: MonotonicMs, wall: number): void {
    this.#refreshedAt = at;
    this.#wallAtRefresh = wall;
  }

  #lose(reason: string): string {
    this.#reason = `${this.#path}: the lock was lost: ${reason}`;
    this.#timer?.cancel();
    for (const callback of this.#callbacks.splice(0)) callback(this.#reason);
    return this.#reason;
  }
}

const TAKEN = 'the file is gone, or is another process’s';

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);
