import { expect } from 'chai';
import { WebSocket } from 'ws';
import { type FeedSettings } from '../../../src/simulator/gateways/websocket/connection/feed-settings.ts';
import { type FrameInterceptor } from '../../../src/simulator/gateways/websocket/connection/feed-socket.ts';
import { until } from '../../support/until.ts';
import { call, openStage, type Stage, V3 } from '../simulator-rest/stage.ts';

/** A client that does nothing by itself. */
class RawFeedClient {
  readonly frames: string[] = [];
  readonly socket: WebSocket;
  closeCode: number | undefined;
  failure: string | undefined;
  pongs = 0;

  constructor(url: string) {
    this.socket = new WebSocket(url);
    this.socket.on('message', (data) => this.frames.push((data as Buffer).toString()));
    this.socket.on('pong', () => (this.pongs += 1));
    this.socket.on('close', (code) => (this.closeCode = code));
    this.socket.on('error', (error) => (this.failure = error.message));
  }

  say(request: object): void {
    this.socket.send(JSON.stringify(request));
  }

  greeted(): Promise<void> {
    return until(() => this.frames.length > 0, 'the greeting');
  }
}

const BOOK = { event: 'subscribe', feed: 'book', product_ids: ['PF_XBTUSD'] };

describe('the simulator’s WebSocket on real sockets [websocket 2]', function () {
  let stage: Stage;
  const clients: RawFeedClient[] = [];

  const open = async (settings: Partial<FeedSettings>, intercept?: FrameInterceptor) => {
    const symbols = ['PF_XBTUSD'];
    const feeds = { port: 0, settings, ...(intercept && { intercept }) };
    stage = await openStage({ symbols, feeds });
  };
  const url = (path = '/ws/v1'): string => `ws://127.0.0.1:${stage.simulator.feedsPort}${path}`;
  const connect = (path?: string): RawFeedClient => {
    const client = new RawFeedClient(url(path));
    clients.push(client);
    return client;
  };
  const bid = (price: number): void => {
    stage.simulator.submit({
      ...{ type: 'PlaceOrder', account: 'bob', owner: 'test', symbol: 'PF_XBTUSD', side: 'buy' },
      ...{ orderType: 'lmt', size: '1', limitPrice: String(price) },
    });
  };

  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.terminate();
    await stage.stop();
  });

  it('greets with the version', async () => {
    await open({});
    const client = connect();
    await client.greeted();
    expect(client.frames).to.deep.equal(['{"event":"info","version":1}']);
  });

  it('greets late, or not at all, when switched so', async () => {
    await open({ info: 'omit' });
    const client = connect();
    await until(() => client.socket.readyState === WebSocket.OPEN, 'open');
    client.say({ event: 'subscribe', feed: 'heartbeat' });
    await client.greeted();
    expect(client.frames).to.deep.equal(['{"event":"subscribed","feed":"heartbeat"}']);
  });

  it('is at /ws/v1 and nowhere else', async () => {
    await open({});
    const client = connect('/ws/v3');
    await until(() => client.failure !== undefined, 'a refusal');
    expect(client.failure).to.contain('404');
    const page = await fetch(`http://127.0.0.1:${stage.simulator.feedsPort}/ws/v1`);
    expect(page.status).to.equal(404);
  });

  it('closes a connection without ping control frames; data and JSON pings do not count', async () => {
    await open({ idleCloseMs: 300, idleCloseCode: 1001, jsonPing: 'ignore' });
    const [silent, chatty, pinging] = [connect(), connect(), connect()];
    await Promise.all([silent, chatty, pinging].map((client) => client.greeted()));
    const timer = setInterval(() => {
      if (chatty.closeCode === undefined) chatty.say({ event: 'ping' });
      pinging.socket.ping();
    }, 50);
    await until(() => silent.closeCode !== undefined, 'the silent one is closed');
    await until(() => chatty.closeCode !== undefined, 'the one with JSON pings is closed');
    clearInterval(timer);
    expect([silent.closeCode, chatty.closeCode]).to.deep.equal([1001, 1001]);
    expect(pinging.closeCode).to.equal(undefined);
    expect(pinging.pongs).to.be.greaterThan(2);
  });

  it('closes a connection with more than 100 requests in a second', async () => {
    await open({});
    const client = connect();
    await client.greeted();
    for (let i = 0; i < 101; i++) client.say({ event: 'challenge', api_key: 'x' });
    await until(() => client.closeCode !== undefined, 'closed');
    expect(client.closeCode).to.equal(1008);
    expect(client.frames).to.have.length(101);
  });

  it('drops what is over the limit, when switched so', async () => {
    await open({ requestsPerSecondMax: 3, overRequestLimit: 'drop' });
    const client = connect();
    await client.greeted();
    for (let i = 0; i < 5; i++) client.say({ event: 'challenge', api_key: 'x' });
    await until(() => client.frames.length === 4, 'three answers');
    await until(() => {
      if (client.frames.length < 5) client.say({ event: 'challenge', api_key: 'x' });
      return client.frames.length >= 5;
    }, 'the next second');
    expect(client.closeCode).to.equal(undefined);
  });

  it('takes as many connections as its limit', async () => {
    await open({ connectionsMax: 2 });
    const [one, two] = [connect(), connect()];
    await Promise.all([one.greeted(), two.greeted()]);
    const three = connect();
    await until(() => three.failure !== undefined, 'a refusal');
    expect(three.failure).to.contain('429');
    one.socket.close();
    await until(() => stage.simulator.feeds?.connections().length === 1, 'one left');
    await connect().greeted();
  });

  it('sends frames of every command while it happens, to every subscriber', async () => {
    await open({});
    const [one, two] = [connect(), connect()];
    for (const client of [one, two]) {
      await client.greeted();
      client.say(BOOK);
    }
    await until(() => one.frames.length === 3 && two.frames.length === 3, 'snapshots');
    bid(80_000);
    await until(() => one.frames.length === 4 && two.frames.length === 4, 'updates');
    expect(one.frames.at(-1)).to.equal(two.frames.at(-1));
    expect(one.frames.at(-1)).to.contain('"price":80000.0,"qty":1.0');
  });

  it('lets faults intercept frames: dropped, doubled, changed', async () => {
    await open({}, ({ feed, text }, pass) => {
      if (feed !== 'book' || text.includes('_snapshot')) pass();
      else if (text.includes('80001')) return;
      else if (text.includes('80002'))
        [1, 2].forEach(() => {
          pass();
        });
      else pass(text.replace('80003', '80004'));
    });
    const client = connect();
    await client.greeted();
    client.say(BOOK);
    await until(() => client.frames.length === 3, 'the snapshot');
    for (const price of [80_001, 80_002, 80_003]) bid(price);
    await until(() => client.frames.length === 6, 'three frames');
    const prices = client.frames.slice(3).map((text) => /"price":(\d+)/.exec(text)?.[1]);
    expect(prices).to.deep.equal(['80002', '80002', '80004']);
  });

  it('cuts by FIN, by RST, or falls silent; alerts everyone', async () => {
    await open({});
    const [fin, rst, silent] = [connect(), connect(), connect()];
    for (const client of [fin, rst, silent]) await client.greeted();
    const [first, second, third] = stage.simulator.feeds?.connections() ?? [];
    third?.cut('Silent');
    stage.simulator.feeds?.alert('Trading engine unavailable');
    await until(() => fin.frames.length === 2 && rst.frames.length === 2, 'the alert');
    expect(fin.frames[1]).to.equal('{"event":"alert","message":"Trading engine unavailable"}');
    first?.cut('FIN', 1012);
    second?.cut('RST');
    await until(() => fin.closeCode !== undefined && rst.closeCode !== undefined, 'closed');
    expect([fin.closeCode, rst.closeCode, silent.closeCode]).to.deep.equal([1012, 1006, undefined]);
    expect(silent.frames).to.have.length(1);
  });

  it('sends an order’s frames before REST answers the request', async () => {
    await open({});
    const order: string[] = [];
    const client = connect();
    await client.greeted();
    client.say(BOOK);
    await until(() => client.frames.length === 3, 'the snapshot');
    client.socket.on('message', () => order.push('frame'));
    const params = {
      orderType: 'lmt',
      symbol: 'PF_XBTUSD',
      side: 'buy',
      size: 1,
      limitPrice: 80_000,
    };
    const answer = await call(stage.url, {
      ...{ method: 'POST', path: `${V3}/sendorder`, params, key: stage.bob, nonce: '1' },
    });
    order.push('answer');
    expect(answer.text).to.contain('"status":"placed"');
    expect(order).to.deep.equal(['frame', 'answer']);
  });
});
