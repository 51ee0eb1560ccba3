import { connect } from 'node:net';

const PROBE_TIMEOUT_MS = 1_000;

/**
 * Whether a process accepts connections on a Unix domain socket. One that is too busy to accept in
 * a second counts as alive.
 */
export const isSocketAlive = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    const answer = (isAlive: boolean): void => {
      socket.destroy();
      resolve(isAlive);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => {
      answer(true);
    });
    socket.once('connect', () => {
      answer(true);
    });
    // ECONNREFUSED: nobody listens. ENOENT: gone. Anything else (EACCES, EAGAIN) says that somebody
    // might.
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      answer(cause.code !== 'ECONNREFUSED' && cause.code !== 'ENOENT');
    });
  });
