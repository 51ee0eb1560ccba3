import { expect } from 'chai';
import { connect, type Socket } from 'node:net';
import { parseUtcTimestamp } from '../../../src/lib/time.ts';
import { type RawFixClient } from '../../support/raw-fix-client.ts';
import { until } from '../../support/until.ts';
import { RawFeed } from './channel-clients.ts';
import { ChannelStage, FORM } from './channel-stage.ts';
import { type Scene } from './scenario-files.ts';
import { V3 } from './stage.ts';

describe('scenario files of feeds, market data and REST connections (config/scenarios/README.md)', () => {
  let at: ChannelStage;
  beforeEach(async () => {
    at = await ChannelStage.open();
  });
  afterEach(() => at.stop());
  const play = (name: string): Promise<Scene> => at.play(name);

  it('websocket-links: RST, a close handshake, silence both ways, forgotten, slow', async () => {
    const first = await at.feed();
    const scene = await play('websocket-links');
    await until(() => first.closeCode !== undefined, 'RST');
    const second = await at.feed();
    await scene.next();
    await until(() => second.closeCode !== undefined, 'the close handshake');
    expect([first.closeCode, second.closeCode]).to.deep.equal([1006, 1001]);
    const subscriptions = () => at.stage.simulator.feeds?.subscriptions;
    const silent = await at.feed();
    await silent.subscribe({ feed: 'book', product_ids: ['PF_XBTUSD'] });
    await scene.next();
    await scene.next();
    await until(() => subscriptions() === 0, 'forgotten');
    silent.socket.ping();
    at.bid(83_000);
    const slow = await at.feed();
    await scene.next();
    await slow.subscribe({ feed: 'book', product_ids: ['PF_XBTUSD'] });
    const started = performance.now();
    at.bid(83_001);
    await until(() => slow.of('book').length === 1, 'the late update');
    expect(performance.now() - started).to.be.at.least(180);
    expect([silent.of('book').length, silent.pongs, silent.closeCode]) //
      .to.deep.equal([0, 0, undefined]);
  });

  it('a skewed clock and maintenance reach WebSocket and FIX as they reach REST', async () => {
    const { faults } = at.stage.simulator;
    faults.inject({ kind: 'clock-skew', skewMs: 60_000 });
    const client = await at.feed();
    await client.subscribe({ feed: 'book', product_ids: ['PF_XBTUSD'] });
    const told = Number(/"timestamp":(\d+)/.exec(client.frames.at(-1) ?? '')?.[1]);
    expect(told - Date.now()).to.be.within(1, 60_000);
    const l2 = await at.marketData('l2');
    const sendingTime = parseUtcTimestamp(l2.received.at(-1)?.get('52') ?? '') ?? 0;
    expect(sendingTime - Date.now()).to.be.within(1, 60_000);
    faults.inject({ kind: 'clock-skew', skewMs: 0 });
    faults.inject({ kind: 'maintenance', downMs: 3_000 });
    await until(() => client.closeCode !== undefined, 'sent away');
    expect(client.frames.at(-1)).to.include('Trading engine unavailable');
    await until(() => l2.received.at(-1)?.get('35') === '5', 'Logout');
    const early = new RawFeed(at.stage.simulator.feedsPort ?? 0);
    await until(() => early.closeCode !== undefined, 'turned away');
    expect(early.failure).to.equal('Unexpected server response: 503');
    const opened = async (): Promise<boolean> => {
      const late = new RawFeed(at.stage.simulator.feedsPort ?? 0);
      await until(() => late.closeCode !== undefined || late.frames.length > 0, 'an answer');
      late.socket.terminate();
      return late.frames.length > 0;
    };
    await until(opened, 'open again');
  });

  it('websocket-frames: a book update is missing, one comes twice, one breaks off', async () => {
    const client = await at.feed();
    await client.subscribe({ feed: 'book', product_ids: ['PF_XBTUSD'] });
    const scene = await play('websocket-frames');
    at.bid(83_000);
    await at.spent();
    await scene.next();
    at.bid(83_001);
    await at.spent();
    await scene.next();
    at.bid(83_002);
    const seqs = () => client.of('book').map((text) => /"seq":(\d+)/.exec(text)?.[1]);
    await until(() => client.of('book').length === 3, 'three frames');
    expect(seqs().slice(0, 2)).to.deep.equal(['2', '2']);
    expect(() => JSON.parse(client.of('book')[2] ?? '') as unknown).to.throw();
  });

  it('book-desync: wrong quantity, crossed, wrong checksum, missing update', async () => {
    const client = await at.feed();
    await client.subscribe({ feed: 'book', product_ids: ['PF_XBTUSD'] });
    const [l2, l3] = await Promise.all([at.marketData('l2'), at.marketData('l3')]);
    const increments = (of: RawFixClient) => of.received.filter((each) => each.get('35') === 'X');
    const scene = await play('book-desync');
    at.bid(83_000);
    at.bid(83_001);
    await until(() => increments(l2).length === 2 && increments(l3).length === 1, 'X');
    expect(client.of('book').map((text) => /"qty":([\d.]+)/.exec(text)?.[1])) //
      .to.deep.equal(['8', '1.0']);
    // One level of 1.0000 at 83000: the published rule over "83000" + "10000".
    const sums = increments(l2).map((each) => each.get('5041'));
    expect(sums[0]).to.not.equal(sums[1]);
    expect(sums[0]).to.equal(String(RIGHT_SUM + 1));
    // The session's numbers have no gap: only the book has.
    expect(increments(l3)[0]?.get('34')).to.equal('3');
    expect(increments(l3)[0]?.get('270')).to.equal('83001');
    await scene.next();
    at.bid(83_002);
    await until(() => increments(l2).length === 3 && increments(l3).length === 2, 'X');
    expect(increments(l2)[2]?.get('271')).to.equal('8');
    expect(increments(l3)[1]?.get('270')).to.equal('166004');
    await until(() => client.of('book').length === 3, 'the third');
    expect(client.of('book')[2]).to.include('"price":166004,');
  });

  it('market-data-links: L2 is cut, a lost L3 message comes when it is asked for', async () => {
    const [l2, l3] = await Promise.all([at.marketData('l2'), at.marketData('l3')]);
    await play('market-data-links');
    await until(() => l2.isClosed, 'L2 is cut');
    at.bid(83_000);
    at.bid(83_001);
    const increments = () => l3.received.filter((each) => each.get('35') === 'X');
    await until(() => increments().length === 1, 'the second');
    expect([increments()[0]?.get('34'), l3.isClosed]).to.deep.equal(['4', false]);
    l3.send('2', '7=3|16=3');
    await until(() => increments().length === 2, 'the resend');
    expect([increments()[1]?.get('34'), increments()[1]?.get('43')]).to.deep.equal(['3', 'Y']);
  });

  it('reorder: WebSocket after REST after FIX, then FIX after WebSocket', async () => {
    const feeds = await at.feed();
    await feeds.subscribePrivately('fills', at.stage.alice);
    const trader = await at.trade();
    await at.post(
      'sendorder',
      { ...FORM, side: 'sell', limitPrice: '84000', size: '0.02' },
      at.stage.bob,
    );
    const scene = await play('reorder');
    const order: string[] = [];
    void at.post('sendorder', { ...FORM, limitPrice: '84000' }).then(() => order.push('rest'));
    await until(() => at.stage.simulator.queries.fills('alice').length === 1, 'the trade');
    order.push('engine');
    await until(() => feeds.of('fills').length === 1, 'the feed');
    order.push('feed');
    expect(order).to.deep.equal(['engine', 'rest', 'feed']);
    await scene.next();
    trader.order('buy', '84000');
    await until(() => feeds.of('fills').length === 2, 'the feed');
    expect(trader.reports()).to.have.length(0);
    await trader.report('F');
  });

  it('rest-links: RST, FIN, and a connection that carries no further request', async () => {
    const port = at.stage.simulator.restPort ?? 0;
    const visit = async (): Promise<{ socket: Socket; text: () => string; end: () => string }> => {
      let text = '';
      let end = '';
      const socket = connect(port, '127.0.0.1');
      socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
      socket.on('end', () => (end = 'FIN'));
      socket.on('error', (error: NodeJS.ErrnoException) => (end = error.code ?? ''));
      at.closers.push(() => {
        socket.destroy();
      });
      socket.write(GET);
      await until(() => text.includes('"result":"success"'), 'an answer');
      return { socket, text: () => text, end: () => end };
    };
    const first = await visit();
    const scene = await play('rest-links');
    await until(() => first.end() !== '', 'RST');
    const second = await visit();
    await scene.next();
    await until(() => second.end() !== '', 'FIN');
    expect([first.end(), second.end()]).to.deep.equal(['ECONNRESET', 'FIN']);
    const third = await visit();
    const length = third.text().length;
    await scene.next();
    third.socket.write(GET);
    await visit();
    expect([third.text().length, third.end()]).to.deep.equal([length, '']);
  });
});

/** CRC-32 of "8300010000". */
const RIGHT_SUM = 391_654_775;
const GET = `GET ${V3}/tickers HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
