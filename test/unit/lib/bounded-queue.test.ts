import { expect } from 'chai';
import fc from 'fast-check';
import { BoundedQueue } from '../../../src/lib/bounded-queue.ts';

describe('bounded queue', () => {
  it('hands out what it took, in order, and refuses when full', () => {
    const queue = new BoundedQueue<string>(2);
    expect([queue.offer('a'), queue.offer('b'), queue.offer('c')]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(queue.isFull).to.equal(true);
    expect(queue.peek()).to.equal('a');
    expect([queue.poll(), queue.poll(), queue.poll()]).to.deep.equal(['a', 'b', undefined]);
    expect(queue.length).to.equal(0);
  });

  it('behaves as an array with a limit, through any sequence of calls', () => {
    const call = fc.oneof(
      fc.record({ type: fc.constant('offer' as const), item: fc.nat() }),
      fc.record({ type: fc.constantFrom('poll' as const, 'peek' as const, 'clear' as const) }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(call, { maxLength: 60 }),
        (lengthMax, calls) => {
          const queue = new BoundedQueue<number>(lengthMax);
          let model: number[] = [];
          for (const one of calls) {
            if (one.type === 'offer') {
              const fits = model.length < lengthMax;
              if (fits) model.push(one.item);
              expect(queue.offer(one.item)).to.equal(fits);
            } else if (one.type === 'poll') expect(queue.poll()).to.equal(model.shift());
            else if (one.type === 'peek') expect(queue.peek()).to.equal(model[0]);
            else {
              queue.clear();
              model = [];
            }
            expect(queue.length).to.equal(model.length);
            expect(queue.isFull).to.equal(model.length === lengthMax);
          }
        },
      ),
    );
  });

  it('needs room for one', () => {
    expect(() => new BoundedQueue(0)).to.throw('room for one');
    expect(() => new BoundedQueue(1.5)).to.throw('room for one');
  });
});
