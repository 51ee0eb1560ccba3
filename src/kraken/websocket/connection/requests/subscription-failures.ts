import { type MonotonicMs } from '../../../../lib/time.ts';
import { type FeedLimits, type FeedNotice, type FeedOutput, notice } from '../feed-types.ts';
import { type Retry, retryWaitMs } from '../retry-limits.ts';
import { type SubscriptionTable } from './subscription-table.ts';

/** Why a subscription came to nothing, for the log. */
export interface Failure {
  readonly code: string;
  readonly severity: FeedNotice['severity'];
  readonly why: string;
}

/**
 * Subscriptions that came to nothing: each is asked for again after a wait that doubles, and has a
 * line that says which and when. The venue's no waits longer than its silence: a product that does
 * not exist seldom comes to exist.
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

  /** The venue said no. */
  refused(
    feed: string,
    products: readonly string[],
    { at, ...failure }: Failure & { readonly at: MonotonicMs },
  ): readonly FeedOutput[] {
    return this.#fail(feed, products, { ...failure, at, state: 'Refused' });
  }

  /** The venue said nothing. */
  unanswered(
    feed: string,
    products: readonly string[],
    { at, ...failure }: Failure & { readonly at: MonotonicMs },
  ): readonly FeedOutput[] {
    return this.#fail(feed, products, { ...failure, at, state: 'Unanswered' });
  }

  /** The unsubscribe is over, however it ended: wanted again, at once or after a wait, or gone. */
  left(feed: string, product: string, at: MonotonicMs): readonly FeedOutput[] {
    this.#table.left(feed, product, at, this.#silences);
    return [{ type: 'SubscriptionChanged', feed, product, state: 'Down' }];
  }

  /** Nothing came of what the venue acknowledged: left, and asked for again. */
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
