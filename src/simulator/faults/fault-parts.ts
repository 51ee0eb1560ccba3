import { type Clock } from '../../lib/time.ts';
import { BookFaults } from './book-faults.ts';
import { FaultRegistry } from './fault-registry.ts';
import { FrameFaults } from './link/frame-faults.ts';
import { SkewedClock } from './skewed-clock.ts';

/** What the gateways of one run need for their faults. */
export interface FaultParts {
  readonly waitingFaults: FaultRegistry;
  readonly frames: FrameFaults;
  readonly books: BookFaults;
  /** What the gateways take for the time. */
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
