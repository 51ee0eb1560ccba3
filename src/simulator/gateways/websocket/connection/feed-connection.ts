import { toJsonText } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { isAllowed, type RestKey } from '../../rest/rest-key.ts';
import {
  type BadRequest,
  type ClientRequest,
  parseClientRequest,
  type SignedChallenge,
} from './client-request.ts';
import {
  type Acknowledged,
  acknowledgement,
  alertFrame,
  challengeFrame,
  errorFrame,
  failureFrame,
} from './control-frame.ts';
import { type FeedHub, feedKind } from './feed-hub.ts';
import { type FeedSettings } from './feed-settings.ts';
import { type FeedSink, type FrameAbout } from './subscription-registry.ts';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Secret } from '../../../../lib/secret.ts';

export interface ConnectionDeps {
  readonly hub: FeedHub;
  readonly settings: FeedSettings;
  /** Looks an API key up by its public part; REST uses the same keys. */
  readonly keyOf: (apiKey: string) => RestKey | undefined;
  readonly now: () => EpochMs;
  /** A fresh UUID. */
  readonly makeChallenge: () => string;
}

type SubscriptionRequest = Extract<ClientRequest, { readonly event: 'subscribe' | 'unsubscribe' }>;

/**
 * The protocol of one connection: requests in, acknowledgements and first frames out. It does not
 * touch the socket.
 */
export class FeedConnection {
  readonly #deps: ConnectionDeps;
  readonly #sink: FeedSink;
  readonly #challenges: IssuedChallenges;

  constructor(deps: ConnectionDeps, sink: FeedSink) {
    this.#deps = deps;
    this.#sink = sink;
    this.#challenges = new IssuedChallenges(deps.settings.challengeLifetimeMs);
  }

  onText(text: string): void {
    const request = parseClientRequest(text);
    if (!request.ok) this.#refuse(request.error);
    else if (request.value.event === 'challenge') this.#challenge(request.value.apiKey);
    else this.#onSubscription(request.value);
  }

  onClosed(): void {
    this.#deps.hub.registry.removeAll(this.#sink);
  }

  #refuse(reason: BadRequest): void {
    if (reason === 'JsonPing' && this.#deps.settings.jsonPing === 'ignore') return;
    this.#say(reason === 'NotJson' ? errorFrame('Json Error') : alertFrame(BAD_MESSAGE));
  }

