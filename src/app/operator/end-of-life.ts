import { type Config } from '../../config/config.ts';
import {
  type EndOfLifeDates,
  type EndOfLifeNotice,
  endOfLifeNotice,
  parseNoticeDate,
} from '../../kraken/end-of-life.ts';
import { invariant } from '../../lib/invariant.ts';
import { type Clock, type EpochMs, type Timers } from '../../lib/time.ts';

const DAY_MS = 86_400_000;

/** The days of the configuration; those that the venue announced when there is none. */
export const endOfLifeDatesOf = (endOfLife: Config['endOfLife'] | undefined): EndOfLifeDates => {
  if (endOfLife === undefined) return {};
  const endsAt = parseNoticeDate(endOfLife.endsOn);
  const noticeFrom = parseNoticeDate(endOfLife.noticeFrom);
  invariant(endsAt !== undefined, 'endOfLife.endsOn was checked when the file was');
  invariant(noticeFrom !== undefined, 'endOfLife.noticeFrom was checked when the file was');
  return { endsAt, noticeFrom };
};

export interface EndOfLifeWatchDeps {
  readonly dates: EndOfLifeDates;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly tell: (notice: EndOfLifeNotice) => void;
}

/**
 * Tells the notice now and at the beginning of each day (UTC) for as long as it is due: an engine
 * that was started months before hears of it on the first day. Gives what ends the watch.
 */
export const watchEndOfLife = ({ dates, clock, timers, tell }: EndOfLifeWatchDeps) => {
  let timer: { readonly cancel: () => void } | undefined;
  let dayTold: number | undefined;
  const look = (): void => {
    const at = clock.wall();
    const day = Math.floor(at / DAY_MS);
    const notice = day === dayTold ? undefined : endOfLifeNotice(at, dates);
    if (notice !== undefined) {
      dayTold = day;
      tell(notice);
    }
    timer = timers.set(untilNextDay(at), look);
  };
  look();
  return (): void => {
    timer?.cancel();
  };
};

/** At least a second: a timer may fire a moment before midnight by the wall clock. */
const untilNextDay = (at: EpochMs): number => Math.max(1_000, DAY_MS - (at % DAY_MS));
