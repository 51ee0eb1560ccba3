import { expect } from 'chai';
import { createHash, createHmac } from 'node:crypto';
import { signText } from '../../../../../src/kraken/signature.ts';
import { isJsonObject, type JsonObject } from '../../../../../src/lib/lossless-json.ts';
import { Secret } from '../../../../../src/lib/secret.ts';
import { CHALLENGE_EXAMPLES } from '../examples.ts';

const listOf = (key: string): JsonObject[] => {
  const list = CHALLENGE_EXAMPLES[key];
  return Array.isArray(list) ? (list as readonly JsonObject[]).filter(isJsonObject) : [];
};
const textOf = (object: JsonObject | undefined, key: string): string => {
  const value = object?.[key];
  if (typeof value !== 'string') throw new Error(`no ${key} in the fixture`);
  return value;
};

const vectors = listOf('vectors');
const wrong = listOf('wrong_vectors');
const [first] = vectors;

describe('challenge signature [websocket 5.3]', () => {
  it('finds three right and two wrong vectors', () => {
    expect([vectors.length, wrong.length]).to.deep.equal([3, 2]);
  });

  for (const vector of vectors)
    it(`signs ${textOf(vector, 'challenge')} as published`, () => {
      const challenge = textOf(vector, 'challenge');
      expect(createHash('sha256').update(challenge).digest('hex')).to.equal(
        textOf(vector, 'sha256_hex'),
      );
      const signed = signText(challenge, new Secret(textOf(vector, 'api_secret')));
      expect(signed).to.equal(textOf(vector, 'signed_challenge'));
    });

  it('makes neither of the two typical mistakes', () => {
    const challenge = textOf(first, 'challenge');
    const secret = textOf(first, 'api_secret');
    const digest = createHash('sha256').update(challenge).digest();
    const hexDigest = createHmac('sha512', Buffer.from(secret, 'base64')).update(
      digest.toString('hex'),
    );
    const textSecret = createHmac('sha512', secret).update(digest);
    // The mistakes are the published ones …
    expect(hexDigest.digest('base64')).to.equal(textOf(wrong[0], 'signed_challenge'));
    expect(textSecret.digest('base64')).to.equal(textOf(wrong[1], 'signed_challenge'));
    // … and ours is none of them.
    const signed = signText(challenge, new Secret(secret));
    for (const vector of wrong) expect(signed).not.to.equal(textOf(vector, 'signed_challenge'));
  });

  it('hashes the whole text: a newline or an upper case letter changes the signature', () => {
    const secret = new Secret(textOf(first, 'api_secret'));
    const challenge = textOf(first, 'challenge');
    const right = textOf(first, 'signed_challenge');
    expect(signText(`${challenge}\n`, secret)).not.to.equal(right);
    expect(signText(challenge.toUpperCase(), secret)).not.to.equal(right);
  });
});
