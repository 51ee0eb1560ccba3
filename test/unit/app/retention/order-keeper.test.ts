import { expect } from 'chai';
import { keepClosedOrders } from '../../../../src/app/retention/order-keeper.ts';
import { type InputBody } from '../../../../src/core/input.ts';
import { temporaryArchive } from '../../../support/archiving.ts';
import { Bench, place, text } from '../../../support/bench.ts';
import { canceledUnasked, live, type Step } from '../../../support/given.ts';
import { VirtualTime } from '../../../support/virtual-time.ts';

const run = (bench: Bench, step: Step): void => {
  if (typeof step === 'function') step(bench);
  else bench.input(step);
};
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('closed orders', () => {
  const KEEP_MS = 60_000;
  const keeping = (options: { readonly countMax?: number; readonly isFull?: boolean } = {}) => {
    const { archive, remove } = temporaryArchive();
    const time = new VirtualTime();
    const bench = Bench.ready();
    bench.at = time.wall();
    bench.recall = archive.recall;
    const submitted: InputBody[] = [];
    const fault = { isFull: options.isFull ?? false };
    const keeper = keepClosedOrders({
      closedOrders: {
        add: (orders, at) =>
          fault.isFull ? Promise.reject(new Error('ENOSPC')) : archive.add(orders, at),
        removeBefore: (at) => archive.removeBefore(at),
      },
      books: () => bench.state,
      submit: (body) => {
        submitted.push(body);
        bench.input(body);
      },
      ...{ clock: time, timers: time, keepMs: KEEP_MS, archiveDays: 7 },
      countMax: options.countMax ?? 1_000,
      onInfo: () => undefined,
    });
    const pass = (ms: number): Promise<void> => time.advance(ms, settle);
    const stop = async (): Promise<void> => {
      await keeper.stop();
      await remove();
    };
    return { bench, submitted, fault, pass, stop };
  };
  const close = (bench: Bench, count: number, from = 0): void => {
    for (let n = from; n < from + count; n += 1) {
      run(bench, live(`A${n}`));
      run(bench, canceledUnasked(`A${n}`));
    }
  };

  it('leave memory after their time, those that are open do not', async () => {
    const { bench, pass, stop } = keeping();
    close(bench, 450);
    run(bench, live('OPEN'));
    await pass(KEEP_MS - 2_000);
    expect(bench.state.orders.size).to.equal(451);
    await pass(10_000);
    expect(bench.state.orders.size).to.equal(1);
    expect(bench.order('OPEN').base).to.equal('New');
    await stop();
  });

  it('leave earlier when there are more of them than may stay', async () => {
    const { bench, pass, stop } = keeping({ countMax: 10 });
    close(bench, 30);
    await pass(2_000);
    expect(bench.state.closedOrderIDs.size).to.equal(10);
    await stop();
  });

  it('stay while the archive cannot be written, which is one alert, and leave after that', async () => {
    const { bench, submitted, fault, pass, stop } = keeping({ isFull: true });
    close(bench, 3);
    await pass(KEEP_MS * 2);
    expect(bench.state.orders.size).to.equal(3);
    const alerts = submitted.filter(({ type }) => type === 'VenueViewAlerted');
    expect(alerts).to.have.length(1);
    expect(alerts[0]).to.include({ severity: 'critical', code: 'ORDER_ARCHIVE_FAILED' });
    fault.isFull = false;
    await pass(20_000);
    expect(bench.state.orders.size).to.equal(0);
    await stop();
  });

  it('in doubt stay in memory', async () => {
    const { bench, pass, stop } = keeping();
    run(bench, place('A', { orderQty: text('10') }));
    bench.cut();
    expect(bench.state.doubts.size).to.equal(1);
    await pass(KEEP_MS * 2);
    expect(bench.state.orders.size).to.equal(1);
    await stop();
  });
});
