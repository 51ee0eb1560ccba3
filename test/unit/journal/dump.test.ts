import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { dumpJournal } from '../../../src/journal/dump.ts';
import {
  RECORD_KIND,
  encodeAudit,
  encodeFact,
  encodeNextNumber,
  encodeOutbound,
  encodeReset,
} from '../../../src/journal/record.ts';
import { epochMs } from '../../../src/lib/time.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { opened } from './journal-harness.ts';

const AT = epochMs(Date.UTC(2026, 10, 22, 13, 0, 0, 125));

const filled = async (): Promise<MemoryStorage> => {
  const storage = new MemoryStorage();
  const { journal } = await opened({ storage });
  journal.append(RECORD_KIND.sessionReset, encodeReset('T', AT));
  journal.append(RECORD_KIND.fact, encodeFact(AT, { type: 'OrderAccepted' }));
  const frame = '8=FIX.4.4|35=BE|553=hunter|554=hunter2|5025=hunter3|10=000|'.replaceAll(
    '|',
    '\u0001',
  );
  journal.append(RECORD_KIND.sessionOutbound, encodeOutbound('T', 1, Buffer.from(frame)));
  journal.append(RECORD_KIND.sessionNextTarget, encodeNextNumber('T', 5));
  journal.append(RECORD_KIND.sessionNextSender, encodeNextNumber('T', 6));
  journal.append(RECORD_KIND.audit, encodeAudit(AT, { by: 'ann' }));
  journal.append(200, 'from the future');
  await journal.commit();
  return storage;
};

const linesOf = (options: Parameters<typeof dumpJournal>[0]): readonly string[] => {
  const dump = dumpJournal(options);
  if (!dump.ok) throw new Error(dump.error.message);
  return [...dump.value.lines];
};

describe('journal dump', () => {
  it('writes a readable line for each record, without secrets', async () => {
    const lines = linesOf({ storage: await filled() });
    expect(lines.map((line) => line.replaceAll(/ +/g, ' ').trim())).to.deep.equal([
      '1 20261122-13:00:00.125 reset T',
      '2 20261122-13:00:00.125 fact {"type":"OrderAccepted"}',
      '3 outbound T 1 8=FIX.4.4|35=BE|553=******|554=*******|5025=*******|10=087|',
      '4 target T expects 5',
      '5 sender T sends 6',
      '6 20261122-13:00:00.125 audit {"by":"ann"}',
      '7 unreadable: unknown record kind 200',
    ]);
  });

  it('writes JSON lines from a given sequence number', async () => {
    const lines = linesOf({ storage: await filled(), json: true, from: 2 });
    const values = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(values.map((value) => value['seq'])).to.deep.equal([2, 3, 4, 5, 6, 7]);
    expect(values[0]).to.deep.equal({
      seq: 2,
      type: 'Fact',
      at: AT,
      fact: { type: 'OrderAccepted' },
    });
    expect(values[1]?.['bytes']).to.contain('554=*******|');
    expect(values[5]).to.deep.equal({ seq: 7, kind: 200, error: 'unknown record kind 200' });
    expect(lines.join('')).not.to.contain('hunter');
  });

  it('reads the journal of a running engine without its lock, and changes nothing', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'fathom-dump-'));
    try {
      const { journal } = await opened({ dir });
      journal.append(RECORD_KIND.audit, encodeAudit(AT, 1));
      await journal.commit();
      const before = readdirSync(dir);
      expect(linesOf({ dir })).to.have.length(1);
      expect(readdirSync(dir)).to.deep.equal(before);
      await journal.close();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('reports a damaged journal, an absent directory and an empty one', async () => {
    const storage = await filled();
    const [name] = storage.list() as [string];
    const bytes = storage.bytesOf(name);
    bytes.writeUInt8(0xff, 20);
    storage.put(name, bytes);
    const damaged = dumpJournal({ storage });
    expect(damaged.ok ? '' : damaged.error.code).to.equal('JOURNAL_CORRUPT');
    const absent = dumpJournal({ dir: join(tmpdir(), 'fathom-not-there') });
    expect(absent.ok ? '' : absent.error.message).to.contain('ENOENT');
    const empty = dumpJournal({ storage: new MemoryStorage() });
    expect(empty.ok ? '' : empty.error.message).to.equal('memory: no journal here');
  });
});
