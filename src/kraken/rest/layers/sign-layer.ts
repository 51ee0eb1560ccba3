import { type Secret } from '../../../lib/secret.ts';
import { signText } from '../../signature.ts';
import { type Dispatch } from '../transport.ts';

/** A key of one account. `Authent` needs the secret as the venue gave it, in base64. */
export interface ApiCredential {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
}

/**
 * Signs what is about to be sent, last before the wire, so that a repeated read gets a fresh
 * signature [rest 1.2, 1.3]. Public calls go out bare. No nonce is sent: concurrent requests
 * overtake each other, and a refused nonce of an order call leaves it open whether an earlier copy
 * got through [rest 1.4].
 */
export const withSignature =
  (credential: ApiCredential | undefined) =>
  (next: Dispatch): Dispatch =>
  (request, options) => {
    if (request.endpoint.auth === 'public') return next(request, options);
    if (credential === undefined)
      return Promise.resolve({
        type: 'NotSent',
        cause: 'InvalidParams',
        message: `${request.endpoint.id} needs a key and none is configured`,
      });
    const postData = request.query + request.body;
    const headers = {
      ...request.headers,
      APIKey: credential.apiKey.reveal(),
      Authent: signRequest({ postData, nonce: '', path: request.path }, credential.apiSecret),
    };
    return next({ ...request, headers }, options);
  };

export interface SignedParts {
  /** The query string or the form body, byte for byte as sent; '' when there is none. */
  readonly postData: string;
  /** The Nonce header's text; '' when the header is left out. */
  readonly nonce: string;
  /** The path of the URL without its query; a leading `/derivatives` is removed here. */
  readonly path: string;
}

/**
 * The `Authent` header: the signature of postData + nonce + path. The encoded text is signed,
 * exactly as it stands in the request: the rule since 20 February 2024 [rest 1.3].
 */
export const signRequest = (parts: SignedParts, secret: Secret): string => {
  const path = parts.path.startsWith(PREFIX) ? parts.path.slice(STRIPPED.length) : parts.path;
  return signText(parts.postData + parts.nonce + path, secret);
};

const STRIPPED = '/derivatives';
const PREFIX = `${STRIPPED}/`;
