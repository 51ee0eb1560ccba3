import { type ReconnectSettings } from './model/settings.ts';

/**
 * How the last connection went. `refused`: the peer, or its certificate, said no; asking again soon
 * makes it worse.
 */
export type ConnectionOutcome = 'logged-on' | 'failed' | 'refused';

/** A session that was logged on for so long was a good one. */
const LASTING_MS = 60_000;

/** Failures and refusals in a row. */
export interface ReconnectState {
  readonly failures: number;
  readonly refusals: number;
}

export const RECONNECT_START: ReconnectState = { failures: 0, refusals: 0 };

/**
 * How long to wait before the next connection. `random` is in [0, 1). `lastedMs`: how long the
 * session was logged on. A peer that takes every Logon and cuts at once is no better than one that
 * takes none: the wait grows until a session has lasted.
 */
export const nextReconnect = (
  settings: ReconnectSettings,
  state: ReconnectState,
  { outcome, lastedMs = 0 }: { outcome: ConnectionOutcome; lastedMs?: number | undefined },
  random: number,
): { readonly state: ReconnectState; readonly delayMs: number } => {
  const { intervalsMs, jitterRatio } = settings;
  const jitter = 1 + (random - 0.5) * jitterRatio;
  if (outcome === 'refused') {
    const delayMs = Math.min(
      settings.refusedFirstMs + settings.refusedStepMs * state.refusals,
      settings.refusedMaxMs,
    );
    return { state: { failures: 0, refusals: state.refusals + 1 }, delayMs: delayMs * jitter };
  }
  const isGood = outcome === 'logged-on' && lastedMs >= LASTING_MS;
  const failures = isGood ? 0 : state.failures;
  const delayMs = intervalsMs[Math.min(failures, intervalsMs.length - 1)] ?? 0;
  return {
    state: { failures: failures + 1, refusals: outcome === 'logged-on' ? 0 : state.refusals },
    delayMs: delayMs * jitter,
  };
};
