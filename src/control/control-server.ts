import { type Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { invariant } from '../lib/invariant.ts';
import { makeRedactor } from '../lib/redaction/redactor.ts';
import { type Result, err, ok } from '../lib/result.ts';
import {
  type ControlAnswer,
  type ControlCall,
  type ControlError,
  REQUEST_BYTES_MAX,
  parseCall,
} from './control-message.ts';
import { type ControlAudit, type ControlHandler } from './control-handler.ts';
import { listenPrivately, prepareSocketPath } from './socket-path.ts';

export interface ControlServerOptions {
  /** Path of the Unix domain socket; its folder is made when it is missing, for the owner only. */
  readonly path: string;
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  /**
   * Called for every call that could be read, refused ones included. The caller is answered once
   * what it returns is done: no answer is ahead of its record.
   */
  readonly audit: (call: ControlAudit) => unknown;
  /** Masks answers and audits; without it, values are masked by form and name alone. */
  readonly redact?: (value: unknown) => unknown;
  readonly connectionsMax?: number;
  /** A connection that is idle for this long is closed. A call that runs is not idle. */
  readonly idleTimeoutMs?: number;
}

export interface ControlServer {
  readonly path: string;
  /** Stops listening, ends the connections and removes the socket file. */
  readonly close: () => Promise<void>;
}

const CONNECTIONS_MAX = 16;
const IDLE_TIMEOUT_MS = 60_000;
/** Calls that one connection may send before the first of them is answered. */
const WAITING_MAX = 64;

/**
 * Opens the control socket of a running engine: HTTP over a Unix domain socket that only the
 * engine's own user can open (mode 0600 in a folder that no other user can write). A socket file
 * that a dead engine left behind is replaced; a live one is refused.
 */
export const makeControlServer = async (
  options: ControlServerOptions,
): Promise<Result<ControlServer, ControlError>> => {
  const { path } = options;
  const prepared = await prepareSocketPath(path);
  if (!prepared.ok) return prepared;
  const app = makeApp(options);
  await app.ready();
  // Not `app.listen`: it binds later, and the mode of the socket file depends on the umask of now.
  const listening = await listenPrivately(app.server, path);
  if (!listening.ok) {
    await app.close();
    return listening;
  }
  return ok({
    path,
    close: async () => {
      // Node removes the socket file when the server closes.
      const closed = new Promise((resolve) => app.server.close(resolve));
      app.server.closeAllConnections();
      await closed;
      await app.close();
    },
  });
};

const makeApp = (options: ControlServerOptions): FastifyInstance => {
  const idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS;
  const app = fastify({
    bodyLimit: REQUEST_BYTES_MAX,
    connectionTimeout: idleTimeoutMs,
    requestTimeout: idleTimeoutMs,
    keepAliveTimeout: idleTimeoutMs,
  });
  app.server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  const redact = options.redact ?? makeRedactor().value;
  const answer = (reply: FastifyReply, status: number, result: Result<unknown, ControlError>) => {
    reply.raw.socket?.setTimeout(idleTimeoutMs);
    const body: ControlAnswer = result.ok
      ? { ok: true, result: result.value ?? null }
      : { ok: false, error: result.error };
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send(`${JSON.stringify(redact(body))}\n`);
  };
  app.removeAllContentTypeParsers();
  // Whatever type a request names: `curl --data` names the one of a form.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((_request, reply) =>
    answer(reply, 404, refuse('BAD_REQUEST', 'a call is POST /<verb>, such as POST /session.list')),
  );
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 413)
      return answer(reply, 413, refuse('REQUEST_TOO_LONG', REQUEST_TOO_LONG_MESSAGE));
    return answer(reply, status, refuse(status < 500 ? 'BAD_REQUEST' : 'INTERNAL', error.message));
  });
  const connections = new Connections();
  app.server.on('connection', (socket) => connections.add(socket));
  app.post<{ Params: { verb: string }; Body: string | undefined }>(
    '/:verb',
    async (request, reply) => {
      const call = parseCall(request.params.verb, request.body ?? '');
      if (!call.ok) return answer(reply, 400, refuse('BAD_REQUEST', call.error));
      const { socket } = request.raw;
      const connection = connections.of(socket);
      if (connection.waiting >= WAITING_MAX) {
        // HTTP could answer this one after the others only.
        socket.destroy();
        return reply.hijack();
      }
      socket.setTimeout(0);
      const result = await connection.inTurn(() =>
        // Its caller hung up while it waited.
        socket.destroyed ? undefined : run(call.value, options.handlers),
      );
      if (result === undefined) return reply.hijack();
      await options.audit(redact(toAudit(connection.id, call.value, result)) as ControlAudit);
      return answer(reply, statusOf(result), result);
    },
  );
  return app;
};

/** Calls of one connection run one after another: a call may rely on the one before it. */
class Connection {
  readonly id: number;
  waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: number) {
    this.id = id;
  }

  inTurn<T>(run: () => Promise<T> | undefined): Promise<T | undefined> {
    this.waiting += 1;
    const result = this.#last.then(() => {
      this.waiting -= 1;
      return run();
    });
    this.#last = result;
    return result;
  }
}

class Connections {
  readonly #bySocket = new WeakMap<Socket, Connection>();
  #made = 0;

  add(socket: Socket): void {
    this.#bySocket.set(socket, new Connection((this.#made += 1)));
  }

  of(socket: Socket): Connection {
    const found = this.#bySocket.get(socket);
    invariant(found !== undefined, 'a request comes on a connection');
    return found;
  }
}

/** Never rejects: a handler that fails must not crash the engine. */
const run = async (
  { verb, args }: ControlCall,
  handlers: ControlServerOptions['handlers'],
): Promise<Result<unknown, ControlError>> => {
  const handler = Object.hasOwn(handlers, verb) ? handlers[verb] : undefined;
  if (handler === undefined)
    return refuse('UNKNOWN_VERB', `this engine does not know the verb ${verb}`);
  try {
    return await handler(args);
  } catch (cause) {
    return refuse('INTERNAL', cause instanceof Error ? cause.message : String(cause));
  }
};

const toAudit = (
  connection: number,
  { verb, args }: ControlCall,
  result: Result<unknown, ControlError>,
): ControlAudit => {
  const call = { uid: process.getuid?.() ?? -1, connection, verb, args };
  return result.ok
    ? { ...call, outcome: 'ok' }
    : { ...call, outcome: 'refused', error: result.error };
};

const statusOf = (result: Result<unknown, ControlError>): number => {
  if (result.ok) return 200;
  const { code } = result.error;
  return code === 'UNKNOWN_VERB' ? 404 : code === 'INTERNAL' ? 500 : 409;
};

const REQUEST_TOO_LONG_MESSAGE = `a request may have ${REQUEST_BYTES_MAX} bytes`;

const refuse = (code: string, message: string): Result<never, ControlError> =>
  err({ code, message });
