import { spawn } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { takeName } from '../../../../src/lib/files/name-lock.ts';

const NAME = `fathom-test-${process.pid}`;

describe('a name of the machine', function () {
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('is held once, and again after it was released', async () => {
    const first = await takeName(NAME);
    if (!first.ok) throw new Error(first.error);
    const second = await takeName(NAME);
    expect(second).to.deep.equal({ ok: false, error: 'another process on this machine holds it' });
    const other = await takeName(`${NAME}-other`);
    expect(other.ok).to.equal(true);
    if (other.ok) other.value();
    first.value();
    const third = await takeName(NAME);
    expect(third.ok).to.equal(true);
    if (third.ok) third.value();
  });

  it('is held by a process with another TMPDIR and HOME, until that is killed', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'fathom-elsewhere-'));
    const script = `require('node:net').createServer().listen('\\0${NAME}', () => console.log('up'))`;
    const env = { ...process.env, TMPDIR: elsewhere, HOME: elsewhere };
    const child = spawn(process.execPath, ['-e', script], { env });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    expect((await takeName(NAME)).ok).to.equal(false);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const taken = await takeName(NAME);
    expect(taken.ok).to.equal(true);
    if (taken.ok) taken.value();
    rmdirSync(elsewhere);
  });
});
