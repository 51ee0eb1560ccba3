import { expect } from 'chai';
import { type JsonObject } from '../../../../src/lib/lossless-json.ts';
import { epochMs } from '../../../../src/lib/time.ts';
import { exampleFrame } from '../../kraken/websocket/examples.ts';
import {
  at,
  type Client,
  type FeedWorld,
  makeFeedWorld,
  parseFrame,
  shapeOf,
} from './feed-world.ts';

const BTC = 'PF_XBTUSD';

/** Expects a frame to look like the reference's example: the same keys, kinds and number spellings. */
const expectLike = (
  frame: JsonObject | undefined,
  example: string,
  without: string[] = [],
): void => {
  const shape = shapeOf(parseFrame(exampleFrame(example))) as Record<string, unknown>;
  for (const key of without) Reflect.deleteProperty(shape, key);
  expect(shapeOf(frame)).to.deep.equal(shape);
};

/** B quotes around the index, A takes some: a book, trades, a position. */
const makeBusy = (settings: Parameters<typeof makeFeedWorld>[0] = {}): FeedWorld => {
  const world = makeFeedWorld(settings);
  const mark = world.exchange.queries.ticker(BTC)?.markPrice ?? '0';
  const mid = Math.floor(Number(mark));
  world.place('B', { side: 'buy', size: '0.5', limitPrice: `${mid - 10}`, cliOrdId: 'bid' });
  world.place('B', { side: 'sell', size: '0.5', limitPrice: `${mid + 10}`, cliOrdId: 'ask' });
  world.place('A', { side: 'buy', size: '0.1', orderType: 'mkt', cliOrdId: 'take' });
  return world;
};

const subscribed = (
  client: Client,
  feed: string,
  products: readonly string[],
): readonly JsonObject[] => {
  client.say({ event: 'subscribe', feed, product_ids: products });
  return client.frames();
};

