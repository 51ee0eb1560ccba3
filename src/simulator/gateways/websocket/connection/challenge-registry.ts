import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Secret } from '../../../../lib/secret.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type SignedChallenge } from './client-request.ts';

/**
 * base64(HMAC-SHA-512(base64-decoded secret, SHA-256(challenge))) [websocket 5.2]. Written from the
 * venue's rule, apart from the client's code.
 */
export const signedChallenge = (secret: Secret, challenge: string): string =>
  createHmac('sha512', Buffer.from(secret.reveal(), 'base64'))
    .update(createHash('sha256').update(challenge, 'utf8').digest())
    .digest('base64');

const CHALLENGES_MAX = 100;

/**
 * The challenges of one connection; of another connection they are worth nothing [websocket 5.4].
 */
export class ChallengeBook {
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