  /** Issued for any text: only the subscription proves the key [websocket 5.1]. */
  #challenge(apiKey: string): void {
    const challenge = this.#deps.makeChallenge();
    this.#challenges.issue(challenge, apiKey, this.#deps.now());
    this.#say(challengeFrame(challenge));
  }

  #onSubscription(request: SubscriptionRequest): void {
    const { feed, products } = request;
    switch (feedKind(feed)) {
      case 'product':
        if (products === undefined || products.length === 0) this.#say(alertFrame(BAD_MESSAGE));
        // One acknowledgement per product, in the order of the request [websocket 4.2].
        for (const product of products ?? []) this.#onProduct(request, product);
        return;
      case 'plain':
        this.#perform({ feed }, this.#acknowledged(request, undefined));
        return;
      case 'account':
        this.#onAccount(request);
        return;
      case undefined:
        this.#fail('InvalidFeed', this.#acknowledged(request, products));
    }
  }

  #onProduct(request: SubscriptionRequest, product: string): void {
    const about = this.#acknowledged(request, [product]);
    if (this.#deps.hub.hasProduct(product)) this.#perform({ feed: request.feed, product }, about);
    else this.#fail('InvalidProduct', about);
  }

  #onAccount(request: SubscriptionRequest): void {
    const { feed, products, credentials } = request;
    // Only fills can be narrowed down to products [websocket 8.3].
    const filter = feed === 'fills' && products?.length !== 0 ? products : undefined;
    const about = { ...this.#acknowledged(request, filter), credentials };
    const key = credentials === undefined ? undefined : this.#deps.keyOf(credentials.apiKey);
    if (key === undefined || credentials === undefined || !isAllowed(key, 'general-read')) {
      this.#fail('NotAuthenticated', about);
      return;
    }
    if (!this.#challenges.isProvenBy(credentials, key.apiSecret, this.#deps.now())) {
      this.#fail('NotAuthenticated', about);
      return;
    }
    const unknown = filter?.find((product) => !this.#deps.hub.hasProduct(product));
    if (unknown !== undefined) {
      this.#fail('InvalidProduct', { ...about, products: [unknown] });
      return;
    }
    this.#perform({ feed, account: key.account }, about);
  }

  #perform(target: FrameAbout, about: Acknowledged): void {
    const { registry } = this.#deps.hub;
    const isHeld = registry.has(this.#sink, target);
    if (about.event === 'unsubscribe') {
      if (!isHeld) {
        this.#say(alertFrame('Not subscribed to feed'));
        return;
      }
      registry.remove(this.#sink, target);
      this.#say(acknowledgement(about, this.#deps.settings));
      return;
    }
    if (!isHeld) this.#open(target, about);
    else this.#repeat(target, about);
  }

  #open(target: FrameAbout, about: Acknowledged): void {
    const acknowledge = acknowledgement(about, this.#deps.settings);
    const isAckFirst = this.#deps.settings.snapshot === 'after-ack';
    if (isAckFirst) this.#say(acknowledge);
    this.#sendOpening(target, about);
    if (!isAckFirst) this.#say(acknowledge);
  }

  #repeat(target: FrameAbout, about: Acknowledged): void {
    this.#say(alertFrame('Already subscribed to feed, re-requesting'));
    if (this.#deps.settings.duplicateSubscribe === 'alert-and-snapshot')
      this.#sendOpening(target, about);
  }

  #sendOpening(target: FrameAbout, { products }: Acknowledged): void {
    const { hub } = this.#deps;
    const filter =
      target.account === undefined || products === undefined ? undefined : new Set(products);
    const subscription = hub.registry.add(this.#sink, target, filter);
    const frame = hub.opening(subscription);
    if (frame !== undefined) this.#sink.send(toJsonText(frame), target);
  }

  #acknowledged(
    { event, feed }: SubscriptionRequest,
    products: readonly string[] | undefined,
  ): Acknowledged {
    return { event, feed, products };
  }

  #fail(failure: Parameters<typeof failureFrame>[0], about: Acknowledged): void {
    this.#say(failureFrame(failure, about, this.#deps.settings));
  }

  #say(text: string): void {
    this.#sink.send(text, { feed: '' });
  }
}

const BAD_MESSAGE = 'Bad websocket message';

/**
 * base64(HMAC-SHA-512(base64-decoded secret, SHA-256(challenge))) [websocket 5.2]. Written from the
 * venue's rule, independently of the client's code.
 */
export const signedChallenge = (secret: Secret, challenge: string): string =>
  createHmac('sha512', Buffer.from(secret.reveal(), 'base64'))
    .update(createHash('sha256').update(challenge, 'utf8').digest())
    .digest('base64');

const CHALLENGES_MAX = 100;

/** The challenges of one connection. They are not valid on another one [websocket 5.4]. */
class IssuedChallenges {
  readonly #lifetimeMs: number | undefined;
  readonly #issued = new Map<string, { readonly apiKey: string; readonly at: EpochMs }>();

  constructor(lifetimeMs: number | undefined) {
    this.#lifetimeMs = lifetimeMs;
  }

  issue(challenge: string, apiKey: string, at: EpochMs): void {
    const [oldest] = this.#issued.keys();
    if (this.#issued.size >= CHALLENGES_MAX && oldest !== undefined) this.#issued.delete(oldest);
    this.#issued.set(challenge, { apiKey, at });
  }

  isProvenBy(credentials: SignedChallenge, secret: Secret, at: EpochMs): boolean {
    const issued = this.#issued.get(credentials.originalChallenge);
    if (issued?.apiKey !== credentials.apiKey) return false;
    if (this.#lifetimeMs !== undefined && at - issued.at > this.#lifetimeMs) return false;
    const expected = Buffer.from(signedChallenge(secret, credentials.originalChallenge));
    const given = Buffer.from(credentials.signedChallenge);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
}
