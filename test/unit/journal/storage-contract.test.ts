import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { makeFileStorage } from '../../../src/journal/file-storage.ts';
import { type Storage, writeAll } from '../../../src/journal/storage.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';

const contract = (name: string, make: () => { storage: Storage; cleanUp: () => void }): void => {
  describe(`storage contract on ${name}`, () => {
    let storage: Storage;
    let cleanUp: () => void;
    beforeEach(() => {
      ({ storage, cleanUp } = make());
    });
    afterEach(() => cleanUp());

    it('lists what was created and forgets what was removed', () => {
      storage.create('a').close();
      storage.create('b').close();
      storage.remove('a');
      expect(storage.list()).to.deep.equal(['b']);
    });

    it('refuses to create a name twice and to open an absent one', () => {
      storage.create('a').close();
      expect(() => storage.create('a')).to.throw('EEXIST');
      expect(() => storage.open('b', 'read')).to.throw('ENOENT');
      expect(() => storage.open('b', 'write')).to.throw('ENOENT');
    });

    it('reads back what was written, and less at the end of the file', async () => {
      const file = storage.create('a');
      writeAll(file, Buffer.from('hello'), 0);
      writeAll(file, Buffer.from('world'), 5);
      await file.sync();
      expect(file.size()).to.equal(10);
      expect(file.read(3, 4).toString()).to.equal('lowo');
      expect(file.read(8, 100).toString()).to.equal('ld');
      expect(file.read(50, 1)).to.have.length(0);
      file.close();
    });

    it('keeps the bytes for the next one who opens', () => {
      const file = storage.create('a');
      writeAll(file, Buffer.from('abc'), 0);
      file.close();
      const again = storage.open('a', 'write');
      writeAll(again, Buffer.from('d'), 3);
      again.close();
      const read = storage.open('a', 'read');
      expect(read.read(0, 9).toString()).to.equal('abcd');
      read.close();
    });

    it('truncates', () => {
      const file = storage.create('a');
      writeAll(file, Buffer.from('abcdef'), 0);
      file.truncate(2);
      expect(file.size()).to.equal(2);
      expect(file.read(0, 9).toString()).to.equal('ab');
      file.close();
    });

    it('makes names durable without complaint', async () => {
      storage.create('a').close();
      await storage.syncDirectory();
      expect(storage.list()).to.deep.equal(['a']);
    });

    it('is locked by one owner at a time', async () => {
      const first = await storage.lock();
      const second = await storage.lock();
      expect(first.ok).to.equal(true);
      expect(second.ok).to.equal(false);
      if (first.ok) first.value.release();
      const third = await storage.lock();
      expect(third.ok).to.equal(true);
      if (third.ok) third.value.release();
    });
  });
};

contract('MemoryStorage', () => ({ storage: new MemoryStorage(), cleanUp: () => undefined }));

contract('files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fathom-storage-'));
  return {
    storage: makeFileStorage(dir),
    cleanUp: () => {
      rmSync(dir, { recursive: true });
    },
  };
});

describe('writeAll', () => {
  it('goes on after short writes', () => {
    const storage = new MemoryStorage();
    storage.taken = () => 3;
    const file = storage.create('a');
    writeAll(file, Buffer.from('0123456789'), 0);
    expect(storage.bytesOf('a').toString()).to.equal('0123456789');
    expect(storage.counts.get('write')).to.equal(4);
  });

  it('gives up on a file that takes nothing', () => {
    const storage = new MemoryStorage();
    const file = { ...storage.create('a'), write: () => 0 };
    expect(() => writeAll(file, Buffer.from('x'), 0)).to.throw('no byte written at 0');
  });
});
