import { type Timers } from '../../../lib/time.ts';
import { isRepeatable } from '../endpoint.ts';
import { rateLimitPauseMs } from './rate-budget-layer.ts';
import { type Reply } from '../reply.ts';
import { type Dispatch } from '../transport.ts';

export interface RepeatSettings {
  /** Attempts in all, the first included. */
  readonly attemptsMax: number;
  readonly backOffMs: number;
  readonly backOffMsMax: number;
}

export const DEFAULT_REPEAT: RepeatSettings = {
  attemptsMax: 3,
  backOffMs: 200,
  backOffMsMax: 2_000,
};

export interface RepeatDeps extends RepeatSettings {
  readonly timers: Timers;
  /** 0 ≤ x < 1, to spread the repeats of many callers. */
  readonly random: () => number;
}

/**
 * Repeats reads and cancels whose outcome is open, with a doubling pause. A call that creates or
 * amends an order, moves money or changes a setting passes exactly once: the compiler cannot see
 * it, so the network fault suite counts the requests that reach the server.
 */
export const withRepeat =
  (deps: RepeatDeps) =>
  (next: Dispatch): Dispatch =>
  async (request, options) => {
    const attemptsMax = isRepeatable(request.endpoint.kind) ? deps.attemptsMax : 1;
    for (let attempt = 1; ; attempt += 1) {
      const reply = await next(request, options);
      if (attempt >= attemptsMax || !isWorthRepeating(reply)) return reply;
      const pauseMs = Math.min(deps.backOffMs * 2 ** (attempt - 1), deps.backOffMsMax);
      await new Promise<void>((resolve) => {
        deps.timers.set(pauseMs * (0.5 + deps.random() / 2), resolve);
      });
    }
  };

const isWorthRepeating = (reply: Reply): boolean => {
  switch (reply.type) {
    case 'Lost':
      return reply.cause !== 'BodyTooLarge';
    case 'NotSent':
      return reply.cause === 'ConnectFailed';
    case 'Answered':
      return reply.httpStatus >= 500 && rateLimitPauseMs(reply) === undefined;
  }
};
