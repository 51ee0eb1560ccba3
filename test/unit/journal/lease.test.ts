import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { type JournalOptions } from '../../../src/journal/journal.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { until } from '../../support/until.ts';
import { opened, rejection, textsOf, turn } from './journal-harness.ts';

const WRITER = new URL('lease-writer.ts', import.meta.url).pathname;

/** Small for a test, and still long for a busy machine. */
const SHORT = { refreshMs: 100, holdMs: 3_000, takeOverMs: 4_000 };

interface Writer {
  readonly child: ChildProcess;
  readonly output: () => string;
}

describe('the lock of a data folder', () => {
  let dir: string;
  let lock: string;
  let notices: string[];
  const writers: Writer[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-lease-'));
    lock = join(dir, 'lock');
    notices = [];
  });
  afterEach(async () => {
    for (const { child } of writers.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true });
  });

  const options = (times: JournalOptions['lock'] = SHORT): JournalOptions => ({
    dir,
    durability: 'process',
    lock: { ...times, onNotice: (text) => notices.push(text) },
  });

  const startWriter = async (): Promise<Writer> => {
    const argv = ['--import', 'tsx', WRITER, dir, JSON.stringify(SHORT)];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    const writer = { child, output: () => text };
    writers.push(writer);
    await until(
      () => text.includes('committed 3\n'),
      () => `a writer that writes: ${text}`,
    );
    return writer;
  };

  /** Makes the lock look as one that a process in another container holds. */
  const change = (fields: object): void => {
    const holder = JSON.parse(readFileSync(lock, 'utf8')) as object;
    writeFileSync(lock, JSON.stringify({ ...holder, ...fields }));
  };

  const leaveLock = async (fields: object): Promise<void> => {
    const first = await opened(options());
    await turn(first.journal, 'one');
    const text = readFileSync(lock, 'utf8');
    await first.journal.close();
    writeFileSync(lock, text);
    change(fields);
  };

  const bytes = (): readonly string[] =>
    readdirSync(dir)
      .filter((name) => !name.startsWith('lock'))
      .map((name) => readFileSync(join(dir, name), 'base64'));

  for (const [what, fields] of Object.entries({
    'a container of another name': { host: 'b3f1c2d4e5a6', pid: 1, startedAt: 'x:1' },
    'a container of our name with our pid': { pids: 'a-boot pid:[1]', pid: process.pid },
    'an engine of an earlier version on another host': {
      ...{ host: 'b3f1c2d4e5a6', pid: 1, startedAt: 'x:1' },
      ...{ pids: undefined, nonce: undefined },
    },
  })) {
    it(`is taken over from ${what} that was killed, and says so`, async () => {
      await leaveLock(fields);
      const begun = performance.now();
      const { journal, ...found } = await opened(options());
      expect(performance.now() - begun).to.be.at.least(SHORT.takeOverMs);
      expect(textsOf(found)).to.deep.equal(['one']);
      expect(notices).to.have.length(2);
      expect(notices[0]).to.contain('waiting up to 4 s for a sign of life');
      expect(notices[1]).to.contain('gave no sign of life: the lock is taken over');
      await turn(journal, 'two');
      await journal.close();
      expect(existsSync(lock)).to.equal(false);
    });
  }

  it('is not taken from a process of another host that refreshes it', async () => {
    const writer = await startWriter();
    const result = await openJournal(options({ ...SHORT, host: 'another-host' }));
    expect(result.ok ? 'opened' : result.error.message).to.contain(
      'which is running: it refreshes the lock',
    );
    const before = writer.output().length;
    await until(() => writer.output().length > before, 'the holder goes on');
    expect(writer.child.exitCode).to.equal(null);
  });

  it('is taken at once when the pid of its holder belongs to another process now', async () => {
    await leaveLock({ startedAt: 'an earlier life' });
    const { journal } = await opened(options());
    expect(notices).to.deep.equal([]);
    await journal.close();
  });

  it('is lost by a holder that was frozen longer than the lease: it writes nothing more', async () => {
    const { child, output } = await startWriter();
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, SHORT.holdMs + 200));
    const before = bytes();
    child.kill('SIGCONT');
    await until(() => child.exitCode !== null, 'the frozen holder ends');
    expect(child.exitCode).to.equal(3);
    expect(output()).to.match(/failed .*lock was lost: it was not refreshed for 3 s/);
    expect(bytes()).to.deep.equal(before);
  });

  it('is lost by a frozen holder whose folder another host took: the new holder goes on', async () => {
    const { child, output } = await startWriter();
    child.kill('SIGSTOP');
    const second = await opened(options({ ...SHORT, host: 'another-host' }));
    await turn(second.journal, 'of the second');
    const before = bytes();
    child.kill('SIGCONT');
    await until(() => child.exitCode !== null, 'the frozen holder ends');
    expect(child.exitCode).to.equal(3);
    expect(output()).to.contain('the lock was lost');
    expect(bytes()).to.deep.equal(before);
    await turn(second.journal, 'more of the second');
    await second.journal.close();
  });

  it('is lost when somebody else’s stands in its place: commits reject, nothing is written', async () => {
    const { journal } = await opened(options());
    await turn(journal, 'one');
    rmSync(lock);
    writeFileSync(lock, JSON.stringify({ host: 'elsewhere', pid: 1, startedAt: 'x' }));
    const before = bytes();
    await until(() => journal.failed !== undefined, 'the loss is noticed');
    journal.append(1, 'two');
    expect((await rejection(journal.commit())).code).to.equal('JOURNAL_LOCK_LOST');
    await rejection(journal.close());
    expect(bytes()).to.deep.equal(before);
    expect(readFileSync(lock, 'utf8')).to.contain('elsewhere');
  });

  it('is kept over a suspension in which the monotonic clock stood still, if still ours', async () => {
    let wall = Date.now();
    const clock = { wall: () => wall as never, monotonic: () => performance.now() as never };
    const { journal } = await opened(options({ ...SHORT, refreshMs: 60_000, clock }));
    await turn(journal, 'one');
    wall += 3_600_000;
    await turn(journal, 'two');
    rmSync(lock);
    wall += 3_600_000;
    journal.append(1, 'three');
    expect((await rejection(journal.commit())).code).to.equal('JOURNAL_LOCK_LOST');
    await rejection(journal.close());
  });

  it('is kept when reading a long journal held up the first refresh', async () => {
    let monotonic = 0;
    const clock = { wall: () => Date.now() as never, monotonic: () => monotonic as never };
    const { journal } = await opened(options({ ...SHORT, refreshMs: 60_000, clock }));
    monotonic += 600_000;
    await turn(journal, 'one');
    monotonic += SHORT.holdMs;
    journal.append(1, 'two');
    expect((await rejection(journal.commit())).message).to.contain('not refreshed for 3 s');
    await rejection(journal.close());
  });
});
