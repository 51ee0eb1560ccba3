import { type MonotonicMs } from '../../../../lib/time.ts';
import { type FeedLimits, type FeedNotice, type FeedOutput, notice } from '../feed-types.ts';
import { type Retry, retryWaitMs } from '../retry-limits.ts';
import { type SubscriptionTable } from './subscription-table.ts';

/** Why a subscription failed, for the log. */
export interface Failure {
  readonly code: string;
  readonly severity: FeedNotice['severity'];
  readonly why: string;
}

/**
 * Handles failed subscriptions. Each is requested again after a wait that doubles, and a notice
 * names it and the time. A refusal waits longer than silence, since an unknown product rarely
 * appears.
 */
export class SubscriptionFailures {
  readonly #table: SubscriptionTable;
  readonly #refusals: Retry;
  readonly #silences: Retry;

  constructor(table: SubscriptionTable, limits: FeedLimits) {
    this.#table = table;
    this.#refusals = { waitMsMin: limits.retryMsMin, waitMsMax: limits.refusedRetryMsMax };
    this.#silences = { waitMsMin: limits.retryMsMin, waitMsMax: limits.retryMsMax };
  }

  /** The venue refused them. */
  refused(
    feed: string,
    products: readonly string[],
    { at, ...failure }: Failure & { readonly at: MonotonicMs },
  ): readonly FeedOutput[] {
    return this.#fail(feed, products, { ...failure, at, state: 'Refused' });
  }

  /** The venue did not answer. */
  unanswered(
    feed: string,
    products: readonly string[],
    { at, ...failure }: Failure & { readonly at: MonotonicMs },
  ): readonly FeedOutput[] {
    return this.#fail(feed, products, { ...failure, at, state: 'Unanswered' });
  }

  /**
   * Ends an unsubscribe, whatever its result: wanted again, at once or after a wait, or removed.
   */
  left(feed: string, product: string, at: MonotonicMs): readonly FeedOutput[] {
    this.#table.left(feed, product, at, this.#silences);
    return [{ type: 'SubscriptionChanged', feed, product, state: 'Down' }];
  }

  /**
   * The venue acknowledged the subscription and sent nothing. Unsubscribes and requests it again.
   */
  unheard(
    { feed, product }: { readonly feed: string; readonly product: string },
    code: string,
    why: string,
  ): readonly FeedOutput[] {
    const waitMs = retryWaitMs(this.#table.leaveUnheard(feed, product), this.#silences);
    const text = `${namesOf(feed, [product])}: ${why}; unsubscribed, asked again ${waitMs} ms later`;
    return [
      { type: 'SubscriptionChanged', feed, product, state: 'Leaving' },
      notice('warn', code, text),
    ];
  }

  #fail(
    feed: string,
    products: readonly string[],
    {
      at,
      state,
      ...failure
    }: Failure & { readonly at: MonotonicMs; readonly state: 'Refused' | 'Unanswered' },
  ): readonly FeedOutput[] {
    const retry = state === 'Refused' ? this.#refusals : this.#silences;
    const outputs: FeedOutput[] = [];
    const productsByRetryAt = new Map<MonotonicMs, string[]>();
    for (const product of products) {
      const retryAt = this.#table.fail(feed, product, at, { state, retry });
      outputs.push({ type: 'SubscriptionChanged', feed, product, state });
      if (retryAt === undefined) continue;
      productsByRetryAt.set(retryAt, [...(productsByRetryAt.get(retryAt) ?? []), product]);
    }
    for (const [retryAt, named] of productsByRetryAt) {
      const text = `${namesOf(feed, named)}: ${failure.why}; asked again in ${Math.round(retryAt - at)} ms`;
      outputs.push(notice(failure.severity, failure.code, text));
    }
    return outputs;
  }
}

/** `book PF_XBTUSD, PF_ETHUSD`, or the feed alone. */
export const namesOf = (feed: string, products: readonly string[]): string =>
  `${feed} ${products.join(', ')}`.trim();
