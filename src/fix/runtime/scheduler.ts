import { type EpochMs, type TimeDeps } from '../../lib/time.ts';
import {
  planOf,
  rolloverPlan,
  type RolloverPhase,
  type RolloverSettings,
} from '../session/schedule.ts';
import { type FixSession, type SessionStore } from '../session/model/session-types.ts';
import { type CalendarSettings, windowAt } from './calendar.ts';

interface SchedulerDeps extends TimeDeps {
  readonly session: FixSession;
  readonly store: SessionStore;
}

/** Keeps a session to its hours. */
export interface SessionScheduler {
  /** Instead of the session's own `start`. */
  readonly start: () => void;
  /** Leaves the session as it is. */
  readonly stop: () => void;
}

/** The schedule is checked at least so often, since setTimeout and the wall clock drift apart. */
const LOOK_MS_MAX = 60_000;

/**
 * Opens and closes a session by the calendar, and begins a new window at 1 where the policy says
 * so.
 */
export const makeCalendarScheduler = (
  deps: SchedulerDeps & {
    readonly calendar: CalendarSettings;
    readonly reset: 'at-open' | 'never';
  },
): SessionScheduler => {
  const { session, store, calendar, reset } = deps;
  let phase: 'open' | 'closed' | undefined;
  let window = windowAt(calendar, deps.clock.wall());
  return makeLoop(deps, (at) => {
    if (at >= window.closesAt) window = windowAt(calendar, at);
    const plan = planOf(window, at, store.createdAt(), reset);
    if (plan.phase !== phase) {
      phase = plan.phase;
      if (phase === 'open') {
        open(session, plan.isResetDue);
      } else {
        void session.stop('the session closes');
      }
    }
    return plan.nextAt;
  });
};

/**
 * Takes a venue's session through its daily rollover: stop, log out, come back with new numbers.
 */
export const makeRolloverScheduler = (
  deps: SchedulerDeps & {
    readonly rollover: RolloverSettings;
    /** `stopping`: send no new orders and take the open ones back. */
    readonly onPhase?: (phase: RolloverPhase) => void;
  },
): SessionScheduler => {
  const { session, store, rollover } = deps;
  let phase: RolloverPhase | undefined;
  return makeLoop(deps, (at) => {
    const plan = rolloverPlan(rollover, at, store.createdAt());
    if (plan.phase !== phase) {
      const wasAway = phase === undefined || phase === 'away';
      phase = plan.phase;
      if (phase === 'away') session.logout('daily rollover');
      else if (wasAway) {
        open(session, plan.isResetDue);
      }
      deps.onPhase?.(phase);
    }
    return plan.nextAt;
  });
};

/** A halted session waits for an operator, not for the clock. */
const open = (session: FixSession, isResetDue: boolean): void => {
  if (session.view().phase === 'Halted') return;
  if (isResetDue) session.reset();
  session.logon();
};

const makeLoop = (deps: SchedulerDeps, look: (at: EpochMs) => EpochMs): SessionScheduler => {
  let timer: { readonly cancel: () => void } | undefined;
  const run = (): void => {
    const at = deps.clock.wall();
    const nextAt = look(at);
    const afterMs = Math.min(Math.max(nextAt - at, 1), LOOK_MS_MAX);
    timer = deps.timers.set(afterMs, run);
  };
  return {
    start: () => {
      if (timer === undefined) run();
    },
    stop: () => {
      timer?.cancel();
      timer = undefined;
    },
  };
};
