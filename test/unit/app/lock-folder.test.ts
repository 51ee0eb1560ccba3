import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeLockFolder } from '../../../src/app/lock-folder.ts';

describe('the folder of the locks', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-locks-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('is made for its owner alone, and found again', () => {
    const folder = join(dir, 'a', 'locks');
    expect(makeLockFolder(folder)).to.deep.equal({ ok: true, value: folder });
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(makeLockFolder(folder).ok).to.equal(true);
  });

  it('is refused when it is a link that somebody else may have laid', () => {
    const folder = join(dir, 'locks');
    mkdirSync(join(dir, 'elsewhere'));
    for (const target of [join(dir, 'elsewhere'), join(dir, 'nowhere')]) {
      symlinkSync(target, folder);
      const made = makeLockFolder(folder);
      expect(made.ok ? '' : made.error).to.contain('is no folder but a link or a file');
      rmSync(folder);
    }
  });

  it('is refused when others can write to it', () => {
    const folder = join(dir, 'locks');
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const made = makeLockFolder(folder);
    expect(made.ok ? '' : made.error).to.contain('others can write to');
  });
});
