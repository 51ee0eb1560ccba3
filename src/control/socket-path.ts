import { lstatSync, statSync } from 'node:fs';
import { mkdir, unlink } from 'node:fs/promises';
import { type Server, connect } from 'node:net';
import { dirname } from 'node:path';
import { type Result, err, ok } from '../lib/result.ts';
import { type ControlError } from './control-message.ts';

/** sun_path of Linux holds 108 bytes, the last of them zero. */
const PATH_BYTES_MAX = 107;
const PROBE_TIMEOUT_MS = 1_000;

/**
 * Makes the path ready to listen on: its folder exists and only its owner can write there, and the
 * socket file of a dead engine is removed. The errors: CONTROL_PATH_TOO_LONG,
 * CONTROL_FOLDER_MISSING, CONTROL_FOLDER_OPEN, CONTROL_FOLDER_FOREIGN, CONTROL_PATH_TAKEN,
 * CONTROL_SOCKET_LIVE.
 */
export const prepareSocketPath = async (path: string): Promise<Result<void, ControlError>> => {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    return refuse('CONTROL_PATH_TOO_LONG', `${path} is longer than ${PATH_BYTES_MAX} bytes`);
  const folder = await prepareFolder(dirname(path));
  if (!folder.ok) return folder;
  // A link is not followed: it could name the socket of somebody else.
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return ok(undefined);
  if (!found.isSocket()) return refuse('CONTROL_PATH_TAKEN', `${path} exists and is not a socket`);
  if (await isSocketAlive(path))
    return refuse('CONTROL_SOCKET_LIVE', `another engine listens on ${path}`);
  await unlink(path);
  return ok(undefined);
};

/** Listens with mode 0600. The error is CONTROL_LISTEN_FAILED. */
export const listenPrivately = (
  server: Server,
  path: string,
): Promise<Result<void, ControlError>> =>
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

const prepareFolder = async (folder: string): Promise<Result<void, ControlError>> => {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    return refuse(
      'CONTROL_FOLDER_MISSING',
      `${folder} cannot be made: ${(cause as Error).message}`,
    );
  }
  const { mode, uid } = statSync(folder);
  const ownUid = process.getuid?.();
  if ((mode & 0o022) !== 0) {
    return refuse(
      'CONTROL_FOLDER_OPEN',
      `others can write to ${folder}: chmod go-w it, or place the control socket elsewhere`,
    );
  }
  if (ownUid !== undefined && uid !== ownUid && uid !== 0) {
    return refuse(
      'CONTROL_FOLDER_FOREIGN',
      `${folder} belongs to user ${uid}, the engine runs as user ${ownUid}`,
    );
  }
  return ok(undefined);
};

/** True also when the process is too busy to accept the connection within a second. */
const isSocketAlive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const answer = (isAlive: boolean): void => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => answer(true));
    socket.once('connect', () => answer(true));
    // ECONNREFUSED: no process listens. ENOENT: the file is gone. After any other error (EACCES,
    // EAGAIN) a process may still listen.
    socket.once('error', (cause: NodeJS.ErrnoException) =>
      answer(cause.code !== 'ECONNREFUSED' && cause.code !== 'ENOENT'),
    );
  });

const refuse = (code: string, message: string): Result<never, ControlError> =>
  err({ code, message });
