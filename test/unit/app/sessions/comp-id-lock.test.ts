import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import {
  compIDLockPath,
  type CompIDLocks,
  lockCompIDs,
} from '../../../../src/app/sessions/comp-id-lock.ts';
import { type Config, type VenueSessionConfig } from '../../../../src/config/config.ts';
import { type Logger } from '../../../../src/observability/logger.ts';
import { until } from '../../../support/until.ts';

const configOf = (kind: string, senderCompID: string): Config =>
  ({
    venue: { kind },
    sessions: [
      {
        role: 'trading',
        name: 'trading',
        senderCompID,
        targetCompID: 'KRAKEN-DRV-TRD',
        hosts: [{ host: 'localhost', port: 4003 }],
      },
      { role: 'client', name: 'desk1', senderCompID: 'FATHOM', targetCompID: 'DESK1' },
    ],
  }) as unknown as Config;

const HOLDER = { pid: 1, host: 'gone', startedAt: 'x', pids: 'elsewhere', nonce: 'theirs' };

describe('one logon per CompID', () => {
  let config: Config;
  let path: string;
  let lines: string[];
  let held: CompIDLocks[];
  let count = 0;

  beforeEach(() => {
    count += 1;
    config = configOf('kraken', `TEST-LOCK-${process.pid}-${count}`);
    path = compIDLockPath(config.sessions[0] as VenueSessionConfig);
    [lines, held] = [[], []];
  });
  afterEach(() => {
    for (const locks of held) locks.release();
    rmSync(path, { force: true });
  });

  const lock = async (takeOverMs = 30_000) => {
    const logger = { warn: (text: string) => lines.push(text) } as unknown as Logger;
    const lease = { refreshMs: 10, holdMs: 20_000, takeOverMs };
    const locks = await lockCompIDs(config, { logger, lease });
    if (locks.ok) held.push(locks.value);
    return locks;
  };
  const taken = async (takeOverMs?: number): Promise<CompIDLocks> => {
    const locks = await lock(takeOverMs);
    if (!locks.ok) throw new Error(locks.error);
    return locks.value;
  };

  it('refuses a second engine on the same CompID and venue, until the first has stopped', async () => {
    const first = await taken();
    const second = await lock();
    expect(second.ok).to.equal(false);
    if (!second.ok)
      expect(second.error).to.match(/^sessions\.trading: TEST-LOCK-[-\d]+ is logged on by/);
    first.release();
    await taken();
  });

  it('takes the CompID over from a host that is gone, and says that it waited', async () => {
    writeFileSync(path, JSON.stringify(HOLDER));
    await taken(300);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^sessions\.trading: TEST-LOCK.*waiting up to 0\.3 s for a sign/);
    expect(lines[1]).to.match(
      /held by process 1 on host gone, gave no sign of life: .*taken over$/,
    );
  });

  it('leaves it to an engine of another host that is alive', async () => {
    writeFileSync(path, JSON.stringify(HOLDER));
    const alive = setInterval(() => {
      utimesSync(path, new Date(), new Date());
    }, 10);
    const locks = await lock();
    clearInterval(alive);
    expect(!locks.ok && locks.error).to.match(/which is running: it refreshes the lock$/);
  });

  it('takes a lock again that somebody removed, and goes on', async () => {
    const locks = await taken();
    const reasons: string[] = [];
    locks.onLost((reason) => reasons.push(reason));
    rmSync(path);
    await until(() => lines.length > 0, 'said');
    expect(lines[0]).to.match(/the lock was lost: the file is gone.*; it is taken again$/);
    expect((JSON.parse(readFileSync(path, 'utf8')) as { pid: number }).pid).to.equal(process.pid);
    expect(reasons).to.deep.equal([]);
  });

  it('tells that it is lost when another engine has taken it', async () => {
    const locks = await taken();
    const reasons: string[] = [];
    locks.onLost((reason) => reasons.push(reason));
    writeFileSync(path, JSON.stringify(HOLDER));
    const alive = setInterval(() => {
      utimesSync(path, new Date(), new Date());
    }, 10);
    await until(() => reasons.length > 0, 'told');
    clearInterval(alive);
    expect(reasons[0]).to.match(/is logged on by another engine: .*it refreshes the lock$/);
  });

  it('asks for no lock with the embedded simulator, which is the process’s own', async () => {
    config = configOf('simulator-embedded', 'TEST-LOCK-EMBEDDED');
    expect([(await lock()).ok, (await lock()).ok]).to.deep.equal([true, true]);
  });
});
