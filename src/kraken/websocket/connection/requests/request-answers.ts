import { type MonotonicMs } from '../../../../lib/time.ts';
import { type VenueAlert } from '../../events/alerts.ts';
import { type Authentication } from '../authentication.ts';
import { type FeedOutput, isPrivateFeed, notice } from '../feed-types.ts';
import { type InFlight, settle } from './in-flight.ts';
import { type ControlEvent } from '../../parse/parse-frame.ts';
import { namesOf, type SubscriptionFailures } from './subscription-failures.ts';
import { type SubscriptionTable } from './subscription-table.ts';

type Acknowledgement = Extract<ControlEvent, { readonly feed: string }>;

/**
 * Applies answers and time-outs to the request in flight. Requests carry no id: acknowledgements
 * name feed and product, alerts mostly nothing [websocket 3.2, 4.4]. An alert that names no product
 * fails no product.
 */
export class RequestAnswers {
  readonly #table: SubscriptionTable;
  readonly #authentication: Authentication;
  readonly #failures: SubscriptionFailures;

  constructor(
    table: SubscriptionTable,
    authentication: Authentication,
    failures: SubscriptionFailures,
  ) {
    this.#table = table;
    this.#authentication = authentication;
    this.#failures = failures;
  }

  onAcknowledgement(
    event: Acknowledgement,
    request: InFlight | undefined,
    at: MonotonicMs,
  ): readonly FeedOutput[] {
    const { feed } = event;
    const products = event.products.length === 0 ? [''] : event.products;
    // A filtered private feed echoes its products. We do not filter.
    const keys = isPrivateFeed(feed) ? [''] : products;
    return keys.flatMap((product) => {
      const isAsked = request?.feed === feed && request.pending.has(product);
      if (isAsked) settle(request, product);
      return this.#acknowledged(event.type, { feed, product, isAsked }, { request, at });
    });
  }

  onAlert(alert: VenueAlert, request: InFlight, at: MonotonicMs): readonly FeedOutput[] {
    if (request.kind === 'challenge') return this.#onChallengeAlert(alert, request, at);
    const { feed, pending, kind } = request;
    const [only] = pending.size === 1 ? pending : [];
    if (kind === 'unsubscribe') {
      if (alert.kind !== 'NotSubscribed' || only === undefined) return [];
      settle(request, only);
      return this.#failures.left(feed, only, at);
    }
    switch (alert.kind) {
      case 'AlreadySubscribed':
        return this.#alreadySubscribed(request, at);
      case 'InvalidProduct':
        return this.#blameProduct(request, alert, at);
      case 'NotAuthenticated':
        return isPrivateFeed(feed) ? this.#privateFailed(request, alert.text, at) : [];
      case 'InvalidFeed':
        return this.#blameFeed(request, alert, at);
      default:
        return [];
    }
  }

  /** The request timed out. What is still pending was not answered. */
  onTimeout(request: InFlight, at: MonotonicMs, timeoutMs: number): readonly FeedOutput[] {
    const { kind, feed, pending } = request;
    const why = `no answer to the ${kind} request within ${timeoutMs} ms`;
    const failure = { code: 'NO_ANSWER', severity: 'warn', why, at } as const;
    switch (kind) {
      case 'challenge':
        return this.#wantedPrivate().flatMap((each) =>
          this.#failures.unanswered(each, [''], failure),
        );
      case 'unsubscribe':
        return [
          notice(
            'warn',
            'NO_ANSWER',
            `${namesOf(feed, [...pending])}: ${why}; asked for again all the same`,
          ),
          ...[...pending].flatMap((product) => this.#failures.left(feed, product, at)),
        ];
      case 'subscribe':
        if (request.alreadyHeld === 0)
          return this.#failures.unanswered(feed, [...pending], failure);
        return this.#askAlone(request, 'the venue holds some of them already, not said which');
    }
  }

