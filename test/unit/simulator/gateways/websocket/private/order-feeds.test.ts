import { expect } from 'chai';
import { type JsonObject } from '../../../../../../src/lib/lossless-json.ts';
import { exampleFrame } from '../../../../kraken/websocket/examples.ts';
import { expectLike, makeBusy } from '../feed-examples.ts';
import { at, parseFrame, shapeOf } from '../feed-world.ts';

describe('private feeds of the simulator, beside the reference’s examples', () => {
  it('open_orders: a snapshot with limits, stops and trailing stops, then updates', () => {
    const world = makeBusy();
    const client = world.connect();
    world.place('A', { side: 'sell', size: '1', limitPrice: '90000', cliOrdId: 'rest' });
    world.place('A', {
      ...{ side: 'sell', size: '0.1', orderType: 'stp', stopPrice: '60000', limitPrice: '59900' },
      ...{ triggerSignal: 'last' },
    });
    world.place('A', {
      ...{ side: 'sell', size: '0.1', orderType: 'trailing_stop', triggerSignal: 'mark' },
      trailingStop: { maxDeviation: '20', unit: 'PERCENT' },
    });
    client.subscribePrivate('open_orders', 'A');
    const [ack, snapshot] = client.frames();
    expectLike(ack, 'open_orders.subscribed');
    const [limit, stop, trailing] = snapshot?.['orders'] as readonly JsonObject[];
    expect(Object.keys(snapshot ?? {})).to.deep.equal(['feed', 'account', 'orders']);
    const example = parseFrame(exampleFrame('open_orders.snapshot'))['orders'] as JsonObject[];
    const update = parseFrame(exampleFrame('open_orders.update'));
    expect(shapeOf(limit)).to.deep.equal(shapeOf(update['order']));
    expect(Object.keys(stop ?? {})).to.deep.equal(Object.keys(example[0] ?? {}));
    expect(Object.keys(trailing ?? {})).to.deep.equal(Object.keys(example[1] ?? {}));
    expect([
      at(stop, 'type'),
      at(stop, 'triggerSignal'),
      at(trailing, 'trailing_stop_options.unit'),
    ]).to.deep.equal(['stop', 'last', 'percent']);
    world.place('A', { side: 'sell', size: '1', limitPrice: '91000', cliOrdId: 'new' });
    expectLike(client.frames()[0], 'open_orders.update');
    world.cancel('A', 'new');
    expectLike(client.frames()[0], 'open_orders.variants.cancelled_by_user_with_client_id[0]');
  });

  it('open_orders: an index signal comes back as spot', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('open_orders', 'A');
    client.take();
    world.place('A', {
      ...{ side: 'sell', size: '0.1', orderType: 'take_profit', stopPrice: '95000' },
      triggerSignal: 'index',
    });
    const [frame] = client.frames();
    expect([at(frame, 'order.triggerSignal'), at(frame, 'order.type')]).to.deep.equal([
      'spot',
      'take_profit',
    ]);
    expect(frame?.['order']).to.not.have.property('limit_price');
  });

  it('open_orders_verbose: reports a post-only order that would cross, open_orders does not', () => {
    const world = makeBusy();
    const [plain, verbose] = [world.connect(), world.connect()];
    plain.subscribePrivate('open_orders', 'A');
    verbose.subscribePrivate('open_orders_verbose', 'A');
    const [ack, snapshot] = verbose.frames();
    expectLike(ack, 'open_orders_verbose.subscribed');
    expect(at(snapshot, 'feed')).to.equal('open_orders_verbose_snapshot');
    plain.take();
    world.place('A', { side: 'buy', size: '0.01', orderType: 'post', limitPrice: '85000' });
    const [frame] = verbose.frames();
    expectLike(frame, 'open_orders_verbose.update');
    expect(at(frame, 'reason')).to.equal('post_order_failed_because_it_would_be_filled');
    expect(plain.take()).to.have.length(0);
  });

  it('fills: the last ones oldest first with `account`, then updates with `username` and the next number', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('fills', 'A');
    const [ack, snapshot] = client.frames();
    expectLike(ack, 'fills.subscribed');
    expect(Object.keys(snapshot ?? {})).to.deep.equal(['feed', 'account', 'fills']);
    const [example] = parseFrame(exampleFrame('fills.update'))['fills'] as JsonObject[];
    const [fill] = snapshot?.['fills'] as JsonObject[];
    expect(shapeOf(fill)).to.deep.equal(shapeOf(example));
    world.place('A', { side: 'buy', size: '0.02', orderType: 'mkt', cliOrdId: 'again' });
    const [update] = client.frames();
    expectLike(update, 'fills.variants.market_order_taker[0]');
    expect([at(update, 'fills.0.seq'), at(update, 'fills.0.order_type')]).to.deep.equal([
      '1',
      'market',
    ]);
    world.place('B', { side: 'buy', size: '0.02', symbol: 'PI_XBTUSD', limitPrice: '1' });
    expect(client.take()).to.have.length(0);
  });

  it('fills: restricted to products when asked, and acknowledged so', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('fills', 'A', { product_ids: ['PF_ETHUSD'] });
    const [ack, snapshot] = client.frames();
    expect(shapeOf(ack)).to.deep.equal(
      shapeOf(parseFrame(exampleFrame('fills.variants.subscribe_filtered_by_product[1]'))),
    );
    expect(snapshot?.['fills']).to.have.length(0);
    world.place('A', { side: 'buy', size: '0.02', orderType: 'mkt' });
    expect(client.take()).to.have.length(0);
  });

  it('fills: as many in the snapshot as the switch says, with holes in the numbers when it says so', () => {
    const sizes = [0, 10, 50, 100];
    for (const fillsSnapshotSize of sizes) {
      const world = makeBusy({ fillsSnapshotSize, fillsSeqHoleEvery: 3 });
      for (let i = 0; i < 119; i++)
        world.place('A', { side: 'buy', size: '0.001', orderType: 'mkt' });
      const client = world.connect();
      client.subscribePrivate('fills', 'A');
      const fills = client.frames()[1]?.['fills'] as JsonObject[];
      expect(fills).to.have.length(fillsSnapshotSize);
      const last = fillsSnapshotSize === 0 ? '' : at(fills.at(-1), 'seq');
      expect(last).to.equal(fillsSnapshotSize === 0 ? '' : String(119 + Math.floor(119 / 3)));
    }
  });
});
