import { expect } from 'chai';

import { SentIndex } from '../../../src/journal/sent-index.ts';

const message = (size: number): Buffer => Buffer.alloc(size, 'm');
const cachedNumbers = (index: SentIndex): readonly number[] =>
  index.cached(1, 10_000).map(({ msgSeqNum }) => msgSeqNum);

describe('index of sent messages', () => {
  it('keeps the newest messages within its bytes, and a mark for each 256', () => {
    const index = new SentIndex(1_000);
    for (let n = 1; n <= 2_000; n += 1) {
      index.add(n, n * 10, message(90));
      expect(index.cacheBytes).to.be.at.most(1_000);
    }
    expect(index.length).to.equal(8);
    expect(cachedNumbers(index)).to.deep.equal([...Array(11).keys()].map((n) => n + 1_990));
    expect(index.stretches(250, 300)).to.deep.equal([
      { from: 250, to: 256, seq: 10, seqEnd: 2_570 },
      { from: 257, to: 300, seq: 2_570, seqEnd: 5_130 },
    ]);
    expect(index.stretches(1_985, 2_000).at(-1)).to.include({ to: 1_989 });
    expect(index.recordBefore(300)).to.equal(2_570);
    expect(index.recordBefore(2_001)).to.equal(undefined);
  });

  it('keeps no message before one that is larger than everything it may keep', () => {
    const index = new SentIndex(100);
    index.add(1, 1, message(60));
    index.add(2, 2, message(101));
    index.add(3, 3, message(10));
    expect(cachedNumbers(index)).to.deep.equal([3]);
    expect(index.stretches(1, 3)).to.deep.equal([{ from: 1, to: 2, seq: 1, seqEnd: Infinity }]);
    expect(index.cacheBytes).to.equal(10);
  });

  it('forgets a number and all above it, bytes included', () => {
    const index = new SentIndex(1_000);
    for (let n = 1; n <= 5; n += 1) index.add(n, n, message(10));
    index.add(3, 33, message(20));
    expect(cachedNumbers(index)).to.deep.equal([1, 2, 3]);
    expect(index.cacheBytes).to.equal(40);
    index.dropFrom(1);
    expect([index.length, index.cacheBytes]).to.deep.equal([0, 0]);
    expect(index.stretches(1, 9)).to.deep.equal([]);
  });

  it('never leads to a message that was forgotten, also when it comes from a snapshot', () => {
    const index = new SentIndex(0);
    for (let n = 1; n <= 5; n += 1) index.add(n, n);
    index.dropFrom(4);
    expect(index.stretches(1, 9)).to.deep.equal([{ from: 1, to: 3, seq: 1, seqEnd: Infinity }]);
    index.add(4, 40);
    const again = new SentIndex(0);
    again.restore(index.state);
    again.add(5, 50);
    expect(again.stretches(1, 9)).to.deep.equal([
      { from: 1, to: 3, seq: 1, seqEnd: 40 },
      { from: 4, to: 4, seq: 40, seqEnd: 50 },
      { from: 5, to: 5, seq: 50, seqEnd: Infinity },
    ]);
  });
});
