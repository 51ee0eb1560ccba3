import { expect } from 'chai';
import { exampleFrame } from '../../../../kraken/websocket/examples.ts';
import { at, parseFrame, shapeOf, summary } from '../feed-world.ts';
import { makeScene, NEW, summaries } from './order-scene.ts';

describe('an order’s end on the simulator’s WebSocket [websocket 9, 9.1]', () => {
  it('is one of many that the dead man’s switch or a cancel-all ends: one frame each', () => {
    const { world, a } = makeScene();
    for (const cliOrdId of ['sim-1', 'sim-2'])
      world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId });
    a.take();
    world.send({ type: 'SetDeadManSwitch', account: 'A', timeoutSeconds: 5 });
    world.wait(5_001);
    const frames = a.frames();
    expect(frames.map(shapeOf)).to.deep.equal(
      [0, 1].map((i) =>
        shapeOf(parseFrame(exampleFrame(`open_orders.variants.dead_man_switch_two_orders[${i}]`))),
      ),
    );
    expect(frames.map((frame) => at(frame, 'reason'))).to.deep.equal([
      'dead_man_switch',
      'dead_man_switch',
    ]);
    for (const cliOrdId of ['c-1', 'c-2'])
      world.place('A', { side: 'buy', size: '1', limitPrice: '83000', cliOrdId });
    a.take();
    world.send({ type: 'CancelOrders', account: 'A' });
    expect(summaries(a)).to.deep.equal([
      'open_orders:cancelled_by_user:id:true',
      'open_orders:cancelled_by_user:id:true',
    ]);
  });

  it('is a stop that fires into a limit order, or into the market', () => {
    const { world, a } = makeScene();
    const stop = { side: 'sell', size: '0.1', orderType: 'stp', triggerSignal: 'index' } as const;
    world.place('A', { ...stop, stopPrice: '83500', limitPrice: '83400', cliOrdId: 'sim-stop-1' });
    expect(summaries(a)).to.deep.equal([NEW]);
    world.index('83499');
    const [gone, born] = a.frames();
    const example = 'open_orders.variants.stop_triggers_into_limit';
    expect(shapeOf(gone)).to.deep.equal(shapeOf(parseFrame(exampleFrame(`${example}[0]`))));
    expect(summary(born ?? {})).to.equal('open_orders:limit_order_from_stop:body:false');
    expect(at(born, 'order.stop_price')).to.equal('0.0');
    world.index('84000');
    world.place('B', { side: 'buy', size: '1', limitPrice: '83300' });
    world.place('A', { ...stop, stopPrice: '83500', cliOrdId: 'sim-stop-2' });
    a.take();
    world.index('83499');
    const [triggered, filled] = a.frames();
    expect([triggered, filled].map((frame) => summary(frame ?? {}))).to.deep.equal([
      'open_orders:stop_order_triggered:id:true',
      'fills:taker',
    ]);
    expect(at(filled, 'fills.0.order_type')).to.equal('stp');
    expect(at(filled, 'fills.0.taker_order_type')).to.equal('stp');
  });

  it('meets an own order: the maker goes as the account’s strategy says', () => {
    const { world, a } = makeScene();
    world.send({ type: 'SetSelfTradeStrategy', account: 'A', strategy: 'CANCEL_MAKER_SELF' });
    world.place('A', { side: 'sell', size: '1', limitPrice: '84000' });
    a.take();
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000' });
    expect(summaries(a)).to.deep.equal(['open_orders:would_execute_self:id:true', NEW]);
  });

  it('is held by maker protection: nothing until it is released', () => {
    const { world, a } = makeScene();
    world.send({ type: 'SetMakerProtection', symbol: 'PF_XBTUSD', millis: 20 });
    world.place('A', { side: 'buy', size: '1', limitPrice: '83900', cliOrdId: 'x' });
    expect(summaries(a)).to.deep.equal([]);
    world.wait(20);
    expect(summaries(a)).to.deep.equal([NEW]);
  });

  it('the cancel in the hold is acknowledged elsewhere, and a fill may still come', () => {
    const { world, a } = makeScene();
    world.place('B', { side: 'sell', size: '0.4', limitPrice: '84000' });
    world.send({ type: 'SetMakerProtection', symbol: 'PF_XBTUSD', millis: 20 });
    world.place('A', { side: 'buy', size: '1', limitPrice: '84000', cliOrdId: 'x' });
    world.cancel('A', 'x');
    expect(summaries(a)).to.deep.equal([]);
    world.wait(20);
    expect(summaries(a)).to.deep.equal(['fills:taker']);
  });

  it('shows the remainder exactly, when the noise of doubles is switched off', () => {
    const remainders = [true, false].map((floatNoise) => {
      const { world, a } = makeScene({ floatNoise });
      world.place('A', { side: 'sell', size: '0.3', limitPrice: '84100' });
      world.place('B', { side: 'buy', size: '0.1', limitPrice: '84100' });
      return at(a.frames()[1], 'order.qty');
    });
    expect(remainders).to.deep.equal(['0.19999999999999998', '0.2']);
  });
});
