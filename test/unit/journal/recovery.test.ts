import { expect } from 'chai';

import { SEGMENT_HEADER_BYTES } from '../../../src/journal/block/block.ts';
import { openJournal } from '../../../src/journal/open-journal.ts';
import { MemoryStorage, systemError } from '../../support/memory-storage.ts';
import { opened, reread, textsOf, turn } from './journal-harness.ts';

/** The journal as a killed process leaves it: everything written, no clean end. */
const written = async (
  turns: readonly (readonly string[])[],
  segmentBytesMax = 1_000_000,
): Promise<MemoryStorage> => {
  const storage = new MemoryStorage();
  const { journal } = await opened({ storage, segmentBytesMax });
  for (const texts of turns) await turn(journal, ...texts);
  return storage.crash();
};

const namesOf = (storage: MemoryStorage): string[] => [...storage.list()].sort();

const copyOf = (storage: MemoryStorage): MemoryStorage => storage.crash((unsynced) => unsynced);

const withBytes = (storage: MemoryStorage, name: string, bytes: Buffer): MemoryStorage => {
  const copy = copyOf(storage);
  copy.put(name, bytes);
  return copy;
};

const codeOf = async (storage: MemoryStorage): Promise<string> => {
  const result = await openJournal({ storage });
  if (result.ok) {
    await result.value.journal.close();
    return 'opened';
  }
  return result.error.code;
};

const TURNS = [['a', 'b'], ['c'], ['d', 'e', 'f']] as const;
const FLAT = TURNS.flat();
const AFTER_TURN = [0, 2, 3, 6];

