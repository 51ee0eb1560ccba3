import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReserveFile } from '../../../../src/app/loop/reserve-file.ts';

const BYTES = 2_500_000;
const FULL = Object.assign(new Error('full'), { code: 'ENOSPC' });

describe('the reserve of the journal', () => {
  let dir: string;
  let path: string;
  let told: string[];

  const reserveOf = (bytes = BYTES, at = path): ReserveFile => {
    const reserve = new ReserveFile(at, bytes);
    reserve.listen({
      onUsed: (cause) => told.push(`used: ${(cause as Error).message}`),
      onWhole: () => told.push('whole'),
      onTrouble: (text) => told.push(text),
    });
    return reserve;
  };

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-reserve-'));
    path = join(dir, 'reserve');
    told = [];
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('takes its room on the disk, for the owner only, and gives it back once', async () => {
    const reserve = reserveOf();
    await reserve.make();
    const { size, blocks, mode } = statSync(path);
    expect(size).to.equal(BYTES);
    expect(blocks * 512, 'real blocks, no hole').to.be.at.least(BYTES);
    expect(mode & 0o777).to.equal(0o600);
    expect(reserve.release(FULL)).to.equal(true);
    expect(existsSync(path)).to.equal(false);
    expect(reserve.release(FULL), 'nothing is left to give').to.equal(false);
    expect(told).to.deep.equal(['used: full']);
    expect(reserve.isUsed).to.equal(true);
  });

  it('is made again when there is room for it and as much beside it', async () => {
    const reserve = reserveOf();
    await reserve.make();
    reserve.release(FULL);
    await reserve.make(2 * BYTES - 1);
    expect([reserve.isUsed, existsSync(path)]).to.deep.equal([true, false]);
    await reserve.make(2 * BYTES);
    expect([reserve.isUsed, existsSync(path)]).to.deep.equal([false, true]);
    expect(told).to.deep.equal(['used: full', 'whole']);
  });

  it('finds the file of an earlier run, and makes one of another size anew', async () => {
    await reserveOf().make();
    const before = statSync(path).ino;
    await reserveOf().make();
    expect(statSync(path).ino, 'not written again').to.equal(before);
    await reserveOf(1_000).make();
    expect(statSync(path).size).to.equal(1_000);
  });

  it('says once that it cannot be made, leaves nothing behind, and tries again', async () => {
    const folder = join(dir, 'later');
    const reserve = reserveOf(BYTES, join(folder, 'reserve'));
    await reserve.make();
    await reserve.make();
    expect(told).to.have.length(1);
    expect(told[0]).to.include('there is no such file or folder');
    expect(reserve.release(FULL)).to.equal(false);
    mkdirSync(folder);
    await reserve.make();
    expect(reserve.release(FULL)).to.equal(true);
  });

  it('is none of 0 bytes', async () => {
    const reserve = reserveOf(0);
    await reserve.make();
    expect([existsSync(path), reserve.release(FULL)]).to.deep.equal([false, false]);
  });

  it('gives nothing when somebody took the file away', async () => {
    const reserve = reserveOf();
    await reserve.make();
    rmSync(path);
    expect(reserve.release(FULL)).to.equal(false);
    writeFileSync(path, 'x');
    await reserve.make();
    expect(statSync(path).size).to.equal(BYTES);
  });
});
