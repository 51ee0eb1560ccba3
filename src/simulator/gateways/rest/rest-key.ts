import { type Secret } from '../../../lib/secret.ts';
import { type EpochMs } from '../../../lib/time.ts';

type AccessLevel = 'NO_ACCESS' | 'READ_ONLY' | 'FULL_ACCESS';

/** An API key: it belongs to one account, and says what may be done with it [rest 1.6]. */
export interface RestKey {
  readonly apiKey: string;
  readonly apiSecret: Secret;
  readonly account: string;
  readonly permissions: { readonly general: AccessLevel; readonly transfer: AccessLevel };
  readonly createdAt?: EpochMs;
}

/** What a call asks of the key that makes it. */
export type Access = 'public' | 'general-read' | 'general-full' | 'withdrawal' | 'any-key';

export const isAllowed = ({ permissions }: RestKey, access: Access): boolean => {
  switch (access) {
    case 'public':
    case 'any-key':
      return true;
    case 'general-read':
      return permissions.general !== 'NO_ACCESS';
    case 'general-full':
      return permissions.general === 'FULL_ACCESS';
    case 'withdrawal':
      return permissions.transfer === 'FULL_ACCESS';
  }
};

export type NonceRefusal = 'nonceBelowThreshold' | 'nonceDuplicate';

/** Nonces that were used lately; "slightly late" ones pass, so more than one must be remembered. */
const NONCES_MAX = 1_000;
/**
 * How far below the highest nonce another one may come; the venue publishes no figure [rest 1.4].
 */
const NONCE_TOLERANCE = 1_000n;

/** The nonce rule of one key: growing, slightly late ones tolerated, none twice [rest 1.4]. */
export class NonceWindow {
  readonly #used = new Set<bigint>();
  #highest = -1n;

  /** Takes the nonce in, or says why not. */
  check(text: string): NonceRefusal | undefined {
    if (!/^\d{1,38}$/.test(text)) return 'nonceBelowThreshold';
    const nonce = BigInt(text);
    if (this.#used.has(nonce)) return 'nonceDuplicate';
    if (nonce < this.#highest - NONCE_TOLERANCE) return 'nonceBelowThreshold';
    this.#used.add(nonce);
    if (nonce > this.#highest) this.#highest = nonce;
    if (this.#used.size > NONCES_MAX) this.#forget();
    return undefined;
  }

  #forget(): void {
    for (const nonce of this.#used) {
      if (nonce < this.#highest - NONCE_TOLERANCE) this.#used.delete(nonce);
    }
  }
}
