import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createRawServer, type Socket } from 'node:net';
import { makeAccountBudgets } from '../../../../src/kraken/rate-budget.ts';
import {
  makeRawClient,
  type RawClientDeps,
  type RawClientHandle,
  type RawClientSettings,
} from '../../../../src/kraken/rest/raw-client.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import { type Clock, epochMs, monotonicMs, type Timers } from '../../../../src/lib/time.ts';

export const realClock: Clock = {
  wall: () => epochMs(Date.now()),
  monotonic: () => monotonicMs(performance.now()),
};

export const realTimers: Timers = {
  set: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

export const credential = {
  apiKey: new Secret('public-key'),
  apiSecret: new Secret(Buffer.alloc(64, 7).toString('base64')),
};

/** A client for a loopback server, with short deadlines; the caller closes it. */
export const makeTestClient = (
  origin: string,
  settings: Partial<RawClientSettings> = {},
  deps: Partial<RawClientDeps> = {},
): RawClientHandle =>
  makeRawClient(
    { origin, credential, repeat: { attemptsMax: 3, backOffMs: 1, backOffMsMax: 4 }, ...settings },
    {
      clock: realClock,
      timers: realTimers,
      random: () => 0.5,
      budgets: makeAccountBudgets(),
      ...deps,
    },
  );

export interface HttpFake {
  readonly origin: string;
  readonly requests: readonly { method: string; url: string; body: string; headers: object }[];
  readonly close: () => Promise<void>;
}

/** An HTTP server on loopback that keeps every request it read to the end. */
export const startHttpFake = async (
  answer: (request: IncomingMessage, body: string, response: ServerResponse) => void,
): Promise<HttpFake> => {
  const requests: { method: string; url: string; body: string; headers: object }[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      requests.push({
        method: request.method ?? '',
        url: request.url ?? '',
        body,
        headers: request.headers,
      });
      answer(request, body, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
};

export interface RawFake {
  readonly origin: string;
  /** Requests whose head and body arrived whole. */
  readonly wholeRequests: () => number;
  /** Connections on which at least one byte of a request arrived. */
  readonly touchedConnections: () => number;
  readonly close: () => Promise<void>;
}

/**
 * A TCP server that sees the bytes: `behave` runs on the first byte, and again on each whole
 * request.
 */
export const startRawFake = async (behave: {
  readonly onConnection?: (socket: Socket) => void;
  readonly onFirstByte?: (socket: Socket) => void;
  readonly onRequest?: (socket: Socket, count: number) => void;
}): Promise<RawFake> => {
  let whole = 0;
  let touched = 0;
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    let bytes = '';
    socket.on('error', () => undefined);
    behave.onConnection?.(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      if (bytes === '') {
        touched += 1;
        behave.onFirstByte?.(socket);
      }
      bytes += chunk.toString('latin1');
      const headEnd = bytes.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(bytes)?.[1] ?? 0);
      if (headEnd < 0 || bytes.length < headEnd + 4 + length) return;
      bytes = '';
      whole += 1;
      behave.onRequest?.(socket, whole);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    wholeRequests: () => whole,
    touchedConnections: () => touched,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
};

/** Waits for a condition, looking again whenever the event loop turns. */
export const until = async (condition: () => boolean, withinMs = 120_000): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition did not come true');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
