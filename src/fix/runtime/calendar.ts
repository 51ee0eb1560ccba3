import { DateTime } from 'luxon';
import { epochMs, type EpochMs } from '../../lib/time.ts';
import { type SessionWindow } from '../session/schedule.ts';

/** A session's hours, as users of QuickFIX know them. The configuration has checked them. */
export interface CalendarSettings {
  /** Local time of day, `HH:MM:SS`. */
  readonly startTime: string;
  /** Not after the start: the next day. Equal to it: the whole day. */
  readonly endTime: string;
  /** IANA name, e.g. `Europe/London`. */
  readonly timeZone: string;
  /** Days on which a daily session opens, 1 is Monday; every day when left out. */
  readonly days?: readonly number[];
  /** A session that lasts from a day of the week to another. Both or none. */
  readonly startDay?: number;
  readonly endDay?: number;
}

/** A weekly session opens within a week; a day more for clock changes. */
const DAYS_AHEAD = 8;

/** The window that contains `at`, or the next one. Days of 23 and 25 hours are kept as they are. */
export const windowAt = (settings: CalendarSettings, at: EpochMs): SessionWindow => {
  const today = DateTime.fromMillis(at, { zone: settings.timeZone }).startOf('day');
  const back = settings.startDay === undefined ? 1 : DAYS_AHEAD;
  for (let days = -back; days <= DAYS_AHEAD; days++) {
    const window = windowOf(settings, today.plus({ days }));
    if (window !== undefined && window.closesAt > at) return window;
  }
  // Unreachable: the configuration names at least one day.
  return { opensAt: at, closesAt: epochMs(Number.POSITIVE_INFINITY) };
};

/** The window that opens on a day. */
const windowOf = (settings: CalendarSettings, day: DateTime): SessionWindow | undefined => {
  const { startDay, endDay, days } = settings;
  const opensAt = atTime(day, settings.startTime);
  if (startDay !== undefined && endDay !== undefined) {
    if (day.weekday !== startDay) return undefined;
    const length = (endDay - startDay + 7) % 7;
    const isWeekLater = length === 0 && !endsLater(settings);
    return toWindow(
      opensAt,
      atTime(day.plus({ days: isWeekLater ? 7 : length }), settings.endTime),
    );
  }
  if (days !== undefined && !days.includes(day.weekday)) return undefined;
  const endDate = endsLater(settings) ? day : day.plus({ days: 1 });
  return toWindow(opensAt, atTime(endDate, settings.endTime));
};

/**
 * Whether the end is on the day of the start. Read off the clock face: on the day on which clocks
 * go forward, a start that they skip falls behind its end.
 */
const endsLater = ({ startTime, endTime }: CalendarSettings): boolean => endTime > startTime;

const atTime = (day: DateTime, time: string): DateTime => {
  const [hour, minute, second] = time.split(':').map(Number);
  return day.set({ hour: hour ?? 0, minute: minute ?? 0, second: second ?? 0 });
};

/** No window on a day on which the clocks skip all of it. */
const toWindow = (opensAt: DateTime, closesAt: DateTime): SessionWindow | undefined =>
  closesAt > opensAt
    ? { opensAt: epochMs(opensAt.toMillis()), closesAt: epochMs(closesAt.toMillis()) }
    : undefined;
