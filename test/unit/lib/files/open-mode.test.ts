import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { faultOfMode, MODE, openModeOf } from '../../../../src/lib/files/open-mode.ts';

describe('what others may do with a file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-modes-'));
  const path = join(dir, 'secret');
  writeFileSync(path, '');
  after(() => {
    rmSync(dir, { recursive: true });
  });

  it('is nothing for a file that is its owner’s alone, or that is not there', () => {
    for (const mode of [0o600, 0o400, 0o700]) {
      chmodSync(path, mode);
      expect(openModeOf(path, MODE.anyOther)).to.equal(undefined);
    }
    expect(openModeOf(join(dir, 'none'), MODE.anyOther)).to.equal(undefined);
  });

  it('is told with the mode and the command that mends it', () => {
    const cases = [
      [0o644, MODE.anyOther, `${path} can be read by others (mode 644): chmod go= ${path}`],
      [0o640, MODE.anyOther, `${path} can be read by others (mode 640): chmod go= ${path}`],
      [0o666, MODE.anyOther, `${path} can be written by others (mode 666): chmod go= ${path}`],
      [0o620, MODE.othersWrite, `${path} can be written by others (mode 620): chmod go-w ${path}`],
      [
        0o777,
        MODE.everybodyWrites,
        `${path} can be written by others (mode 777): chmod go-w ${path}`,
      ],
      [0o644, MODE.othersWrite, undefined],
      [0o775, MODE.everybodyWrites, undefined],
    ] as const;
    for (const [mode, forbidden, text] of cases) {
      chmodSync(path, mode);
      expect(faultOfMode(path, forbidden), mode.toString(8)).to.equal(text);
    }
  });
});
