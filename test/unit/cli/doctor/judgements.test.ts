import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Check, ok, runChecks, runInTurn, skipped } from '../../../../src/cli/doctor/check.ts';
import { checkDataDir, checkJournalLock } from '../../../../src/cli/doctor/disk-checks.ts';
import { judgeCertificate } from '../../../../src/cli/doctor/judge-certificate.ts';
import { rowsToJson, rowsToText } from '../../../../src/cli/doctor/report.ts';
import { judgeSkew } from '../../../../src/cli/doctor/rest-checks.ts';
import { lookAtLock, takeLock } from '../../../../src/lib/files/lock-file.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

describe('judgements of fathom doctor', () => {
  const seen = {
    ...{ where: 'h:1: TLSv1.3 in 2 ms', subject: 'h', issuer: 'CA', chainLength: 3, daysLeft: 80 },
    ...{ problem: undefined, insecureReason: undefined },
  };

  it('takes a good certificate, and warns of one that ends within two weeks', () => {
    expect(judgeCertificate(seen)).to.include({ verdict: 'ok' });
    expect(judgeCertificate({ ...seen, daysLeft: 14 })).to.include({ verdict: 'ok' });
    expect(judgeCertificate({ ...seen, daysLeft: 13 })).to.include({ verdict: 'warn' });
  });

  it('refuses what the engine would refuse, and says why', () => {
    const expired = judgeCertificate({ ...seen, problem: 'CERT_HAS_EXPIRED', daysLeft: -2 });
    expect(expired).to.include({ verdict: 'fail' });
    expect(expired.advice).to.include('has expired');
    const name = judgeCertificate({ ...seen, problem: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(name.advice).to.include('serverName');
    const authority = judgeCertificate({ ...seen, problem: 'SELF_SIGNED_CERT_IN_CHAIN' });
    expect(authority.advice).to.include('caFile');
  });

  it('warns of a certificate that is not verified, and says whether it would verify', () => {
    const open = judgeCertificate({ ...seen, insecureReason: 'UAT', problem: 'X' });
    expect(open).to.include({ verdict: 'warn' });
    expect(open.detail).to.include('not verified (UAT), it does not verify: X');
  });

  it('judges a clock by what is certain of its distance', () => {
    expect(judgeSkew({ offsetMs: 900, boundMs: 5 })).to.include({ verdict: 'ok' });
    expect(judgeSkew({ offsetMs: -1_500, boundMs: 5 })).to.include({ verdict: 'warn' });
    expect(judgeSkew({ offsetMs: 5_004, boundMs: 5 })).to.include({ verdict: 'warn' });
    expect(judgeSkew({ offsetMs: -5_006, boundMs: 5 })).to.include({ verdict: 'fail' });
    expect(judgeSkew({ offsetMs: 0, boundMs: 1_200 }).detail).to.include('too vague');
  });
});

describe('rounds of fathom doctor', () => {
  const check = (name: string, run: Check['run'], ...after: string[]): Check => ({
    ...{ name, run, after, timeoutMs: 1_000 },
  });

  it('skips what needs a check that failed, and tells a check that breaks or hangs', async () => {
    const time = new VirtualTime();
    let isAborted = false;
    const rows = runChecks(
      [
        check('hangs', (signal) => {
          signal.addEventListener('abort', () => {
            isAborted = true;
          });
          return new Promise(() => undefined);
        }),
        check('breaks', () => {
          throw new Error('boom');
        }),
        check('well', () => ok('fine')),
        check('after well', () => ok('too'), 'well'),
        check('after hangs', () => ok('never'), 'well', 'hangs'),
        check('after skipped', () => ok('never'), 'after hangs'),
      ],
      { clock: time, timers: time },
    );
    const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
    await settle();
    await time.advance(2_000, settle);
    const found = (await rows).map(({ check: name, verdict, detail }) => [name, verdict, detail]);
    expect(found).to.deep.equal([
      ['hangs', 'fail', 'not done within 1000 ms'],
      ['breaks', 'fail', 'boom'],
      ['well', 'ok', 'fine'],
      ['after well', 'ok', 'too'],
      ['after hangs', 'skipped', 'needs "hangs" first'],
      ['after skipped', 'skipped', 'needs "after hangs" first'],
    ]);
    expect(isAborted).to.equal(true);
    expect(time.pending).to.equal(0);
  });

  it('tells how far it is, and sums up', async () => {
    const time = new VirtualTime();
    const told: string[] = [];
    const rows = await runInTurn(
      [check('a', () => ok('x')), check('b', () => skipped('y')), check('c', () => ok('z'), 'b')],
      {
        clock: time,
        timers: time,
        onDone: ({ check: name }, done) => told.push(`${done} ${name}`),
      },
    );
    expect(told).to.deep.equal(['1 a', '2 b', '3 c']);
    expect(rowsToJson(rows)).to.deep.include({
      verdict: 'ok',
      counts: { ok: 1, warn: 0, fail: 0, skipped: 2 },
    });
    const long = { ...rows[0]!, detail: `see ${'x'.repeat(100)} here`, durationMs: 0 };
    const text = rowsToText([long]);
    expect(text).to.include('doctor: 1 ok, 0 warnings, 0 failures, 0 skipped');
    expect(text.match(/x/g)).to.have.length(100);
  });
});

describe('disk checks of fathom doctor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fathom-doctor-'));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('tells whose a lock is and changes nothing', () => {
    const path = join(folder, 'lock');
    expect(lookAtLock(path)).to.include({ state: 'free' });
    const lock = takeLock(path);
    if (!lock.ok) throw new Error(lock.error);
    expect(lookAtLock(path)).to.include({ state: 'held' });
    expect(lookAtLock(path).text).to.include(String(process.pid));
    lock.value();
    writeFileSync(path, JSON.stringify({ pid: 1, host: hostname(), startedAt: 'long ago' }));
    expect(lookAtLock(path)).to.include({ state: 'stale' });
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', startedAt: 'x' }));
    expect(lookAtLock(path)).to.include({ state: 'elsewhere' });
    writeFileSync(path, 'something');
    expect(lookAtLock(path)).to.include({ state: 'unclear' });
  });

  it('says that a folder will be made, or why it cannot', () => {
    expect(checkDataDir(join(folder, 'a', 'b')).detail).to.equal(`will be made below ${folder}`);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(checkDataDir(join(file, 'below'))).to.include({ verdict: 'fail' });
    expect(checkJournalLock(folder)).to.include({ verdict: 'ok' });
  });
});
