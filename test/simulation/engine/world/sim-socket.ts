import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { type Prng } from '../../../../src/lib/prng.ts';
import { type ProcessTime, type SimTime } from './sim-time.ts';

const LATENCY_MS_MAX = 20;

/** What a line does with what is written into it. */
export interface LineState {
  /** Bytes vanish, and nobody is told. */
  isSilent: boolean;
  /** Added to the latency of every chunk. */
  delayMs: number;
}

interface EndDeps {
  readonly time: SimTime;
  readonly random: Prng;
  /** Of the process that reads here. */
  readonly process: ProcessTime;
  /** From here to the other end. */
  readonly line: LineState;
  readonly name: string;
  /** Every chunk that is written here, before it is on its way. */
  readonly onWrite?: ((bytes: Buffer) => void) | undefined;
}

/** One end of a connection in the simulated world; as much of a Socket as the sessions use. */
export class SimSocket extends EventEmitter {
  readonly remoteAddress: string;
  readonly remotePort = 1;
  readonly writableLength = 0;
  readonly writable = true;
  bytesWritten = 0;
  destroyed = false;
  #other: SimSocket | undefined;
  readonly #deps: EndDeps;
  /** When the last chunk of this direction arrives: order is kept. */
  #arrivesAt = 0;
  #isEnded = false;
  #isPaused = false;
  #held: (() => void)[] = [];

  private constructor(deps: EndDeps) {
    super();
    this.#deps = deps;
    this.remoteAddress = deps.name;
  }

  static pair(a: EndDeps, b: EndDeps): readonly [SimSocket, SimSocket] {
    const [one, two] = [new SimSocket(a), new SimSocket(b)];
    one.#other = two;
    two.#other = one;
    return [one, two];
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

  pause(): this {
    this.#isPaused = true;
    return this;
  }

  resume(): this {
    this.#isPaused = false;
    for (const run of this.#held.splice(0)) run();
    return this;
  }

  write(bytes: Buffer): boolean {
    if (this.destroyed || this.#isEnded) return false;
    this.bytesWritten += bytes.length;
    this.#deps.onWrite?.(bytes);
    const copy = Buffer.from(bytes);
    this.#send(() => this.#other?.emit('data', copy));
    return true;
  }

  /** Bytes that the world puts on the line behind what this end has written. */
  inject(bytes: Buffer): void {
    if (!this.destroyed) this.#send(() => this.#other?.emit('data', bytes));
  }

  end(done?: () => void): this {
    if (this.destroyed || this.#isEnded) return this;
    this.#isEnded = true;
    this.#deps.process.set(0, () => done?.());
    this.#send(() => {
      const other = this.#other;
      other?.emit('end');
      other?.destroy();
    });
    return this;
  }

  /** Closed by its own process. */
  destroy(): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#deps.process.set(0, () => this.emit('close'));
    if (!this.#isEnded) this.#tellOther();
    return this;
  }

  /** Closed by the network: this end learns it by itself. */
  reset(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#deps.process.set(0, () => {
      this.emit('error', new Error('read ECONNRESET'));
      this.emit('close');
    });
  }

  /** Its process is gone. `isTold`: the operating system lived on and closes the connection. */
  abandon(isTold: boolean): void {
    this.removeAllListeners();
    if (this.destroyed) return;
    this.destroyed = true;
    if (isTold && !this.#isEnded) this.#tellOther();
  }

  /** What is under way from here to the other end is lost. */
  lose(): void {
    this.#generation += 1;
  }

  #generation = 0;

  #tellOther(): void {
    this.#send(() => {
      const other = this.#other;
      if (other === undefined || other.destroyed) return;
      other.emit('end');
      other.destroy();
    });
  }

  #send(arrive: () => void): void {
    const { time, random, line } = this.#deps;
    if (line.isSilent) return;
    const at = Math.max(
      this.#arrivesAt,
      time.now + line.delayMs + (random.uint32() / 4_294_967_296) * LATENCY_MS_MAX,
    );
    this.#arrivesAt = at;
    const generation = this.#generation;
    time.set(at - time.now, () => {
      if (generation === this.#generation) this.#other!.#read(arrive);
    });
  }

  #read(arrive: () => void): void {
    if (this.destroyed) return;
    const { process, time } = this.#deps;
    if (process.isDead) return;
    if (this.#isPaused) {
      this.#held.push(() => this.#read(arrive));
    } else if (time.now < process.stalledUntil) {
      time.set(process.stalledUntil - time.now, () => this.#read(arrive));
    } else {
      arrive();
    }
  }
}
