import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { takeLock } from '../../lib/files/lock-file.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Secret } from '../../lib/secret.ts';
import { makeLockFolder } from '../lock-folder.ts';

/**
 * One desk per funds key on this machine. The daily limit is counted in the audit record below
 * `engine.dataDir`, so a second engine with a data folder of its own would have a whole day's limit
 * of its own. Gives what releases the lock.
 */
export const lockFundsKey = (apiKey: Secret): Result<() => void, string> => {
  // The name tells nothing of the key, whatever the origin is called: the key is the money.
  const digest = createHash('sha256').update(apiKey.reveal(), 'utf8').digest('hex').slice(0, 32);
  const folder = makeLockFolder();
  if (!folder.ok) return err(`funds: ${folder.error}`);
  const lock = takeLock(join(folder.value, `funds-${digest}.lock`));
  return lock.ok ? ok(lock.value) : err(`funds: another engine uses this key: ${lock.error}`);
};
