import { createHash, createHmac } from 'node:crypto';
import { type Secret } from '../lib/secret.ts';

/**
 * The signature of all three protocols: base64(HMAC-SHA-512(base64-decoded secret, SHA-256(text)))
 * [rest 1.3], [websocket 5.2], [fix 2]. The digest goes in as raw bytes, the secret as decoded
 * bytes: both are easy to get wrong. A string is signed as UTF-8.
 */
export const signText = (text: string | Buffer, apiSecret: Secret): string => {
  const digest = createHash('sha256').update(text).digest();
  const key = Buffer.from(apiSecret.reveal(), 'base64');
  return createHmac('sha512', key).update(digest).digest('base64');
};
