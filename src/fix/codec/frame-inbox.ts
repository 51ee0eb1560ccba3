import { type FixDictionary } from '../dictionary/dictionary.ts';
import { type Decoded, DECODER_LIMITS, FrameDecoder } from './frame-decoder.ts';

/**
 * Cuts the bytes of one connection into frames, and tells whether a frame is incomplete.
 */
export class FrameInbox {
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
   * Called once `next` has no more: whether a frame is incomplete, if the last chunk changed that;
   * else `undefined`. Bytes behind a complete frame begin another one, whose time counts anew.
   */
  pendingChange(): boolean | undefined {
    const isPending = this.#decoder.isFrameBegun;
    if (isPending === this.#isFramePending && (!isPending || this.#frames === 0)) return undefined;
    this.#isFramePending = isPending;
    return isPending;
  }
}
