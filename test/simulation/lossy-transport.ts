import { type SessionHost } from '../../src/fix/runtime/session-host.ts';
import { type SessionTransport } from '../../src/fix/runtime/outbox.ts';
import { type VirtualTime } from '../support/virtual-time.ts';

export const LATENCY_MS_MAX = 40;

/** Probabilities of one in so many; 0 is never. */
export interface Faults {
  readonly drop: number;
  readonly duplicate: number;
  readonly corrupt: number;
  readonly swap: number;
  readonly cut: number;
  readonly crash: number;
}

export const NO_FAULTS: Faults = { drop: 0, duplicate: 0, corrupt: 0, swap: 0, cut: 0, crash: 0 };

/** What a line needs of the world. */
export interface Line {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly faults: Faults;
  readonly happens: (oneIn: number) => boolean;
}

/** One direction of a connection. */
export class LossyTransport implements SessionTransport {
  readonly peer = 'simulation';
  readonly #world: Line;
  readonly #to: () => SessionHost | undefined;
  #arrivesAt = 0;
  isOpen = true;
  onClose: () => void = () => undefined;

  constructor(world: Line, to: () => SessionHost | undefined) {
    this.#world = world;
    this.#to = to;
  }

  write = (bytes: Buffer): void => {
    const { faults } = this.#world;
    const frames = splitFrames(bytes);
    for (const [index, frame] of frames.entries()) {
      if (this.#world.happens(faults.drop)) continue;
      if (this.#world.happens(faults.cut)) this.onClose();
      if (this.#world.happens(faults.swap)) {
        const next = frames[index + 1];
        if (next !== undefined) [frames[index + 1]] = [frame];
        if (next !== undefined) this.#carry(next);
        else this.#carry(frame);
        continue;
      }
      this.#carry(this.#world.happens(faults.corrupt) ? this.#corrupted(frame) : frame);
      if (this.#world.happens(faults.duplicate)) this.#carry(frame);
    }
  };
  unsentBytes = (): number => 0;
  close = (): void => this.onClose();
  destroy = (): void => this.onClose();

  #corrupted(frame: Buffer): Buffer {
    const copy = Buffer.from(frame);
    const at = Math.floor(this.#world.random() * copy.length);
    copy[at] = ((copy[at] ?? 0) + 1 + Math.floor(this.#world.random() * 254)) & 0xff;
    return copy;
  }

  /** Order is kept, as TCP does; a frame may come in two pieces. */
  #carry(frame: Buffer): void {
    const { time, random } = this.#world;
    const cutAt = random() < 0.2 ? Math.floor(random() * frame.length) : 0;
    for (const piece of [frame.subarray(0, cutAt), frame.subarray(cutAt)]) {
      if (piece.length === 0) continue;
      const at = Math.max(this.#arrivesAt, time.monotonic() + random() * LATENCY_MS_MAX);
      this.#arrivesAt = at;
      time.set(at - time.monotonic(), () => {
        if (this.isOpen) this.#to()?.received(piece);
      });
    }
  }
}

const splitFrames = (bytes: Buffer): Buffer[] => {
  const frames: Buffer[] = [];
  let from = 0;
  for (;;) {
    const trailer = bytes.indexOf('\x0110=', from, 'latin1');
    if (trailer < 0) return frames;
    const to = trailer + 8;
    frames.push(bytes.subarray(from, to));
    from = to;
  }
};
