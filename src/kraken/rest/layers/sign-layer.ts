import { type Secret } from '../../../lib/secret.ts';
import { type NonceSource } from './nonce.ts';
import { signRequest } from './sign.ts';
import { type Dispatch } from '../transport.ts';

/** A key of one account. `Authent` needs the secret as the venue gave it, in base64. */
export interface ApiCredential {
  readonly apiKey: Secret;
  readonly apiSecret: Secret;
}

export interface SignDeps {
  readonly credential: ApiCredential | undefined;
  readonly nonce: NonceSource;
}

/**
 * Signs what is about to be sent, last before the wire, so that a repeated read gets a fresh
 * signature [rest 1.2, 1.3]. Public calls go out bare.
 */
export const withSignature =
  ({ credential, nonce }: SignDeps) =>
  (next: Dispatch): Dispatch =>
  (request, options) => {
    if (request.endpoint.auth === 'public') return next(request, options);
    if (credential === undefined)
      return Promise.resolve({
        type: 'NotSent',
        cause: 'InvalidParams',
        message: `${request.endpoint.id} needs a key and none is configured`,
      });
    const nonceText = nonce();
    const postData = request.query + request.body;
    const headers: Record<string, string> = {
      ...request.headers,
      APIKey: credential.apiKey.reveal(),
      Authent: signRequest(
        { postData, nonce: nonceText, path: request.path },
        credential.apiSecret,
      ),
    };
    if (nonceText !== '') headers['Nonce'] = nonceText;
    return next({ ...request, headers }, options);
  };
