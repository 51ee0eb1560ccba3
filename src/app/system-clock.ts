import { randomBytes, randomInt } from 'node:crypto';
import { type Clock, epochMs, monotonicMs, type Timers } from '../lib/time.ts';

/**
 * The one real clock. The wall clock gets its microseconds from the monotonic clock, anchored anew
 * whenever the two have drifted apart by more than Date's own resolution, so a step of the system
 * clock is followed at once.
 */
const ANCHOR_DRIFT_MS_MAX = 2;
let anchorWallMs = Date.now();
let anchorMonotonicMs = performance.now();

const wall = (): number => {
  const monotonic = performance.now();
  const estimate = anchorWallMs + monotonic - anchorMonotonicMs;
  const coarse = Date.now();
  if (Math.abs(estimate - coarse) <= ANCHOR_DRIFT_MS_MAX) return estimate;
  anchorWallMs = coarse;
  anchorMonotonicMs = monotonic;
  return coarse;
};

export const systemClock: Clock = {
  wall: () => epochMs(Math.floor(wall() * 1_000) / 1_000),
  monotonic: () => monotonicMs(performance.now()),
};

export const systemTimers: Timers = {
  set: (afterMs, fire) => {
    const timer = setTimeout(fire, afterMs);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

/** A number in [0, 1) for jitter. */
export const systemRandom = (): number => randomInt(0, 2 ** 47) / 2 ** 47;
export const systemRandomBytes = (count: number): Uint8Array => randomBytes(count);
