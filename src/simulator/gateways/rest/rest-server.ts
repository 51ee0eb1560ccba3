import { type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { type Clock } from '../../../lib/time.ts';
import { type Certificate } from '../../certificate.ts';
import { type CutKind } from '../../faults/link/fix-proxy.ts';
import { failures, type RestAnswer } from './answer.ts';
import { ENDPOINTS } from './endpoints/catalogue.ts';
import { type ServedEndpoint } from './endpoints/endpoint.ts';
import { type RestApi } from './rest-api.ts';

export interface RestServer {
  readonly listen: (host: string, port: number) => Promise<number>;
  readonly close: () => Promise<void>;
  /** For faults: ends or silences every connection that is open now. */
  readonly cut: (how: CutKind) => void;
  /** Connections that are open now. */
  readonly connections: () => number;
}

const BODY_BYTES_MAX = 1_048_576;
const CONNECTION_TIMEOUT_MS = 60_000;

/** HTTP around the API: routes, raw bytes for the signature, answers written as they are. */
export const makeRestServer = (
  api: RestApi,
  clock: Clock,
  certificate?: Certificate,
): RestServer => {
  const app = makeApp(
    {
      bodyLimit: BODY_BYTES_MAX,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      exposeHeadRoutes: false,
      forceCloseConnections: true,
    },
    certificate,
  );
  keepBodiesRaw(app);
  const connections = new Connections(app.server);
  app.addHook('onRequest', (request, reply, next) => {
    if (connections.isSilent(request.raw.socket)) reply.hijack();
    else next();
  });
  for (const endpoint of ENDPOINTS) {
    for (const url of endpoint.paths) {
      app.route({
        method: endpoint.method,
        url,
        handler: (request, reply) => answer(api, endpoint, request, reply),
      });
    }
  }
  for (const version of ['v1', 'v4']) redirectHistory(app, version);
  app.setNotFoundHandler((_request, reply) => write(reply, failures(clock.wall(), 404)));
  app.setErrorHandler((_error, _request, reply) => write(reply, failures(clock.wall(), 400)));
  return {
    listen: async (host, port) => {
      await app.listen({ host, port });
      return (app.server.address() as AddressInfo).port;
    },
    close: () => app.close(),
    cut: (how) => {
      connections.cut(how);
    },
    connections: () => connections.open,
  };
};

/** Serves TLS when there is a certificate. Both kinds of server are used through one type. */
const makeApp = (
  options: FastifyHttpOptions<Server>,
  certificate: Certificate | undefined,
): FastifyInstance => {
  if (certificate === undefined) return fastify(options);
  const { key, cert } = certificate;
  return fastify({ ...options, https: { key, cert } } as FastifyHttpOptions<Server>);
};

/** Keeps the body as it came for every content type: the signature covers its bytes. */
const keepBodiesRaw = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
};

/** v1 and v4 of the history service redirect [rest 1.1]. */
const redirectHistory = (app: FastifyInstance, version: string): void => {
  app.get(`/api/history/${version}/*`, (request, reply) =>
    reply.redirect(request.url.replace(`/history/${version}/`, '/history/v3/'), 302),
  );
};

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

const answer = async (
  api: RestApi,
  endpoint: ServedEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> => {
  const { url } = request;
  const at = url.indexOf('?');
  const outcome = await api.handle({
    endpoint,
    path: at < 0 ? url : url.slice(0, at),
    pathParams: request.params as Readonly<Record<string, string>>,
    query: at < 0 ? '' : url.slice(at + 1),
    body: typeof request.body === 'string' ? request.body : '',
    apiKey: header(request, 'apikey'),
    authent: header(request, 'authent'),
    nonce: header(request, 'nonce'),
    algoId: header(request, 'algoid'),
  });
  if (outcome.type === 'answer') return write(reply, outcome.answer);
  reply.hijack();
  if (outcome.type === 'cut') breakOff(reply, outcome.answer);
  else request.raw.socket.destroy();
  return reply;
};

const write = (reply: FastifyReply, given: RestAnswer): FastifyReply =>
  reply
    .code(given.status)
    .headers({ 'content-type': given.contentType, ...given.headers })
    .send(given.body);

/** Promises the whole body, sends half of it, and ends the connection. */
const breakOff = (reply: FastifyReply, given: RestAnswer): void => {
  const bytes = Buffer.from(given.body);
  reply.raw.writeHead(given.status, {
    'content-type': given.contentType,
    'content-length': bytes.length,
  });
  reply.raw.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    reply.raw.socket?.destroy();
  });
};

interface Connection {
  /** TCP, under the TLS when there is any. */
  readonly raw: Socket;
  socket: Socket;
}

/** The open connections of an HTTP server, for faults. */
class Connections {
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

  /** Whether the connection is silenced: it stays open, and nothing passes in either direction. */
  isSilent(socket: Socket): boolean {
    return this.#silent.has(socket);
  }

  /** Cuts every open connection, idle or with a request under way. */
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
