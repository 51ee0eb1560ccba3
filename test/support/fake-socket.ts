import { Duplex } from 'node:stream';
import { type Socket } from 'node:net';

/**
 * One end of a connection that exists in memory only: what is written at one end is read at the
 * other.
 */
export class FakeSocket extends Duplex {
  readonly remoteAddress = 'memory';
  readonly remotePort = 1;
  bytesWritten = 0;
  #other: FakeSocket | undefined;
  /** False: the other end does not read, and writes wait. */
  #isReading = true;
  #waiting: (() => void) | undefined;

  static pair(): readonly [FakeSocket, FakeSocket] {
    const a = new FakeSocket({ allowHalfOpen: false });
    const b = new FakeSocket({ allowHalfOpen: false });
    a.#other = b;
    b.#other = a;
    return [a, b];
  }

  asSocket(): Socket {
    return this as unknown as Socket;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** Stops or starts taking what the other end writes. */
  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    if (!isReading) return;
    const resume = this.#waiting;
    this.#waiting = undefined;
    resume?.();
  }

  override _read(): void {
    // The other end pushes.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const deliver = (): void => {
      this.bytesWritten += chunk.length;
      this.#other?.push(chunk);
      done();
    };
    const other = this.#other;
    if (other === undefined || other.#isReading) deliver();
    else other.#waiting = deliver;
  }

  override _final(done: () => void): void {
    this.#other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const other = this.#other;
    if (other !== undefined && !other.destroyed && !other.readableEnded) other.push(null);
    done(error);
  }
}
