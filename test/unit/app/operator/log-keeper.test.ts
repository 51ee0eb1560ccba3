import { expect } from 'chai';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type KeptFolder, keepLogs } from '../../../../src/app/operator/log-keeper.ts';
import { systemClock } from '../../../../src/app/system-clock.ts';
import { readLines } from '../../../../src/execution-log/read-lines.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { until } from '../../../support/until.ts';

const NOON = epochMs(Date.UTC(2026, 10, 30, 12));
const stem = 'FIX.4.4-FATHOM-DESK1.messages';

describe('old logs', () => {
  let dir: string;
  let told: string[];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-keeper-'));
    told = [];
    for (const day of ['20261130', '20261129', '20261127', '20261030'])
      writeFileSync(join(dir, `${stem}.${day}.log`), `messages of ${day}\n`);
    writeFileSync(join(dir, 'fathom-20261127.jsonl'), '{}\n');
    writeFileSync(join(dir, 'notes.txt'), 'mine\n');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const keep = async (folder: Omit<KeptFolder, 'dir'>): Promise<readonly string[]> => {
    const keeper = keepLogs({
      folders: [
        { dir, ...folder },
        { dir: join(dir, 'none'), keepDays: 1 },
      ],
      clock: { ...systemClock, wall: () => NOON },
      timers: { set: () => ({ cancel: () => undefined }) },
      onDone: (text) => told.push(text),
      onTrouble: (text) => told.push(`TROUBLE ${text}`),
    });
    // A look that has begun goes through before it stops.
    await until(() => isDone(folder), 'the last file is compressed');
    await keeper.stop();
    return readdirSync(dir).sort();
  };
  const isDone = ({ compressAfterDays }: Omit<KeptFolder, 'dir'>): boolean =>
    compressAfterDays === undefined || existsSync(join(dir, 'fathom-20261127.jsonl.gz'));

  it('stay as they are when nothing else is configured', async () => {
    expect(await keep({})).to.have.length(6);
    expect(told).to.deep.equal([]);
  });

  it('are compressed after the days that are configured, for their owner, and read as before', async () => {
    const names = await keep({ compressAfterDays: 2 });
    expect(names).to.deep.equal([
      `${stem}.20261030.log.gz`,
      `${stem}.20261127.log.gz`,
      `${stem}.20261129.log`,
      `${stem}.20261130.log`,
      'fathom-20261127.jsonl.gz',
      'notes.txt',
    ]);
    const path = join(dir, `${stem}.20261127.log.gz`);
    expect(gunzipSync(readFileSync(path)).toString()).to.equal('messages of 20261127\n');
    expect(statSync(path).mode & 0o077).to.equal(0);
    const lines: string[] = [];
    for await (const line of readLines(path, 'latin1')) lines.push(line);
    expect(lines).to.deep.equal(['messages of 20261127']);
  });

  it('are removed after the days that are configured, compressed or not', async () => {
    writeFileSync(join(dir, `${stem}.20261001.log.gz`), 'x');
    const names = await keep({ keepDays: 3 });
    expect(names).to.deep.equal([
      `${stem}.20261127.log`,
      `${stem}.20261129.log`,
      `${stem}.20261130.log`,
      'fathom-20261127.jsonl',
      'notes.txt',
    ]);
    expect(told).to.have.length(2);
  });

  it('never are today’s, what is no log, or what a link leads to', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'fathom-outside-'));
    const target = join(outside, 'precious');
    writeFileSync(target, 'precious');
    symlinkSync(target, join(dir, `${stem}.20200101.log`));
    const names = await keep({ keepDays: 1 });
    expect(names).to.include.members([`${stem}.20200101.log`, `${stem}.20261130.log`, 'notes.txt']);
    expect(readFileSync(target, 'utf8')).to.equal('precious');
    rmSync(outside, { recursive: true });
  });

  it('that were half compressed at a crash are compressed anew', async () => {
    writeFileSync(join(dir, `${stem}.20261127.log.gz.part`), 'half');
    const names = await keep({ compressAfterDays: 2 });
    expect(names).to.include(`${stem}.20261127.log.gz`);
    expect(names.filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });
});
