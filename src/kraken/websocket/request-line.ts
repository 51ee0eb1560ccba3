import { type MonotonicMs, monotonicMs } from '../../lib/time.ts';
import { type VenueAlert } from './alerts.ts';
import { type Authentication } from './authentication.ts';
import { isPrivateFeed, type FeedLimits } from './feed-config.ts';
import { notice, type FeedOutput } from './feed-output.ts';
import { type ControlEvent } from './parse-frame.ts';
import { type SubscriptionState, type SubscriptionTable } from './subscription-table.ts';

type Acknowledgement = Extract<ControlEvent, { readonly feed: string }>;

interface InFlight {
  readonly kind: 'challenge' | 'subscribe' | 'unsubscribe';
  readonly feed: string;
  readonly pending: Set<string>;
  readonly sentAt: MonotonicMs;
}

/** Requests without an id can only be told apart by position, so one is in flight at a time (venue reference 3.2). */
const FAILURES_MAX = 1;

/**
 * The requests of one open connection: challenge, subscribe, unsubscribe; one in flight, paced, matched to their answers.
 * Answers with outputs; `Terminate` among them means that the connection should be replaced.
 */
export class RequestLine {
  readonly #table: SubscriptionTable;
  readonly #limits: FeedLimits;
  readonly #authentication: Authentication;
  #inFlight: InFlight | undefined;
  #notBefore = monotonicMs(0);

  constructor(table: SubscriptionTable, authentication: Authentication, limits: FeedLimits) {
    this.#table = table;
    this.#authentication = authentication;
    this.#limits = limits;
  }

  /** A new connection: nothing in flight, a challenge of the old one is worth nothing. */
  restart(): void {
    this.#inFlight = undefined;
    this.#authentication.restart();
    this.#notBefore = monotonicMs(0);
    this.#table.restart();
  }

