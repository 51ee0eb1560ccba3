import { type Clock } from '../../lib/time.ts';
import { BookFaults } from './book-faults.ts';
import { FaultBoard } from './fault-registry.ts';
import { FrameFaults } from './link/frame-faults.ts';
import { SkewedClock } from './skewed-clock.ts';

/** What the gateways of one run need for their faults. */
export interface FaultParts {
  readonly board: FaultBoard;
  readonly frames: FrameFaults;
  readonly books: BookFaults;
  /** What the gateways take for the time. */
  readonly venueClock: SkewedClock;
}

export const makeFaultParts = (seed: number, clock: Clock): FaultParts => {
  const board = new FaultBoard(seed);
  return {
    board,
    frames: new FrameFaults(board, clock),
    books: new BookFaults(board, clock),
    venueClock: new SkewedClock(clock),
  };
};
