import { createHash, createHmac } from 'node:crypto';
import { type Secret } from '../../../lib/secret.ts';

export interface SignedParts {
  /** The query string or the form body, byte for byte as sent; '' when there is none. */
  readonly postData: string;
  /** The Nonce header's text; '' when the header is left out. */
  readonly nonce: string;
  /** The path of the URL without its query; a leading `/derivatives` is removed here. */
  readonly path: string;
}

/**
 * The `Authent` header: base64(HMAC-SHA-512(base64-decode(secret), SHA-256(postData + nonce +
 * path))).
 *
 * The encoded text is signed, exactly as it stands in the request: the rule since 20 February 2024
 * [rest 1.3].
 */
export const signRequest = (parts: SignedParts, secret: Secret): string => {
  const path = parts.path.startsWith(PREFIX) ? parts.path.slice(STRIPPED.length) : parts.path;
  return signText(parts.postData + parts.nonce + path, secret);
};

/** The WebSocket challenge is signed with the same steps on the challenge text alone. */
export const signChallenge = (challenge: string, secret: Secret): string =>
  signText(challenge, secret);

const STRIPPED = '/derivatives';
const PREFIX = `${STRIPPED}/`;

const signText = (text: string, secret: Secret): string => {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  const key = Buffer.from(secret.reveal(), 'base64');
  return createHmac('sha512', key).update(digest).digest('base64');
};
