import { expect } from 'chai';
import { exampleFrame } from '../../../../kraken/websocket/examples.ts';
import { BTC, expectLike, makeBusy, subscribed } from '../feed-examples.ts';
import { at, makeFeedWorld, parseFrame, shapeOf } from '../feed-world.ts';

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
