import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { expect } from 'chai';
import { isSmallOrderKey } from '../../../src/lib/ed25519.ts';

const HEADER = Buffer.from('302a300506032b6570032100', 'hex');
/** R is the neutral element and S is 0: right for any message whose hash the order divides. */
const FORGED = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);

/** Of 256 messages, how many OpenSSL takes as signed by a key that nobody has. */
const forgeable = (raw: Buffer): number => {
  const key = createPublicKey({ key: Buffer.concat([HEADER, raw]), format: 'der', type: 'spki' });
  const messages = Array.from({ length: 256 }, (_, i) => Buffer.from(`message ${i}`));
  return messages.filter((message) => verify(null, message, key, FORGED)).length;
};

describe('Ed25519 keys of small order', () => {
  const ff = 'ff'.repeat(30);
  const points: Readonly<Record<string, string>> = {
    'order 1': `01${'00'.repeat(31)}`,
    'order 2': `ec${ff}7f`,
    'order 4': '00'.repeat(32),
    'order 4, other x': `${'00'.repeat(31)}80`,
    'order 8': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'order 8, other x': '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'order 8, negative y': 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'order 1, written as y + p': `ee${ff}7f`,
    'order 4, written as p': `ed${ff}7f`,
    'order 1, with a sign': `01${'00'.repeat(30)}80`,
  };

  /** Node 20 takes forged signatures, later OpenSSLs refuse these keys by themselves. */
  const isForged = forgeable(Buffer.from(`01${'00'.repeat(31)}`, 'hex')) > 0;

  for (const [name, hex] of Object.entries(points))
    it(`finds ${name}, for which a signature ${isForged ? 'is' : 'was'} forged without a private key`, () => {
      const raw = Buffer.from(hex, 'hex');
      expect(forgeable(raw) > 0).to.equal(isForged);
      expect(isSmallOrderKey(raw)).to.equal(true);
    });

  it('takes keys that were generated', () => {
    for (let i = 0; i < 50; i += 1) {
      const { publicKey } = generateKeyPairSync('ed25519');
      const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(HEADER.length);
      expect(isSmallOrderKey(raw)).to.equal(false);
      expect(forgeable(raw)).to.equal(0);
    }
  });
});
