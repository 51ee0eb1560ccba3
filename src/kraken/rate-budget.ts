import { type MonotonicMs } from '../lib/time.ts';

/**
 * Counts points as the venue does, so that the venue never refuses a call [rest 5]. Pure: the time
 * is an argument. One object per account and pool, shared by all users of its keys.
 */
export interface RateBudget {
  /** Takes `cost` points, or returns how long to wait. `Never` when the cost exceeds the limit. */
  readonly take: (cost: number, purpose: BudgetPurpose, at: MonotonicMs) => Take;
  /** Points that a call could take now. */
  readonly available: (at: MonotonicMs, purpose?: BudgetPurpose) => number;
  /** The answer of `take`, without taking points. */
  readonly peek: (cost: number, purpose: BudgetPurpose, at: MonotonicMs) => Take;
  /** The venue refused for its rate limit: no ordinary call is granted before `at + pauseMs`. */
  readonly penalize: (pauseMs: number, at: MonotonicMs) => void;
}

/** `safety` may use the reserve: cancels, kill, dead man's switch, look-ups that end a doubt. */
export type BudgetPurpose = 'ordinary' | 'safety';

type Take =
  | { readonly type: 'Granted' }
  | { readonly type: 'Wait'; readonly afterMs: number }
  | { readonly type: 'Never' };

const GRANTED: Take = { type: 'Granted' };
const NEVER: Take = { type: 'Never' };

export interface SlidingBudgetSettings {
  readonly pointsMax: number;
  readonly windowMs: number;
  /** Points that only safety calls may use. */
  readonly reservePoints: number;
}

/**
 * Pool 1: 500 points per 10 s. The window's shape is unpublished, so 400 in a sliding one are used
 * [rest 9 row 5].
 */
export const DERIVATIVES_BUDGET: SlidingBudgetSettings = {
  pointsMax: 400,
  windowMs: 10_000,
  reservePoints: 60,
};

/** The WebSocket allows 100 requests a second per connection [rest 5]. Some headroom is left. */
export const WEBSOCKET_BUDGET: SlidingBudgetSettings = {
  pointsMax: 90,
  windowMs: 1_000,
  reservePoints: 10,
};

/** At no time more than `pointsMax` in any window of `windowMs`. */
export const makeSlidingBudget = (settings: SlidingBudgetSettings): RateBudget => {
  const { pointsMax, windowMs, reservePoints } = settings;
  let taken: { readonly at: number; readonly cost: number }[] = [];
  let used = 0;
  let pausedUntil = Number.NEGATIVE_INFINITY;

  const forget = (at: number): void => {
    const firstKept = taken.findIndex((entry) => entry.at > at - windowMs);
    const gone = firstKept === -1 ? taken : taken.slice(0, firstKept);
    for (const entry of gone) used -= entry.cost;
    taken = firstKept === -1 ? [] : taken.slice(firstKept);
  };
  const waitFor = (missing: number, at: number): number => {
    let freed = 0;
    for (const entry of taken) {
      freed += entry.cost;
      if (freed >= missing) return Math.max(entry.at + windowMs - at, 1);
    }
    return windowMs;
  };

  const limitOf = (purpose: BudgetPurpose): number =>
    purpose === 'safety' ? pointsMax : pointsMax - reservePoints;
  const peek: RateBudget['peek'] = (cost, purpose, at) => {
    const limit = limitOf(purpose);
    if (cost > limit) return NEVER;
    if (purpose === 'ordinary' && at < pausedUntil)
      return { type: 'Wait', afterMs: pausedUntil - at };
    forget(at);
    const missing = used + cost - limit;
    return missing > 0 ? { type: 'Wait', afterMs: waitFor(missing, at) } : GRANTED;
  };

  return {
    take: (cost, purpose, at) => {
      const answer = peek(cost, purpose, at);
      if (answer.type !== 'Granted') return answer;
      if (cost > 0) taken.push({ at, cost });
      used += cost;
      return GRANTED;
    },
    peek,
    available: (at, purpose = 'ordinary') => {
      forget(at);
      const isPaused = purpose === 'ordinary' && at < pausedUntil;
      return isPaused ? 0 : Math.max(limitOf(purpose) - used, 0);
    },
    penalize: (pauseMs, at) => {
      pausedUntil = Math.max(pausedUntil, at + pauseMs);
    },
  };
};

export interface TokenBudgetSettings {
  readonly tokensMax: number;
  readonly tokensPerSecond: number;
  readonly reserveTokens: number;
}

/** Pool 2: 100 tokens, refilled at one per 6 s [rest 5]. 10 are reserved for ending doubts. */
export const HISTORY_BUDGET: TokenBudgetSettings = {
  tokensMax: 100,
  tokensPerSecond: 100 / 600,
  reserveTokens: 10,
};

/** A bucket that starts full and fills continuously. */
export const makeTokenBudget = (settings: TokenBudgetSettings): RateBudget => {
  const { tokensMax, tokensPerSecond, reserveTokens } = settings;
  let tokens = tokensMax;
  let filledAt: number | undefined;
  let pausedUntil = Number.NEGATIVE_INFINITY;

  const fill = (at: number): void => {
    const elapsedMs = Math.max(at - (filledAt ?? at), 0);
    tokens = Math.min(tokensMax, tokens + (elapsedMs / 1_000) * tokensPerSecond);
    filledAt = at;
  };

  const floorOf = (purpose: BudgetPurpose): number => (purpose === 'safety' ? 0 : reserveTokens);
  const peek: RateBudget['peek'] = (cost, purpose, at) => {
    const floor = floorOf(purpose);
    if (cost > tokensMax - floor) return NEVER;
    if (at < pausedUntil) return { type: 'Wait', afterMs: pausedUntil - at };
    fill(at);
    const missing = cost + floor - tokens;
    // A billionth of a token is a rounding error.
    if (missing > 1e-9)
      return { type: 'Wait', afterMs: Math.ceil((missing / tokensPerSecond) * 1_000) };
    return GRANTED;
  };

  return {
    take: (cost, purpose, at) => {
      const answer = peek(cost, purpose, at);
      if (answer.type === 'Granted') tokens -= cost;
      return answer;
    },
    peek,
    available: (at, purpose = 'ordinary') => {
      fill(at);
      return at < pausedUntil ? 0 : Math.max(tokens - floorOf(purpose), 0);
    },
    penalize: (pauseMs, at) => {
      pausedUntil = Math.max(pausedUntil, at + pauseMs);
      tokens = Math.min(tokens, reserveTokens);
    },
  };
};

/** The pools of one account. Public calls cost nothing. */
export interface AccountBudgets {
  readonly derivatives: RateBudget;
  readonly history: RateBudget;
  readonly websocket: RateBudget;
}

export const makeAccountBudgets = (): AccountBudgets => ({
  derivatives: makeSlidingBudget(DERIVATIVES_BUDGET),
  history: makeTokenBudget(HISTORY_BUDGET),
  websocket: makeSlidingBudget(WEBSOCKET_BUDGET),
});
