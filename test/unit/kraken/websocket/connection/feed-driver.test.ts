import { expect } from 'chai';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { type TradingSymbol } from '../../../../../src/domain/ids.ts';
import {
  DEFAULT_FEED_LIMITS,
  type FeedLimits,
  type FeedOutput,
} from '../../../../../src/kraken/websocket/connection/feed-types.ts';
import {
  FeedDriver,
  socketOptionsOf,
  type SocketSettings,
} from '../../../../../src/kraken/websocket/connection/feed-driver.ts';
import { MarketFeed } from '../../../../../src/kraken/websocket/feeds/market-feed.ts';
import { epochMs, monotonicMs, type Clock, type Timers } from '../../../../../src/lib/time.ts';
import { startConnectProxy } from '../../../../support/connect-proxy.ts';
import { until } from '../../../../support/until.ts';
import { exampleFrame } from '../examples.ts';

const clock: Clock = {
  wall: () => epochMs(Date.now()),
  monotonic: () => monotonicMs(performance.now()),
};
const timers: Timers = {
  set: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    return {
      cancel: () => clearTimeout(timer),
    };
  },
};

const XBT = 'PF_XBTUSD' as TradingSymbol;
const FAST: FeedLimits = {
  ...DEFAULT_FEED_LIMITS,
  backoffMinMs: 5,
  backoffMaxMs: 20,
  pingIntervalMs: 20,
  // Only the test of silence is in a hurry: a busy machine is silent, too.
  silenceMsMax: 30_000,
};

