import { createHash } from 'node:crypto';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { CSV_HEADER, parseCsvRecord } from '../../../src/execution-log/csv.ts';
import { VirtualTime } from '../../support/virtual-time.ts';
import { NOON, filesOf, fill, jsonOf, linesOf, opened, withDir } from './log-harness.ts';

const JSONL = 'er-20261122-01.jsonl';
const CSV = 'er-20261122-01.csv';

const seqs = (dir: string, name: string): unknown[] => jsonOf(dir, name).map((line) => line['seq']);

const csvSeqs = (dir: string, name: string): string[] =>
  linesOf(dir, name)
    .slice(1)
    .map((row) => {
      const parsed = parseCsvRecord(row);
      if (!parsed.ok) throw new Error(parsed.error);
      return parsed.value['seq'] ?? '';
    });

describe('execution log', () => {
  it('writes each record as a JSON line, numbers as text, chained by hash', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      log.append(fill(3, { connEpoch: 2, msgSeqNum: 7, possDup: false, linkedIds: ['a', 'b'] }));
      log.append(fill(5));
      log.close();
      const [first, second] = linesOf(dir, JSONL) as [string, string];
      expect(first).to.match(
        /^\{"schema":"er\/1","seq":"3","tJournal":"1795352400003000000","connEpoch":"2","sessionId":"TRADE","msgSeqNum":"7","possDup":false,"source":"fix","clOrdId":"c1",/,
      );
      const [one, two] = jsonOf(dir, JSONL) as [Record<string, unknown>, Record<string, unknown>];
      expect(one['linkedIds']).to.deep.equal(['a', 'b']);
      expect(one['lastPx']).to.equal('64123.5');
      expect(one['prevHash']).to.equal('0'.repeat(64));
      expect(two['prevHash']).to.equal(one['hash']);
      const covered = second.slice(0, second.indexOf(',"hash":'));
      expect(two['hash']).to.equal(createHash('sha256').update(covered).digest('hex'));
    }));

  it('writes the same records as CSV with the schema version in the header', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      log.append(fill(1, { text: 'a "quoted", text\r\nin two lines', account: 'A,1' }));
      log.append(fill(2, { text: '=1+1' }));
      log.close();
      const [header, first = '', second = ''] = linesOf(dir, CSV);
      expect(header).to.equal(CSV_HEADER);
      expect(header).to.match(/^er\/1,seq,/);
      expect(readFileSync(join(dir, CSV), 'utf8').split('\r\n')).to.have.length(4);
      const one = parseCsvRecord(first);
      const two = parseCsvRecord(second);
      expect(one.ok && one.value).to.deep.include({
        seq: '1',
        text: 'a "quoted", text in two lines',
        account: 'A,1',
        lastPx: '64123.5',
        fee: '',
      });
      expect(two.ok && two.value['text']).to.equal("'=1+1");
    }));

  for (const [name, what] of [
    [JSONL, 'JSON lines'],
    [CSV, 'CSV rows'],
  ] as const) {
    it(`says at the next start that the ${what} were removed, and writes them again`, () =>
      withDir((dir) => {
        const first = opened({ dir });
        for (const seq of [1, 4]) first.log.append(fill(seq));
        first.log.close();
        rmSync(join(dir, name));
        const second = opened({ dir });
        expect(second.notices).to.deep.equal([
          `${what} ended with sequence 4 before, now with 0: a file was removed or cut, and what ` +
            'is missing is written again from the journal',
        ]);
        for (const seq of [1, 4]) second.log.append(fill(seq));
        second.log.close();
        expect(seqs(dir, JSONL)).to.deep.equal(['1', '4']);
        expect(csvSeqs(dir, CSV)).to.deep.equal(['1', '4']);
        expect(opened({ dir }).notices).to.deep.equal([]);
      }));
  }

  it('says at the next start that its head cannot be read', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      log.append(fill(1));
      log.close();
      writeFileSync(join(dir, 'er-head.json'), '{"x');
      expect(opened({ dir }).notices).to.deep.equal([
        'er-head.json: it is no head of an execution log; it is written anew',
      ]);
    }));

  it('goes on in the same files after a restart and leaves out what they have', () =>
    withDir((dir) => {
      const first = opened({ dir });
      expect(first.log.lastSeq()).to.equal(0);
      first.log.append(fill(1));
      first.log.append(fill(4));
      first.log.close();
      const second = opened({ dir });
      expect(second.notices).to.deep.equal([]);
      expect(second.log.lastSeq()).to.equal(4);
      for (const seq of [1, 4, 6]) second.log.append(fill(seq));
      second.log.close();
      expect(filesOf(dir)).to.deep.equal([CSV, JSONL, 'er-head.json']);
      expect(seqs(dir, JSONL)).to.deep.equal(['1', '4', '6']);
      expect(csvSeqs(dir, CSV)).to.deep.equal(['1', '4', '6']);
      const [, two, three] = jsonOf(dir, JSONL);
      expect(three?.['prevHash']).to.equal(two?.['hash']);
    }));

  it('cuts a torn end off at any byte, says so, and takes the missing records again', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      for (const seq of [1, 2, 3]) log.append(fill(seq));
      log.close();
      for (const name of [JSONL, CSV]) {
        const whole = readFileSync(join(dir, name));
        const other = name === CSV ? JSONL : CSV;
        const otherWhole = readFileSync(join(dir, other));
        for (let length = 0; length < whole.length; length += 7) {
          truncateSync(join(dir, name), length);
          const again = opened({ dir });
          const at = `${name} cut at ${length}`;
          expect(again.log.lastSeq(), at).to.be.at.most(3);
          for (let seq = again.log.lastSeq() + 1; seq <= 3; seq += 1) again.log.append(fill(seq));
          again.log.close();
          expect(readFileSync(join(dir, name)).equals(whole), at).to.equal(true);
          expect(readFileSync(join(dir, other)).equals(otherWhole), at).to.equal(true);
        }
      }
      truncateSync(join(dir, JSONL), readFileSync(join(dir, JSONL)).length - 1);
      expect(opened({ dir }).notices).to.have.length(1);
    }));

  it('writes records of one fact together and takes them all again when one of them is missing', () =>
    withDir((dir) => {
      const group = [fill(2), fill(2, { orderId: 'F2' }), fill(2, { orderId: 'F3' })];
      const { log } = opened({ dir });
      log.append(fill(1));
      log.append(group);
      log.close();
      const whole = readFileSync(join(dir, JSONL));
      const csv = readFileSync(join(dir, CSV));
      expect(jsonOf(dir, JSONL).map((line) => line['part'])).to.deep.equal([
        undefined,
        '1/3',
        '2/3',
        '3/3',
      ]);
      for (const name of [JSONL, CSV]) {
        const keptLines = linesOf(dir, name).slice(0, -1);
        const newline = name === CSV ? '\r\n' : '\n';
        truncateSync(join(dir, name), Buffer.byteLength(keptLines.join(newline) + newline));
        const again = opened({ dir });
        expect(again.log.lastSeq(), name).to.equal(1);
        expect(again.notices, name).to.have.length(1);
        again.log.append(group);
        again.log.close();
        expect(readFileSync(join(dir, JSONL)).equals(whole)).to.equal(true);
        expect(readFileSync(join(dir, CSV)).equals(csv)).to.equal(true);
      }
    }));

  it('turns to the next day at 22:00 UTC, with a trailer and the SHA-256 of the finished files', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      const turn = Date.UTC(2026, 10, 22, 22);
      log.append(fill(1, {}, turn - 2));
      log.append(fill(2, {}, turn - 1));
      log.append(fill(3, {}, turn));
      // The clock went back: the day does not.
      log.append(fill(4, {}, turn - 1));
      log.close();
      const next = 'er-20261123-01.jsonl';
      expect(filesOf(dir)).to.deep.equal([
        CSV,
        JSONL,
        'er-20261123-01.csv',
        next,
        'er-head.json',
        'er-manifest.sha256',
      ]);
      const trailer = jsonOf(dir, JSONL).at(-1);
      expect(trailer).to.deep.include({ trailer: true, count: '2', firstSeq: '1', lastSeq: '2' });
      expect(seqs(dir, next)).to.deep.equal(['3', '4']);
      expect(jsonOf(dir, next)[0]?.['prevHash']).to.equal(trailer?.['hash']);
      const manifest = readFileSync(join(dir, 'er-manifest.sha256'), 'utf8')
        .split('\n')
        .slice(0, -1);
      expect([...manifest].sort()).to.deep.equal(
        [JSONL, CSV]
          .map(
            (name) =>
              `${createHash('sha256')
                .update(readFileSync(join(dir, name)))
                .digest('hex')}  ${name}`,
          )
          .sort(),
      );
    }));

  it('numbers the files of a day when one is full, and never reopens a finished one', () =>
    withDir((dir) => {
      const first = opened({ dir, fileBytesMax: 1_000 });
      for (let seq = 1; seq <= 8; seq += 1) first.log.append(fill(seq));
      first.log.close();
      const names = filesOf(dir).filter((name) => name.endsWith('.jsonl'));
      expect(names.length).to.be.greaterThan(2);
      const again = opened({ dir, fileBytesMax: 1_000 });
      expect(again.log.lastSeq()).to.equal(8);
      for (let seq = 1; seq <= 12; seq += 1) again.log.append(fill(seq));
      again.log.close();
      const all = filesOf(dir)
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) => seqs(dir, name));
      expect(all.filter((seq) => seq !== undefined)).to.deep.equal(
        Array.from({ length: 12 }, (_, i) => String(i + 1)),
      );
      const rows = filesOf(dir)
        .filter((name) => name.endsWith('.csv'))
        .flatMap((name) => csvSeqs(dir, name));
      expect(rows).to.deep.equal(Array.from({ length: 12 }, (_, i) => String(i + 1)));
    }));

  it('goes on with a long file of before, and lists all of it when it is full', () =>
    withDir((dir) => {
      const long = { text: 'x'.repeat(65_536) };
      const first = opened({ dir });
      for (let seq = 1; seq <= 40; seq += 1) first.log.append(fill(seq, long));
      first.log.close();
      const time = new VirtualTime();
      const again = opened({ dir, timers: time });
      expect(time.pending, 'sums the files piece by piece').to.equal(1);
      expect(again.log.lastSeq()).to.equal(40);
      again.log.append(fill(41));
      again.log.append(fill(42, {}, NOON + 86_400_000));
      again.log.close();
      expect(jsonOf(dir, JSONL).at(-1)).to.deep.include({ count: '41', firstSeq: '1' });
      const manifest = readFileSync(join(dir, 'er-manifest.sha256'), 'utf8');
      for (const name of [JSONL, CSV]) {
        const sum = createHash('sha256').update(readFileSync(join(dir, name)));
        expect(manifest, name).to.contain(`${sum.digest('hex')}  ${name}\n`);
      }
    }));

  it('has summed a long file of before some time after it was opened', () =>
    withDir(async (dir) => {
      const long = { text: 'x'.repeat(65_536) };
      const first = opened({ dir });
      for (let seq = 1; seq <= 40; seq += 1) first.log.append(fill(seq, long));
      first.log.close();
      const time = new VirtualTime();
      const { log } = opened({ dir, timers: time });
      log.append(fill(41));
      await time.advance(1_000);
      expect(time.pending).to.equal(0);
      log.append(fill(42));
      log.append(fill(43, {}, NOON + 86_400_000));
      log.close();
      expect(jsonOf(dir, JSONL).at(-1)).to.deep.include({ count: '42', lastSeq: '42' });
      expect(readFileSync(join(dir, 'er-manifest.sha256'), 'utf8')).to.contain(
        createHash('sha256')
          .update(readFileSync(join(dir, JSONL)))
          .digest('hex'),
      );
    }));

  it('lists a file that was finished just before the process died', () =>
    withDir((dir) => {
      const { log } = opened({ dir });
      log.append(fill(1));
      log.append(fill(2, {}, NOON + 86_400_000));
      log.close();
      writeFileSync(join(dir, 'er-manifest.sha256'), '');
      truncateSync(join(dir, 'er-20261123-01.jsonl'), 0);
      const again = opened({ dir });
      expect(again.log.lastSeq()).to.equal(1);
      again.log.append(fill(2, {}, NOON + 86_400_000));
      again.log.close();
      expect(readFileSync(join(dir, 'er-manifest.sha256'), 'utf8')).to.contain(JSONL);
      expect(seqs(dir, 'er-20261123-01.jsonl')).to.deep.equal(['2']);
    }));
});
