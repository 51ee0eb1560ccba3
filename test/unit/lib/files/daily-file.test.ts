import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';

import { DailyFile } from '../../../../src/lib/files/daily-file.ts';
import { epochMs } from '../../../../src/lib/time.ts';

const NOON = epochMs(Date.UTC(2026, 10, 22, 12));
const TOMORROW = epochMs(Date.UTC(2026, 10, 23, 0, 0, 1));

describe('daily file', () => {
  let dir = '';
  let troubles: string[] = [];
  beforeEach(() => {
    dir = join(mkdtempSync(join(tmpdir(), 'fathom-daily-')), 'logs');
    troubles = [];
  });
  afterEach(() => {
    rmSync(join(dir, '..'), { recursive: true });
  });

  const open = (write?: (fd: number, bytes: Buffer) => number): DailyFile =>
    new DailyFile({
      dir,
      nameOf: (day) => `x-${day}.log`,
      readers: 'group',
      bufferBytesMax: 0,
      onTrouble: (text) => troubles.push(text),
      ...(write && { write }),
    });
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8');

  it('writes each line at once and begins a new file each UTC day', () => {
    const file = open();
    file.append(Buffer.from('one\n'), NOON);
    expect(read('x-20261122.log')).to.equal('one\n');
    expect(file.append(Buffer.from('two\n'), TOMORROW)).to.deep.equal({
      file: 'x-20261123.log',
      offset: 0,
    });
    // The clock went back: lines stay in the newer file.
    expect(file.append(Buffer.from('three\n'), NOON)).to.deep.equal({
      file: 'x-20261123.log',
      offset: 4,
    });
    file.close();
    expect(readdirSync(dir)).to.deep.equal(['x-20261122.log', 'x-20261123.log']);
    expect(read('x-20261123.log')).to.equal('two\nthree\n');
    expect(statSync(join(dir, 'x-20261122.log')).mode & 0o777).to.equal(0o640);
    expect(statSync(dir).mode & 0o777).to.equal(0o750);
  });

  it('says once that the disk is full, tries again with each line, and says what is lost', () => {
    let isFull = true;
    const written: string[] = [];
    const file = open((_fd, bytes) => {
      if (isFull) throw new Error('ENOSPC');
      written.push(bytes.toString());
      return bytes.length;
    });
    for (const line of ['1\n', '2\n', '3\n']) file.append(Buffer.from(line), NOON);
    expect(troubles).to.deep.equal(['x-20261122.log cannot be written: ENOSPC']);
    isFull = false;
    file.append(Buffer.from('4\n'), NOON);
    file.close();
    expect(written.join('')).to.equal('1\n4\n');
    expect(troubles[1]).to.equal('x-20261122.log: writing again, 2 lines were dropped');
  });
});
