import { type Clock, epochMs, type EpochMs, type MonotonicMs } from '../../lib/time.ts';
import { BookFaults } from './book-faults.ts';
import { FaultRegistry } from './fault-registry.ts';
import { FrameFaults } from './link/frame-faults.ts';

/** Parts of the faults that the gateways of one run share. */
export interface FaultParts {
  readonly waitingFaults: FaultRegistry;
  readonly frames: FrameFaults;
  readonly books: BookFaults;
  /** The clock of the gateways. */
  readonly venueClock: SkewedClock;
}

export const makeFaultParts = (seed: number, clock: Clock): FaultParts => {
  const waitingFaults = new FaultRegistry(seed);
  return {
    waitingFaults,
    frames: new FrameFaults(waitingFaults, clock),
    books: new BookFaults(waitingFaults, clock),
    venueClock: new SkewedClock(clock),
  };
};

/** The clock of the venue's gateways. It is right until a fault puts it ahead or behind. */
export class SkewedClock implements Clock {
  readonly #clock: Clock;
  #skewMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly wall = (): EpochMs => epochMs(this.#clock.wall() + this.#skewMs);
  readonly monotonic = (): MonotonicMs => this.#clock.monotonic();

  setSkewMs(skewMs: number): void {
    this.#skewMs = skewMs;
  }
}
