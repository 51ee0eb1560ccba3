import { type Server } from 'node:http';
import { type Socket } from 'node:net';
import { type CutKind } from '../../faults/link/fix-proxy.ts';

interface Connection {
  /** TCP, under the TLS when there is any. */
  readonly raw: Socket;
  socket: Socket;
}

/** The open connections of an HTTP server, for faults. */
export class Connections {
  readonly #open = new Map<number, Connection>();
  readonly #silent = new WeakSet<Socket>();

  constructor(server: Server) {
    server.on('connection', (raw: Socket) => {
      const port = raw.remotePort ?? -1;
      this.#open.set(port, { raw, socket: raw });
      raw.once('close', () => this.#open.delete(port));
    });
    server.on('secureConnection', (socket: Socket) => {
      const connection = this.#open.get(socket.remotePort ?? -1);
      if (connection !== undefined) connection.socket = socket;
    });
  }

  get open(): number {
    return this.#open.size;
  }

  /** Nothing gets through any more, neither way. */
  isSilent(socket: Socket): boolean {
    return this.#silent.has(socket);
  }

  /** Idle ones and those with a request under way alike. */
  cut(how: CutKind): void {
    for (const { raw, socket } of [...this.#open.values()]) {
      if (how === 'RST') raw.resetAndDestroy();
      else if (how === 'FIN') socket.end();
      else {
        this.#silent.add(socket);
        socket.cork();
      }
    }
  }
}