  /** Sends the next request when the line is free and the pace allows it. */
  pump(at: MonotonicMs): readonly FeedOutput[] {
    if (this.#inFlight !== undefined || this.#table.isSettled || at < this.#notBefore) return [];
    return this.#nextRequest(at);
  }

  nextWakeAt(): MonotonicMs | undefined {
    if (this.#inFlight === undefined && this.#table.isSettled) return undefined;
    const candidates: number[] = [];
    if (this.#inFlight !== undefined) candidates.push(this.#inFlight.sentAt + this.#timeoutMs());
    else if (this.#hasWork()) candidates.push(this.#notBefore);
    const acknowledgedAt = this.#table.oldestAcknowledgedAt();
    if (acknowledgedAt !== undefined)
      candidates.push(acknowledgedAt + this.#limits.snapshotTimeoutMs);
    return candidates.length === 0 ? undefined : monotonicMs(Math.min(...candidates));
  }

  onChallenge(text: string, at: MonotonicMs): readonly FeedOutput[] {
    if (this.#inFlight?.kind !== 'challenge') return [];
    return this.#authentication.accept(text) ? this.#done(at) : [];
  }

  onAcknowledgement(event: Acknowledgement, at: MonotonicMs): readonly FeedOutput[] {
    const products = event.products.length === 0 ? [''] : event.products;
    // A filtered private feed echoes its products; we never filter.
    const keys = isPrivateFeed(event.feed) ? [''] : products;
    const outputs = keys.flatMap((product) => this.#answered(event, product, at));
    return [...outputs, ...this.#doneIfAnswered(at)];
  }

  onAlert(alert: VenueAlert, at: MonotonicMs): readonly FeedOutput[] {
    const request = this.#inFlight;
    if (request === undefined) return [];
    const outputs = this.#blame(request, alert, at);
    return [...outputs, ...this.#doneIfAnswered(at)];
  }

  onTick(at: MonotonicMs): readonly FeedOutput[] {
    const outputs = this.#table
      .overdue(this.#limits.snapshotTimeoutMs, at)
      .flatMap(({ feed, product }) => {
        this.#table.leave(feed, product, false);
        const text = `no full frame of ${feed} ${product}`;
        return [this.#changed(feed, product, 'Leaving'), notice('warn', 'SNAPSHOT_MISSING', text)];
      });
    const request = this.#inFlight;
    if (request === undefined || at < request.sentAt + this.#timeoutMs()) return outputs;
    return [...outputs, ...this.#timedOut(request, at)];
  }

  #timeoutMs(): number {
    const { requestTimeoutMs, unsubscribeTimeoutMs } = this.#limits;
    return this.#inFlight?.kind === 'unsubscribe' ? unsubscribeTimeoutMs : requestTimeoutMs;
  }

  #timedOut(request: InFlight, at: MonotonicMs): readonly FeedOutput[] {
    const text = `no answer to ${request.kind} ${request.feed}`;
    const isOver = this.#isOver(request);
    const outputs: FeedOutput[] = [notice('warn', 'NO_ANSWER', text)];
    if (isOver) return [...outputs, { type: 'Terminate', reason: text }];
    return [...outputs, ...this.#done(at)];
  }

  /** True when the silence was the second one, so that the connection is in question. */
  #isOver({ kind, feed, pending }: InFlight): boolean {
    if (kind === 'challenge') return this.#authentication.wasRenewed;
    if (kind === 'unsubscribe') {
      for (const product of pending) this.#table.left(feed, product);
      return false;
    }
    const again = [...pending].filter((product) => this.#table.failed(feed, product, FAILURES_MAX));
    return again.length < pending.size;
  }

  #hasWork(): boolean {
    return this.#nextBatch() !== undefined;
  }

  #nextBatch() {
    const max = this.#limits.productsPerRequestMax;
    const leaving = this.#table.nextBatch('Leaving', max);
    if (leaving !== undefined) return { kind: 'unsubscribe', ...leaving } as const;
    const wanted = this.#table.nextBatch('Wanted', max);
    return wanted === undefined ? undefined : ({ kind: 'subscribe', ...wanted } as const);
  }

  #nextRequest(at: MonotonicMs): readonly FeedOutput[] {
    const batch = this.#nextBatch();
    if (batch === undefined) return [];
    const { kind, feed, products } = batch;
    if (isPrivateFeed(feed) && !this.#authentication.isPossible) {
      this.#table.mark(feed, '', 'Refused');
      return [this.#changed(feed, '', 'Refused'), ...this.#nextRequest(at)];
    }
    if (isPrivateFeed(feed) && !this.#authentication.hasChallenge) {
      this.#inFlight = { kind: 'challenge', feed: '', pending: new Set(['']), sentAt: at };
      return [this.#authentication.challengeRequest()];
    }
    this.#inFlight = { kind, feed, pending: new Set(products), sentAt: at };
    const outputs: FeedOutput[] = [];
    if (kind === 'subscribe')
      for (const product of products) {
        this.#table.mark(feed, product, 'Requested');
        outputs.push(this.#changed(feed, product, 'Requested'));
      }
    return [...outputs, this.#authentication.request(kind, feed, products)];
  }

  #answered(event: Acknowledgement, product: string, at: MonotonicMs): readonly FeedOutput[] {
    const { feed } = event;
    if (this.#inFlight?.feed === feed) this.#inFlight.pending.delete(product);
    switch (event.type) {
      case 'Subscribed':
        this.#table.acknowledge(feed, product, at);
        return this.#report(feed, product);
      case 'Unsubscribed':
        this.#table.left(feed, product);
        return [this.#changed(feed, product, 'Down')];
      case 'UnsubscribeFailed':
        this.#table.left(feed, product);
        return [notice('warn', 'UNSUBSCRIBE_FAILED', `${feed} ${product}`)];
      case 'SubscribeFailed':
        return isPrivateFeed(feed) ? this.#privateFailed(feed) : [this.#refuse(feed, product)];
    }
  }

  #report(feed: string, product: string): readonly FeedOutput[] {
    const entry = this.#table.get(feed, product);
    return entry === undefined ? [] : [this.#changed(feed, product, entry.state)];
  }

  #changed(feed: string, product: string, state: SubscriptionState | 'Down'): FeedOutput {
    return { type: 'SubscriptionChanged', feed, product, state };
  }

  /** An alert names no feed and mostly no product: it belongs to the request in flight (venue reference 4.4). */
  #blame(request: InFlight, alert: VenueAlert, at: MonotonicMs): readonly FeedOutput[] {
    const { feed, pending, kind } = request;
    const [first = ''] = pending;
    switch (alert.kind) {
      case 'AlreadySubscribed':
        pending.delete(first);
        this.#table.acknowledge(feed, first, at);
        return this.#report(feed, first);
      case 'NotSubscribed':
        if (kind !== 'unsubscribe') return [];
        pending.delete(first);
        this.#table.left(feed, first);
        return [this.#changed(feed, first, 'Down')];
      case 'InvalidProduct':
        return this.#blameProduct(request, alert.product);
      case 'EngineUnavailable':
        return [];
      case 'NotAuthenticated':
        return isPrivateFeed(feed) ? this.#privateFailed(feed) : [];
      case 'InvalidFeed':
        return this.#blameFeed(request);
      case 'BadRequest':
      case 'Unknown':
        return this.#blameUnclear(request);
    }
  }

  #blameProduct(request: InFlight, product: string | undefined): readonly FeedOutput[] {
    const { feed, pending } = request;
    const [first = ''] = pending;
    if (product !== undefined && pending.has(product)) return [this.#refuse(feed, product)];
    if (pending.size === 1) return [this.#refuse(feed, first)];
    // Which one is not said: each is asked again alone.
    for (const each of pending) this.#table.failed(feed, each, FAILURES_MAX);
    pending.clear();
    return [];
  }

  #blameFeed(request: InFlight): readonly FeedOutput[] {
    const { feed, pending } = request;
    if (feed === 'open_orders_verbose') return this.#fallBack();
    return [...pending].map((product) => this.#refuse(feed, product));
  }

  #blameUnclear(request: InFlight): readonly FeedOutput[] {
    const { feed, kind, pending } = request;
    if (kind === 'challenge') return this.#giveUpOnCredentials();
    if (kind === 'unsubscribe') return [];
    if (isPrivateFeed(feed)) return this.#privateFailed(feed);
    const refused = [...pending].filter(
      (product) => !this.#table.failed(feed, product, FAILURES_MAX),
    );
    pending.clear();
    return refused.map((product) => this.#refuse(feed, product));
  }

  #refuse(feed: string, product: string): FeedOutput {
    this.#inFlight?.pending.delete(product);
    this.#table.mark(feed, product, 'Refused');
    return this.#changed(feed, product, 'Refused');
  }

  /** Wrong key, wrong signature, stale challenge and missing permission look alike: a fresh challenge once, then stop. */
  #privateFailed(feed: string): readonly FeedOutput[] {
    this.#inFlight?.pending.clear();
    if (!this.#authentication.wasRenewed) {
      this.#authentication.forgetChallenge();
      this.#table.mark(feed, '', 'Wanted');
      return [
        notice('warn', 'CHALLENGE_RENEWED', `${feed} was refused, asking for a new challenge`),
      ];
    }
    if (feed === 'open_orders_verbose' && this.#isAuthenticated()) return this.#fallBack();
    const outputs = [this.#refuse(feed, '')];
    return [...outputs, notice('error', 'AUTHENTICATION_FAILED', `${feed} was refused twice`)];
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
    this.#inFlight?.pending.clear();
    this.#table.replaceFeed('open_orders_verbose', 'open_orders');
    const text = 'open_orders_verbose is refused: REST tells of refused orders';
    return [
      this.#changed('open_orders_verbose', '', 'Refused'),
      notice('warn', 'FEED_REPLACED', text),
    ];
  }

  #giveUpOnCredentials(): readonly FeedOutput[] {
    this.#inFlight?.pending.clear();
    this.#authentication.giveUp();
    return [notice('error', 'AUTHENTICATION_FAILED', 'the challenge was refused')];
  }

  #doneIfAnswered(at: MonotonicMs): readonly FeedOutput[] {
    return this.#inFlight?.pending.size === 0 ? this.#done(at) : [];
  }

  #done(at: MonotonicMs): readonly FeedOutput[] {
    const sentAt = this.#inFlight?.sentAt ?? at;
    this.#inFlight = undefined;
    this.#notBefore = monotonicMs(sentAt + 1_000 / this.#limits.requestsPerSecondMax);
    return this.pump(at);
  }
}
