import { expect } from 'chai';
import { Secret } from '../../../../../src/lib/secret.ts';
import { isSigned, sign } from '../../../../../src/simulator/gateways/rest/gate.ts';

const SECRET = new Secret(
  Buffer.from(Array.from({ length: 64 }, (_, at) => at)).toString('base64'),
);
const NONCE = '1763800000000';

/** [rest 1.5]: V1, V2, V4, V6, V7, V8. */
const VECTORS = [
  [
    '',
    '/api/v3/openorders',
    NONCE,
    'RDdv1GQptF06wC2D/6fEcj1aa5eED4M902ti4u/c1dzNH2b88o2LzBq3++CDcwOSUZUKQsl+7ZDR2A5VjJpKLQ==',
  ],
  [
    'lastFillTime=2026-11-22T10%3A00%3A00.000Z',
    '/api/v3/fills',
    NONCE,
    'sUrzxzwwttBT3HCGH+L9THZg80Aj7wL7wv8fqEy8c8eOM4Gm7MCZoB7HP6Z5ARkmJTHJXNpw1kRa1ZnpUu8DYg==',
  ],
  [
    'orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.001&limitPrice=50000&cliOrdId=eng-0001',
    '/api/v3/sendorder',
    '',
    '6TZuNGIizOa6hibxdaZsBKb+vJ9XQwVqlAgNkgefPlG2yoQjDyoyFHApTJDcFU4LPJbL29XtqygfzAwNSVoj5g==',
  ],
  [
    'since=1763700000000&sort=asc&count=100',
    '/api/history/v3/executions',
    NONCE,
    'rjJjwhyemARoy2jger9w/f1weGbEe/f0RexPG9VSc4P3yq9DmoXxMqeLt+XVOkCLb/OaIlfWx7+V6yBIoGDhXw==',
  ],
  [
    'symbol=PF_XBTUSD&maxLeverage=5',
    '/api/v3/leveragepreferences',
    NONCE,
    '/a2XTr7ltcgcdWiog1ldJvWESPn6YHAWc4jaTiAsS1pXQCdxsuZynwhr7V5qQzt+jaR5O8Gbd2560sSAgRGtxg==',
  ],
  [
    'cliOrdIds=eng-0001&cliOrdIds=eng-0002',
    '/api/v3/orders/status',
    NONCE,
    'FNneUE6QWyHKxMGRndiqJKOqXpIzKKaRZz3az5GPiurGcXZEFDDXsJk4Fq4tEdgYv98VC2S5I1DHOlfq6i/xhg==',
  ],
] as const;

describe('REST signatures of the simulator [rest 1.3, 1.5]', () => {
  for (const [postData, path, nonce, authent] of VECTORS) {
    it(`accepts ${path} ${nonce === '' ? 'without a nonce' : 'with a nonce'}, with and without /derivatives`, () => {
      expect(sign(SECRET, { postData, nonce, path })).to.equal(authent);
      const isV3 = path.startsWith('/api/v3');
      const sent = isV3 ? `/derivatives${path}` : path;
      expect(isSigned(SECRET, { postData, nonce, path: sent }, authent)).to.equal(true);
    });
  }

  it('agrees with the vector of a Python client', () => {
    const secret = new Secret('cHl0aG9uLWtyYWtlbi1zZGsgdW5pdC10ZXN0IHNlY3JldCB2YWx1ZQ==');
    const signed = {
      postData: 'orderType=lmt&symbol=PI_XBTUSD',
      nonce: '1616492376594',
      path: '/derivatives/api/v3/sendorder',
    };
    expect(sign(secret, signed)).to.equal(
      'Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA==',
    );
  });

  it('refuses the old rule, which signs the decoded text', () => {
    const json = '{"batchOrder":[{"order":"cancel","cliOrdId":"eng-0001"}]}';
    const path = '/derivatives/api/v3/batchorder';
    const old = sign(SECRET, { postData: `json=${json}`, nonce: NONCE, path });
    const sent = { postData: `json=${encodeURIComponent(json)}`, nonce: NONCE, path };
    expect(isSigned(SECRET, sent, old)).to.equal(false);
    expect(isSigned(SECRET, { ...sent, postData: `json=${json}` }, old)).to.equal(true);
  });

  it('refuses what is not a signature', () => {
    const signed = { postData: '', nonce: '', path: '/derivatives/api/v3/accounts' };
    for (const authent of ['', 'x', 'A'.repeat(88)]) {
      expect(isSigned(SECRET, signed, authent), authent).to.equal(false);
    }
  });
});
