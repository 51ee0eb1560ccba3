import { isJsonObject, JsonNumber, type JsonValue } from '../../../lib/lossless-json.ts';
import { type Clock, type Timers } from '../../../lib/time.ts';
import { type AccountBudgets, type RateBudget } from '../../rate-budget.ts';
import { RETRY_AFTER_MS_MAX, retryAfterMs, secondsToMs } from '../../retry-after.ts';
import { type NotSent, notSent, type Reply } from '../reply.ts';
import { type Dispatch } from '../transport.ts';

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
 * Takes the price of each call from the account's budget and waits in a queue when there is too
 * little, but never longer than the call's `startWithinMs`: an order whose price would be stale is
 * refused instead (kraken-cli issue 9: a limiter that delays orders sends stale prices). Ordinary
 * calls keep their order within a pool; safety calls skip that queue.
 */
export const withPace =
  (deps: PaceDeps) =>
  (next: Dispatch): Dispatch => {
    const lines = {
      derivatives: new BudgetLine(deps.budgets.derivatives, deps),
      history: new BudgetLine(deps.budgets.history, deps),
    };
    return async (request, options) => {
      const { pool } = request.endpoint;
      if (pool === 'none') return next(request, options);
      const startWithinMs = options.startWithinMs ?? deps.startWithinMs;
      const deadline = deps.clock.monotonic() + startWithinMs;
      const refusal =
        options.purpose === 'safety'
          ? await lines[pool].passBy(request.cost, deadline)
          : await lines[pool].stand(request.cost, deadline);
      if (refusal !== undefined) return refusal;
      const remainingMs = Math.max(deadline - deps.clock.monotonic(), 0);
      const reply = await next(request, { ...options, startWithinMs: remainingMs });
      const pauseMs = rateLimitPauseMs(reply);
      if (pauseMs !== undefined) deps.budgets[pool].penalize(pauseMs, deps.clock.monotonic());
      return reply;
    };
  };

interface Waiter {
  readonly cost: number;
  /** Called once; `undefined` means that the points are taken. */
  readonly leave: (refusal: NotSent | undefined) => void;
}

/**
 * The queue in front of one pool: first come, first served. Each call leaves at its deadline.
 */
class BudgetLine {
  readonly #budget: RateBudget;
  readonly #deps: PaceDeps;
  readonly #waiters: Waiter[] = [];
  #pump: { readonly cancel: () => void } | undefined;

  constructor(budget: RateBudget, deps: PaceDeps) {
    this.#budget = budget;
    this.#deps = deps;
  }

  /** Resolves to `undefined` when the points are taken, or to the refusal. */
  stand(cost: number, deadline: number): Promise<NotSent | undefined> {
    if (this.#waiters.length >= this.#deps.waitersMax)
      return Promise.resolve(notSent('Busy', `${this.#waiters.length} calls wait for the budget`));
    return new Promise((resolve) => {
      const leave = (refusal: NotSent | undefined): void => {
        timer.cancel();
        const index = this.#waiters.indexOf(waiter);
        if (index >= 0) this.#waiters.splice(index, 1);
        resolve(refusal);
      };
      const waiter: Waiter = { cost, leave };
      const timer = this.#deps.timers.set(this.#leftMs(deadline), () => {
        leave(notSent('RateLimitedLocally', 'the budget did not free in time'));
        this.#serve();
      });
      this.#waiters.push(waiter);
      this.#serve();
    });
  }

  /** Safety calls skip the queue and may use the reserve, but keep their deadline. */
  async passBy(cost: number, deadline: number): Promise<NotSent | undefined> {
    for (;;) {
      const take = this.#budget.take(cost, 'safety', this.#deps.clock.monotonic());
      if (take.type === 'Granted') return undefined;
      if (take.type === 'Never' || take.afterMs > this.#leftMs(deadline))
        return notSent('RateLimitedLocally', `${cost} points do not fit, the reserve included`);
      await new Promise<void>((resolve) => {
        this.#deps.timers.set(take.afterMs, resolve);
      });
    }
  }

  #serve(): void {
    this.#pump?.cancel();
    this.#pump = undefined;
    for (let head = this.#waiters[0]; head !== undefined; head = this.#waiters[0]) {
      const take = this.#budget.take(head.cost, 'ordinary', this.#deps.clock.monotonic());
      if (take.type === 'Wait') {
        this.#pump = this.#deps.timers.set(take.afterMs, () => {
          this.#serve();
        });
        return;
      }
      const fits = take.type === 'Granted';
      head.leave(fits ? undefined : notSent('RateLimitedLocally', `${head.cost} points never fit`));
    }
  }

  #leftMs(deadline: number): number {
    return Math.max(deadline - this.#deps.clock.monotonic(), 0);
  }
}

/** At least a full second [rest 9 row 32]. */
const PAUSE_MS = 1_000;

/**
 * How long to pause when the answer says "rate limit" or "come back later", else `undefined`. v3
 * says so in a 200 body (`apiLimitExceeded`) or as 429 with code 10; the history service as 429
 * text with `rate-limit-reset` in seconds [rest 5]. An edge in front of it says 429 or 503 with
 * `retry-after` (RFC 9110 section 10.2.3). The longest of them counts.
 */
export const rateLimitPauseMs = (reply: Reply): number | undefined => {
  if (reply.type !== 'Answered') return undefined;
  const { httpStatus, headers, json } = reply;
  const retryMs = retryAfterMs(headers);
  const isLimit =
    httpStatus === 429 ||
    hasCodeTen(json) ||
    (isJsonObject(json) && json['error'] === 'apiLimitExceeded');
  if (!isLimit && (httpStatus !== 503 || retryMs === undefined)) return undefined;
  const resetMs = secondsToMs(headers['rate-limit-reset']);
  return Math.min(Math.max(PAUSE_MS, retryMs ?? 0, resetMs ?? 0), RETRY_AFTER_MS_MAX);
};

const hasCodeTen = (json: JsonValue | undefined): boolean => {
  if (!isJsonObject(json) || !Array.isArray(json['errors'])) return false;
  return (json['errors'] as readonly JsonValue[]).some((error) => {
    const code = isJsonObject(error) ? error['code'] : undefined;
    return code instanceof JsonNumber && code.text === '10';
  });
};
