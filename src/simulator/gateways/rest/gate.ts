import { defined } from '../../../lib/defined.ts';
import { type MonotonicMs } from '../../../lib/time.ts';
import { failure, json, text, type RestAnswer } from './answer.ts';
import { authFailure } from './endpoints/key-endpoints.ts';
import {
  type ServedEndpoint,
  isAnswer,
  type Prepared,
  type RestCall,
  type Service,
} from './endpoints/endpoint.ts';
import { KRAKEN_RATE_LIMITS, type RateLimits, RatePools } from './rate-pools.ts';
import { isAllowed, type NonceRefusal, NonceWindow, type RestKey } from './rest-key.ts';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Secret } from '../../../lib/secret.ts';

/** The parts of a request that authenticate it. */
export interface Credentials {
  readonly apiKey: string | undefined;
  readonly authent: string | undefined;
  readonly nonce: string | undefined;
  /** Query without `?`, then form body, byte for byte. */
  readonly postData: string;
  readonly path: string;
}

export interface UsedNonce {
  readonly apiKey: string;
  readonly nonce: string;
}

type Unsigned = Omit<RestCall, 'key'>;

/**
 * Admits a request or answers it: parameters first, then key and signature, permission, nonce,
 * budget [rest 3.2, 13].
 */
export class Gate {
  readonly #keys = new Map<string, RestKey>();
  readonly #nonces = new Map<string, NonceWindow>();
  readonly #pools = new Map<string, RatePools>();
  readonly #limits: RateLimits;
  readonly #onNonce: ((used: UsedNonce) => void) | undefined;

  constructor(
    keys: readonly RestKey[],
    limits: RateLimits = KRAKEN_RATE_LIMITS,
    onNonce?: (used: UsedNonce) => void,
  ) {
    for (const key of keys) this.#keys.set(key.apiKey, key);
    this.#limits = limits;
    this.#onNonce = onNonce;
  }

  /** The account of the key that the request names. The signature is not checked here. */
  accountOf(apiKey: string | undefined): string | undefined {
    return apiKey === undefined ? undefined : this.#keys.get(apiKey)?.account;
  }

  admit(
    endpoint: ServedEndpoint,
    call: Unsigned,
    credentials: Credentials,
    monotonic: MonotonicMs,
  ): RestCall | RestAnswer {
    const prepared = readParams(endpoint, call);
    if (prepared !== undefined && isAnswer(prepared)) return prepared;
    if (endpoint.access === 'public') return { ...call, key: undefined };
    const key = this.#authenticate(credentials);
    if (key === undefined || !isAllowed(key, endpoint.access)) {
      return notAuthenticated(endpoint.service, call, !this.#keys.has(credentials.apiKey ?? ''));
    }
    const nonce = this.#checkNonce(key, credentials.nonce);
    if (nonce !== undefined) return nonceRefusal(endpoint.service, call, nonce);
    const admitted = { ...call, key, ...defined({ prepared }) };
    return this.#charge(endpoint, admitted, monotonic) ?? admitted;
  }

  #authenticate(credentials: Credentials): RestKey | undefined {
    const { apiKey = '', authent = '', nonce = '', postData, path } = credentials;
    const key = this.#keys.get(apiKey);
    const isRight =
      key !== undefined && isSigned(key.apiSecret, { postData, nonce, path }, authent);
    return isRight ? key : undefined;
  }

