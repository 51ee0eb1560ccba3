import { type Socket } from 'node:net';
import { type Clock, type Timers } from '../../lib/time.ts';
import { type SessionHost } from './session-host.ts';
import { type SessionTransport } from './outbox.ts';

export interface SocketDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** A peer that reads nothing for so long while bytes wait for it is cut; 30 s by default. */
  readonly slowConsumerMs?: number;
}

const SLOW_CONSUMER_MS = 30_000;

/** After our end is closed, how long the peer may take to close its own. */
const LINGER_MS = 1_000;

/** A session's connection for as long as it lives. */
export interface AttachedSocket {
  /** Cuts it at once; `onClosed` is called before this returns. */
  readonly cut: (text: string) => void;
  readonly isOver: () => boolean;
}

/** Joins a socket and a session; `first` are bytes that were read to find out whose they are. */
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
  const transport: SessionTransport = {
    peer: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`,
    write: (bytes) => {
      if (!isOver) socket.write(bytes);
    },
    unsentBytes: () => socket.writableLength,
    close: () => {
      if (isOver || closing !== undefined) return;
      text = 'closed by us';
      closing = deps.timers.set(LINGER_MS, () => socket.destroy());
      // The session is free for a new connection as soon as our last byte is out; this one fades
      // away by itself.
      socket.end(finish);
    },
    destroy: (why = 'cut by us') => {
      text = why;
      socket.destroy();
    },
  };
  const watch = watchSlowConsumer(socket, deps, cut);

  socket.on('data', (chunk: Buffer) => {
    if (!isOver) host.received(chunk);
  });
  socket.on('drain', () => {
    if (!isOver) host.drained();
  });
  socket.on('error', (error) => {
    text = error.message;
  });
  // Whoever has closed its end has left: it may be back before the socket is gone.
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

/** Looks from time to time whether anything has left a line that is not empty. */
const watchSlowConsumer = (
  socket: Socket,
  { clock, timers, slowConsumerMs = SLOW_CONSUMER_MS }: SocketDeps,
  cut: (text: string) => void,
): { readonly cancel: () => void } => {
  let written = socket.bytesWritten - socket.writableLength;
  let since = clock.monotonic();
  const look = (): void => {
    const now = socket.bytesWritten - socket.writableLength;
    if (now !== written || socket.writableLength === 0) {
      written = now;
      since = clock.monotonic();
    } else if (clock.monotonic() - since >= slowConsumerMs) {
      cut(`slow consumer: ${socket.writableLength} bytes unsent for ${slowConsumerMs} ms`);
      return;
    }
    timer = timers.set(slowConsumerMs / WATCHES_PER_LIMIT, look);
  };
  let timer = timers.set(slowConsumerMs / WATCHES_PER_LIMIT, look);
  return {
    cancel: () => timer.cancel(),
  };
};
