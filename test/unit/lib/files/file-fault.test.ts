import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileFault, fileFaultAt } from '../../../../src/lib/files/file-fault.ts';

describe('why a file cannot be read', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-fault-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const causeOf = (path: string): unknown => {
    try {
      return readFileSync(path);
    } catch (cause) {
      return cause;
    }
  };

  it('is said in words, with the code of the system, and what to do about a full disk', () => {
    expect(fileFault(causeOf(join(dir, 'none')))).to.equal(
      'there is no such file or folder (ENOENT)',
    );
    expect(fileFault(causeOf(dir))).to.equal('it is a folder, not a file (EISDIR)');
    writeFileSync(join(dir, 'file'), '');
    expect(fileFault(causeOf(join(dir, 'file', 'below')))).to.equal(
      'a part of the path is no folder (ENOTDIR)',
    );
    for (const [code, words] of [
      ['ENOSPC', 'the disk is full (ENOSPC): make room on it'],
      ['EDQUOT', 'the quota of this user is used up (EDQUOT): make room, or have the quota raised'],
      [
        'EROFS',
        'the file system is read-only (EROFS): mount it for writing, or name another folder',
      ],
      ['EIO', 'the disk does not answer as it should (EIO)'],
      ['EXYZ', 'EXYZ'],
    ] as const)
      expect(fileFault(Object.assign(new Error('x'), { code }))).to.equal(words);
  });

  it('names the path where nobody else does, and hands on what is no error of a file', () => {
    const path = join(dir, 'none');
    expect(fileFaultAt(causeOf(path))).to.equal(
      `${path}: there is no such file or folder (ENOENT)`,
    );
    expect(fileFaultAt(new Error('a word'))).to.equal('a word');
    expect(fileFault('text')).to.equal('text');
  });
});
