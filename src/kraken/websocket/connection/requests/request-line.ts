import { type MonotonicMs, monotonicMs } from '../../../../lib/time.ts';
import { type VenueAlert } from '../../events/alerts.ts';
import { type Authentication } from '../authentication.ts';
import { type FeedLimits, type FeedOutput, isPrivateFeed, silenceMsMaxOf } from '../feed-types.ts';
import { type ControlEvent } from '../../parse/parse-frame.ts';
import { type InFlight, newRequest } from './in-flight.ts';
import { RequestAnswers } from './request-answers.ts';
import { SubscriptionFailures } from './subscription-failures.ts';
import { type SubscriptionTable } from './subscription-table.ts';

type Acknowledgement = Extract<ControlEvent, { readonly feed: string }>;

/** Interval of the check for silent feeds. */
const SILENCE_CHECK_MS = 1_000;
/** So many requests in a row without an answer replace a connection that carries nothing. */
const UNANSWERED_MAX_OF_NOTHING = 2;

/**
 * Sends the requests of one open connection (challenge, subscribe, unsubscribe), one at a time and
 * paced, and matches the answers to them. Returns outputs; `Terminate` means that the connection
 * should be replaced. Nothing is given up: a failed request is repeated after a growing wait on
 * this connection, and at once on the next one.
 */
export class RequestLine {
  readonly #table: SubscriptionTable;
  readonly #limits: FeedLimits;
  readonly #authentication: Authentication;
  readonly #failures: SubscriptionFailures;
  readonly #answers: RequestAnswers;
  #inFlight: InFlight | undefined;
  #notBefore = monotonicMs(0);
  /** Requests in a row without any answer on this connection. */
  #unanswered = 0;
  /** From here on a connection that carries subscriptions may be replaced. */
  #replaceableFrom = monotonicMs(0);
  #silenceCheckAt = monotonicMs(0);

  constructor(table: SubscriptionTable, authentication: Authentication, limits: FeedLimits) {
    this.#table = table;
    this.#authentication = authentication;
    this.#limits = limits;
    this.#failures = new SubscriptionFailures(table, limits);
    this.#answers = new RequestAnswers(table, authentication, this.#failures);
  }

  /** Starts a new connection: nothing is in flight, and the old challenge is void. */
  restart(): void {
    this.#inFlight = undefined;
    this.#unanswered = 0;
    this.#authentication.restart();
    this.#notBefore = monotonicMs(0);
    this.#silenceCheckAt = monotonicMs(0);
    this.#table.restart();
  }

