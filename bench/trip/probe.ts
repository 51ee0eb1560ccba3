import { Socket } from 'node:net';
import { type Path } from './trip.ts';

export type TripName = 'order' | 'fill' | 'rest order' | 'book frame';

declare global {
  var fathomTrip: ((file: number) => void) | undefined;
}

let path: number[] | undefined;

/** Records what is entered from here until `end`. */
const begin = (): void => {
  path = [];
  const entered = path;
  globalThis.fathomTrip = (file) => {
    entered.push(file);
  };
};

const end = (): Path => {
  globalThis.fathomTrip = undefined;
  const entered = path ?? [];
  path = undefined;
  return entered;
};

/** Records the calls of one action, until its promise is settled. */
export const recordAction = async (act: () => Promise<unknown>): Promise<Path> => {
  begin();
  await act();
  return end();
};

interface Watch {
  readonly name: TripName;
  /** The bytes with which the trip begins, as they come out of a socket. */
  readonly starts: RegExp;
  /** The bytes with which it ends, as they are written; without it when their handler returns. */
  readonly ends?: RegExp;
  /** What a chunk holds once when it holds one message. */
  readonly once: RegExp;
}

const ONE_FIX = /\x0110=\d{3}\x01/g;

const WATCHES: readonly Watch[] = [
  { name: 'order', starts: /\x0135=D\x01/, ends: /\x0135=D\x01/, once: ONE_FIX },
  { name: 'fill', starts: /\x01150=F\x01/, ends: /\x01150=F\x01/, once: /\x01150=F\x01/g },
  { name: 'book frame', starts: /"feed":"book",/, once: /"feed":/g },
];

/**
 * Watches every socket of the process: a trip goes from the chunk that brings a message to the
 * write that passes it on.
 */
export const watchSockets = (tell: (name: TripName, path: Path) => void): void => {
  const { prototype } = Socket;
  // Both are called with the socket as `this`.
  /* eslint-disable @typescript-eslint/unbound-method */
  const emit = prototype.emit as (this: Socket, event: string, ...args: unknown[]) => boolean;
  const write = prototype.write as (this: Socket, ...args: unknown[]) => boolean;
  /* eslint-enable @typescript-eslint/unbound-method */
  let watch: Watch | undefined;
  prototype.emit = function (this: Socket, event: string, ...args: unknown[]): boolean {
    const text = event === 'data' ? textOf(args[0]) : '';
    const found = text === '' ? undefined : WATCHES.find(({ starts }) => starts.test(text));
    if (found === undefined || text.match(found.once)?.length !== 1)
      return emit.call(this, event, ...args);
    watch = found;
    begin();
    try {
      return emit.call(this, event, ...args);
    } finally {
      if (found.ends === undefined) tell(found.name, end());
    }
  };
  prototype.write = function (this: Socket, ...args: unknown[]): boolean {
    if (path !== undefined && watch?.ends?.test(textOf(args[0])) === true) tell(watch.name, end());
    return write.call(this, ...args);
  };
};

const textOf = (bytes: unknown): string =>
  typeof bytes === 'string'
    ? bytes
    : bytes instanceof Uint8Array
      ? Buffer.from(bytes).toString('latin1')
      : '';
