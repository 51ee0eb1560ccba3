import { expect } from 'chai';

import { SentIndex } from '../../../src/journal/sent-index.ts';

const message = (size: number): Buffer => Buffer.alloc(size, 'm');

describe('index of sent messages', () => {
  it('keeps the newest messages within its bytes, and where all of them stand', () => {
    const index = new SentIndex(1_000);
    for (let n = 1; n <= 500; n += 1) {
      index.add(n, n * 10, message(90));
      expect(index.cacheBytes).to.be.at.most(1_000);
    }
    expect(index.length).to.equal(500);
    expect(index.cached(489, 4_890)).to.equal(undefined);
    expect(index.cached(490, 4_900)).to.have.length(90);
    expect(index.range(1, 3)).to.deep.equal([
      { msgSeqNum: 1, seq: 10 },
      { msgSeqNum: 2, seq: 20 },
      { msgSeqNum: 3, seq: 30 },
    ]);
  });

  it('does not keep a message that is larger than everything it may keep', () => {
    const index = new SentIndex(100);
    index.add(1, 1, message(60));
    index.add(2, 2, message(101));
    expect(index.cached(1, 1)).to.have.length(60);
    expect(index.cached(2, 2)).to.equal(undefined);
    expect(index.cacheBytes).to.equal(60);
  });

  it('forgets a number and all above it, bytes included', () => {
    const index = new SentIndex(1_000);
    for (let n = 1; n <= 5; n += 1) index.add(n, n, message(10));
    index.add(3, 33, message(20));
    expect(index.range(1, 9).map(({ seq }) => seq)).to.deep.equal([1, 2, 33]);
    expect(index.cacheBytes).to.equal(40);
    expect(index.cached(3, 3)).to.equal(undefined);
    expect(index.cached(3, 33)).to.have.length(20);
    index.dropFrom(1);
    expect([index.length, index.cacheBytes]).to.deep.equal([0, 0]);
  });
});
