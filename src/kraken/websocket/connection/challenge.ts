import { createHash, createHmac } from 'node:crypto';
import { type Secret } from '../../../lib/secret.ts';

/**
 * Signature of [websocket 5.2]: base64(HMAC-SHA-512(base64-decoded secret, SHA-256(challenge as
 * UTF-8))). The digest goes in as raw bytes, the secret as decoded bytes: both are easy to get
 * wrong (negative vectors in 5.3).
 */
export const signChallenge = (challenge: string, apiSecret: Secret): string => {
  const digest = createHash('sha256').update(challenge, 'utf8').digest();
  const key = Buffer.from(apiSecret.reveal(), 'base64');
  return createHmac('sha512', key).update(digest).digest('base64');
};
