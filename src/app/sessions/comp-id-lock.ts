import { join } from 'node:path';
import { type Config, type VenueSessionConfig } from '../../config/config.ts';
import { type Lease, type LeaseOptions, takeLease } from '../../lib/files/lease-lock.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Logger } from '../../observability/logger.ts';
import { lockFolder, makeLockFolder } from '../lock-folder.ts';

export interface CompIDLockDeps {
  readonly logger: Logger;
  /** Of the leases; their own defaults when left out. */
  readonly lease?: LeaseOptions;
}

export interface CompIDLocks {
  /** Called once, with the reason: another engine has one of the CompIDs now. */
  readonly onLost: (callback: (reason: string) => void) => void;
  readonly release: () => void;
}

/**
 * One logon per CompID: a second one evicts the first at the venue, and with cancel-on-disconnect
 * empties its book [fix 1.4]. So each venue session holds a lock that every engine of this user
 * looks at, on this machine and wherever else the home folder is. One whose host, container or boot
 * is gone is taken over when it gives no sign of life.
 */
export const lockCompIDs = async (
  config: Config,
  deps: CompIDLockDeps,
): Promise<Result<CompIDLocks, string>> => {
  const locks = new HeldLocks(deps);
  // The embedded simulator is this process's own.
  if (config.venue.kind !== 'kraken') return ok(locks);
  const folder = makeLockFolder();
  if (!folder.ok) return folder;
  for (const session of config.sessions) {
    if (session.role === 'client') continue;
    const taken = await locks.take(session);
    if (taken.ok) continue;
    locks.release();
    return taken;
  }
  return ok(locks);
};

class HeldLocks implements CompIDLocks {
  readonly #deps: CompIDLockDeps;
  readonly #leases = new Map<string, Lease>();
  readonly #callbacks: ((reason: string) => void)[] = [];
  #reason: string | undefined;
  #isReleased = false;

  constructor(deps: CompIDLockDeps) {
    this.#deps = deps;
  }

  async take(session: VenueSessionConfig): Promise<Result<void, string>> {
    const { name, senderCompID } = session;
    const lease = await takeLease(compIDLockPath(session), {
      ...this.#deps.lease,
      onNotice: (text) => {
        this.#say(`sessions.${name}: ${senderCompID}: ${text}`);
      },
    });
    if (!lease.ok)
      return err(
        `sessions.${name}: ${senderCompID} is logged on by another engine: ${lease.error}`,
      );
    if (this.#isReleased) lease.value.release();
    else this.#hold(session, lease.value);
    return ok(undefined);
  }

  onLost(callback: (reason: string) => void): void {
    if (this.#reason === undefined) this.#callbacks.push(callback);
    else callback(this.#reason);
  }

  release(): void {
    this.#isReleased = true;
    for (const lease of this.#leases.values()) lease.release();
    this.#leases.clear();
  }

  #hold(session: VenueSessionConfig, lease: Lease): void {
    this.#leases.set(session.name, lease);
    lease.onLost((reason) => {
      lease.release();
      if (!this.#isReleased) void this.#takeAgain(session, reason);
    });
  }

  /** A file that somebody removed is no other engine: it is taken again. */
  async #takeAgain(session: VenueSessionConfig, reason: string): Promise<void> {
    const again = await this.#retake(session);
    if (this.#isReleased) return;
    if (again.ok) {
      this.#say(`sessions.${session.name}: ${reason}; it is taken again`);
      return;
    }
    this.#reason ??= again.error;
    for (const callback of this.#callbacks.splice(0)) callback(this.#reason);
  }

  async #retake(session: VenueSessionConfig): Promise<Result<void, string>> {
    try {
      // The folder may have gone with the file.
      const folder = makeLockFolder();
      return folder.ok ? await this.take(session) : folder;
    } catch (cause) {
      return err(`sessions.${session.name}: its lock is lost: ${(cause as Error).message}`);
    }
  }

  #say(text: string): void {
    this.#deps.logger.warn(text, { code: 'COMP_ID_LOCK' });
  }
}

/** The file that an engine of this user holds while it has the session. */
export const compIDLockPath = (session: VenueSessionConfig): string =>
  join(lockFolder(), lockName(session));

const lockName = ({ senderCompID, targetCompID, hosts }: VenueSessionConfig): string => {
  const [first] = hosts;
  const parts = [senderCompID, targetCompID, first?.host ?? '', String(first?.port ?? '')];
  return `${parts.join('-').replaceAll(/[^A-Za-z0-9._-]/g, '_')}.lock`;
};
