import { type Socket } from 'node:net';
import { type RawData, WebSocket } from 'ws';
import { type Clock, type Timers } from '../../../../lib/time.ts';
import { INFO_FRAME } from './control-frame.ts';
import { type ConnectionDeps, FeedConnection } from './feed-connection.ts';
import { type FeedSink, type FrameAbout } from './subscription-registry.ts';

/** A frame on its way to a client. */
export interface OutgoingFrame extends FrameAbout {
  readonly connection: string;
  readonly text: string;
}

/** May call `pass` never, later or more than once, with the text or a changed one. */
export type FrameInterceptor = (frame: OutgoingFrame, pass: (text?: string) => void) => void;

interface FeedSocketDeps extends ConnectionDeps {
  readonly id: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly intercept?: FrameInterceptor;
  /** TCP, under the TLS when there is any. */
  readonly raw: Socket;
}

/** RFC 6455 1008: policy violation. */
const POLICY_VIOLATION = 1008;

/** One client's socket: keep-alive, request rate and back-pressure around its dialogue. */
export class FeedSocket implements FeedSink {
  readonly id: string;
  readonly #webSocket: WebSocket;
  readonly #deps: FeedSocketDeps;
  readonly #connection: FeedConnection;
  #idle: { readonly cancel: () => void } | undefined;
  #windowFrom = 0;
  #requestsInWindow = 0;
  #isMuted = false;

  constructor(webSocket: WebSocket, deps: FeedSocketDeps) {
    this.id = deps.id;
    this.#webSocket = webSocket;
    this.#deps = deps;
    this.#connection = new FeedConnection(deps, this);
  }

  open(): void {
    const socket = this.#webSocket;
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => {
      if (!isBinary && this.#isWithinRate()) this.#connection.onText(toText(data));
    });
    // Only ping control frames of the client keep the connection alive [websocket 2.3].
    socket.on('ping', () => {
      this.#watchIdleness();
    });
    socket.on('close', () => {
      this.#idle?.cancel();
      this.#connection.onClosed();
    });
    this.#watchIdleness();
    this.#greet();
  }

  send(text: string, about: FrameAbout): void {
    const { intercept } = this.#deps;
    if (intercept === undefined) {
      this.#write(text);
      return;
    }
    intercept({ ...about, connection: this.id, text }, (changed) => {
      this.#write(changed ?? text);
    });
  }

  /**
   * For faults. FIN: a close handshake. RST: the socket is destroyed. Silent: it stays open, and
   * nothing passes in either direction. HalfOpen: as Silent, and the venue has dropped the client's
   * subscriptions.
   */
  cut(how: 'FIN' | 'RST' | 'Silent' | 'HalfOpen', code = 1001): void {
    if (how === 'FIN') {
      this.#webSocket.close(code);
    } else if (how === 'RST') {
      this.#deps.raw.resetAndDestroy();
      this.#webSocket.terminate();
    } else {
      this.#isMuted = true;
      this.#idle?.cancel();
      this.#webSocket.pause();
      if (how === 'HalfOpen') this.#connection.onClosed();
    }
  }

  #greet(): void {
    const { info, infoDelayMs } = this.#deps.settings;
    if (info === 'omit') return;
    if (infoDelayMs === 0) {
      this.send(INFO_FRAME, { feed: '' });
      return;
    }
    this.#deps.timers.set(infoDelayMs, () => {
      this.send(INFO_FRAME, { feed: '' });
    });
  }

  #write(text: string): void {
    const socket = this.#webSocket;
    if (this.#isMuted || socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > this.#deps.settings.unsentBytesMax) socket.terminate();
    else socket.send(text);
  }

  #watchIdleness(): void {
    const { idleCloseMs, idleCloseCode } = this.#deps.settings;
    this.#idle?.cancel();
    this.#idle = this.#deps.timers.set(idleCloseMs, () => {
      this.#webSocket.close(idleCloseCode);
    });
  }

  #isWithinRate(): boolean {
    const { requestsPerSecondMax, overRequestLimit } = this.#deps.settings;
    const now = this.#deps.clock.monotonic();
    if (now - this.#windowFrom >= 1_000) {
      this.#windowFrom = now;
      this.#requestsInWindow = 0;
    }
    this.#requestsInWindow += 1;
    if (this.#requestsInWindow <= requestsPerSecondMax) return true;
    if (overRequestLimit === 'close') this.#webSocket.close(POLICY_VIOLATION);
    return false;
  }
}

const toText = (data: RawData): string =>
  Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data as ArrayBuffer).toString('utf8');
