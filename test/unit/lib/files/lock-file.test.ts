import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { lookAtLock, takeLock } from '../../../../src/lib/files/lock-file.ts';
import { until } from '../../../support/until.ts';

const holderText = (holder: object): string =>
  JSON.stringify({ pid: 1, host: hostname(), startedAt: 'x', ...holder });

/** From the state on, as /proc has them. */
const statOf = (pid: number): readonly string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

const startOf = (pid: number): string => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return `${boot}:${statOf(pid)[19] ?? ''}`;
};

describe('lock file', () => {
  let dir: string;
  let path: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-lock-'));
    path = join(dir, 'lock');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  });

  const refusal = (): string => {
    const result = takeLock(path);
    if (result.ok) throw new Error('the lock was taken');
    return result.error;
  };

  const taken = (): (() => void) => {
    const result = takeLock(path);
    if (!result.ok) throw new Error(result.error);
    return result.value;
  };

  it('holds while its process lives, names it, and leaves nothing behind', () => {
    const release = taken();
    expect(refusal()).to.contain(`held by process ${process.pid}, which is running`);
    release();
    expect(readdirSync(dir)).to.deep.equal([]);
    taken()();
  });

  it('is taken over from a process that was killed', async () => {
    const child = spawn(
      process.execPath,
      ['-e', 'setInterval(() => {}, 1000); console.log("up")'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    children.push(child);
    await once(child.stdout, 'data');
    writeFileSync(path, holderText({ pid: child.pid, startedAt: startOf(child.pid ?? 0) }));
    expect(refusal()).to.contain(`held by process ${child.pid ?? 0}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    taken()();
  });

  it('is taken over from a process that was killed and that its parent does not collect', async () => {
    // The shell becomes a program that knows of no child and never asks for one.
    const parent = spawn('sh', ['-c', 'sleep 600 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(parent);
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(printed.toString());
    const nameOf = (of: number) => readFileSync(`/proc/${of}/comm`, 'latin1').trim();
    await until(() => nameOf(parent.pid ?? 0) === 'sleep', 'the shell became another program');
    const startedAt = startOf(pid);
    writeFileSync(path, holderText({ pid, startedAt }));
    expect(refusal()).to.contain(`held by process ${pid}, which is running`);
    process.kill(pid, 'SIGKILL');
    await until(() => statOf(pid)[0] === 'Z', 'a zombie');
    expect(lookAtLock(path).state).to.equal('stale');
    taken()();
    expect(statOf(pid)[0]).to.equal('Z');
  });

  it('is taken over when the pid belongs to another process now', () => {
    writeFileSync(path, holderText({ pid: process.pid, startedAt: 'an earlier life' }));
    taken()();
  });

  it('is refused when another host holds it, with what to do', () => {
    writeFileSync(path, holderText({ pid: 42, host: 'elsewhere' }));
    expect(refusal()).to.contain('process 42 on host elsewhere; remove it if that process is gone');
    expect(existsSync(path)).to.equal(true);
  });

  it('is refused when the file is not a lock of ours', () => {
    for (const text of ['', 'null', '{"pid":"1"}', 'garbage']) {
      writeFileSync(path, text);
      expect(refusal(), text).to.contain('is not a lock file of ours');
    }
  });

  it('is refused when a link lies in its place, and what the link names stays as it is', () => {
    const target = join(dir, 'victim');
    writeFileSync(target, 'precious');
    for (const named of [target, join(dir, 'not there')]) {
      symlinkSync(named, path);
      expect(refusal()).to.contain('is not a lock file of ours');
      expect(lookAtLock(path).state).to.equal('unclear');
      unlinkSync(path);
    }
    expect(readFileSync(target, 'utf8')).to.equal('precious');
    expect(existsSync(join(dir, 'not there'))).to.equal(false);
  });

  it('writes through no link that lies where its draft goes', () => {
    const target = join(dir, 'victim');
    writeFileSync(target, 'precious');
    symlinkSync(target, `${path}.${process.pid}`);
    taken()();
    expect(readFileSync(target, 'utf8')).to.equal('precious');
    expect(readdirSync(dir)).to.deep.equal(['victim']);
  });

  it('is refused without waiting when a named pipe lies in its place', () => {
    execFileSync('mkfifo', [path]);
    expect(refusal()).to.contain('is not a lock file of ours');
  });

  it('does not remove a lock that somebody else took meanwhile', () => {
    const release = taken();
    const other = holderText({ pid: 42, host: 'elsewhere' });
    writeFileSync(path, other);
    release();
    expect(readFileSync(path, 'utf8')).to.equal(other);
  });
});
