import { type FixSession } from '../../../fix/session/model/session-types.ts';
import { type Clock, type Timers } from '../../../lib/time.ts';

const DAY_MS = 86_400_000;
/** A timer of a day drifts, and the clock may be set. */
const LOOK_MS_MAX = 60_000;

/**
 * The gateway's daily rollover: logs every session out and resets its numbers to 1 [fix 1.5].
 * `atMs`: time after midnight UTC.
 */
export const rollDaily = (
  atMs: number,
  sessions: () => readonly FixSession[],
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
): { readonly cancel: () => void } => {
  const dayOf = (): number => Math.floor((clock.wall() - atMs) / DAY_MS);
  let day = dayOf();
  let timer: { readonly cancel: () => void };
  const look = (): void => {
    const today = dayOf();
    if (today > day) for (const session of sessions()) session.reset();
    day = Math.max(day, today);
    const leftMs = (day + 1) * DAY_MS + atMs - clock.wall();
    timer = timers.set(Math.max(1, Math.min(leftMs, LOOK_MS_MAX)), look);
  };
  look();
  return {
    cancel: () => {
      timer.cancel();
    },
  };
};
