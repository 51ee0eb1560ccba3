import { type Clock, type Timers } from '../../../lib/time.ts';
import {
  type FrameInterceptor,
  type OutgoingFrame,
} from '../../gateways/websocket/connection/feed-socket.ts';
import { type BookFaults } from '../book-faults.ts';
import { type FrameFaults } from './frame-faults.ts';
import { LateLine } from './late-line.ts';

interface FeedInterceptorDeps {
  readonly frames: FrameFaults;
  readonly books: BookFaults;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Interceptor to run after the faults. */
  readonly next?: FrameInterceptor | undefined;
}

/** Applies faults to WebSocket frames. Each connection keeps the order of its frames. */
export const makeFeedInterceptor = (deps: FeedInterceptorDeps): FrameInterceptor => {
  const { frames, next } = deps;
  const lines = new Map<string, LateLine<() => void>>();
  const send = (connection: string, delayMs: number, go: () => void): void => {
    let line = lines.get(connection);
    if (line?.isEmpty === true && delayMs === 0) lines.delete(connection);
    if (line?.isEmpty !== false && delayMs === 0) {
      go();
      return;
    }
    if (line === undefined) {
      line = new LateLine((each: () => void) => {
        each();
      }, deps);
      lines.set(connection, line);
    }
    line.send(go, delayMs);
  };
  return (frame, pass) => {
    const on = (text: string): void => {
      if (next === undefined) pass(text);
      else next({ ...frame, text }, pass);
    };
    if (frames.isIdle && lines.size === 0) {
      on(frame.text);
      return;
    }
    const text = bookText(deps.books, frame);
    if (text === undefined) return;
    const { connection, feed, account, product: symbol } = frame;
    const fate = frames.fateOf({ channel: 'ws', feed, account, symbol });
    const told = fate.isCorrupt ? text.slice(0, Math.ceil(text.length / 2)) : text;
    for (let copy = 0; copy < fate.copies; copy += 1)
      send(connection, copy === 0 ? fate.delayMs : 0, () => {
        on(told);
      });
  };
};

/** Snapshots are never wrong, so that a client can recover by one. */
const bookText = (books: BookFaults, { feed, product, text }: OutgoingFrame): string | undefined =>
  feed === 'book' && product !== undefined && text.startsWith('{"feed":"book",')
    ? books.onBookFrame(text, product)
    : text;
