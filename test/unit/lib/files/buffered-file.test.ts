import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { BufferedFile } from '../../../../src/lib/files/buffered-file.ts';

describe('BufferedFile', () => {
  let dir: string;
  let path: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-buffered-'));
    path = join(dir, 'file');
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('writes when the buffer is full, on flush and on close, and makes no file before', () => {
    const file = new BufferedFile({ path, bufferBytesMax: 5 });
    file.append(Buffer.from('abc'));
    expect(readdirSync(dir)).to.deep.equal([]);
    file.append(Buffer.from('def'));
    expect(readFileSync(path, 'utf8')).to.equal('abcdef');
    file.append(Buffer.from('g'));
    expect(file.bufferedBytes).to.equal(1);
    expect(file.flush().ok).to.equal(true);
    file.append(Buffer.from('h'));
    expect(file.close({ sync: true }).ok).to.equal(true);
    expect(file.close().ok).to.equal(true);
    expect(readFileSync(path, 'utf8')).to.equal('abcdefgh');
  });

  it('continues an existing file', () => {
    for (const text of ['one', 'two']) {
      const file = new BufferedFile({ path, bufferBytesMax: 100 });
      file.append(Buffer.from(text));
      file.close();
    }
    expect(readFileSync(path, 'utf8')).to.equal('onetwo');
  });

  it('keeps what was not written and loses or doubles nothing when writing works again', () => {
    const written: string[] = [];
    let calls = 0;
    const file = new BufferedFile({
      path,
      bufferBytesMax: 100,
      write: (_fd, bytes) => {
        calls += 1;
        if (calls === 2) throw new Error('EIO');
        if (calls === 3) return 0;
        written.push(bytes.toString('utf8', 0, 2));
        return Math.min(2, bytes.length);
      },
    });
    file.append(Buffer.from('abcde'));
    const first = file.flush();
    expect(first.ok ? '' : first.error.message).to.equal('EIO');
    expect(file.bufferedBytes).to.equal(3);
    const second = file.flush();
    expect(second.ok ? '' : second.error.message).to.contain('no byte written');
    file.append(Buffer.from('f'));
    expect(file.flush().ok).to.equal(true);
    expect(written.join('')).to.equal('abcdef');
    file.close();
  });

  it('reports a path that cannot be opened as a value', () => {
    const file = new BufferedFile({ path: '/dev/null/x', bufferBytesMax: 100 });
    file.append(Buffer.from('x'));
    expect(file.flush().ok).to.equal(false);
    expect(file.close().ok).to.equal(false);
  });
});
