import { defined } from '../../../../lib/defined.ts';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Clock, type Timers } from '../../../../lib/time.ts';
import { type Certificate } from '../../../certificate.ts';
import { type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { type NoticeStore } from '../../rest/stores/notice-store.ts';
import { type RestKey } from '../../rest/rest-key.ts';
import { alertFrame } from './control-frame.ts';
import { FeedHub } from './feed-hub.ts';
import { DEFAULT_FEED_SETTINGS, type FeedSettings } from './feed-settings.ts';
import { FeedSocket, type FrameInterceptor } from './feed-socket.ts';

interface FeedServerOptions {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Plain `ws:` when left out. */
  readonly certificate?: Certificate;
  readonly queries: ExchangeQueries;
  readonly keyOf: (apiKey: string) => RestKey | undefined;
  readonly notices: NoticeStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly settings?: Partial<FeedSettings>;
  /** Intercepts every frame: passes it on once, later, twice or not at all. */
  readonly intercept?: FrameInterceptor;
}

const FEED_PATH = '/ws/v1';
/** Requests are small: a list of every product of the venue has some 20 kB. */
const REQUEST_BYTES_MAX = 1024 * 1024;

/** `/ws/v1` [websocket 2]: the sockets, clocks and limits around the feeds. */
export class FeedServer {
  readonly #options: FeedServerOptions;
  readonly #settings: FeedSettings;
  readonly #hub: FeedHub;
  readonly #server: Server;
  readonly #upgrader = new WebSocketServer({
    noServer: true,
    maxPayload: REQUEST_BYTES_MAX,
    perMessageDeflate: false,
  });
  readonly #sockets = new Map<string, FeedSocket>();
  readonly #raw = new Set<Socket>();
  #timers: { readonly cancel: () => void }[] = [];
  #opened = 0;
  #isDown = false;

  constructor(options: FeedServerOptions) {
    this.#options = options;
    this.#settings = { ...DEFAULT_FEED_SETTINGS, ...options.settings };
    const { queries, notices, clock, certificate } = options;
    this.#hub = new FeedHub({ queries, settings: this.#settings, notices, now: clock.wall });
    this.#server = certificate === undefined ? createServer() : createTlsServer(certificate);
    this.#server.on('connection', (socket: Socket) => {
      this.#raw.add(socket);
      socket.once('close', () => this.#raw.delete(socket));
    });
    this.#server.on('request', (_request, response) => {
      response.writeHead(404).end();
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#onUpgrade(request.url ?? '', socket, () => {
        this.#upgrader.handleUpgrade(request, socket, head, (webSocket) => {
          this.#onOpened(webSocket, request.socket);
        });
      });
    });
  }

  listen(): Promise<{ readonly port: number }> {
    const { host, port } = this.#options;
    this.#every(this.#settings.heartbeatIntervalMs, () => {
      this.#hub.onHeartbeat();
    });
    this.#every(this.#settings.tickerIntervalMs, () => {
      this.#hub.onTickerRound();
    });
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve({ port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    for (const socket of this.#sockets.values()) socket.cut('RST');
    for (const socket of this.#raw) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  /** Takes the events of one command, in order. */
  onBatch(events: readonly ExchangeEvent[]): void {
    this.#hub.onBatch(events);
  }

  /** For faults: every open connection, or those that have subscribed to feeds of an account. */
  connections(account?: string): readonly FeedSocket[] {
    const all = [...this.#sockets.values()];
    return account === undefined
      ? all
      : all.filter((socket) => this.#hub.registry.isOfAccount(socket, account));
  }

  /**
   * For faults: maintenance. Every client is alerted and disconnected, and new connections are
   * refused until it ends.
   */
  setDown(isDown: boolean): void {
    this.#isDown = isDown;
    if (!isDown) return;
    this.alert('Trading engine unavailable');
    for (const socket of this.connections()) socket.cut('FIN');
  }

  get subscriptions(): number {
    return this.#hub.registry.size;
  }

  /** For faults: an alert to everyone, such as `Trading engine unavailable`. */
  alert(message: string): void {
    for (const socket of this.#sockets.values()) socket.send(alertFrame(message), { feed: '' });
  }

  /** For faults: the engine restarts, sequence numbers begin again. */
  restartSequences(): void {
    this.#hub.restartSequences();
  }

  #onUpgrade(url: string, socket: Duplex, accept: () => void): void {
    socket.on('error', () => undefined);
    const [path] = url.split('?');
    if (this.#isDown) socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    else if (path !== FEED_PATH) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    else if (this.#sockets.size >= this.#settings.connectionsMax)
      socket.end('HTTP/1.1 429 Too Many Requests\r\n\r\n');
    else accept();
  }

  #onOpened(webSocket: WebSocket, connection: Socket): void {
    const raw = [...this.#raw].find(({ remotePort }) => remotePort === connection.remotePort);
    this.#opened += 1;
    const id = `ws-${this.#opened}`;
    const { keyOf, clock, timers, intercept } = this.#options;
    const socket = new FeedSocket(webSocket, {
      id,
      hub: this.#hub,
      settings: this.#settings,
      keyOf,
      now: clock.wall,
      clock,
      timers,
      makeChallenge: randomUUID,
      raw: raw ?? connection,
      ...defined({ intercept }),
    });
    this.#sockets.set(id, socket);
    webSocket.once('close', () => this.#sockets.delete(id));
    socket.open();
  }

  #every(intervalMs: number, run: () => void): void {
    const index = this.#timers.length;
    const arm = (): void => {
      this.#timers[index] = this.#options.timers.set(intervalMs, () => {
        run();
        if (this.#timers.length > index) arm();
      });
    };
    arm();
  }
}
