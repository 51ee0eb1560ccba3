import { type Socket } from 'node:net';
import { type TimeDeps } from '../../lib/time.ts';
import { type SessionHost } from './session-host.ts';
import { type SessionTransport } from './outbox.ts';

export interface SocketDeps extends TimeDeps {
  /** A peer that reads nothing for so long while bytes wait for it is cut; 30 s by default. */
  readonly slowConsumerMs?: number;
}

const SLOW_CONSUMER_MS = 30_000;

/**
 * Silence of a connection before the operating system asks whether the other machine is still
 * there; ten seconds without its answer end the connection.
 */
export const KEEP_ALIVE_MS = 30_000;

/** Time for the peer to close its end after we closed ours. */
const LINGER_MS = 1_000;

/** A session's connection for as long as it lives. */
export interface AttachedSocket {
  /** Cuts it at once; `onClosed` is called before this returns. */
  readonly cut: (text: string) => void;
  readonly isOver: () => boolean;
}

/** Joins a socket and a session. `first`: bytes that were read already to identify the session. */
export const attachSocket = (
  host: SessionHost,
  socket: Socket,
  deps: SocketDeps,
  options: { readonly first?: Buffer; readonly onClosed: (text: string) => void },
): AttachedSocket => {
  let isOver = false;
  let closing: { readonly cancel: () => void } | undefined;
  let text = 'closed by the peer';

  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    watch.cancel();
    host.disconnected(text);
    options.onClosed(text);
  };
  const cut = (why: string): void => {
    text = why;
    socket.destroy();
    finish();
  };
  const progress = makeProgress(socket, deps);
  const transport: SessionTransport = {
    peer: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`,
    write: (bytes) => {
      if (!isOver) socket.write(bytes);
    },
    unsentBytes: () => socket.writableLength,
    stalledForMs: () => (isOver ? 0 : progress.stalledForMs()),
    close: () => {
      if (isOver || closing !== undefined) return;
      text = 'closed by us';
      closing = deps.timers.set(LINGER_MS, () => socket.destroy());
      // The session is free for a new connection as soon as our last byte is sent.
      socket.end(finish);
    },
    destroy: (why = 'cut by us') => {
      text = why;
      socket.destroy();
    },
  };
  const watch = watchSlowConsumer(progress, deps, cut);

  socket.on('data', (chunk: Buffer) => {
    if (!isOver) host.received(chunk);
  });
  socket.on('drain', () => {
    if (!isOver) host.drained();
  });
  socket.on('error', (error) => {
    text = error.message;
  });
  // A peer that closed its end has left, and may reconnect before this socket is closed.
  socket.once('end', finish);
  socket.once('close', () => {
    closing?.cancel();
    finish();
  });
  host.connected(transport);
  if (options.first !== undefined) host.received(options.first);
  return { cut, isOver: () => isOver };
};

const WATCHES_PER_LIMIT = 4;

/** Whether unsent bytes make progress, as seen by whoever asks. */
interface Progress {
  readonly stalledForMs: () => number;
  readonly unsentBytes: () => number;
}

const makeProgress = (socket: Socket, { clock }: Pick<SocketDeps, 'clock'>): Progress => {
  const unsentBytes = (): number => socket.writableLength;
  let written = socket.bytesWritten - unsentBytes();
  let since = clock.monotonic();
  return {
    unsentBytes,
    stalledForMs: () => {
      const now = socket.bytesWritten - unsentBytes();
      if (now === written && unsentBytes() > 0) return clock.monotonic() - since;
      written = now;
      since = clock.monotonic();
      return 0;
    },
  };
};

/** Checks at intervals that unsent bytes make progress. */
const watchSlowConsumer = (
  { stalledForMs, unsentBytes }: Progress,
  { timers, slowConsumerMs = SLOW_CONSUMER_MS }: SocketDeps,
  cut: (text: string) => void,
): { readonly cancel: () => void } => {
  const look = (): void => {
    if (stalledForMs() >= slowConsumerMs) {
      cut(`slow consumer: ${unsentBytes()} bytes unsent for ${slowConsumerMs} ms`);
      return;
    }
    timer = timers.set(slowConsumerMs / WATCHES_PER_LIMIT, look);
  };
  let timer = timers.set(slowConsumerMs / WATCHES_PER_LIMIT, look);
  return {
    cancel: () => timer.cancel(),
  };
};
