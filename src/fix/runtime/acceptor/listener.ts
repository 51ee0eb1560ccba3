import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import {
  createServer as createTlsServer,
  type Server as TlsServer,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import { type Timers } from '../../../lib/time.ts';
import { KEEP_ALIVE_MS } from '../socket.ts';

export interface FixListenerOptions {
  readonly host: string;
  /** 0 lets the operating system choose. */
  readonly port: number;
  /** Plain TCP when left out. */
  readonly tls?: TlsOptions;
  readonly timers: Timers;
  /** Checked at accept, before TLS; every address is allowed when left out. */
  readonly allowsAddress?: ((address: string) => boolean) | undefined;
  /** Connections that are not logged on: in total, and of one address. One more ends the oldest. */
  readonly pendingMax?: number;
  readonly pendingPerAddressMax?: number;
  /** From the connection to the end of the TLS handshake; without TLS to the first byte. */
  readonly handshakeTimeoutMs?: number;
  /**
   * A connection that is ready to be read; `raw` is the TCP under its TLS. Pending until `settle`.
   */
  readonly onConnection: (socket: Socket, raw: Socket) => void;
  readonly onTurnedAway?: (text: string) => void;
}

interface Pending {
  readonly address: string;
  readonly handshake: { readonly cancel: () => void };
}

const PENDING_MAX = 200;
const PENDING_PER_ADDRESS_MAX = 50;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Connections that the operating system holds for us before we accept them. With Node's 511 a flood
 * of strangers leaves right clients to the kernel's retries, which take up to a minute.
 */
const BACKLOG = 4_096;

/**
 * The listening side of a FIX acceptor. Strangers cost next to nothing: an address that is on no
 * list is cut at accept, before TLS, and connections that are not logged on are few. When there are
 * too many, the oldest of the address that has the most makes room, so neither silent connections
 * nor those of another address keep a right client out.
 */
export class FixListener {
  readonly #options: FixListenerOptions;
  readonly #server: Server;
  readonly #tls: TlsServer | undefined;
  /** Every TCP connection. */
  readonly #raw = new Set<Socket>();
  readonly #rawByPeer = new Map<string, Socket>();
  readonly #rawOf = new WeakMap<Socket, Socket>();
  /** In the order in which they came. */
  readonly #pending = new Map<Socket, Pending>();
  readonly #pendingByAddress = new Map<string, Set<Socket>>();

  constructor(options: FixListenerOptions) {
    this.#options = options;
    this.#tls = options.tls && createTlsServer(options.tls);
    this.#tls?.on('secureConnection', (socket: TLSSocket) => {
      const raw = this.#rawByPeer.get(peerOf(socket));
      if (raw === undefined) socket.destroy();
      else this.#ready(socket, raw);
    });
    // A failed handshake concerns the client only.
    this.#tls?.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#server = createTcpServer((raw) => this.#connected(raw));
  }

  listen(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host, backlog: BACKLOG }, () => {
        this.#server.off('error', reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** New connections are shown another certificate. Throws when it does not fit its key. */
  renew(options: TlsOptions): void {
    this.#tls?.setSecureContext(options);
  }

  /** The connection, as `onConnection` got it, is logged on. */
  settle(socket: Socket): void {
    const raw = this.#rawOf.get(socket);
    if (raw !== undefined) this.#forget(raw);
  }

  /** Accepts no further connections and cuts those that are not logged on; sessions go on. */
  stop(): void {
    this.#server.close();
    for (const raw of [...this.#pending.keys()]) raw.destroy();
  }

  /** Cuts every connection; resolves when nothing is left. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const raw of this.#raw) raw.destroy();
    return closed;
  }

  #connected(raw: Socket): void {
    raw.on('error', () => undefined);
    const address = raw.remoteAddress ?? '';
    if (!this.#server.listening || this.#options.allowsAddress?.(address) === false) {
      raw.destroy();
      this.#options.onTurnedAway?.(`no session may be reached from ${address}`);
      return;
    }
    raw.setNoDelay(true);
    raw.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#hold(raw, address);
    this.#makeRoom(address);
    if (raw.destroyed) return;
    raw.once('readable', () => {
      this.#begun(raw);
    });
  }

  /**
   * TLS and a reader of frames are made at the first byte, which stays in the socket for them: for
   * a connection that never says a word they would be most of its cost.
   */
  #begun(raw: Socket): void {
    if (raw.destroyed) return;
    if (raw.readableLength === 0) {
      raw.destroy();
      this.#options.onTurnedAway?.('closed before the first message');
    } else if (this.#tls === undefined) this.#ready(raw, raw);
    else this.#tls.emit('connection', raw);
  }

  #hold(raw: Socket, address: string): void {
    const { timers, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS, onTurnedAway } = this.#options;
    const peer = peerOf(raw);
    const due = this.#tls === undefined ? 'message' : 'TLS handshake';
    const handshake = timers.set(handshakeTimeoutMs, () => {
      onTurnedAway?.(`no ${due} within ${handshakeTimeoutMs} ms from ${address}`);
      raw.destroy();
    });
    this.#raw.add(raw);
    this.#rawByPeer.set(peer, raw);
    this.#pending.set(raw, { address, handshake });
    const ofAddress = this.#pendingByAddress.get(address) ?? new Set();
    this.#pendingByAddress.set(address, ofAddress.add(raw));
    raw.once('close', () => {
      this.#raw.delete(raw);
      if (this.#rawByPeer.get(peer) === raw) this.#rawByPeer.delete(peer);
      this.#forget(raw);
    });
  }

  #makeRoom(address: string): void {
    const { pendingMax = PENDING_MAX, pendingPerAddressMax = PENDING_PER_ADDRESS_MAX } =
      this.#options;
    const size = this.#pendingByAddress.get(address)?.size ?? 0;
    if (size > pendingPerAddressMax) this.#dropOldestOf(address);
    if (this.#pending.size <= pendingMax) return;
    const [crowd] = [...this.#pendingByAddress].sort(([, a], [, b]) => b.size - a.size);
    if (crowd !== undefined) this.#dropOldestOf(crowd[0]);
  }

  #dropOldestOf(address: string): void {
    for (const oldest of this.#pendingByAddress.get(address) ?? []) {
      this.#forget(oldest);
      oldest.destroy();
      this.#options.onTurnedAway?.(
        `too many connections that are not logged on: the oldest from ${address} makes room`,
      );
      return;
    }
  }

  #ready(socket: Socket, raw: Socket): void {
    this.#pending.get(raw)?.handshake.cancel();
    this.#rawOf.set(socket, raw);
    this.#options.onConnection(socket, raw);
  }

  #forget(raw: Socket): void {
    const pending = this.#pending.get(raw);
    if (pending === undefined) return;
    pending.handshake.cancel();
    this.#pending.delete(raw);
    const ofAddress = this.#pendingByAddress.get(pending.address);
    ofAddress?.delete(raw);
    if (ofAddress?.size === 0) this.#pendingByAddress.delete(pending.address);
  }
}

const peerOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string =>
  `${remoteAddress} ${remotePort}`;
