import { expect } from 'chai';
import { makeMemoryStore } from '../../../../src/fix/runtime/memory-store.ts';

const textsOf = (store: ReturnType<typeof makeMemoryStore>): readonly string[] =>
  [...store.outbound(1, 9)].map(({ msgSeqNum, bytes }) => `${msgSeqNum} ${bytes.toString('hex')}`);

describe('the messages of a FIX session in memory', () => {
  it('are given back byte for byte, even when their buffer is written again', () => {
    const store = makeMemoryStore();
    const buffer = Buffer.from('38413d01ff00e9', 'hex');
    store.saveOutbound(1, buffer);
    buffer.fill(0x20);
    expect(textsOf(store)).to.deep.equal(['1 38413d01ff00e9']);
  });

  it('are the newest only; the numbers go on', () => {
    const store = makeMemoryStore({ messagesMax: 2 });
    for (const number of [1, 2, 3]) store.saveOutbound(number, Buffer.from([number]));
    expect(textsOf(store)).to.deep.equal(['2 02', '3 03']);
    expect(store.nextSenderMsgSeqNum()).to.equal(4);
  });
});
