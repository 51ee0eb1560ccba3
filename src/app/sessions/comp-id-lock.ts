import { join } from 'node:path';
import { type Config, type VenueSessionConfig } from '../../config/config.ts';
import { takeLock } from '../../lib/files/lock-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { lockFolder, makeLockFolder } from '../lock-folder.ts';

/**
 * One logon per CompID: a second one evicts the first at the venue, and with cancel-on-disconnect
 * empties its book [fix 1.4]. So each venue session of this machine holds a lock that every engine
 * of this user looks at. Gives what releases them all.
 */
export const lockCompIDs = (config: Config): Result<() => void, string> => {
  const held: (() => void)[] = [];
  const release = (): void => {
    for (const free of held.splice(0)) free();
  };
  // The embedded simulator is this process's own.
  if (config.venue.kind !== 'kraken') return ok(release);
  const folder = makeLockFolder();
  if (!folder.ok) return folder;
  for (const session of config.sessions) {
    if (session.role === 'client') continue;
    const lock = takeLock(compIDLockPath(session));
    if (!lock.ok) {
      release();
      const { name, senderCompID } = session;
      return err(`sessions.${name}: ${senderCompID} is logged on by another engine: ${lock.error}`);
    }
    held.push(lock.value);
  }
  return ok(release);
};

/** The file that an engine of this user holds while it has the session. */
export const compIDLockPath = (session: VenueSessionConfig): string =>
  join(lockFolder(), lockName(session));

const lockName = ({ senderCompID, targetCompID, hosts }: VenueSessionConfig): string => {
  const [first] = hosts;
  const parts = [senderCompID, targetCompID, first?.host ?? '', String(first?.port ?? '')];
  return `${parts.join('-').replaceAll(/[^A-Za-z0-9._-]/g, '_')}.lock`;
};
