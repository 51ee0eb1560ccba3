import { type Clock, type EpochMs, epochMs, type MonotonicMs } from '../../lib/time.ts';

/** The clock that the venue's gateways go by: right, until a fault puts it ahead or behind. */
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
