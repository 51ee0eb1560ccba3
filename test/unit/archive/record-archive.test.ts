import { expect } from 'chai';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive, type RecordArchive } from '../../../src/archive/record-archive.ts';
import { epochMs } from '../../../src/lib/time.ts';
import { okValue } from '../../support/ok-value.ts';

const DAY_MS = 86_400_000;
const NOON = epochMs(Date.UTC(2026, 10, 30, 12));

interface Value {
  readonly n: number;
  readonly more?: string;
}

describe('an archive of records', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'fathom-archive-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const open = (fileBytesMax?: number): RecordArchive =>
    okValue(
      openArchive({
        dir,
        isDurable: false,
        ...(fileBytesMax === undefined ? {} : { fileBytesMax }),
        keysOf: (value) => [
          { text: `id ${(value as Value).n}`, isForEver: true },
          { text: `venue ${(value as Value).n}`, isForEver: false },
        ],
      }),
    );
  const values = (from: number, count: number): readonly Value[] =>
    Array.from({ length: count }, (_, n) => ({ n: from + n }));
  const recordsFile = (): string =>
    join(
      dir,
      readdirSync(dir)
        .filter((name) => name.startsWith('orders-'))
        .sort()
        .at(-1)!,
    );

  it('finds a record by each of its keys, and nothing by another', async () => {
    const archive = open();
    await archive.add([{ n: 1, more: 'x'.repeat(20_000) }, { n: 2 }], NOON);
    expect(archive.find('id 1')?.value).to.have.property('n', 1);
    expect(archive.find('venue 2')).to.deep.equal({ value: { n: 2 } });
    expect(archive.find('id 3')).to.equal(undefined);
    await archive.close();
  });

  it('knows every one of 100,000 records, in bounded memory, also after a restart', async () => {
    const archive = open();
    for (let n = 0; n < 100_000; n += 500) await archive.add(values(n, 500), NOON);
    const check = (one: RecordArchive): void => {
      for (let n = 0; n < 100_000; n += 97) {
        expect(one.find(`id ${n}`)).to.deep.equal({ value: { n } });
        expect(one.find(`venue ${n + 100_000}`)).to.equal(undefined);
      }
      expect(one.records).to.equal(100_000);
      expect(one.filterBytes).to.be.greaterThan(100_000).and.lessThan(1_000_000);
    };
    check(archive);
    await archive.close();
    expect(readdirSync(dir).filter((name) => name.startsWith('keys-')).length).to.be.lessThan(9);
    const again = open();
    check(again);
    await again.close();
  }).timeout(60_000);

  it('gives the newest of two records of one key', async () => {
    const archive = open();
    await archive.add([{ n: 1, more: 'old' }], NOON);
    for (let n = 10; n < 20_000; n += 500) await archive.add(values(n, 500), NOON);
    await archive.add([{ n: 1, more: 'new' }], NOON);
    expect(archive.find('id 1')?.value).to.have.property('more', 'new');
    await archive.close();
    const again = open();
    expect(again.find('id 1')?.value).to.have.property('more', 'new');
    await again.close();
  });

  it('drops the line that a crash cut short, and goes on behind the last whole one', async () => {
    const first = open();
    await first.add(values(1, 3), NOON);
    await first.close();
    appendFileSync(recordsFile(), '0badf00d 4 {"n":4');
    const before = readFileSync(recordsFile());
    const second = open();
    expect(readFileSync(recordsFile()), 'opening changes nothing').to.deep.equal(before);
    expect(second.find('id 4')).to.equal(undefined);
    await second.add([{ n: 5 }], NOON);
    await second.close();
    const third = open();
    expect([3, 4, 5].map((n) => third.find(`id ${n}`) !== undefined)).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect(third.records).to.equal(4);
    await third.close();
  });

  it('forgets records by day, and never that the keys for ever were used', async () => {
    const archive = open();
    await archive.add([{ n: 1 }], NOON);
    await archive.add([{ n: 2 }], epochMs(NOON + DAY_MS));
    expect(archive.removeBefore(epochMs(NOON + DAY_MS))).to.have.length(1);
    expect(archive.find('id 1')).to.deep.equal({});
    expect(archive.find('id 2')).to.deep.equal({ value: { n: 2 } });
    // Merging drops what nothing is left of.
    for (let n = 10; n < 80_000; n += 500)
      await archive.add(values(n, 500), epochMs(NOON + DAY_MS));
    await archive.close();
    const again = open();
    expect(again.find('id 1')).to.deep.equal({});
    expect(again.find('venue 1')).to.equal(undefined);
    await again.close();
  }).timeout(60_000);

  it('is not opened when a run of keys, or an older line, is damaged', async () => {
    const archive = open(1_000);
    for (let n = 0; n < 60; n += 1) await archive.add(values(n, 1), NOON);
    await archive.close();
    const [oldest = ''] = readdirSync(dir)
      .filter((name) => name.startsWith('orders-'))
      .sort();
    const bytes = readFileSync(join(dir, oldest));
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(join(dir, oldest), bytes);
    const opened = openArchive({ dir, isDurable: false, keysOf: () => [] });
    expect(opened).to.have.property('ok', false);
    expect(JSON.stringify(opened)).to.contain('the record is damaged');
  });
});