  /** Sends the next request when none is in flight and the pace allows it. */
  pump(at: MonotonicMs): readonly FeedOutput[] {
    if (this.#silenceCheckAt === 0) this.#silenceCheckAt = monotonicMs(at + SILENCE_CHECK_MS);
    this.#wakeDue(at);
    if (this.#inFlight !== undefined || this.#table.isSettled || at < this.#notBefore) return [];
    return this.#nextRequest(at);
  }

  nextWakeAt(): MonotonicMs | undefined {
    const candidates: number[] = [];
    if (this.#table.isWatching) candidates.push(this.#silenceCheckAt);
    const retryAt = this.#table.nextRetryAt();
    if (retryAt !== undefined) candidates.push(retryAt);
    if (this.#inFlight !== undefined) candidates.push(this.#inFlight.sentAt + this.#timeoutMs());
    else if (this.#hasWork()) candidates.push(this.#notBefore);
    const acknowledgedAt = this.#table.isSettled ? undefined : this.#table.oldestAcknowledgedAt();
    if (acknowledgedAt !== undefined)
      candidates.push(acknowledgedAt + this.#limits.snapshotTimeoutMs);
    return candidates.length === 0 ? undefined : monotonicMs(Math.min(...candidates));
  }

  onChallenge(text: string, at: MonotonicMs): readonly FeedOutput[] {
    if (this.#inFlight?.kind !== 'challenge' || !this.#authentication.accept(text)) return [];
    this.#unanswered = 0;
    return this.#done(at);
  }

  onAcknowledgement(event: Acknowledgement, at: MonotonicMs): readonly FeedOutput[] {
    const outputs = this.#answers.onAcknowledgement(event, this.#inFlight, at);
    return [...outputs, ...this.#doneIfAnswered(at)];
  }

  onAlert(alert: VenueAlert, at: MonotonicMs): readonly FeedOutput[] {
    const request = this.#inFlight;
    if (request === undefined) return [];
    const outputs = this.#answers.onAlert(alert, request, at);
    return [...outputs, ...this.#doneIfAnswered(at)];
  }

  onTick(at: MonotonicMs): readonly FeedOutput[] {
    const outputs = [...this.#overdue(at), ...this.#silent(at)];
    const request = this.#inFlight;
    if (request === undefined || at < request.sentAt + this.#timeoutMs()) return outputs;
    return [...outputs, ...this.#timedOut(request, at)];
  }

  #overdue(at: MonotonicMs): readonly FeedOutput[] {
    const { snapshotTimeoutMs } = this.#limits;
    const why = `no full frame within ${snapshotTimeoutMs} ms`;
    return this.#table
      .overdue(snapshotTimeoutMs, at)
      .flatMap((each) => this.#failures.unheard(each, 'SNAPSHOT_MISSING', why));
  }

  #silent(at: MonotonicMs): readonly FeedOutput[] {
    if (!this.#table.isWatching || at < this.#silenceCheckAt) return [];
    this.#silenceCheckAt = monotonicMs(at + SILENCE_CHECK_MS);
    const silenceMs = (feed: string) => silenceMsMaxOf(feed, this.#limits);
    return this.#table.silent(silenceMs, at).flatMap((each) => {
      const why = `was live, and nothing came for ${silenceMs(each.feed) ?? 0} ms`;
      return this.#failures.unheard(each, 'FEED_SILENT', why);
    });
  }

  #timeoutMs(): number {
    const { requestTimeoutMs, unsubscribeTimeoutMs } = this.#limits;
    return this.#inFlight?.kind === 'unsubscribe' ? unsubscribeTimeoutMs : requestTimeoutMs;
  }

  #timedOut(request: InFlight, at: MonotonicMs): readonly FeedOutput[] {
    if (request.kind !== 'unsubscribe' && !request.isHeard) this.#unanswered++;
    const outputs = this.#answers.onTimeout(request, at, this.#timeoutMs());
    if (!this.#isInQuestion(at)) return [...outputs, ...this.#done(at)];
    const reason = `${this.#unanswered} requests in a row were not answered`;
    return [...outputs, { type: 'Terminate', reason }];
  }

  /**
   * Whether unanswered requests call for a new connection. One that carries subscriptions is
   * replaced rarely, since that interrupts its feeds.
   */
  #isInQuestion(at: MonotonicMs): boolean {
    if (!this.#table.isAnyHeld) return this.#unanswered >= UNANSWERED_MAX_OF_NOTHING;
    if (this.#unanswered < this.#limits.unansweredMax || at < this.#replaceableFrom) return false;
    this.#replaceableFrom = monotonicMs(at + this.#limits.replaceIntervalMs);
    return true;
  }

  #wakeDue(at: MonotonicMs): void {
    const due = this.#table.wakeDue(at);
    // The refusal may have been for a stale challenge.
    if (due.some(({ feed }) => isPrivateFeed(feed)) && this.#inFlight?.kind !== 'challenge')
      this.#authentication.resume();
  }

  #hasWork(): boolean {
    return !this.#table.isSettled && this.#nextBatch() !== undefined;
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
    if (isPrivateFeed(feed) && !this.#authentication.isPossible)
      return [...this.#answers.impossible(feed, at), ...this.#nextRequest(at)];
    if (isPrivateFeed(feed) && !this.#authentication.hasChallenge) {
      this.#inFlight = newRequest('challenge', '', [''], at);
      return [this.#authentication.challengeRequest()];
    }
    this.#inFlight = newRequest(kind, feed, products, at);
    const outputs: FeedOutput[] = [];
    if (kind === 'subscribe')
      for (const product of products) {
        this.#table.mark(feed, product, 'Requested');
        outputs.push({ type: 'SubscriptionChanged', feed, product, state: 'Requested' });
      }
    return [...outputs, this.#authentication.request(kind, feed, products)];
  }

  #doneIfAnswered(at: MonotonicMs): readonly FeedOutput[] {
    const request = this.#inFlight;
    if (request?.isHeard === true) this.#unanswered = 0;
    return request?.pending.size === 0 ? this.#done(at) : [];
  }

  #done(at: MonotonicMs): readonly FeedOutput[] {
    const sentAt = this.#inFlight?.sentAt ?? at;
    this.#inFlight = undefined;
    this.#notBefore = monotonicMs(sentAt + 1_000 / this.#limits.requestsPerSecondMax);
    return this.pump(at);
  }
}
