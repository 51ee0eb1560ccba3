import { expect } from 'chai';
import fc from 'fast-check';

import { approximateBytes, BoundedQueue } from '../../../src/lib/bounded-queue.ts';

describe('bounded queue', () => {
  it('hands out what it took, in order, and refuses when full', () => {
    const queue = new BoundedQueue<string>({ lengthMax: 2 });
    const taken = [queue.offer('a'), queue.offer('b'), queue.offer('c'), queue.offerFirst('d')];
    expect(taken).to.deep.equal([true, true, false, false]);
    expect([queue.poll(), queue.poll(), queue.poll()]).to.deep.equal(['a', 'b', undefined]);
    expect(queue.length).to.equal(0);
  });

  it('behaves as an array with limits of number and bytes, through any sequence of calls', () => {
    const call = fc.record({
      type: fc.constantFrom('offer', 'offerFirst', 'poll', 'clear'),
      item: fc.nat({ max: 9 }),
    });
    const sum = (items: readonly number[]): number => items.reduce((a, b) => a + b, 0);
    const limits = fc.record({
      lengthMax: fc.integer({ min: 1, max: 5 }),
      bytesMax: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(limits, fc.array(call, { maxLength: 60 }), ({ lengthMax, bytesMax }, calls) => {
        const queue = new BoundedQueue<number>({ lengthMax, bytesMax, bytesOf: (item) => item });
        let model: number[] = [];
        for (const { type, item } of calls) {
          const fits = model.length < lengthMax && sum(model) + item <= bytesMax;
          if (type === 'offer') {
            if (fits) model.push(item);
            expect(queue.offer(item)).to.equal(fits);
          } else if (type === 'offerFirst') {
            if (fits) model.unshift(item);
            expect(queue.offerFirst(item)).to.equal(fits);
          } else if (type === 'poll') expect(queue.poll()).to.equal(model.shift());
          else {
            queue.clear();
            model = [];
          }
          expect(queue.length).to.equal(model.length);
          expect(queue.bytes).to.equal(sum(model));
        }
      }),
    );
  });

  it('needs room for one', () => {
    expect(() => new BoundedQueue({ lengthMax: 0 })).to.throw('room for one');
    expect(() => new BoundedQueue({ lengthMax: 1.5 })).to.throw('room for one');
  });
});

describe('approximate bytes', () => {
  it('grow with texts, members and buffers, and end on a cycle', () => {
    expect(approximateBytes('x'.repeat(1_000))).to.be.within(2_000, 2_100);
    expect(
      approximateBytes({ a: ['b'.repeat(100), new Map([[1, 'c'.repeat(100)]])] }),
    ).to.be.within(400, 600);
    expect(approximateBytes(Buffer.alloc(5_000))).to.be.within(5_000, 5_100);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(approximateBytes(cycle)).to.be.lessThan(1_000);
  });
});
