import { type ClientOptions, type RawData, WebSocket } from 'ws';
import { type Clock, type MonotonicMs, type Timers } from '../../../lib/time.ts';
import { type FeedInput, type FeedOutput } from './feed-types.ts';
import { HttpsProxyAgent } from 'https-proxy-agent';

export interface FeedDriverOptions {
  /** `wss://futures.kraken.com/ws/v1`, or a simulator's address. */
  readonly url: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /**
   * Everything the machine says except what the driver does itself. Called in order, synchronously.
   */
  readonly onOutput: (output: FeedOutput) => void;
  /** Full book snapshots take several hundred kilobytes. */
  readonly frameBytesMax?: number;
  /** More unsent bytes than this and the connection is given up. */
  readonly unsentBytesMax?: number;
  /** TLS and proxy settings. */
  readonly socketOptions?: Pick<ClientOptions, 'agent' | 'ca' | 'rejectUnauthorized' | 'headers'>;
}

const FRAME_BYTES_MAX = 16 * 1024 * 1024;

const UNSENT_BYTES_MAX = 1024 * 1024;

/** A real socket and a real timer around a feed machine; decides nothing. */
export class FeedDriver {
  readonly #machine: FeedStepper;
  readonly #options: FeedDriverOptions;
  #socket: WebSocket | undefined;
  #timer: { readonly cancel: () => void } | undefined;
  #timerAt: number | undefined;

  constructor(machine: FeedStepper, options: FeedDriverOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  start(): void {
    this.feed({ type: 'Start' });
  }

  /** Closes the socket and stays away. */
  stop(): void {
    this.feed({ type: 'Stop' });
  }

  /** Gives the machine an input and does what it answers. */
  feed(input: FeedInput): void {
    for (const output of this.#machine.step(input, this.#options.clock.monotonic()))
      this.#perform(output);
    this.#setTimer();
  }

  #perform(output: FeedOutput): void {
    switch (output.type) {
      case 'Connect':
        this.#connect();
        return;
      case 'Terminate':
        this.#drop();
        return;
      case 'SendText':
        this.#send(output.text);
        return;
      case 'SendPing':
        if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.ping();
        return;
      default:
        this.#options.onOutput(output);
    }
  }

  #send(text: string): void {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const unsentBytesMax = this.#options.unsentBytesMax ?? UNSENT_BYTES_MAX;
    // A peer that does not read: closing the socket is what tells the machine.
    if (socket.bufferedAmount > unsentBytesMax) socket.terminate();
    else socket.send(text);
  }

  #connect(): void {
    this.#drop();
    const socket = new WebSocket(this.#options.url, {
      ...this.#options.socketOptions,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: this.#options.frameBytesMax ?? FRAME_BYTES_MAX,
    });
    this.#socket = socket;
    let failure: string | undefined;
    // Only the socket of the present speaks: late events of a dropped one are nobody's.
    const ifCurrent = (input: () => FeedInput): void => {
      if (this.#socket === socket) this.feed(input());
    };
    socket.on('open', () => ifCurrent(() => ({ type: 'Opened' })));
    socket.on('message', (data, isBinary) => {
      if (!isBinary) ifCurrent(() => ({ type: 'FrameReceived', text: toText(data) }));
    });
    for (const event of ['ping', 'pong'] as const)
      socket.on(event, () => ifCurrent(() => ({ type: 'PongReceived' })));
    socket.on('error', (error) => {
      failure = error.message;
    });
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      const text = failure ?? `closed by the venue: ${code} ${reason.toString()}`.trim();
      this.feed({ type: 'Closed', reason: text });
    });
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.terminate();
  }

  #setTimer(): void {
    const at = this.#machine.nextWakeAt();
    if (at === this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = undefined;
    if (at === undefined) return;
    const afterMs = Math.max(0, at - this.#options.clock.monotonic());
    this.#timer = this.#options.timers.set(afterMs, () => {
      this.#timerAt = undefined;
      this.feed({ type: 'Woken' });
    });
  }
}

const toText = (data: RawData): string =>
  Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data as ArrayBuffer).toString('utf8');
/** What a driver needs of a machine. */
export interface FeedStepper {
  readonly step: (input: FeedInput, at: MonotonicMs) => readonly FeedOutput[];
  readonly nextWakeAt: () => MonotonicMs | undefined;
}

/** How the feeds reach the venue: whom TLS trusts, and the HTTP proxy (CONNECT) on the way out. */
export interface SocketSettings {
  /** PEM; Node's authorities when left out. */
  readonly ca?: string;
  readonly proxyUrl?: string;
}

export const socketOptionsOf = ({
  ca,
  proxyUrl,
}: SocketSettings): NonNullable<FeedDriverOptions['socketOptions']> => ({
  ...(ca === undefined ? {} : { ca }),
  ...(proxyUrl === undefined ? {} : { agent: new HttpsProxyAgent(proxyUrl) }),
});