  #checkNonce(key: RestKey, nonce: string | undefined): NonceRefusal | undefined {
    if (nonce === undefined || nonce === '') return undefined;
    const refusal = this.takeNonce({ apiKey: key.apiKey, nonce });
    if (refusal === undefined) this.#onNonce?.({ apiKey: key.apiKey, nonce });
    return refusal;
  }

  /** Records a nonce of a request, or of a previous run. */
  takeNonce({ apiKey, nonce }: UsedNonce): NonceRefusal | undefined {
    let window = this.#nonces.get(apiKey);
    if (window === undefined) {
      window = new NonceWindow();
      this.#nonces.set(apiKey, window);
    }
    return window.check(nonce);
  }

  #charge(
    endpoint: ServedEndpoint,
    call: RestCall & { readonly key: RestKey },
    at: MonotonicMs,
  ): RestAnswer | undefined {
    const { key, prepared } = call;
    let pools = this.#pools.get(key.account);
    if (pools === undefined) {
      pools = new RatePools(this.#limits, at);
      this.#pools.set(key.account, pools);
    }
    const cost = prepared?.cost ?? endpoint.cost(call.fields);
    if (endpoint.service === 'history') return historyRefusal(pools.takeHistory(cost, at));
    return pools.takePoints(cost, at) ? undefined : failure(call.at, 'apiLimitExceeded');
  }
}

const readParams = (endpoint: ServedEndpoint, call: Unsigned): RestAnswer | Prepared | undefined =>
  endpoint.check?.(call) ?? endpoint.prepare?.(call);

/** History: 429, plain text, and how long to wait [rest 5]. */
export const historyRefusal = (waitSeconds: number): RestAnswer | undefined =>
  waitSeconds === 0
    ? undefined
    : {
        ...text('Rate limit exceeded', 429),
        headers: { 'rate-limit-reset': String(waitSeconds) },
      };

/**
 * Wrong key, wrong signature and missing permission look alike; each service says so in its own way
 * [rest 3.1, 3.2].
 */
const notAuthenticated = (
  service: Service,
  { at }: Pick<RestCall, 'at'>,
  isUnknownKey: boolean,
): RestAnswer => {
  switch (service) {
    case 'history':
    case 'stats':
      return unauthorized('You are not authorized to access this endpoint.');
    case 'auth':
      return authFailure(
        'Could not authenticate the key',
        isUnknownKey ? 'api_key_not_found' : null,
      );
    case 'derivatives':
    case 'charts':
      return failure(at, 'authenticationError');
  }
};

/**
 * A refused nonce in the failure shape of each service [rest 3.1]. Where history and auth name the
 * refusal is inferred.
 */
export const nonceRefusal = (
  service: Service,
  { at }: Pick<RestCall, 'at'>,
  refusal: NonceRefusal,
): RestAnswer => {
  switch (service) {
    case 'history':
    case 'stats':
      return unauthorized(refusal);
    case 'auth':
      return authFailure(refusal, null);
    case 'derivatives':
    case 'charts':
      return failure(at, refusal);
  }
};

const unauthorized = (reason: string): RestAnswer => json({ status: 'unauthorized', reason }, 401);

/** What was signed, exactly as it stands in the request [rest 1.3]. */
interface SignedText {
  /** Query without `?`, then form body. */
  readonly postData: string;
  /** Empty when no Nonce header was sent. */
  readonly nonce: string;
  /** Path of the URL without query. */
  readonly path: string;
}

const DERIVATIVES = '/derivatives';

/**
 * The path that is signed: without a leading `/derivatives`. History, auth and stats paths are
 * signed whole.
 */
const signedPath = (path: string): string =>
  path.startsWith(`${DERIVATIVES}/`) ? path.slice(DERIVATIVES.length) : path;

/** Authent = base64(HMAC-SHA-512(base64-decoded secret, SHA-256(postData + nonce + path))). */
export const sign = (secret: Secret, { postData, nonce, path }: SignedText): string => {
  const digest = createHash('sha256')
    .update(`${postData}${nonce}${signedPath(path)}`)
    .digest();
  return createHmac('sha512', Buffer.from(secret.reveal(), 'base64'))
    .update(digest)
    .digest('base64');
};

export const isSigned = (secret: Secret, signed: SignedText, authent: string): boolean => {
  const expected = Buffer.from(sign(secret, signed));
  const given = Buffer.from(authent);
  return given.length === expected.length && timingSafeEqual(given, expected);
};
