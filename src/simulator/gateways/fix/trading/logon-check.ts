import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type FixMessage } from '../../../../fix/codec/fix-message.ts';
import { type Secret } from '../../../../lib/secret.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type FixToggles } from '../../../settings/fix-toggles.ts';

const NONCE_WINDOW_MS = 5_000;
const INVALID = 'Logon failed: invalid credentials';

export interface FixKey {
  readonly apiKey: Secret;
  /** base64 */
  readonly apiSecret: Secret;
}

/**
 * The gateway's check of a trading Logon: key, signature over the Logon's own MsgSeqNum(34), nonce
 * within 5 s and rising. Written from the venue's rule, apart from the client's code. Answers with
 * the Text(58) of the refusing Logout. [fix 2, 11]
 */
export const makeLogonCheck = (
  key: FixKey,
  now: () => EpochMs,
  refused: FixToggles['refusedLogon'] = 'logout',
): ((message: FixMessage) => string | undefined) => {
  // Without words the session ends the connection and says nothing.
  const refusal = refused === 'logout' ? INVALID : '';
  let lastNonce = 0;
  return (message) => {
    const apiKey = message.get(553) ?? '';
    const nonceText = message.get(5025) ?? '';
    const nonce = /^\d{13}$/.test(nonceText) ? Number(nonceText) : undefined;
    if (apiKey !== key.apiKey.reveal() || nonce === undefined) return refusal;
    if (!isSignedBy(message, key)) return refusal;
    if (Math.abs(nonce - now()) > NONCE_WINDOW_MS || nonce <= lastNonce) return refusal;
    lastNonce = nonce;
    return undefined;
  };
};

const isSignedBy = (message: FixMessage, key: FixKey): boolean => {
  const hash = createHash('sha256');
  for (const tag of [35, 34, 49, 56, 553])
    hash.update(`${tag}=${message.get(tag) ?? ''}\x01`, 'latin1');
  hash.update(message.get(5025) ?? '', 'latin1');
  const expected = createHmac('sha512', Buffer.from(key.apiSecret.reveal(), 'base64'))
    .update(hash.digest())
    .digest();
  const given = Buffer.from(message.get(554) ?? '', 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
};
