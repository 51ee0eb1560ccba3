import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP relay that can lose what passes through it, and cut every connection at once. */
export class CutProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly targetPort: number;
  #isLosingToClient = false;
  #isLosingToServer = false;
  /** Connections taken so far. */
  connections = 0;
  /** Bytes of clients that were lost so far. */
  lostToServerBytes = 0;

  private constructor(targetPort: number) {
    this.targetPort = targetPort;
    this.#server = createServer((client) => {
      this.#relay(client);
    });
  }

  static async listen(targetPort: number): Promise<CutProxy> {
    const proxy = new CutProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * From now on, until the next `cut`, what the server (or both) says is taken and never delivered.
   */
  lose(what: 'to-client' | 'both'): void {
    this.#isLosingToClient = true;
    this.#isLosingToServer = what === 'both';
  }

  /** Destroys both halves of every connection; the next one is sound again. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#isLosingToClient = false;
    this.#isLosingToServer = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #relay(client: Socket): void {
    this.connections++;
    const server = connect(this.targetPort, '127.0.0.1');
    this.#join(client, server, (bytes) => {
      if (this.#isLosingToServer) this.lostToServerBytes += bytes;
      return this.#isLosingToServer;
    });
    this.#join(server, client, () => this.#isLosingToClient);
  }

  #join(from: Socket, to: Socket, isLost: (bytes: number) => boolean): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (!isLost(chunk.length)) to.write(chunk);
    });
    from.on('error', () => undefined);
    from.on('end', () => to.end());
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