describe('journal recovery', () => {
  it('drops exactly the torn last turn at every byte where a write can end', async () => {
    const whole = await written(TURNS);
    const [name] = namesOf(whole) as [string];
    const bytes = whole.bytesOf(name);
    const seen = new Set<number>();
    for (let length = SEGMENT_HEADER_BYTES; length <= bytes.length; length += 1) {
      const torn = withBytes(whole, name, bytes.subarray(0, length));
      const again = await opened({ storage: torn });
      const texts = textsOf(again);
      expect(AFTER_TURN, `cut at ${length}`).to.include(texts.length);
      expect(texts, `cut at ${length}`).to.deep.equal(FLAT.slice(0, texts.length));
      seen.add(texts.length);
      const isClean = again.notices.length === 0;
      await turn(again.journal, 'next');
      await again.journal.close();
      expect(await reread(torn), `cut at ${length}`).to.deep.equal([...texts, 'next']);
      if (!isClean) expect(again.notices[0]?.code).to.equal('TORN_TAIL_DROPPED');
    }
    expect([...seen].sort()).to.deep.equal(AFTER_TURN);
  });

  it('says how many bytes of the tail it dropped', async () => {
    const whole = await written(TURNS);
    const [name] = namesOf(whole) as [string];
    const bytes = whole.bytesOf(name);
    const { notices, journal } = await opened({
      storage: withBytes(whole, name, bytes.subarray(0, bytes.length - 1)),
    });
    expect(notices).to.have.length(1);
    expect(notices[0]).to.deep.include({ code: 'TORN_TAIL_DROPPED', file: name });
    expect((notices[0]?.offset ?? 0) + (notices[0]?.bytes ?? 0)).to.equal(bytes.length - 1);
    expect(notices[0]?.message).to.contain('the last sequence is 3');
    await journal.close();
  });

  it('never gives back anything but a prefix of whole turns, whichever byte is changed', async () => {
    const whole = await written(TURNS);
    const [name] = namesOf(whole) as [string];
    const bytes = whole.bytesOf(name);
    const lastBlock = bytes.lastIndexOf('FBLK');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((bytes[at] ?? 0) ^ 0x10, at);
      const result = await openJournal({ storage: withBytes(whole, name, changed) });
      if (at < lastBlock) {
        expect(result.ok, `byte ${at}`).to.equal(false);
        if (!result.ok) expect(result.error.code, `byte ${at}`).to.equal('JOURNAL_CORRUPT');
      } else {
        // The last block of an unclean end cannot be told from an unfinished write.
        expect(result.ok, `byte ${at}`).to.equal(true);
        if (result.ok) expect(textsOf(result.value), `byte ${at}`).to.deep.equal(['a', 'b', 'c']);
      }
    }
  });

  it('reports a changed byte anywhere before the mark of a clean end', async () => {
    const storage = new MemoryStorage();
    const { journal } = await opened({ storage });
    for (const texts of TURNS) await turn(journal, ...texts);
    await journal.close();
    const [name] = namesOf(storage) as [string];
    const bytes = storage.bytesOf(name);
    const end = bytes.lastIndexOf('FBLK');
    for (let at = 0; at < end; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8((bytes[at] ?? 0) ^ 0x01, at);
      expect(await codeOf(withBytes(storage, name, changed)), `byte ${at}`).to.equal(
        'JOURNAL_CORRUPT',
      );
    }
  });

  it('names the file and the byte of the damage and leaves the files as they are', async () => {
    const whole = await written(TURNS);
    const [name] = namesOf(whole) as [string];
    const bytes = whole.bytesOf(name);
    bytes.writeUInt8(0xff, SEGMENT_HEADER_BYTES + 40);
    const damaged = withBytes(whole, name, bytes);
    const result = await openJournal({ storage: damaged });
    expect(result.ok).to.equal(false);
    if (!result.ok) {
      expect(result.error).to.deep.include({ file: name, offset: SEGMENT_HEADER_BYTES });
      expect(result.error.message).to.contain('CRC wrong, and more follows');
    }
    expect(damaged.bytesOf(name)).to.deep.equal(bytes);
  });

  describe('over several segments', () => {
    const many = Array.from({ length: 12 }, (_, i) => [`record number ${i}`]);
    let whole: MemoryStorage;
    beforeEach(async () => {
      whole = await written(many, 200);
      expect(namesOf(whole).length).to.be.greaterThan(3);
    });

    it('reports a missing segment: first, middle or last', async () => {
      for (const name of namesOf(whole)) {
        const copy = copyOf(whole);
        copy.remove(name);
        expect(await codeOf(copy), name).to.equal('JOURNAL_CORRUPT');
      }
    });

    it('reports a torn tail of a segment that is not the last', async () => {
      const [name] = namesOf(whole) as [string];
      const bytes = whole.bytesOf(name);
      for (let length = 0; length < bytes.length; length += 1) {
        // Without the whole seal: the process died between the new segment and the seal of the old
        // one.
        const expected = length >= bytes.length - 36 ? 'opened' : 'JOURNAL_CORRUPT';
        const torn = withBytes(whole, name, bytes.subarray(0, length));
        expect(await codeOf(torn), `cut at ${length}`).to.equal(expected);
      }
    });

    it('reports bytes behind a seal', async () => {
      const [name] = namesOf(whole) as [string];
      const longer = Buffer.concat([whole.bytesOf(name), Buffer.from('x')]);
      expect(await codeOf(withBytes(whole, name, longer))).to.equal('JOURNAL_CORRUPT');
    });

    it('reports a segment of another journal, of the same numbers', async () => {
      const other = await written(many, 200);
      const name = namesOf(whole)[1] as string;
      expect(await codeOf(withBytes(whole, name, other.bytesOf(name)))).to.equal('JOURNAL_CORRUPT');
    });

    it('reports a renamed segment and two exchanged ones', async () => {
      const [first, second] = namesOf(whole) as [string, string];
      const exchanged = withBytes(whole, first, whole.bytesOf(second));
      exchanged.put(second, whole.bytesOf(first));
      expect(await codeOf(exchanged)).to.equal('JOURNAL_CORRUPT');
      const renamed = copyOf(whole);
      renamed.put('journal-00000000000000009999.seg', whole.bytesOf(namesOf(whole).at(-1) ?? ''));
      renamed.remove(namesOf(whole).at(-1) ?? '');
      expect(await codeOf(renamed)).to.equal('JOURNAL_CORRUPT');
    });

    it('removes a segment that was never finished, at every length of its header', async () => {
      const full = await written(many.slice(0, 3), 100_000);
      const next = 'journal-00000000000000000004.seg';
      for (let length = 0; length < SEGMENT_HEADER_BYTES; length += 1) {
        const torn = withBytes(full, next, Buffer.alloc(length, 'F'));
        const again = await opened({ storage: torn });
        expect(again.notices.map(({ code }) => code)).to.deep.equal(['TORN_SEGMENT_REMOVED']);
        expect(textsOf(again)).to.deep.equal(many.slice(0, 3).flat());
        await turn(again.journal, 'next');
        await again.journal.close();
        expect((await reread(torn)).at(-1)).to.equal('next');
      }
    });

    it('finds everything again when the process dies at any call of a roll', async () => {
      for (const op of ['create', 'write', 'sync', 'syncDirectory'] as const) {
        for (let nth = 1; nth <= 12; nth += 1) {
          const storage = new MemoryStorage();
          const { journal } = await opened({ storage, segmentBytesMax: 200 });
          storage.fault = (what, count) =>
            what === op && count >= nth ? systemError('EIO', op) : undefined;
          const done: string[] = [];
          for (const texts of many) {
            const committed = await turn(journal, ...texts).then(
              () => true,
              () => false,
            );
            if (!committed) break;
            done.push(...texts);
          }
          for (const kept of [0, 1, 40, 10_000]) {
            const left = storage.crash((unsynced) => Math.min(kept, unsynced));
            const texts = await reread(left);
            expect(texts.slice(0, done.length), `${op} ${nth} kept ${kept}`).to.deep.equal(done);
          }
        }
      }
    });
  });

  it('opens an empty directory as a new journal and ignores other files', async () => {
    const storage = new MemoryStorage();
    storage.put('README.txt', Buffer.from('hello'));
    storage.put('journal-1.seg', Buffer.from('not a name of ours'));
    expect(await reread(storage)).to.deep.equal([]);
  });

  it('refuses a newer format version', async () => {
    const whole = await written(TURNS);
    const [name] = namesOf(whole) as [string];
    const bytes = whole.bytesOf(name);
    bytes.writeUInt32LE(2, 8);
    expect(await codeOf(withBytes(whole, name, bytes))).to.equal('JOURNAL_CORRUPT');
  });
});
