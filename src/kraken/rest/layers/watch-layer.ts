import { type Clock } from '../../../lib/time.ts';
import { type HttpRequest } from '../http-request.ts';
import { type Reply } from '../reply.ts';
import { type Dispatch } from '../transport.ts';

/**
 * What the log and the metrics see of one attempt. No header, key, signature or body is among it.
 */
export interface CallRecord {
  readonly id: string;
  readonly kind: HttpRequest['endpoint']['kind'];
  readonly method: string;
  readonly path: string;
  readonly cost: number;
  readonly outcome: 'Answered' | 'NotSent' | 'Lost';
  /** HTTP status, or the cause of NotSent and Lost. */
  readonly detail: string;
  /** From handing the call to the layer below to its end; the line of the budget is not in it. */
  readonly durationMs: number;
}

export type CallObserver = (record: CallRecord) => void;

/** Tells the observers of every attempt; they may not throw. */
export const withWatch =
  (clock: Clock, observers: readonly CallObserver[]) =>
  (next: Dispatch): Dispatch =>
  async (request, options) => {
    const startedAt = clock.monotonic();
    const reply = await next(request, options);
    const { endpoint } = request;
    const record: CallRecord = {
      id: endpoint.id,
      kind: endpoint.kind,
      method: request.method,
      path: request.path,
      cost: request.cost,
      outcome: reply.type,
      detail: detailOf(reply),
      durationMs: clock.monotonic() - startedAt,
    };
    for (const observe of observers) observe(record);
    return reply;
  };

const detailOf = (reply: Reply): string =>
  reply.type === 'Answered' ? String(reply.httpStatus) : reply.cause;
