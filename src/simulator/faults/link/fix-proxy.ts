import { type Socket } from 'node:net';
import { FixListener } from '../../../fix/runtime/acceptor/listener.ts';
import { type Timers } from '../../../lib/time.ts';
import { type Certificate } from '../../certificate.ts';
import { FixTap, type FixTapDeps } from './fix-tap.ts';

export type CutKind = 'FIN' | 'RST' | 'silent' | 'half-open';

/** Selects connections; all when left out. */
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
  /** Takes over a connection that is ready to be read; calls `onLoggedOn` after its Logon. */
  readonly accept: (socket: Socket, onLoggedOn: () => void) => void;
  /** Frame faults on the way out; none when left out. */
  readonly tap?: Omit<FixTapDeps, 'timers'>;
}

interface Visitor {
  /** The TCP socket, also below TLS. */
  readonly raw: Socket;
  /** What the session reads and writes. */
  readonly socket: Socket;
  readonly tap: FixTap | undefined;
}

/**
 * Listens for a FIX gateway and keeps its connections, so that faults can cut, mute and slow them.
 */
export class FixProxy {
  readonly #options: FixProxyOptions;
  readonly #listener: FixListener;
  readonly #visitors = new Set<Visitor>();

  constructor(options: FixProxyOptions) {
    this.#options = options;
    const { host, port, timers, certificate } = options;
    this.#listener = new FixListener({
      host,
      port,
      timers,
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
   * Cuts connections. FIN and RST end them. `silent` leaves both ends open but passes no more
   * bytes. `half-open` does the same and ends the venue's session, which the client does not
   * notice.
   */
  cut(how: CutKind, aim: CutAim = {}): number {
    const cut = this.#aimedAt(aim);
    for (const { raw, socket } of cut) {
      if (how === 'RST') raw.resetAndDestroy();
      else if (how === 'FIN') socket.end();
      else mute(socket);
      // Only the session sees the end, as if the client had left.
      if (how === 'half-open') socket.emit('end');
    }
    return cut.length;
  }

  /**
   * For `forMs`, holds the bytes of the present connections both ways and passes them every
   * `delayMs`.
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

  /** Sends a frame that no session made to the client of this CompID. */
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
