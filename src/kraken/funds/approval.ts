import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { isSmallOrderKey } from '../../lib/ed25519.ts';
import { type Secret } from '../../lib/secret.ts';
import { type Verdict } from './money-request.ts';

/**
 * One operator's word on one request. The signature covers the verdict and the request's digest.
 */
export interface Approval {
  readonly operator: string;
  readonly verdict: Verdict;
  readonly digest: string;
  /** Ed25519, base64. */
  readonly signature: string;
}

/** What a signature is for: an operator's verdict on a request, or a proposal of one. */
type Purpose = Verdict | 'Propose';

/** The prefix keeps a signature made for anything else from counting here. */
const signedText = (verdict: Purpose, digest: string): Buffer =>
  Buffer.from(`fathom-money:v1:${verdict}:${digest}`, 'utf8');

export const signVerdict = (privateKeyPem: Secret, verdict: Purpose, digest: string): string =>
  sign(null, signedText(verdict, digest), createPrivateKey(privateKeyPem.reveal())).toString(
    'base64',
  );

/** False for a wrong signature, for a key that is none, and for one that anybody can sign with. */
export const isGenuine = (
  signed: { readonly verdict: Purpose; readonly digest: string; readonly signature: string },
  publicKeyPem: string,
): boolean => {
  try {
    const key = createPublicKey(publicKeyPem);
    const signature = Buffer.from(signed.signature, 'base64');
    return (
      key.asymmetricKeyType === 'ed25519' &&
      !isSmallOrderKey(rawOf(key)) &&
      verify(null, signedText(signed.verdict, signed.digest), key, signature)
    );
  } catch {
    return false;
  }
};

/**
 * The same key, however its PEM is written; `undefined` when it is no Ed25519 public key, or one
 * whose signatures anybody can forge.
 */
export const fingerprintOf = (publicKeyPem: string): string | undefined => {
  try {
    const key = createPublicKey(publicKeyPem);
    if (key.asymmetricKeyType !== 'ed25519' || isSmallOrderKey(rawOf(key))) return undefined;
    return key.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
};

const RAW_BYTES = 32;
const rawOf = (key: KeyObject): Buffer =>
  key.export({ type: 'spki', format: 'der' }).subarray(-RAW_BYTES);

/**
 * A new pair for an operator: the private part stays with the operator, the public one goes into
 * the policy.
 */
export const makeOperatorKey = (): {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
} => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
};
