import { type Socket } from 'node:net';
import { FixListener } from '../../../fix/runtime/acceptor/listener.ts';
import { type Timers } from '../../../lib/time.ts';
import { type Certificate } from '../../certificate.ts';
import { FixTap, type FixTapDeps } from './fix-tap.ts';

export type CutKind = 'FIN' | 'RST' | 'silent' | 'half-open';

/** Which connections; all when left out. */
interface CutAim {
  /** CompID of a FIX client. */
  readonly session?: string | undefined;
  readonly account?: string | undefined;
}

interface FixProxyOptions {
  readonly host: string;
  readonly port: number;
  /** Plain TCP when left out. */
  readonly certificate?: Certificate;
  readonly timers: Timers;
  /** Takes a connection that is ready to be read, and tells when it is logged on. */
  readonly accept: (socket: Socket, onLoggedOn: () => void) => void;
  /** Frame faults on the way out; none when left out. */
  readonly tap?: Omit<FixTapDeps, 'timers'>;
}

interface Visitor {
  /** TCP, under the TLS when there is any. */
  readonly raw: Socket;
  /** What the session reads and writes. */
  readonly socket: Socket;
  readonly tap: FixTap | undefined;
}

/**
 * The listening side of a FIX gateway, with its connections in hand: so that they can be cut, muted
 * and slowed.
 */
export class FixProxy {
  readonly #options: FixProxyOptions;
  readonly #listener: FixListener;
  readonly #visitors = new Set<Visitor>();

  constructor(options: FixProxyOptions) {
    this.#options = options;
    const { host, port, timers, certificate } = options;
    this.#listener = new FixListener({
      ...{ host, port, timers },
      ...(certificate && {
        tls: { key: certificate.key, cert: certificate.cert, minVersion: 'TLSv1.3' },
      }),
      onConnection: (socket, raw) => {
        this.#enter(raw, socket);
      },
    });
  }

  get connections(): number {
    return this.#visitors.size;
  }

  listen(): Promise<number> {
    return this.#listener.listen();
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  /**
   * FIN and RST end connections; `silent` leaves both ends open and lets nothing through any more;
   * `half-open` does the same, and the venue's session takes the link for ended while the client's
   * end knows nothing.
   */
  cut(how: CutKind, aim: CutAim = {}): number {
    const cut = this.#aimedAt(aim);
    for (const { raw, socket } of cut) {
      if (how === 'RST') raw.resetAndDestroy();
      else if (how === 'FIN') socket.end();
      else mute(socket);
      // As if the client had left: only the session hears it.
      if (how === 'half-open') socket.emit('end');
    }
    return cut.length;
  }

  /**
   * Bytes of the connections of now are held and let go every `delayMs`, both ways, for `forMs`.
   */
  slow(delayMs: number, forMs: number, aim: CutAim = {}): void {
    let leftMs = forMs;
    const slowed = this.#aimedAt(aim).map(({ socket }) => socket);
    const turn = (): void => {
      for (const socket of slowed) unmute(socket);
      if (leftMs <= 0) return;
      for (const socket of slowed) mute(socket);
      this.#options.timers.set(Math.min(delayMs, leftMs), turn);
      leftMs -= delayMs;
    };
    turn();
  }

  /** A frame of nobody's making, to the client of this CompID. */
  write(session: string, frame: Buffer): void {
    for (const { tap } of this.#aimedAt({ session })) tap?.write(frame);
  }

  #aimedAt({ session, account }: CutAim): readonly Visitor[] {
    return [...this.#visitors].filter(
      ({ tap }) =>
        (session === undefined || tap?.session === session) &&
        (account === undefined || tap?.account === account),
    );
  }

  #enter(raw: Socket, socket: Socket): void {
    const { tap: wanted, timers } = this.#options;
    const tap = wanted === undefined ? undefined : new FixTap(socket, { ...wanted, timers });
    const visitor = { raw, socket, tap };
    this.#visitors.add(visitor);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      this.#visitors.delete(visitor);
    });
    this.#options.accept(socket, () => {
      this.#listener.settle(socket);
    });
  }
}

const mute = (socket: Socket): void => {
  socket.pause();
  socket.cork();
};

const unmute = (socket: Socket): void => {
  if (socket.destroyed) return;
  while (socket.writableCorked > 0) socket.uncork();
  socket.resume();
};
