import { type FeedCredential, type FeedOutput, isPrivateFeed } from './feed-types.ts';

/**
 * Holds the challenge of one connection [websocket 5.4]. It is requested once, signs every private
 * request, and is renewed once when a private request is refused. The next connection starts
 * without it.
 */
export class Authentication {
  readonly #credential: FeedCredential | undefined;
  #challenge: { readonly text: string; readonly signed: string } | undefined;
  #asked = 0;
  #isPossible = true;

  constructor(credential: FeedCredential | undefined) {
    this.#credential = credential;
    this.restart();
  }

  restart(): void {
    this.#challenge = undefined;
    this.#asked = 0;
    this.#isPossible = this.#credential !== undefined;
  }

  /** False without a credential, and when the challenge itself was refused. */
  get isPossible(): boolean {
    return this.#isPossible;
  }

  get hasChallenge(): boolean {
    return this.#challenge !== undefined;
  }

  /** A second challenge has been requested. */
  get wasRenewed(): boolean {
    return this.#asked > 1;
  }

  /** Allows private requests again after a wait, with a new challenge and no further renewal. */
  resume(): void {
    this.#challenge = undefined;
    this.#isPossible = this.#credential !== undefined;
  }

  /** There is no API key, so private feeds need a change of the configuration. */
  get isWithoutCredential(): boolean {
    return this.#credential === undefined;
  }

  giveUp(): void {
    this.#isPossible = false;
  }

  forgetChallenge(): void {
    this.#challenge = undefined;
  }

  accept(challenge: string): boolean {
    if (this.#credential === undefined || challenge === '') return false;
    this.#challenge = { text: challenge, signed: this.#credential.sign(challenge) };
    return true;
  }

  challengeRequest(): FeedOutput {
    this.#asked++;
    return sendText({ event: 'challenge', api_key: this.#credential?.apiKey }, true);
  }

  /** A subscribe or unsubscribe request, signed when the feed is private. */
  request(
    kind: 'subscribe' | 'unsubscribe',
    feed: string,
    products: readonly string[],
  ): FeedOutput {
    const named = products.filter((product) => product !== '');
    const request = { event: kind, feed, ...(named.length === 0 ? {} : { product_ids: named }) };
    if (!isPrivateFeed(feed)) return sendText(request, false);
    const proof = {
      api_key: this.#credential?.apiKey,
      original_challenge: this.#challenge?.text,
      signed_challenge: this.#challenge?.signed,
    };
    return sendText({ ...request, ...proof }, true);
  }
}

const sendText = (request: object, hasSecret: boolean): FeedOutput => ({
  type: 'SendText',
  text: JSON.stringify(request),
  hasSecret,
});