describe('public feeds of the simulator, beside the reference’s examples', () => {
  it('book: a whole snapshot, then contiguous levels that replace quantities', () => {
    const world = makeBusy();
    const client = world.connect();
    const [ack, snapshot] = subscribed(client, 'book', [BTC]);
    expectLike(ack, 'book.subscribed');
    expectLike(snapshot, 'book.snapshot');
    world.place('B', { side: 'buy', size: '0.25', limitPrice: at(snapshot, 'bids.0.price') });
    world.cancel('B', 'bid');
    const [more, less] = client.frames();
    expectLike(more, 'book.update');
    expect(Number(at(more, 'seq'))).to.equal(Number(at(snapshot, 'seq')) + 1);
    expect(at(more, 'qty')).to.equal('0.75');
    expect(at(less, 'qty')).to.equal('0.25');
    expect(Number(at(less, 'seq'))).to.equal(Number(at(snapshot, 'seq')) + 2);
    world.send({ type: 'CancelOrders', account: 'B' });
    const removed = client.frames();
    expectLike(removed[0], 'book.variants.level_removed[0]');
    expect(removed.map((frame) => at(frame, 'qty'))).to.deep.equal(['0.0', '0.0']);
  });

  it('trade: a snapshot newest first, then one frame per trade with the next number', () => {
    const world = makeBusy();
    const client = world.connect();
    world.place('A', { side: 'sell', size: '0.02', orderType: 'mkt' });
    const [ack, snapshot] = subscribed(client, 'trade', [BTC]);
    expectLike(ack, 'trade.subscribed');
    expectLike(snapshot, 'trade.snapshot');
    expect([at(snapshot, 'trades.0.seq'), at(snapshot, 'trades.1.seq')]).to.deep.equal(['2', '1']);
    expect(at(snapshot, 'trades.0.side')).to.equal('sell');
    world.place('A', { side: 'buy', size: '0.03', orderType: 'mkt' });
    const [update] = client.frames();
    expectLike(update, 'trade.update');
    expect([at(update, 'seq'), at(update, 'qty'), at(update, 'side')]).to.deep.equal([
      '3',
      '0.03',
      'buy',
    ]);
  });

  it('trade: at most 100 in the snapshot', () => {
    const world = makeBusy();
    for (let i = 0; i < 120; i++)
      world.place('A', { side: 'buy', size: '0.001', orderType: 'mkt' });
    const [, snapshot] = subscribed(world.connect(), 'trade', [BTC]);
    expect(snapshot?.['trades']).to.have.length(100);
    expect(at(snapshot, 'trades.0.seq')).to.equal('121');
  });

  it('ticker: full at once, then at most once a round and only when something moved', () => {
    const world = makeBusy();
    for (let i = 0; i < 8; i++) {
      world.wait(600_000);
      world.index('83900');
    }
    const client = world.connect();
    const [ack, first] = subscribed(client, 'ticker', [BTC]);
    expectLike(ack, 'ticker.subscribed');
    const funding = Object.keys(first ?? {}).filter((key) => key.includes('funding_rate'));
    expect(funding).to.include.members(['funding_rate', 'relative_funding_rate']);
    expect(shapeOf(first)).to.deep.equal(shapeOf(parseFrame(exampleFrame('ticker.update'))));
    world.hub.onTickerRound();
    client.take();
    world.hub.onTickerRound();
    expect(client.take()).to.have.length(0);
    world.index('81001');
    world.index('81002');
    world.hub.onTickerRound();
    const frames = client.frames();
    expect(frames).to.have.length(1);
    expect(at(frames[0], 'index')).to.equal('81002.0');
  });

  it('ticker: leaves out funding that is zero, an empty side and a last price that never was', () => {
    const world = makeFeedWorld();
    const [, first] = subscribed(world.connect(), 'ticker', [BTC]);
    for (const key of ['bid', 'ask', 'last', 'funding_rate', 'open'])
      expect(first).to.not.have.property(key);
    expect([at(first, 'suspended'), at(first, 'pair')]).to.deep.equal(['false', 'XBT:USD']);
  });

  it('ticker_lite: full at once', () => {
    const world = makeBusy();
    const [ack, first] = subscribed(world.connect(), 'ticker_lite', [BTC]);
    expectLike(ack, 'ticker_lite.subscribed');
    expect(Object.keys(first ?? {})).to.deep.equal(
      Object.keys(parseFrame(exampleFrame('ticker_lite.update'))),
    );
    const [, dated] = subscribed(world.connect(), 'ticker_lite', ['FI_XBTUSD_261225']);
    expect([at(dated, 'tag'), Number(at(dated, 'maturityTime')) > 0]).to.deep.equal([
      'month',
      true,
    ]);
  });

  it('heartbeat: a time to everyone who asked', () => {
    const world = makeFeedWorld();
    const client = world.connect();
    client.say({ event: 'subscribe', feed: 'heartbeat' });
    expectLike(client.frames()[0], 'heartbeat.subscribed');
    world.hub.onHeartbeat();
    expectLike(client.frames()[0], 'heartbeat.update');
    client.say({ event: 'unsubscribe', feed: 'heartbeat' });
    expectLike(client.frames()[0], 'heartbeat.unsubscribed');
    world.hub.onHeartbeat();
    expect(client.take()).to.have.length(0);
  });

  it('candles_trade_1m: open, high, low, close and volume as text', () => {
    const world = makeBusy();
    const client = world.connect();
    const [, snapshot] = subscribed(client, 'candles_trade_1m', [BTC]);
    expectLike(snapshot, 'candles_trade_1m.snapshot');
    world.place('A', { side: 'sell', size: '0.2', orderType: 'mkt' });
    const [update] = client.frames();
    expectLike(update, 'candles_trade_1m.update');
    expect(at(update, 'candle.volume')).to.equal('0.30000000');
    expect(at(update, 'candle.high')).to.equal(at(snapshot, 'candle.open'));
    expect(at(update, 'candle.low')).to.equal(at(update, 'candle.close'));
  });

  it('begins book and trade numbers anew after an engine restart', () => {
    const world = makeBusy();
    const client = world.connect();
    world.hub.restartSequences();
    const [, book] = subscribed(client, 'book', [BTC]);
    expect(at(book, 'seq')).to.equal('0');
    subscribed(client, 'trade', [BTC]);
    world.place('A', { side: 'buy', size: '0.01', orderType: 'mkt' });
    const seqs = client.frames().map((frame) => `${at(frame, 'feed')} ${at(frame, 'seq')}`);
    expect(seqs).to.have.members(['book 1', 'trade 1']);
  });
});

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

  it('open_orders_verbose: tells of a post-only order that would cross, open_orders does not', () => {
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

  it('open_positions: always the full list, numbered per subscription; a flat one is missing', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('open_positions', 'A');
    const [ack, first] = client.frames();
    expectLike(ack, 'open_positions.subscribed');
    expectLike(first, 'open_positions.snapshot');
    expect([at(first, 'positions.0.balance'), at(first, 'seq')]).to.deep.equal(['0.1', '0']);
    world.index('80500');
    world.hub.onTickerRound();
    const [moved] = client.frames();
    expect(at(moved, 'seq')).to.equal('1');
    world.hub.onTickerRound();
    expect(client.take()).to.have.length(0);
    world.place('A', { side: 'sell', size: '0.1', orderType: 'mkt' });
    const flat = client.frames().at(-1);
    expect([flat?.['positions'], at(flat, 'seq')]).to.deep.equal([[], '2']);
  });

  it('balances: everything first, then only the sections that changed', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('balances', 'A');
    const [ack, snapshot] = client.frames();
    expectLike(ack, 'balances.subscribed');
    const example = parseFrame(exampleFrame('balances.snapshot'));
    expect(Object.keys(snapshot ?? {})).to.deep.equal(Object.keys(example));
    const like = (name: string, path: readonly string[]): void => {
      const member = (frame: JsonObject | undefined): unknown =>
        path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], frame);
      expect(shapeOf(member(snapshot) as JsonObject), name).to.deep.equal(
        shapeOf(member(example) as JsonObject),
      );
    };
    like('single-collateral wallet', ['futures', 'F-XBT:USD']);
    like('currency', ['flex_futures', 'currencies', 'USD']);
    like('cross', ['flex_futures', 'cross']);
    const flexKeys = Object.keys(snapshot?.['flex_futures'] as JsonObject);
    expect(flexKeys).to.deep.equal(Object.keys(example['flex_futures'] as JsonObject));
    world.place('A', { side: 'buy', size: '0.01', orderType: 'mkt' });
    const [delta] = client.frames();
    expect(Object.keys(delta ?? {})).to.deep.equal([
      'feed',
      'account',
      'flex_futures',
      'timestamp',
      'seq',
    ]);
    expect(at(delta, 'seq')).to.equal('1');
    world.send({
      ...{
        type: 'Transfer',
        fromAccount: 'A',
        toAccount: 'A',
        fromWallet: 'cash',
        toWallet: 'flex',
      },
      ...{ currency: 'USD', amount: '1000' },
    });
    const [both] = client.frames();
    expect(at(both, 'holding.USD')).to.equal('999000.0');
    expect(both?.['futures']).to.deep.equal({});
  });

  it('balances: only the inverse wallet when only that changed', () => {
    const world = makeBusy();
    const client = world.connect();
    client.subscribePrivate('balances', 'A');
    client.take();
    world.send({
      ...{ type: 'Deposit', account: 'A', wallet: 'fi_xbtusd', currency: 'XBT', amount: '2' },
    });
    const [delta] = client.frames();
    const example = exampleFrame('balances.variants.delta_single_collateral_only[0]');
    expect(shapeOf(delta)).to.deep.equal(shapeOf(parseFrame(example)));
    expect(at(delta, 'futures.F-XBT:USD.balance')).to.equal('1002.0');
  });

  it('account_log: recent entries newest first, then one new entry each', () => {
    const world = makeBusy();
    const client = world.connect();
    world.place('A', { side: 'buy', size: '0.02', orderType: 'mkt' });
    client.subscribePrivate('account_log', 'A');
    const [ack, snapshot] = client.frames();
    expectLike(ack, 'account_log.subscribed');
    expect([at(snapshot, 'logs.0.id'), at(snapshot, 'logs.1.id')]).to.deep.equal(['2', '1']);
    world.place('A', { side: 'buy', size: '0.03', orderType: 'mkt' });
    const [update] = client.frames();
    const { contract, ...entry } = update?.['new_entry'] as JsonObject;
    expect(contract).to.equal('pf_xbtusd');
    const example = parseFrame(exampleFrame('account_log.update'))['new_entry'] as JsonObject;
    expect(shapeOf(entry)).to.deep.equal(shapeOf(example));
    expect(at(update, 'new_entry.id')).to.equal('3');
  });

  it('notifications_auth: present notices at once, later ones when they are posted', () => {
    const world = makeFeedWorld();
    world.board.post({
      ...{ type: 'market', priority: 'low', note: 'A note describing the notification.' },
      effectiveTime: epochMs(1520288300000),
    });
    const client = world.connect();
    client.subscribePrivate('notifications_auth', 'A');
    const [ack, first] = client.frames();
    expectLike(ack, 'notifications_auth.subscribed');
    expectLike(first, 'notifications_auth.snapshot');
    world.board.post({
      ...{ type: 'maintenance', priority: 'high', note: 'Simulated maintenance window.' },
      ...{ effectiveTime: epochMs(1791600000000), expectedDowntimeMinutes: 15 },
    });
    world.hub.onTickerRound();
    const [update] = client.frames();
    expectLike(update, 'notifications_auth.update');
    expect(update?.['notifications']).to.have.length(1);
    world.hub.onTickerRound();
    expect(client.take()).to.have.length(0);
  });
});
