import { lstatSync, statSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { type Server, type Socket, createServer } from 'node:net';
import { dirname } from 'node:path';
import { makeRedactor } from '../lib/redaction/redactor.ts';
import { type Result, err, ok } from '../lib/result.ts';
import { type ControlError, REQUEST_BYTES_MAX } from './control-message.ts';
import { type ControlAudit, type ControlHandler } from './control-handler.ts';
import { ControlConnection } from './control-connection.ts';
import { isSocketAlive } from './socket-probe.ts';

export interface ControlServerOptions {
  /** Path of the Unix domain socket; its folder is made when it is missing, for the owner only. */
  readonly path: string;
  readonly handlers: Readonly<Record<string, ControlHandler>>;
  /** Called for every request that could be read, refused ones included. */
  readonly audit: (call: ControlAudit) => void;
  /** Masks what an answer or the audit may not show; by form and name alone when left out. */
  readonly redact?: (value: unknown) => unknown;
  readonly connectionsMax?: number;
  /** A connection that says nothing for so long is closed. */
  readonly idleTimeoutMs?: number;
}

export interface ControlServer {
  readonly path: string;
  /** Stops listening, ends the connections and removes the socket file. */
  readonly close: () => Promise<void>;
}

/** sun_path of Linux holds 108 bytes, the last of them zero. */
const PATH_BYTES_MAX = 107;
const CONNECTIONS_MAX = 16;
const IDLE_TIMEOUT_MS = 60_000;

/**
 * Opens the local door of a running engine: newline-delimited JSON over a Unix domain socket that
 * only the engine's own user can open (mode 0600 in a folder that nobody else can write). A socket
 * file that a dead engine left behind is replaced; a live one is refused.
 */
export const makeControlServer = async (
  options: ControlServerOptions,
): Promise<Result<ControlServer, ControlError>> => {
  const { path } = options;
  const place = await preparePlace(path);
  if (!place.ok) return place;
  const connections = new Set<Socket>();
  let connectionsMade = 0;
  // Half-open: a client may close its side once it has asked, as `nc -N` does.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connectionsMade += 1;
    accept(socket, { options, connections, id: connectionsMade });
  });
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  const listening = await listen(server, path);
  if (!listening.ok) return listening;
  return ok({
    path,
    close: () =>
      new Promise((resolve) => {
        // Node removes the socket file when the server closes.
        server.close(() => {
          resolve();
        });
        for (const socket of connections) socket.destroy();
      }),
  });
};

const accept = (
  socket: Socket,
  {
    options,
    connections,
    id,
  }: { options: ControlServerOptions; connections: Set<Socket>; id: number },
): void => {
  connections.add(socket);
  socket.setTimeout(options.idleTimeoutMs ?? IDLE_TIMEOUT_MS, () => socket.destroy());
  socket.once('close', () => connections.delete(socket));
  // A client that goes away in the middle is no event: `close` follows.
  socket.on('error', () => undefined);
  const connection = new ControlConnection({
    id,
    handlers: options.handlers,
    audit: options.audit,
    redact: options.redact ?? makeRedactor().value,
    requestBytesMax: REQUEST_BYTES_MAX,
    write: (line) => socket.write(line),
    end: () => {
      socket.end();
    },
  });
  socket.on('data', (chunk: Buffer) => {
    connection.receive(chunk);
  });
  socket.once('end', () => {
    void connection.settled().then(() => socket.end());
  });
};

const refuse = (code: string, message: string): Result<never, ControlError> =>
  err({ code, message });

/** A folder that only its owner can write, and no living socket at the path. */
const preparePlace = async (path: string): Promise<Result<void, ControlError>> => {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    return refuse('CONTROL_PATH_TOO_LONG', `${path} is longer than ${PATH_BYTES_MAX} bytes`);
  }
  const folder = dirname(path);
  const made = await makeFolder(folder);
  if (!made.ok) return made;
  const { mode, uid } = statSync(folder);
  const me = process.getuid?.();
  if ((mode & 0o022) !== 0) {
    return refuse(
      'CONTROL_FOLDER_OPEN',
      `others can write to ${folder}: chmod go-w it, or place the control socket elsewhere`,
    );
  }
  if (me !== undefined && uid !== me && uid !== 0) {
    return refuse(
      'CONTROL_FOLDER_FOREIGN',
      `${folder} belongs to user ${uid}, the engine runs as user ${me}`,
    );
  }
  // A link is not followed: it could name the socket of somebody else.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return ok(undefined);
  if (!found.isSocket()) return refuse('CONTROL_PATH_TAKEN', `${path} exists and is not a socket`);
  if (await isSocketAlive(path))
    return refuse('CONTROL_SOCKET_LIVE', `another engine listens on ${path}`);
  await unlink(path);
  return ok(undefined);
};

const makeFolder = async (folder: string): Promise<Result<void, ControlError>> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return ok(undefined);
  } catch (cause) {
    return refuse(
      'CONTROL_FOLDER_MISSING',
      `${folder} cannot be made: ${(cause as Error).message}`,
    );
  }
};

const listen = (server: Server, path: string): Promise<Result<void, ControlError>> =>
  new Promise((resolve) => {
    server.once('error', (cause) => {
      resolve(refuse('CONTROL_LISTEN_FAILED', `cannot listen on ${path}: ${cause.message}`));
    });
    // bind(2), which listen() calls before it returns, makes the file by the umask: 0777 less 0177
    // is 0600.
    const umask = process.umask(0o177);
    server.listen(path, () => {
      resolve(ok(undefined));
    });
    process.umask(umask);
  });
