import {
  type ClientSessionConfig,
  type TradingSessionConfig,
  type VenueSessionConfig,
} from '../../config/config.ts';
import { type InputBody } from '../../core/input.ts';
import { type ClientName } from '../../domain/ids.ts';
import { type CalendarSettings } from '../../fix/runtime/calendar.ts';
import {
  makeCalendarScheduler,
  makeRolloverScheduler,
  type SessionScheduler,
} from '../../fix/runtime/scheduler.ts';
import { isPlannedDrop, type RolloverSettings } from '../../fix/session/schedule.ts';
import { type FixSession, type SessionStore } from '../../fix/session/model/session-types.ts';
import { type Clock, type EpochMs, type Timers } from '../../lib/time.ts';

interface HoursDeps {
  readonly session: FixSession;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Logged out this long before the rollover, when the answers to our cancels have come. */
const LOGOUT_BEFORE_MS = 5_000;
const ROLLOVER = 'operator:rollover' as ClientName;

const rolloverOf = ({ rollover }: VenueSessionConfig): RolloverSettings => {
  const [hour = 0, minute = 0] = rollover.time.split(':').map(Number);
  const stopBeforeMs = rollover.prepareSeconds * 1_000;
  return {
    atMsOfDay: (hour * 60 + minute) * 60_000,
    stopBeforeMs,
    logoutBeforeMs: Math.min(LOGOUT_BEFORE_MS, stopBeforeMs),
    logonAfterMs: rollover.resumeSeconds * 1_000,
    toleranceMs: rollover.toleranceSeconds * 1_000,
  };
};

/**
 * A trading session's day: before the venue's rollover no new orders and the open ones cancelled,
 * then Logout, then a Logon with new numbers. [fix 1.5] `undefined` when the configuration has no
 * rollover.
 */
export const makeTradingSchedule = (
  config: TradingSessionConfig,
  deps: HoursDeps & { readonly submit: (body: InputBody) => void },
): SessionScheduler | undefined => {
  if (!config.rollover.enabled) return undefined;
  const session = config.name;
  return makeRolloverScheduler({
    ...deps,
    rollover: rolloverOf(config),
    onPhase: (phase) => {
      if (phase !== 'stopping') return;
      deps.submit({ type: 'PauseRoute', session, reason: 'the daily rollover is near' });
      deps.submit({ type: 'CancelAll', by: ROLLOVER, session });
    },
  });
};

export const makeMarketDataSchedule = (
  config: VenueSessionConfig,
  deps: HoursDeps,
): SessionScheduler | undefined =>
  config.rollover.enabled
    ? makeRolloverScheduler({ ...deps, rollover: rolloverOf(config) })
    : undefined;

/** Whether a lost connection is the venue's daily routine and no alarm. */
export const isPlanned = (config: VenueSessionConfig, at: EpochMs): boolean =>
  config.rollover.enabled && isPlannedDrop(rolloverOf(config), at);

/** A client session's hours; `undefined` for one that is always open. */
export const makeClientSchedule = (
  { schedule }: ClientSessionConfig,
  deps: HoursDeps,
): SessionScheduler | undefined =>
  schedule.nonStop
    ? undefined
    : makeCalendarScheduler({ ...deps, calendar: calendarOf(schedule), reset: 'at-open' });

const DAY_NUMBER: Readonly<Record<ClientSessionConfig['schedule']['weekdays'][number], number>> = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
};

const calendarOf = (schedule: ClientSessionConfig['schedule']): CalendarSettings => {
  const { startDay, endDay } = schedule;
  return {
    startTime: withSeconds(schedule.startTime),
    endTime: withSeconds(schedule.endTime),
    timeZone: schedule.timeZone,
    ...(startDay === undefined || endDay === undefined
      ? { days: schedule.weekdays.map((day) => DAY_NUMBER[day]) }
      : { startDay: DAY_NUMBER[startDay], endDay: DAY_NUMBER[endDay] }),
  };
};

const withSeconds = (time: string): string => (time.length === 5 ? `${time}:00` : time);
