import { epochMs, type EpochMs } from '../../lib/time.ts';

/** When a session is open: from `opensAt`, up to but not including `closesAt`. */
export interface SessionWindow {
  readonly opensAt: EpochMs;
  readonly closesAt: EpochMs;
}

/** What a session ought to do at a moment, and when to look again. */
export interface SchedulePlan {
  readonly phase: 'open' | 'closed';
  /** The numbers are those of an earlier window: both sides begin at 1. */
  readonly isResetDue: boolean;
  /** Names the window: the moment at which it opens. */
  readonly opensAt: EpochMs;
  readonly nextAt: EpochMs;
}

/**
 * `window`: the one that contains `at`, or else the next one. `createdAt`: when the store's numbers
 * last began at 1.
 */
export const planOf = (
  window: SessionWindow,
  at: EpochMs,
  createdAt: EpochMs,
  reset: 'at-open' | 'never',
): SchedulePlan => {
  const isOpen = at >= window.opensAt && at < window.closesAt;
  return {
    phase: isOpen ? 'open' : 'closed',
    isResetDue: reset === 'at-open' && isOpen && createdAt < window.opensAt,
    opensAt: window.opensAt,
    nextAt: isOpen ? window.closesAt : window.opensAt,
  };
};

/**
 * The daily rollover of a venue that never closes, e.g. Kraken Derivatives at 22:00 UTC [fix 1.5]:
 * its numbers begin anew, and for about half a minute it takes no Logon.
 */
export interface RolloverSettings {
  /** Milliseconds after midnight UTC. */
  readonly atMsOfDay: number;
  /** How long before it no new orders are wanted. */
  readonly stopBeforeMs: number;
  /** How long before it we log out. */
  readonly logoutBeforeMs: number;
  /** How long after it we log on again, with 141=Y. */
  readonly logonAfterMs: number;
  /** A connection that drops so near to it was to be expected. */
  readonly toleranceMs: number;
}

/** `stopping`: logged on, no new orders. `away`: logged out, until the venue is back. */
export type RolloverPhase = 'trading' | 'stopping' | 'away';

export interface RolloverPlan {
  readonly phase: RolloverPhase;
  /** The numbers are those of the day before. */
  readonly isResetDue: boolean;
  /** Names the venue's day: the rollover that was last. */
  readonly opensAt: EpochMs;
  readonly nextAt: EpochMs;
}

const DAY_MS = 86_400_000;

export const rolloverPlan = (
  settings: RolloverSettings,
  at: EpochMs,
  createdAt: EpochMs,
): RolloverPlan => {
  const last = lastRollover(settings, at);
  const next = last + DAY_MS;
  const backAt = last + settings.logonAfterMs;
  const away = { phase: 'away', isResetDue: false, opensAt: last } as const;
  if (at < backAt) return { ...away, nextAt: epochMs(backAt) };
  const up = { isResetDue: createdAt < last, opensAt: last };
  const stopAt = next - settings.stopBeforeMs;
  if (at < stopAt) return { ...up, phase: 'trading', nextAt: epochMs(stopAt) };
  const logoutAt = next - settings.logoutBeforeMs;
  if (at < logoutAt) return { ...up, phase: 'stopping', nextAt: epochMs(logoutAt) };
  return { ...away, nextAt: epochMs(next + settings.logonAfterMs) };
};

/** The rollover that was last, at `at` included. */
const lastRollover = (settings: RolloverSettings, at: EpochMs): EpochMs => {
  const today = Math.floor(at / DAY_MS) * DAY_MS + settings.atMsOfDay;
  return epochMs(at >= today ? today : today - DAY_MS);
};

/** Whether a connection that is lost at `at` was to be expected. */
export const isPlannedDrop = (settings: RolloverSettings, at: EpochMs): boolean => {
  const last = lastRollover(settings, at);
  const distance = Math.min(at - last, last + DAY_MS - at);
  return distance <= settings.toleranceMs;
};
