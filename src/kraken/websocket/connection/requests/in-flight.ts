import { type MonotonicMs } from '../../../../lib/time.ts';

/** A request that waits for its answers. */
export interface InFlight {
  readonly kind: 'challenge' | 'subscribe' | 'unsubscribe';
  readonly feed: string;
  /** Products that are not answered yet. */
  readonly pending: Set<string>;
  readonly sentAt: MonotonicMs;
  /** The venue has answered at least one product. */
  isHeard: boolean;
  /** How often the venue said "already subscribed" without naming a product. */
  alreadyHeld: number;
}

export const newRequest = (
  kind: InFlight['kind'],
  feed: string,
  products: readonly string[],
  sentAt: MonotonicMs,
): InFlight => ({ kind, feed, pending: new Set(products), sentAt, isHeard: false, alreadyHeld: 0 });

/** Marks products as answered, whatever the answer was. */
export const settle = (request: InFlight, ...products: readonly string[]): void => {
  request.isHeard = true;
  for (const product of products) request.pending.delete(product);
};
