import { expect } from 'chai';
import fc from 'fast-check';

import { JournaledSessionStores } from '../../../src/journal/journaled-session-store.ts';
import { type Journal } from '../../../src/journal/journal.ts';
import { RECORD_KIND } from '../../../src/journal/record.ts';
import { type SessionStore } from '../../../src/fix/session/model/session-types.ts';
import { InvariantError } from '../../../src/lib/invariant.ts';
import { epochMs } from '../../../src/lib/time.ts';
import { MemoryStorage } from '../../support/memory-storage.ts';
import { opened, rejection } from './journal-harness.ts';

const boot = async (
  storage: MemoryStorage,
  cacheBytesMax?: number,
): Promise<{ journal: Journal; stores: JournaledSessionStores }> => {
  const { journal, records } = await opened({ storage, segmentBytesMax: 600 });
  const stores = new JournaledSessionStores(
    journal,
    cacheBytesMax === undefined ? {} : { cacheBytesMax },
  );
  for (const record of records) stores.apply(record);
  return { journal, stores };
};

const texts = (store: SessionStore, from: number, to: number): string[] =>
  [...store.outbound(from, to)].map(({ msgSeqNum, bytes }) => `${msgSeqNum}:${bytes.toString()}`);

describe('journaled session store', () => {
  it('begins at 1, created when it was first opened, and remembers that', async () => {
    const storage = new MemoryStorage();
    const first = await boot(storage);
    const store: SessionStore = first.stores.open('TRADE', epochMs(77));
    expect(store.nextSenderMsgSeqNum()).to.equal(1);
    expect(store.nextTargetMsgSeqNum()).to.equal(1);
    expect(store.createdAt()).to.equal(77);
    await store.commit();
    await first.journal.close();
    const { journal, stores } = await boot(storage);
    expect(stores.open('TRADE', epochMs(99)).createdAt()).to.equal(77);
    await journal.close();
  });

  it('has numbers and messages again after a restart, each session its own', async () => {
    const storage = new MemoryStorage();
    const first = await boot(storage);
    const trade = first.stores.open('TRADE', epochMs(1));
    const data = first.stores.open('DATA', epochMs(2));
    for (let n = 1; n <= 5; n += 1) trade.saveOutbound(n, Buffer.from(`t${n}`));
    data.saveOutbound(1, Buffer.from('d1'));
    trade.setNextTargetMsgSeqNum(9);
    data.setNextSenderMsgSeqNum(40);
    await trade.commit();
    const { journal, stores } = await boot(storage.crash());
    const again = stores.open('TRADE', epochMs(3));
    expect(again.nextSenderMsgSeqNum()).to.equal(6);
    expect(again.nextTargetMsgSeqNum()).to.equal(9);
    expect(texts(again, 2, 4)).to.deep.equal(['2:t2', '3:t3', '4:t4']);
    const dataAgain = stores.open('DATA', epochMs(3));
    expect(dataAgain.nextSenderMsgSeqNum()).to.equal(40);
    expect(texts(dataAgain, 1, 999)).to.deep.equal(['1:d1']);
    await journal.close();
  });

  it('forgets messages on reset and leaves out numbers without a message', async () => {
    const { journal, stores } = await boot(new MemoryStorage());
    const store = stores.open('S', epochMs(1));
    store.saveOutbound(1, Buffer.from('old'));
    store.saveOutbound(2, Buffer.from('old'));
    store.reset(epochMs(5));
    expect(store.createdAt()).to.equal(5);
    expect(store.nextSenderMsgSeqNum()).to.equal(1);
    expect(store.nextTargetMsgSeqNum()).to.equal(1);
    expect(texts(store, 1, 10)).to.deep.equal([]);
    store.saveOutbound(1, Buffer.from('new'));
    store.setNextSenderMsgSeqNum(8);
    store.saveOutbound(8, Buffer.from('later'));
    expect(texts(store, 1, 10)).to.deep.equal(['1:new', '8:later']);
    store.setNextSenderMsgSeqNum(2);
    store.setNextSenderMsgSeqNum(20);
    expect(texts(store, 1, 100)).to.deep.equal(['1:new']);
    await journal.close();
  });

  it('reads messages back that the bounded cache has let go, committed or not', async () => {
    const { journal, stores } = await boot(new MemoryStorage(), 64);
    const store = stores.open('S', epochMs(1));
    const expected: string[] = [];
    for (let n = 1; n <= 50; n += 1) {
      journal.append(RECORD_KIND.fact, `{"at":1,"fact":${n}}`);
      store.saveOutbound(n, Buffer.from(`message ${n}`));
      expected.push(`${n}:message ${n}`);
      if (n === 20) await store.commit();
    }
    expect(texts(store, 1, 50)).to.deep.equal(expected);
    await store.commit();
    expect(texts(store, 1, 50)).to.deep.equal(expected);
    expect(texts(store, 49, 2 ** 40)).to.deep.equal(expected.slice(48));
    await journal.close();
  });

  it('lets the caller send and commit while it reads a long range', async () => {
    const { journal, stores } = await boot(new MemoryStorage(), 0);
    const store = stores.open('S', epochMs(1));
    for (let n = 1; n <= 30; n += 1) store.saveOutbound(n, Buffer.from(`m${n}`));
    const seen: number[] = [];
    for (const { msgSeqNum, bytes } of store.outbound(1, 30)) {
      expect(bytes.toString()).to.equal(`m${msgSeqNum}`);
      seen.push(msgSeqNum);
      store.saveOutbound(30 + seen.length, Buffer.from('x'.repeat(200)));
      await store.commit();
    }
    expect(seen).to.deep.equal(Array.from({ length: 30 }, (_, i) => i + 1));
    await journal.close();
  });

  it('keeps its own copy of the bytes', async () => {
    const { journal, stores } = await boot(new MemoryStorage());
    const store = stores.open('S', epochMs(1));
    const bytes = Buffer.from('mine');
    store.saveOutbound(1, bytes);
    bytes.fill(0);
    expect(texts(store, 1, 1)).to.deep.equal(['1:mine']);
    await journal.close();
  });

  it('never writes a credential: a Logon is stored with stars and a right CheckSum(10)', async () => {
    const storage = new MemoryStorage();
    const { journal, stores } = await boot(storage);
    const store = stores.open('S', epochMs(1));
    const body =
      '8=FIX.4.4|9=999|35=A|34=1|553=api-key-1|554=c2lnbmF0dXJl|5025=1700000000|'.replaceAll(
        '|',
        '\u0001',
      );
    store.saveOutbound(1, Buffer.from(`${body}10=000\u0001`, 'latin1'));
    const order = '8=FIX.4.4|35=D|34=2|58=a|554=text of an order|10=000|'.replaceAll('|', '\u0001');
    store.saveOutbound(2, Buffer.from(order));
    await store.commit();
    const [logon, sent] = [...store.outbound(1, 2)].map(({ bytes }) => bytes.toString('latin1'));
    expect(logon).to.contain('553=*********\u0001554=************\u00015025=**********\u0001');
    const sum =
      [...Buffer.from((logon ?? '').slice(0, -7), 'latin1')].reduce((a, b) => a + b, 0) % 256;
    expect(logon?.slice(-7)).to.equal(`10=${String(sum).padStart(3, '0')}\u0001`);
    expect(sent).to.equal(order);
    for (const name of storage.list()) {
      expect(storage.bytesOf(name).includes('api-key-1')).to.equal(false);
      expect(storage.bytesOf(name).includes('c2lnbmF0dXJl')).to.equal(false);
    }
    await journal.close();
  });

  it('gives each session one store, and rejects commits when the journal fails', async () => {
    const storage = new MemoryStorage();
    const { journal, stores } = await boot(storage);
    const store = stores.open('S', epochMs(1));
    expect(() => stores.open('S', epochMs(1))).to.throw(InvariantError);
    storage.fault = () => Object.assign(new Error('EIO'), { syscall: 'write' });
    store.saveOutbound(1, Buffer.from('m'));
    expect(await rejection(store.commit())).to.equal(journal.failed);
  });

  it('leaves facts and audits to others and stops on a session record that cannot be read', async () => {
    const { journal, stores } = await boot(new MemoryStorage());
    expect(stores.apply({ seq: 1, kind: 1, payload: Buffer.from('{}') })).to.equal(false);
    expect(stores.apply({ seq: 1, kind: 6, payload: Buffer.from('{}') })).to.equal(false);
    expect(() => stores.apply({ seq: 7, kind: 2, payload: Buffer.from('x') })).to.throw(
      'journal record 7',
    );
    await journal.close();
  });

  it('agrees with a plain model through any sequence of calls, crashes and restarts (seeded)', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant({ type: 'save' as const }) },
      {
        weight: 2,
        arbitrary: fc.record({
          type: fc.constant('target' as const),
          n: fc.integer({ min: 1, max: 50 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          type: fc.constant('sender' as const),
          n: fc.integer({ min: 1, max: 30 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ type: 'reset' as const }) },
      { weight: 2, arbitrary: fc.constant({ type: 'commit' as const }) },
      { weight: 1, arbitrary: fc.constant({ type: 'restart' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 0, max: 60 }),
        async (steps, cache) => {
          let storage = new MemoryStorage();
          let { journal, stores } = await boot(storage, cache);
          let store: SessionStore = stores.open('S', epochMs(0));
          const model = { sender: 1, target: 1, at: 0, sent: new Map<number, string>() };
          const dropFrom = (n: number): void => {
            for (const key of [...model.sent.keys()]) if (key >= n) model.sent.delete(key);
          };
          for (const [i, what] of steps.entries()) {
            switch (what.type) {
              case 'save':
                store.saveOutbound(model.sender, Buffer.from(`m${i}`));
                model.sent.set(model.sender, `m${i}`);
                model.sender += 1;
                break;
              case 'target':
                store.setNextTargetMsgSeqNum(what.n);
                model.target = what.n;
                break;
              case 'sender':
                store.setNextSenderMsgSeqNum(what.n);
                dropFrom(what.n);
                model.sender = what.n;
                break;
              case 'reset':
                store.reset(epochMs(i));
                Object.assign(model, { sender: 1, target: 1, at: i });
                model.sent.clear();
                break;
              case 'commit':
                await store.commit();
                break;
              case 'restart':
                await store.commit();
                storage = storage.crash();
                ({ journal, stores } = await boot(storage, cache));
                store = stores.open('S', epochMs(999));
                break;
            }
            expect(store.nextSenderMsgSeqNum()).to.equal(model.sender);
            expect(store.nextTargetMsgSeqNum()).to.equal(model.target);
            expect(store.createdAt()).to.equal(model.at);
            expect(texts(store, 1, 1_000)).to.deep.equal(
              [...model.sent].sort(([a], [b]) => a - b).map(([n, text]) => `${n}:${text}`),
            );
          }
          await journal.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});
