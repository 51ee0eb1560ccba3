import { createServer, request as ask, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/** An HTTP server in front of another one, which counts what reaches it. */
export class CountingProxy {
  readonly #server: Server;
  readonly #paths: string[] = [];

  private constructor(targetPort: number) {
    this.#server = createServer((incoming, answer) => {
      this.#paths.push((incoming.url ?? '').split('?')[0] ?? '');
      const { method, headers, url: path } = incoming;
      const target = { host: '127.0.0.1', port: targetPort, method, path, headers, agent: false };
      const outgoing = ask(target, (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.on('error', () => answer.destroy());
        reply.on('aborted', () => answer.destroy());
        reply.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    });
  }

  static async listen(targetPort: number): Promise<CountingProxy> {
    const proxy = new CountingProxy(targetPort);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests of this call so far, e.g. `sendorder`. */
  count(call: string): number {
    return this.#paths.filter((path) => path.endsWith(`/${call}`)).length;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
