import { expect } from 'chai';
import { FrameQueue } from '../../../../../src/kraken/websocket/connection/frame-queue.ts';
import { until } from '../../../../support/until.ts';

/** A list of orders as long as asked for: some 40 characters each. */
const longFrame = (orders: number): string => {
  const order = '{"order_id":"0000-0000","qty":1.50,"n":1}';
  return `{"feed":"open_orders_snapshot","orders":[${Array<string>(orders).fill(order).join(',')}]}`;
};

describe('the frames of a connection', () => {
  const make = () => {
    const said: string[] = [];
    const frames: Parameters<ConstructorParameters<typeof FrameQueue>[0]['deliver']>[0][] = [];
    const queue = new FrameQueue({
      deliver: (frame) => {
        frames.push(frame);
        said.push(frame.type === 'FrameReceived' ? frame.text : 'long');
      },
      pause: () => said.push('pause'),
      resume: () => said.push('resume'),
    });
    return { queue, said, frames };
  };

  it('are delivered at once when they are short', () => {
    const { queue, said } = make();
    for (const text of ['{"a":1}', 'no JSON', '']) queue.offer(text);
    expect(said).to.deep.equal(['{"a":1}', 'no JSON', '']);
  });

  it('keep their order behind a long one, while the connection is paused', async () => {
    const { queue, said } = make();
    for (const text of ['1', longFrame(20_000), '2', longFrame(20_000), '3']) queue.offer(text);
    expect(said).to.deep.equal(['1', 'pause']);
    await until(() => said.at(-1) === 'resume', 'all delivered');
    expect(said).to.deep.equal(['1', 'pause', 'long', '2', 'pause', 'long', '3', 'resume']);
  });

  it('are read in slices when they are long: everything else has its turn meanwhile', async () => {
    const { queue, frames } = make();
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (frames.length === 0) setImmediate(count);
    };
    const text = longFrame(100_000);
    setImmediate(count);
    queue.offer(text);
    await until(() => frames.length > 0, 'read');
    // A slice is 64 KiB.
    expect(turns).to.be.greaterThan(text.length / 65_536 / 2);
    const [frame] = frames;
    expect(frame?.type === 'JsonReceived' && frame.json.ok).to.equal(true);
  });

  it('are told to be no JSON however long they are', async () => {
    const { queue, frames } = make();
    queue.offer(`${longFrame(20_000)}garbage`);
    await until(() => frames.length > 0, 'read');
    const [frame] = frames;
    expect(frame?.type === 'JsonReceived' && !frame.json.ok).to.equal(true);
  });

  it('of a connection that is gone are dropped', async () => {
    const { queue, said } = make();
    for (const text of [longFrame(20_000), '2']) queue.offer(text);
    queue.close();
    // As many turns as reading it takes, and more.
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(said).to.deep.equal(['pause']);
  });
});
