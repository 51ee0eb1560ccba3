import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
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

/** The prefix keeps a signature made for anything else from counting here. */
const signedText = (verdict: Verdict, digest: string): Buffer =>
  Buffer.from(`fathom-money:v1:${verdict}:${digest}`, 'utf8');

export const signVerdict = (privateKeyPem: Secret, verdict: Verdict, digest: string): string =>
  sign(null, signedText(verdict, digest), createPrivateKey(privateKeyPem.reveal())).toString(
    'base64',
  );

/** False for a wrong signature and for a key that is none. */
export const isGenuine = (approval: Approval, publicKeyPem: string): boolean => {
  try {
    const key = createPublicKey(publicKeyPem);
    const signature = Buffer.from(approval.signature, 'base64');
    return (
      key.asymmetricKeyType === 'ed25519' &&
      verify(null, signedText(approval.verdict, approval.digest), key, signature)
    );
  } catch {
    return false;
  }
};

/** The same key, however its PEM is written; `undefined` when it is no Ed25519 public key. */
export const fingerprintOf = (publicKeyPem: string): string | undefined => {
  try {
    const key = createPublicKey(publicKeyPem);
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    return key.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    return undefined;
  }
};

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
