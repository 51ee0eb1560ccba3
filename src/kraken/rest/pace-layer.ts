import { type Clock, type MonotonicMs, type Timers } from '../../lib/time.ts';
import { type AccountBudgets, type BudgetPurpose, type RateBudget } from '../rate-budget.ts';
import { type HttpRequest } from './http-request.ts';
import { type Reply, notSent } from './reply.ts';
import { rateLimitPauseMs } from './rate-limit-reply.ts';
import { type Dispatch } from './transport.ts';

export interface PaceDeps {
  readonly budgets: AccountBudgets;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Calls without a limit of their own wait at most this long in line. */
  readonly startWithinMs: number;
  /** Calls of one pool that may wait in line. */
  readonly waitersMax: number;
}

/**
 * Takes the price of each call from the account's budget and waits in line when there is too little, but
 * never longer than the call's `startWithinMs`: an order whose price would be stale is refused instead
 * (issue kraken-cli 9: a limiter that delays orders sends stale prices). Ordinary calls keep their order
 * within a pool; safety calls do not stand in that line.
 */
export const withPace =
  (deps: PaceDeps) =>
  (next: Dispatch): Dispatch => {
    const lines = { derivatives: makeLine(deps), history: makeLine(deps) };
    return async (request, options) => {
      const { pool } = request.endpoint;
      if (pool === 'none') return next(request, options);
      const startWithinMs = options.startWithinMs ?? deps.startWithinMs;
      const deadline = deps.clock.monotonic() + startWithinMs;
      const refusal = await lines[pool]({
        request,
        purpose: options.purpose ?? 'ordinary',
        deadline,
        budget: deps.budgets[pool],
      });
      if (refusal !== undefined) return refusal;
      const remainingMs = Math.max(deadline - deps.clock.monotonic(), 0);
      const reply = await next(request, { ...options, startWithinMs: remainingMs });
      const pauseMs = rateLimitPauseMs(reply);
      if (pauseMs !== undefined) deps.budgets[pool].penalize(pauseMs, deps.clock.monotonic());
      return reply;
    };
  };

interface Waiting {
  readonly request: HttpRequest;
  readonly purpose: BudgetPurpose;
  readonly deadline: number;
  readonly budget: RateBudget;
}

/** Resolves to `undefined` when the points are taken, or to the refusal. */
type Line = (waiting: Waiting) => Promise<Reply | undefined>;

const makeLine = (deps: PaceDeps): Line => {
  let tail: Promise<unknown> = Promise.resolve();
  let waiters = 0;
  return async (waiting) => {
    if (waiting.purpose === 'safety') return takeInTime(waiting, deps);
    if (waiters >= deps.waitersMax) return notSent('Busy', `${waiters} calls wait for the budget`);
    waiters += 1;
    const turn = tail.then(() => takeInTime(waiting, deps));
    tail = turn;
    const refusal = await turn;
    waiters -= 1;
    return refusal;
  };
};

const takeInTime = async (waiting: Waiting, deps: PaceDeps): Promise<Reply | undefined> => {
  const { budget, request, purpose, deadline } = waiting;
  for (;;) {
    const now: MonotonicMs = deps.clock.monotonic();
    const take = budget.take(request.cost, purpose, now);
    if (take.type === 'Granted') return undefined;
    if (take.type === 'Never')
      return notSent('RateLimitedLocally', `${request.cost} points never fit the budget`);
    // Known now, so said now: waiting until the deadline would change nothing.
    if (now + take.afterMs > deadline)
      return notSent('RateLimitedLocally', `budget frees in ${take.afterMs} ms, too late`);
    await sleep(take.afterMs, deps.timers);
  }
};

const sleep = (afterMs: number, timers: Timers): Promise<void> =>
  new Promise((resolve) => {
    timers.set(afterMs, resolve);
  });
