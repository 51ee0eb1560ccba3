import { type Socket } from 'node:net';
import { type Clock, type Timers } from '../../../lib/time.ts';
import { type FrameFaults, type FrameInTransit } from './frame-faults.ts';
import { LateLine } from './late-line.ts';

export interface FixTapDeps {
  readonly channel: 'trading' | 'l2' | 'l3';
  readonly clock: Clock;
  readonly timers: Timers;
  readonly faults: FrameFaults;
  /** The account of a client's CompID. */
  readonly accountOf: (compID: string) => string | undefined;
}

const FRAME_END = /\x0110=\d{3}\x01/g;

/**
 * Sits between a FIX session and its socket and applies faults to the frames that the venue sends:
 * late, twice, damaged or not at all. The session has numbered and stored them before, so it can
 * answer a ResendRequest(2).
 */
export class FixTap {
  readonly #deps: FixTapDeps;
  readonly #line: LateLine<Buffer>;
  /** CompID of the client, known from the session's first message on. */
  session: string | undefined;

  constructor(socket: Socket, deps: FixTapDeps) {
    this.#deps = deps;
    const write = socket.write.bind(socket);
    this.#line = new LateLine((frame: Buffer) => {
      if (socket.writable) write(frame);
    }, deps);
    socket.once('close', () => {
      this.#line.close();
    });
    socket.write = (bytes: Buffer | string | Uint8Array): boolean => {
      const isDirect = deps.faults.isIdle && this.#line.isEmpty;
      if (isDirect && this.session !== undefined) return write(bytes);
      const text = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('latin1');
      this.session ??= field(text, 56);
      if (isDirect) return write(bytes);
      for (const frame of framesOf(text)) this.#pass(frame);
      return true;
    };
  }

  get account(): string | undefined {
    return this.session === undefined ? undefined : this.#deps.accountOf(this.session);
  }

  /** Sends a frame without any fault. */
  write(frame: Buffer): void {
    this.#line.send(frame, 0);
  }

  #pass(frame: string): void {
    const about: FrameInTransit = {
      channel: this.#deps.channel,
      session: this.session,
      account: this.account,
      msgType: field(frame, 35),
      symbol: field(frame, 55),
    };
    const { copies, delayMs, isCorrupt } = this.#deps.faults.fateOf(about);
    const bytes = Buffer.from(isCorrupt ? spoil(frame) : frame, 'latin1');
    for (let copy = 0; copy < copies; copy += 1) this.#line.send(bytes, copy === 0 ? delayMs : 0);
  }
}

const field = (frame: string, tag: number): string | undefined =>
  new RegExp(`\\x01${tag}=([^\\x01]*)`).exec(frame)?.[1];

const framesOf = (text: string): readonly string[] => {
  const frames: string[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(FRAME_END)) {
    frames.push(text.slice(from, index + end.length));
    from = index + end.length;
  }
  return from === text.length ? frames : [...frames, text.slice(from)];
};

/** Changes the last digit of CheckSum(10). */
const spoil = (frame: string): string => {
  const digit = (Number(frame.at(-2)) + 1) % 10;
  return `${frame.slice(0, -2)}${digit}\x01`;
};
