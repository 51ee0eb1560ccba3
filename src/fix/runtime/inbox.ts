import { type Decoded, DECODER_LIMITS, FrameDecoder } from '../codec/frame-decoder.ts';
import { type FixDictionary } from '../dictionary/dictionary.ts';

/** The bytes of one session's connection, as frames; and whether the end of one is awaited. */
export class SessionInbox {
  readonly #decoder: FrameDecoder;
  #frames = 0;
  #isFramePending = false;

  constructor(dictionary: FixDictionary, frameBytesMax = DECODER_LIMITS.frameBytesMax) {
    this.#decoder = new FrameDecoder(dictionary, { frameBytesMax });
  }

  /** A new connection starts clean. */
  reset(): void {
    this.#decoder.reset();
    this.#isFramePending = false;
  }

  push(chunk: Buffer): void {
    this.#frames = 0;
    this.#decoder.push(chunk);
  }

  /** The next message or garbage; `undefined` when more bytes are needed. */
  next(): Decoded | undefined {
    const decoded = this.#decoder.next();
    if (decoded !== undefined) this.#frames += 1;
    return decoded;
  }

  /**
   * Once `next` has no more: whether a frame is begun, if the last chunk changed that; `undefined`
   * when all is as before. What is left behind a frame that ended is the beginning of another one,
   * whose time counts anew.
   */
  pendingChange(): boolean | undefined {
    const isPending = this.#decoder.isFrameBegun;
    if (isPending === this.#isFramePending && (!isPending || this.#frames === 0)) return undefined;
    this.#isFramePending = isPending;
    return isPending;
  }
}