  /** A private feed is wanted, and no request can be signed. */
  impossible(feed: string, at: MonotonicMs): readonly FeedOutput[] {
    if (!this.#authentication.isWithoutCredential) {
      const why = 'the challenge was refused';
      return this.#failures.refused(feed, [''], {
        code: 'AUTHENTICATION_FAILED',
        severity: 'error',
        why,
        at,
      });
    }
    this.#table.mark(feed, '', 'Refused');
    const text = `${feed}: not asked for, there is no API key for it`;
    return [
      { type: 'SubscriptionChanged', feed, product: '', state: 'Refused' },
      notice('error', 'NO_CREDENTIAL', text),
    ];
  }

  #acknowledged(
    type: Acknowledgement['type'],
    { feed, product, isAsked }: { feed: string; product: string; isAsked: boolean },
    { request, at }: { request: InFlight | undefined; at: MonotonicMs },
  ): readonly FeedOutput[] {
    switch (type) {
      case 'Subscribed':
        this.#table.acknowledge(feed, product, at);
        return this.#stateOf(feed, product);
      case 'Unsubscribed':
        return this.#unsubscribed(feed, product, at);
      case 'UnsubscribeFailed':
        return [
          notice('warn', 'UNSUBSCRIBE_FAILED', `${feed} ${product}`.trim()),
          ...(isAsked ? this.#failures.left(feed, product, at) : []),
        ];
      case 'SubscribeFailed': {
        if (!isAsked || request === undefined) return [];
        const why = 'subscribed_failed';
        if (isPrivateFeed(feed)) return this.#privateFailed(request, why, at);
        return this.#refuse(feed, [product], why, at);
      }
    }
  }

  /** A subscription that the venue ends by itself is requested again. */
  #unsubscribed(feed: string, product: string, at: MonotonicMs): readonly FeedOutput[] {
    const state = this.#table.get(feed, product)?.state;
    if (state === 'Leaving') return this.#failures.left(feed, product, at);
    if (state !== 'Live' && state !== 'Acknowledged') return [];
    const why = 'unsubscribed by the venue, unasked';
    const failure = { code: 'SUBSCRIPTION_LOST', severity: 'warn', why, at } as const;
    return this.#failures.unanswered(feed, [product], failure);
  }

  /**
   * Only `Json Error` is documented as the answer to a bad challenge request. Other alerts may
   * concern anything.
   */
  #onChallengeAlert(
    { kind, text }: VenueAlert,
    request: InFlight,
    at: MonotonicMs,
  ): readonly FeedOutput[] {
    if (kind !== 'BadRequest' && kind !== 'NotAuthenticated') return [];
    settle(request, '');
    this.#authentication.giveUp();
    return this.#wantedPrivate().flatMap((feed) =>
      this.#failures.refused(feed, [''], {
        code: 'AUTHENTICATION_FAILED',
        severity: 'error',
        why: `the challenge was refused (${text})`,
        at,
      }),
    );
  }

  #wantedPrivate(): readonly string[] {
    return this.#table
      .all()
      .filter(({ feed, state }) => isPrivateFeed(feed) && state === 'Wanted')
      .map(({ feed }) => feed);
  }

  #stateOf(feed: string, product: string): readonly FeedOutput[] {
    const entry = this.#table.get(feed, product);
    if (entry === undefined) return [];
    return [{ type: 'SubscriptionChanged', feed, product, state: entry.state }];
  }

  /**
   * The alert names no product. Once there are as many alerts as pending products, all of them are
   * taken as subscribed, and a first frame has to prove it.
   */
  #alreadySubscribed(request: InFlight, at: MonotonicMs): readonly FeedOutput[] {
    const { feed, pending } = request;
    request.alreadyHeld++;
    request.isHeard = true;
    if (request.alreadyHeld < pending.size) return [];
    const products = [...pending];
    settle(request, ...products);
    return products.flatMap((product) => {
      this.#table.acknowledge(feed, product, at, false);
      return this.#stateOf(feed, product);
    });
  }

  #blameProduct(
    request: InFlight,
    { product, text }: VenueAlert,
    at: MonotonicMs,
  ): readonly FeedOutput[] {
    const { feed, pending } = request;
    const [only] = pending.size === 1 ? pending : [];
    const named = product ?? only;
    if (named !== undefined) {
      if (!pending.has(named)) return [];
      settle(request, named);
      return this.#refuse(feed, [named], text, at);
    }
    return this.#askAlone(request, `one of them is refused (${text})`);
  }

  #askAlone(request: InFlight, why: string): readonly FeedOutput[] {
    const { feed } = request;
    const products = [...request.pending];
    for (const each of products) this.#table.askAlone(feed, each);
    settle(request, ...products);
    const text = `${namesOf(feed, products)}: ${why}; each is asked for alone, at once`;
    return [notice('warn', 'ASKED_ALONE', text)];
  }

  #blameFeed(request: InFlight, { text }: VenueAlert, at: MonotonicMs): readonly FeedOutput[] {
    const { feed, pending } = request;
    const products = [...pending];
    settle(request, ...products);
    if (feed === 'open_orders_verbose') return this.#fallBack();
    return this.#refuse(feed, products, text, at);
  }

  #refuse(
    feed: string,
    products: readonly string[],
    text: string,
    at: MonotonicMs,
  ): readonly FeedOutput[] {
    const why = `refused by the venue (${text})`;
    const failure = { code: 'SUBSCRIPTION_REFUSED', severity: 'warn', why, at } as const;
    return this.#failures.refused(feed, products, failure);
  }

  /**
   * Wrong key, wrong signature, stale challenge and missing permission look alike. The first
   * failure renews the challenge, the next ones wait.
   */
  #privateFailed(request: InFlight, text: string, at: MonotonicMs): readonly FeedOutput[] {
    const { feed } = request;
    settle(request, '');
    if (!this.#authentication.wasRenewed) {
      this.#authentication.forgetChallenge();
      this.#table.mark(feed, '', 'Wanted');
      const renewed = `${feed}: refused (${text}), asked for again at once with a new challenge`;
      return [notice('warn', 'CHALLENGE_RENEWED', renewed)];
    }
    if (feed === 'open_orders_verbose' && this.#isAuthenticated()) return this.#fallBack();
    return this.#failures.refused(feed, [''], {
      code: 'AUTHENTICATION_FAILED',
      severity: 'error',
      why: `refused by the venue (${text})`,
      at,
    });
  }

  /** Another private feed works, so the credentials are right. */
  #isAuthenticated(): boolean {
    return this.#table
      .all()
      .some(
        ({ feed, state }) => isPrivateFeed(feed) && (state === 'Live' || state === 'Acknowledged'),
      );
  }

  #fallBack(): readonly FeedOutput[] {
    this.#table.replaceFeed('open_orders_verbose', 'open_orders');
    const text =
      'open_orders_verbose is refused, open_orders is asked for instead: REST tells of refused orders';
    return [
      { type: 'SubscriptionChanged', feed: 'open_orders_verbose', product: '', state: 'Down' },
      notice('warn', 'FEED_REPLACED', text),
    ];
  }
}
