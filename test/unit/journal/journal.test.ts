import { expect } from 'chai';

import { BLOCK_HEADER_BYTES } from '../../../src/journal/block/block.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { type CommitReport } from '../../../src/journal/journal.ts';
import { epochMs, monotonicMs } from '../../../src/lib/time.ts';
import { MemoryStorage, systemError } from '../../support/memory-storage.ts';
import { opened, rejection, reread, textsOf, turn } from './journal-harness.ts';

const DURABILITIES = ['disk', 'process'] as const;

describe('journal', () => {
  for (const durability of DURABILITIES) {
    describe(`with durability ${durability}`, () => {
      it('gives back what was committed, numbered from 1, after a restart', async () => {
        const storage = new MemoryStorage();
        const { journal } = await opened({ storage, durability });
        await turn(journal, 'a', 'b');
        await turn(journal, 'c');
        await journal.close();
        const again = await opened({ storage, durability });
        expect(textsOf(again)).to.deep.equal(['a', 'b', 'c']);
        expect(again.notices).to.deep.equal([]);
        expect(again.journal.append(1, 'd')).to.equal(4);
        await again.journal.close();
        expect(await reread(storage)).to.deep.equal(['a', 'b', 'c', 'd']);
      });

      it('writes a whole synchronous turn as one block, even when it asks for a commit in between', async () => {
        const storage = new MemoryStorage();
        const reports: CommitReport[] = [];
        const { journal } = await opened({
          storage,
          durability,
          onCommitted: (r) => reports.push(r),
        });
        journal.append(1, 'a');
        const first = journal.commit();
        journal.append(1, 'b');
        const second = journal.commit();
        journal.append(1, 'c');
        await Promise.all([first, second]);
        expect(reports).to.have.length(1);
        expect(reports[0]?.records).to.equal(3);
        await journal.close();
      });

      it('goes on in new segments when one is full, and reads them all', async () => {
        const storage = new MemoryStorage();
        const { journal } = await opened({ storage, durability, segmentBytesMax: 300 });
        const texts = Array.from({ length: 40 }, (_, i) => `record ${i}`);
        for (const text of texts) await turn(journal, text);
        await journal.close();
        expect(storage.list().length).to.be.greaterThan(5);
        for (const name of storage.list()) {
          expect(storage.bytesOf(name).length).to.be.at.most(300 + BLOCK_HEADER_BYTES);
        }
        expect(await reread(storage)).to.deep.equal(texts);
      });

      it('fails once and for ever when the disk is full', async () => {
        const storage = new MemoryStorage();
        const { journal } = await opened({ storage, durability });
        await turn(journal, 'kept');
        storage.fault = (op) => (op === 'write' ? systemError('ENOSPC', 'write') : undefined);
        const failures: string[] = [];
        journal.onFailure((cause) => failures.push(cause.code));
        const cause = await rejection(turn(journal, 'lost'));
        expect(cause.code).to.equal('JOURNAL_UNWRITABLE');
        expect(cause.message).to.equal(
          'journal cannot be written: the disk is full (ENOSPC): make room on it',
        );
        storage.fault = () => undefined;
        expect(await rejection(turn(journal, 'late'))).to.equal(cause);
        expect(await rejection(journal.commit())).to.equal(cause);
        expect(journal.failed).to.equal(cause);
        expect(failures).to.deep.equal(['JOURNAL_UNWRITABLE']);
        journal.onFailure((again) => failures.push(again.message));
        expect(failures[1]).to.equal(cause.message);
        expect(await rejection(journal.close())).to.equal(cause);
        expect(await reread(storage)).to.deep.equal(['kept']);
      });

      it('writes a block again, whole, when the full disk gets room in the middle of it', async () => {
        const storage = new MemoryStorage();
        const asked: string[] = [];
        const { journal } = await opened({
          ...{ storage, durability },
          makeRoom: (cause) => {
            asked.push((cause as { readonly code: string }).code);
            storage.fault = () => undefined;
            storage.taken = (offered) => offered;
            return true;
          },
        });
        await turn(journal, 'kept');
        // The first write of the block takes some bytes, the second finds the disk full.
        let writes = 0;
        storage.taken = (offered) => Math.ceil(offered / 2);
        storage.fault = (op) =>
          op === 'write' && (writes += 1) === 2 ? systemError('ENOSPC', 'write') : undefined;
        await turn(journal, 'x'.repeat(500), 'y');
        await turn(journal, 'z');
        expect(asked).to.deep.equal(['ENOSPC']);
        expect(journal.failed).to.equal(undefined);
        await journal.close();
        expect(await reread(storage)).to.deep.equal(['kept', 'x'.repeat(500), 'y', 'z']);
      });

      it('fails when the disk is full again after room was made', async () => {
        const storage = new MemoryStorage();
        let rooms = 0;
        const { journal } = await opened({
          ...{ storage, durability },
          makeRoom: () => (rooms += 1) < 3,
        });
        await turn(journal, 'kept');
        storage.fault = (op) => (op === 'write' ? systemError('EDQUOT', 'write') : undefined);
        const cause = await rejection(turn(journal, 'lost'));
        expect(cause.code).to.equal('JOURNAL_UNWRITABLE');
        expect(rooms).to.equal(1);
        storage.fault = () => undefined;
        expect(await rejection(journal.close())).to.equal(cause);
        expect(await reread(storage)).to.deep.equal(['kept']);
      });

      it('survives writes that fall short', async () => {
        const storage = new MemoryStorage();
        storage.taken = (offered) => Math.ceil(offered / 2);
        const { journal } = await opened({ storage, durability });
        await turn(journal, 'x'.repeat(1_000), 'y');
        await journal.close();
        expect(await reread(storage)).to.deep.equal(['x'.repeat(1_000), 'y']);
      });

      it('writes nothing behind its end, whoever appends while it closes', async () => {
        const storage = new MemoryStorage();
        const { journal } = await opened({ storage, durability });
        await turn(journal, 'kept');
        let isLate = false;
        storage.syncDelay = async () => {
          if (isLate) return;
          isLate = true;
          journal.append(1, 'late');
          await journal.commit().catch(() => undefined);
        };
        await journal.close();
        expect(isLate).to.equal(true);
        expect(await reread(storage)).to.deep.equal(['kept']);
      });

      it('rejects commits after close and gives the lock back', async () => {
        const { journal } = await opened({ storage: new MemoryStorage(), durability });
        await journal.close();
        await journal.close();
        expect((await rejection(journal.commit())).code).to.equal('JOURNAL_CLOSED');
      });
    });
  }

  it('does not resolve a commit before the disk says so, and collects the next batch meanwhile', async () => {
    const storage = new MemoryStorage();
    const { journal } = await opened({ storage });
    const syncs: (() => void)[] = [];
    storage.syncDelay = () => new Promise((open) => syncs.push(open));
    const done: string[] = [];
    journal.append(1, 'a');
    const a = journal.commit().then(() => done.push('a'));
    await until(() => syncs.length > 0);
    journal.append(1, 'b');
    const b = journal.commit().then(() => done.push('b'));
    journal.append(1, 'c');
    const c = journal.commit().then(() => done.push('c'));
    expect(done).to.deep.equal([]);
    const nothingNew = journal.commit();
    expect(journal.pendingBytes).to.be.greaterThan(0);
    await releaseSyncs(syncs, () => done.length > 0);
    expect(done).to.deep.equal(['a']);
    await releaseSyncs(syncs, () => done.length === 3);
    await Promise.all([a, b, c, nothingNew]);
    // The segment's header, then one sync for a, one for b and c together.
    expect(storage.counts.get('sync')).to.equal(3);
    storage.syncDelay = () => Promise.resolve();
    await journal.close();
  });

  it('answers a commit with nothing new from the block that is being written', async () => {
    const storage = new MemoryStorage();
    const { journal } = await opened({ storage });
    const syncs: (() => void)[] = [];
    storage.syncDelay = () => new Promise((open) => syncs.push(open));
    journal.append(1, 'a');
    void journal.commit();
    await until(() => syncs.length > 0);
    let isDone = false;
    const later = journal.commit().then(() => {
      isDone = true;
    });
    await Promise.resolve();
    expect(isDone).to.equal(false);
    await releaseSyncs(syncs, () => isDone);
    await later;
    storage.syncDelay = () => Promise.resolve();
    await journal.close();
  });

  it('rejects the waiting batch too when a sync fails, and syncs never again', async () => {
    const storage = new MemoryStorage();
    const { journal } = await opened({ storage });
    await turn(journal, 'a');
    storage.fault = (op) => (op === 'sync' ? systemError('EIO', 'fdatasync') : undefined);
    journal.append(1, 'b');
    const b = rejection(journal.commit());
    await Promise.resolve();
    journal.append(1, 'c');
    const c = rejection(journal.commit());
    expect((await b).message).to.contain('EIO');
    expect(await c).to.equal(await b);
    const syncs = storage.counts.get('sync');
    await rejection(turn(journal, 'd'));
    expect(storage.counts.get('sync')).to.equal(syncs);
  });

  it('fails when more waits for the disk than it may', async () => {
    const { journal } = await opened({ storage: new MemoryStorage(), pendingBytesMax: 1_000 });
    journal.append(1, 'x'.repeat(900));
    expect(journal.failed).to.equal(undefined);
    journal.append(1, 'x'.repeat(200));
    expect(journal.failed?.code).to.equal('JOURNAL_BACKLOG');
    expect((await rejection(journal.commit())).code).to.equal('JOURNAL_BACKLOG');
  });

  it('writes on its own when a megabyte waits without a commit', async () => {
    const storage = new MemoryStorage();
    const { journal } = await opened({ storage });
    for (let i = 0; i < 3; i += 1) journal.append(1, 'x'.repeat(500_000));
    await until(() => journal.pendingBytes === 0);
    await journal.commit();
    expect((await reread(storage.crash())).length).to.equal(3);
    await journal.close();
  });

  it('reads records that are not written yet', async () => {
    const { journal } = await opened({ storage: new MemoryStorage(), segmentBytesMax: 100 });
    await turn(journal, 'a');
    await turn(journal, 'b');
    journal.append(1, 'c');
    journal.append(1, 'd');
    const from = (seq: number): string[] =>
      [...journal.records(seq)].map((r) => `${r.seq}${r.payload.toString()}`);
    expect(from(1)).to.deep.equal(['1a', '2b', '3c', '4d']);
    expect(from(4)).to.deep.equal(['4d']);
    expect(from(5)).to.deep.equal([]);
    const commit = journal.commit();
    await Promise.resolve();
    expect(from(3)).to.deep.equal(['3c', '4d']);
    await commit;
    expect(from(3)).to.deep.equal(['3c', '4d']);
    await journal.close();
  });

  it('reports how long a commit took by the clock it was given', async () => {
    let now = 10;
    const clock = { wall: () => epochMs(0), monotonic: () => monotonicMs((now += 5)) };
    const reports: CommitReport[] = [];
    const { journal } = await opened({
      storage: new MemoryStorage(),
      durability: 'process',
      clock,
      onCommitted: (report) => reports.push(report),
    });
    await turn(journal, 'abc');
    expect(reports).to.deep.equal([
      { records: 1, bytes: BLOCK_HEADER_BYTES + 5 + 3, durationMs: 5 },
    ]);
    await journal.close();
  });

  it('refuses a second owner and names the first', async () => {
    const storage = new MemoryStorage();
    const { journal } = await opened({ storage });
    const second = await openJournal({ storage });
    expect(second).to.deep.include({ ok: false });
    if (!second.ok) expect(second.error.code).to.equal('JOURNAL_LOCKED');
    await journal.close();
    await (await opened({ storage })).journal.close();
  });

  it('stops when a file changes under it', async () => {
    const storage = new MemoryStorage();
    const { journal, records } = await opened({ storage });
    await turn(journal, 'a');
    const [name] = storage.list() as [string];
    const bytes = storage.bytesOf(name);
    bytes.writeUInt8(0, bytes.length - 1);
    storage.put(name, bytes);
    expect([...records]).to.deep.equal([]);
    expect(() => [...journal.records(1)]).to.throw('the block changed after it was checked');
  });

  it('reports a directory that cannot be read as a value and lets the lock go', async () => {
    const storage = new MemoryStorage();
    await turn((await opened({ storage })).journal, 'a');
    const next = storage.crash();
    next.fault = (op) => (op === 'read' ? systemError('EIO', 'read') : undefined);
    const result = await openJournal({ storage: next });
    expect(result.ok).to.equal(false);
    if (!result.ok) expect(result.error.code).to.equal('JOURNAL_IO');
    next.fault = () => undefined;
    expect(await reread(next)).to.deep.equal(['a']);
  });
});

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resume) => setImmediate(resume));
};

/** Lets one waiting sync after another finish until the condition holds. */
const releaseSyncs = async (syncs: (() => void)[], condition: () => boolean): Promise<void> => {
  while (!condition()) {
    syncs.shift()?.();
    await new Promise((resume) => setImmediate(resume));
  }
};
