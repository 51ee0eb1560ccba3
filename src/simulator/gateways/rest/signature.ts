import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Secret } from '../../../lib/secret.ts';

/** What was signed, exactly as it stands in the request [rest 1.3]. */
export interface SignedText {
  /** Query without `?`, then form body. */
  readonly postData: string;
  /** Empty when no Nonce header was sent. */
  readonly nonce: string;
  /** Path of the URL without query. */
  readonly path: string;
}

const DERIVATIVES = '/derivatives';

/**
 * The path that counts: a leading `/derivatives` is removed, history, auth and stats paths are used
 * whole.
 */
export const signedPath = (path: string): string =>
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
