import { type MonotonicMs } from '../../../../lib/time.ts';

/** The request that waits for its answers. */
export interface InFlight {
  readonly kind: 'challenge' | 'subscribe' | 'unsubscribe';
  readonly feed: string;
  /** What is not answered yet. */
  readonly pending: Set<string>;
  readonly sentAt: MonotonicMs;
  /** The venue has answered at least a part of it. */
  isHeard: boolean;
  /** How often the venue said that it holds one of them already, without naming it. */
  alreadyHeld: number;
}

export const newRequest = (
  kind: InFlight['kind'],
  feed: string,
  products: readonly string[],
  sentAt: MonotonicMs,
): InFlight => ({ kind, feed, pending: new Set(products), sentAt, isHeard: false, alreadyHeld: 0 });

/** Answered, whatever the answer was. */
export const settle = (request: InFlight, ...products: readonly string[]): void => {
  request.isHeard = true;
  for (const product of products) request.pending.delete(product);
};
