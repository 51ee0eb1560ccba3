import { defined } from '../../../lib/defined.ts';
import { type ClientOptions, type RawData, WebSocket } from 'ws';
import { type MonotonicMs, type TimeDeps } from '../../../lib/time.ts';
import { retryAfterMs } from '../../retry-after.ts';
import { type FeedInput, type FeedOutput } from './feed-types.ts';
import { FrameQueue } from './frame-queue.ts';
import { HttpsProxyAgent } from 'https-proxy-agent';

export interface FeedDriverOptions extends TimeDeps {
  /** `wss://futures.kraken.com/ws/v1`, or a simulator's address. */
  readonly url: string;
  /** Receives every output that the driver does not handle itself, in order and synchronously. */
  readonly onOutput: (output: FeedOutput) => void;
  /** Full book snapshots take several hundred kilobytes. */
  readonly frameBytesMax?: number;
  /** The connection is closed when more bytes than this are unsent. */
  readonly unsentBytesMax?: number;
  /** TLS and proxy settings. */
  readonly socketOptions?: Pick<ClientOptions, 'agent' | 'ca' | 'rejectUnauthorized' | 'headers'>;
}

/** Ten times the longest that the venue has been seen to send: what is read takes time, too. */
const FRAME_BYTES_MAX = 4 * 1024 * 1024;

const UNSENT_BYTES_MAX = 1024 * 1024;

/** Refusals whose `retry-after` says when to come back (RFC 9110 section 10.2.3, RFC 6585). */
const SAYS_LATER: ReadonlySet<number> = new Set([429, 503]);

/** Runs a feed machine on a real socket and a real timer. Decides nothing. */
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

  /** Closes the socket and does not reconnect. */
  stop(): void {
    this.feed({ type: 'Stop' });
  }

  /** Gives the machine an input and performs its outputs. */
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
    // The peer does not read. Closing the socket makes the machine reconnect.
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
    // Ignores late events of a socket that was dropped.
    const ifCurrent = (input: FeedInput): void => {
      if (this.#socket === socket) this.feed(input);
    };
    const frames = new FrameQueue({
      deliver: ifCurrent,
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    let failure: string | undefined;
    let refusedForMs: number | undefined;
    socket.on('open', () => ifCurrent({ type: 'Opened' }));
    socket.on('message', (data, isBinary) => {
      if (!isBinary) frames.offer(toText(data));
    });
    for (const event of ['ping', 'pong'] as const)
      socket.on(event, () => ifCurrent({ type: 'PongReceived' }));
    socket.on('unexpected-response', (_request, { statusCode = 0, headers }) => {
      failure = `the connection was refused: HTTP ${statusCode}`;
      refusedForMs = SAYS_LATER.has(statusCode) ? retryAfterMs(headers) : undefined;
      // Whoever listens to this event has to end the attempt.
      socket.terminate();
    });
    socket.on('error', (error) => {
      failure ??= error.message;
    });
    socket.on('close', (code, reason) => {
      frames.close();
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      const text = failure ?? `closed by the venue: ${code} ${reason.toString()}`.trim();
      this.feed({ type: 'Closed', reason: text, ...defined({ retryAfterMs: refusedForMs }) });
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
/** A state machine that a driver can run. */
export interface FeedStepper {
  readonly step: (input: FeedInput, at: MonotonicMs) => readonly FeedOutput[];
  readonly nextWakeAt: () => MonotonicMs | undefined;
}

/** How the feeds reach the venue: trusted certificates and the HTTP proxy (CONNECT). */
export interface SocketSettings {
  /** PEM. Node's own authorities when absent. */
  readonly ca?: string;
  readonly proxyUrl?: string;
}

export const socketOptionsOf = ({
  ca,
  proxyUrl,
}: SocketSettings): NonNullable<FeedDriverOptions['socketOptions']> =>
  defined({ ca, agent: proxyUrl === undefined ? undefined : new HttpsProxyAgent(proxyUrl) });
