import { type EpochMs, type TimeDeps } from '../../lib/time.ts';
import {
  planOf,
  rolloverPlan,
  type RolloverPhase,
  type RolloverSettings,
  type SessionWindow,
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
 * so. What is due follows from the time alone: a clock that jumps for a moment does harm for that
 * moment only, and an opening that fell into a standstill of the process is caught up.
 */
export const makeCalendarScheduler = (
  deps: SchedulerDeps & {
    readonly calendar: CalendarSettings;
    readonly reset: 'at-open' | 'never';
  },
): SessionScheduler => {
  const { session, store, calendar, reset } = deps;
  const resets = new DueReset(store);
  const windowOf = makeWindows(calendar);
  let phase: 'open' | 'closed' | undefined;
  return makeLoop(deps, (at) => {
    const plan = planOf(windowOf(at), at, resets.createdAt(at), reset);
    const isResetDue = resets.take(plan);
    const isNew = plan.phase !== phase;
    phase = plan.phase;
    if (phase === 'closed') {
      if (isNew) void session.stop('the session closes');
    } else if (isNew || isResetDue) {
      open(session, isResetDue);
    }
    return plan.nextAt;
  });
};

/** `windowAt`, which stays the same from the time it was asked about to the end of the window. */
const makeWindows = (calendar: CalendarSettings): ((at: EpochMs) => SessionWindow) => {
  let known: { readonly from: EpochMs; readonly window: SessionWindow } | undefined;
  return (at) => {
    if (known === undefined || at < known.from || at >= known.window.closesAt) {
      known = { from: at, window: windowAt(calendar, at) };
    }
    return known.window;
  };
};

/**
 * Takes a venue's session through its daily rollover: stop, log out, come back with new numbers. A
 * rollover that fell into a standstill of the process is caught up.
 */
export const makeRolloverScheduler = (
  deps: SchedulerDeps & {
    readonly rollover: RolloverSettings;
    /** `stopping`: send no new orders and take the open ones back. */
    readonly onPhase?: (phase: RolloverPhase) => void;
  },
): SessionScheduler => {
  const { session, store, rollover } = deps;
  const resets = new DueReset(store);
  let phase: RolloverPhase | undefined;
  return makeLoop(deps, (at) => {
    const plan = rolloverPlan(rollover, at, resets.createdAt(at));
    const isResetDue = resets.take(plan);
    const isNew = plan.phase !== phase;
    const wasAway = phase === undefined || phase === 'away';
    phase = plan.phase;
    if (phase === 'away') {
      if (isNew) session.logout('daily rollover');
    } else if (wasAway || isResetDue) {
      open(session, isResetDue);
    }
    if (isNew) deps.onPhase?.(phase);
    return plan.nextAt;
  });
};

/** Takes each reset once, and knows how old the numbers are although the clock was wrong. */
class DueReset {
  readonly #store: SessionStore;
  #takenFor: EpochMs | undefined;
  /** A stamp that lay in the future, and the time at which that was seen. */
  #ahead: { readonly stamp: EpochMs; readonly seenAt: EpochMs } | undefined;

  constructor(store: SessionStore) {
    this.#store = store;
  }

  /**
   * When the numbers began at 1. A stamp in the future was written while the clock was ahead; by
   * itself it would make the next reset look done.
   */
  createdAt(at: EpochMs): EpochMs {
    const stamp = this.#store.createdAt();
    if (stamp <= at) return stamp;
    if (this.#ahead?.stamp !== stamp) this.#ahead = { stamp, seenAt: at };
    return this.#ahead.seenAt;
  }

  /** A reset may wait for the next Logon(A): it is asked for once in a window. */
  take({ isResetDue, opensAt }: { isResetDue: boolean; opensAt: EpochMs }): boolean {
    if (this.#takenFor !== opensAt) this.#takenFor = undefined;
    if (!isResetDue || this.#takenFor !== undefined) return false;
    this.#takenFor = opensAt;
    return true;
  }
}

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