describe('feed driver over a real socket', () => {
  let server: WebSocketServer;
  let sockets: WebSocket[];
  let requests: string[];
  let pings: number;
  let outputs: FeedOutput[];
  let driver: FeedDriver | undefined;
  let rawServer: Server | undefined;
  let rawSockets: Socket[];
  let onSocket: (socket: WebSocket) => void;

  const portOf = ({ port }: AddressInfo): number => port;
  const start = (
    port = portOf(server.address() as AddressInfo),
    socket: SocketSettings = {},
    limits = FAST,
  ): MarketFeed => {
    const subscriptions = [{ feed: 'book', products: [XBT] }];
    const feed = new MarketFeed({ subscriptions, random: () => 0.5, limits });
    driver = new FeedDriver(feed, {
      url: `ws://127.0.0.1:${port}/ws/v1`,
      socketOptions: socketOptionsOf(socket),
      clock,
      timers,
      onOutput: (output) => outputs.push(output),
    });
    driver.start();
    return feed;
  };
  const answerBook = (socket: WebSocket): void => {
    socket.send(exampleFrame('connection.update'));
    socket.on('message', () => {
      socket.send(exampleFrame('book.subscribed'));
      socket.send(exampleFrame('book.snapshot'));
      socket.send(exampleFrame('book.update'));
    });
  };
  const bookIsLive = (feed: MarketFeed) => (): boolean => feed.status().isPublicUp;

  beforeEach(async () => {
    [sockets, rawSockets, requests, outputs, pings] = [[], [], [], [], 0];
    onSocket = answerBook;
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      sockets.push(socket);
      socket.on('message', (data) => requests.push((data as Buffer).toString()));
      socket.on('ping', () => pings++);
      onSocket(socket);
    });
    await new Promise((resolve) => server.once('listening', resolve));
  });

  afterEach(async () => {
    driver?.stop();
    for (const socket of sockets) socket.terminate();
    for (const socket of rawSockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    if (rawServer !== undefined) await new Promise((resolve) => rawServer?.close(resolve));
    rawServer = undefined;
  });

  it('connects, subscribes, keeps the book and pings with control frames', async () => {
    const feed = start();
    await until(bookIsLive(feed), 'book live');
    expect(requests).to.deep.equal([
      '{"event":"subscribe","feed":"book","product_ids":["PF_XBTUSD"]}',
    ]);
    await until(() => pings >= 3, 'three pings');
    await until(() => feed.books.lastSeq(XBT) === 173877392, 'update applied');
    expect(feed.books.book(XBT)?.depth('Bid', 5)).to.deep.equal([
      { price: '82380', qty: '0.0003' },
      { price: '81529', qty: '1.5296' },
    ]);
    expect(outputs.some(({ type }) => type === 'Event')).to.equal(true);
    expect(outputs.some(({ type }) => type === 'SendText')).to.equal(false);
  });

  it('goes through an HTTP proxy when one is set, and stays outside while the proxy refuses', async () => {
    const proxy = await startConnectProxy();
    proxy.isOpen = false;
    const feed = start(undefined, { proxyUrl: proxy.url });
    await until(() => proxy.tunnels.length >= 2, 'asked again');
    expect(sockets).to.have.length(0);
    proxy.isOpen = true;
    await until(bookIsLive(feed), 'book live');
    const venue = `127.0.0.1:${portOf(server.address() as AddressInfo)}`;
    expect(new Set(proxy.tunnels)).to.deep.equal(new Set([venue]));
    expect(sockets).to.have.length(1);
    driver?.stop();
    await proxy.close();
  });

  it('stays connected on pongs alone', async () => {
    const feed = start();
    await until(bookIsLive(feed), 'book live');
    await until(() => pings >= 12, 'longer than the silence limit');
    expect(feed.status().epoch).to.equal(1);
  });

  it('connects again and subscribes again when the venue cuts the line', async () => {
    const feed = start();
    await until(bookIsLive(feed), 'book live');
    sockets[0]?.terminate();
    await until(() => feed.status().epoch >= 2 && feed.status().isPublicUp, 'second connection');
    expect(requests.length).to.equal(2);
    expect(outputs.some(({ type }) => type === 'ConnectionLost')).to.equal(true);
  });

  it('leaves a venue that accepts the connection and then says nothing', async () => {
    rawServer = createServer((socket) => {
      rawSockets.push(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => rawServer?.listen(0, '127.0.0.1', resolve));
    const subscriptions = [{ feed: 'heartbeat', products: [] }];
    const limits = { ...FAST, connectTimeoutMs: 50 };
    const feed = new MarketFeed({ subscriptions, random: () => 0.5, limits });
    const url = `ws://127.0.0.1:${portOf(rawServer.address() as AddressInfo)}`;
    const onOutput = (output: FeedOutput): unknown => outputs.push(output);
    driver = new FeedDriver(feed, { url, clock, timers, onOutput });
    driver.start();
    await until(() => rawSockets.length >= 3, 'third attempt');
    expect(feed.status().epoch).to.equal(0);
  });

  it('notices a dead line by silence when even pongs stop', async () => {
    onSocket = (socket) => {
      answerBook(socket);
      // Paused: the peer's library no longer reads, so it no longer answers pings.
      if (sockets.length === 1) setTimeout(() => socket.pause(), 20);
    };
    const feed = start(undefined, {}, { ...FAST, silenceMsMax: 150 });
    await until(() => feed.status().epoch >= 2 && feed.status().isPublicUp, 'second connection');
    const lost = outputs.find((output) => output.type === 'ConnectionLost');
    expect(lost?.reason).to.equal('no frame for 150 ms');
  });

  it('leaves a venue that sends a frame beyond the limit', async () => {
    onSocket = (socket) => {
      if (sockets.length === 1) socket.send('x'.repeat(5 * 1024 * 1024));
      else answerBook(socket);
    };
    const feed = start();
    await until(() => feed.status().epoch >= 2 && feed.status().isPublicUp, 'second connection');
    const lost = outputs.find((output) => output.type === 'ConnectionLost');
    expect(lost?.reason).to.contain('Max payload size exceeded');
  });

  it('stays away for as long as a venue that refuses the connection says', async () => {
    const refuse = async (head: string): Promise<{ waitMs: number; text: string }> => {
      outputs = [];
      rawServer = createServer((socket) => {
        rawSockets.push(socket);
        socket.on('error', () => undefined);
        socket.end(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`);
      });
      await new Promise<void>((resolve) => rawServer?.listen(0, '127.0.0.1', resolve));
      const feed = start(portOf(rawServer.address() as AddressInfo));
      const lost = () =>
        outputs.find((output) => output.type === 'Notice' && output.code === 'LOST');
      await until(() => lost() !== undefined, 'refused');
      const waitMs = (feed.nextWakeAt() ?? 0) - clock.monotonic();
      driver?.stop();
      for (const socket of rawSockets) socket.destroy();
      await new Promise((resolve) => rawServer?.close(resolve));
      rawServer = undefined;
      const found = lost();
      return { waitMs, text: found?.type === 'Notice' ? found.text : '' };
    };
    const busy = await refuse('503 Service Unavailable\r\nRetry-After: 90');
    expect(busy.waitMs).to.be.within(60_000, 90_000);
    expect(busy.text).to.equal('the connection was refused: HTTP 503; next attempt in 90000 ms');
    const date =
      'Date: Mon, 30 Nov 2026 10:00:00 GMT\r\nRetry-After: Mon, 30 Nov 2026 10:02:00 GMT';
    const often = await refuse(`429 Too Many Requests\r\n${date}`);
    expect(often.waitMs).to.be.within(90_000, 120_000);
    const forEver = await refuse('429 Too Many Requests\r\nRetry-After: 99999999');
    expect(forEver.waitMs).to.be.within(500_000, 600_000);
    for (const head of ['503 Service Unavailable', '403 Forbidden\r\nRetry-After: 90'])
      expect((await refuse(head)).waitMs, head).to.be.below(60_000);
  });

  it('reads a snapshot of several megabytes in slices, and what comes behind it in order', async () => {
    const levels = Array.from({ length: 40_000 }, (_, at) => ({ price: 1 + at, qty: 1.5 }));
    const snapshot = {
      ...(JSON.parse(exampleFrame('book.snapshot')) as object),
      bids: levels.map(({ price, qty }) => ({ price: 70_000 - price, qty })),
      asks: levels.map(({ price, qty }) => ({ price: 90_000 + price, qty })),
    };
    onSocket = (socket) => {
      socket.send(exampleFrame('connection.update'));
      socket.on('message', () => {
        socket.send(exampleFrame('book.subscribed'));
        socket.send(JSON.stringify(snapshot));
        socket.send(exampleFrame('book.update'));
      });
    };
    const feed = start();
    await until(() => feed.books.lastSeq(XBT) === 173877392, 'update applied');
    expect(feed.status().epoch).to.equal(1);
    expect(feed.books.book(XBT)?.depth('Offer', 1)).to.deep.equal([{ price: '90001', qty: '1.5' }]);
  });

  it('does not follow redirects and tries again', async () => {
    let attempts = 0;
    rawServer = createServer((socket) => {
      attempts++;
      rawSockets.push(socket);
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n');
    });
    await new Promise<void>((resolve) => rawServer?.listen(0, '127.0.0.1', resolve));
    const feed = start(portOf(rawServer.address() as AddressInfo));
    await until(() => attempts >= 3, 'third attempt');
    expect(feed.status().epoch).to.equal(0);
    expect(sockets.length).to.equal(0);
  });

  it('stops: the socket closes and nothing connects again', async () => {
    const feed = start();
    await until(bookIsLive(feed), 'book live');
    driver?.stop();
    await until(() => sockets[0]?.readyState === 3, 'socket closed');
    expect(feed.nextWakeAt()).to.equal(undefined);
    expect(sockets.length).to.equal(1);
  });
});
