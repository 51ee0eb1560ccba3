import { setImmediate } from 'node:timers/promises';
import { parseLosslessJsonInSlices } from '../../../lib/lossless-json.ts';
import { type FrameJson } from '../parse/parse-frame.ts';

/** A longer frame is read in slices: decisions on orders do not wait for it. */
const AT_ONCE_CHARS_MAX = 262_144;

type ReadFrame =
  | { readonly type: 'FrameReceived'; readonly text: string }
  | { readonly type: 'JsonReceived'; readonly json: FrameJson };

export interface FrameQueueOptions {
  /** Receives the frames in the order in which they came. */
  readonly deliver: (frame: ReadFrame) => void;
  /** The peer is read no further while a long frame is, and again behind it. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * The frames of one connection, in their order. A short one is delivered at once. A long one is
 * read in slices of some milliseconds, between which everything else of the process has its turn.
 * Later frames wait behind it: those that came with it in one read of the socket, since the
 * connection is paused meanwhile.
 */
export class FrameQueue {
  readonly #options: FrameQueueOptions;
  readonly #waiting: string[] = [];
  #isReading = false;
  #isClosed = false;

  constructor(options: FrameQueueOptions) {
    this.#options = options;
  }

  offer(text: string): void {
    if (this.#isReading) this.#waiting.push(text);
    else if (text.length <= AT_ONCE_CHARS_MAX)
      this.#options.deliver({ type: 'FrameReceived', text });
    else this.#readInSlices(text);
  }

  /** Nothing is delivered any more: the connection is gone. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #readInSlices(text: string): void {
    this.#isReading = true;
    this.#options.pause();
    const pause = async (): Promise<void> => {
      await setImmediate();
    };
    void parseLosslessJsonInSlices(text, {}, pause).then((json) => {
      this.#isReading = false;
      if (this.#isClosed) return;
      this.#options.deliver({ type: 'JsonReceived', json });
      this.#drain();
    });
  }

  #drain(): void {
    while (!this.#isReading && this.#waiting.length > 0) this.offer(this.#waiting.shift() ?? '');
    if (!this.#isReading && !this.#isClosed) this.#options.resume();
  }
}
