import { expect } from 'chai';
import { epochMs } from '../../../../src/lib/time.ts';
import { FixStores } from '../../../../src/simulator/state/fix-stores.ts';
import { type StateNote } from '../../../../src/simulator/state/state-record.ts';

const keptOf = (stores: FixStores, session: string, options = {}): number =>
  [...stores.store(session, options).outbound(1, 100)].length;

describe('session stores of a simulator', () => {
  const out = (session: string, msgSeqNum: number): StateNote => ({
    ...{ k: 'fix-out', session, msgSeqNum, frame: `frame ${msgSeqNum}` },
  });

  it('keep as many messages of a replayed state as of a new one, and the newest', () => {
    for (const messagesMax of [1, 3, 10]) {
      const stores = new FixStores(epochMs(0), undefined, messagesMax);
      for (let n = 1; n <= 50; n += 1) stores.replay(out('A', n));
      expect(keptOf(stores, 'A', { messagesMax })).to.equal(messagesMax);
      const [oldest] = stores.store('A').outbound(1, 100);
      expect(oldest?.msgSeqNum).to.equal(51 - messagesMax);
      expect(stores.store('A').nextSenderMsgSeqNum()).to.equal(51);
    }
  });

  it('keep the limit of a session that asks for its store before anything is replayed', () => {
    const stores = new FixStores(epochMs(0), undefined, 10);
    stores.store('A', { messagesMax: 2 });
    for (let n = 1; n <= 50; n += 1) stores.replay(out('A', n));
    expect(keptOf(stores, 'A')).to.equal(2);
  });

  it('keep no message of another session', () => {
    const stores = new FixStores(epochMs(0), undefined, 10);
    stores.replay(out('A', 1));
    expect([keptOf(stores, 'A'), keptOf(stores, 'B')]).to.deep.equal([1, 0]);
  });
});
