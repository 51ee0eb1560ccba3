import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { signRequest } from '../../../../../src/kraken/rest/layers/sign-layer.ts';
import { Secret } from '../../../../../src/lib/secret.ts';

const SECRET = new Secret(
  'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==',
);
const NONCE = '1763800000000';
const BATCH =
  'json=%7B%22batchOrder%22%3A%5B%7B%22order%22%3A%22send%22%2C%22order_tag%22%3A%221%22%2C%22orderType%22%3A%22post%22%2C%22symbol%22%3A%22PF_XBTUSD%22%2C%22side%22%3A%22buy%22%2C%22size%22%3A0.001%2C%22limitPrice%22%3A50000%2C%22cliOrdId%22%3A%22eng-0002%22%7D%2C%7B%22order%22%3A%22cancel%22%2C%22cliOrdId%22%3A%22eng-0001%22%7D%5D%7D';
const SEND =
  'processBefore=2026-11-22T10%3A00%3A05.000Z&orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.001&limitPrice=50000&cliOrdId=eng-0001';

interface Vector {
  readonly name: string;
  readonly postData: string;
  readonly path: string;
  readonly nonce: string;
  readonly authent: string;
}

const vectors: readonly Vector[] = [
  {
    name: 'V1 GET openorders',
    postData: '',
    path: '/api/v3/openorders',
    nonce: NONCE,
    authent:
      'RDdv1GQptF06wC2D/6fEcj1aa5eED4M902ti4u/c1dzNH2b88o2LzBq3++CDcwOSUZUKQsl+7ZDR2A5VjJpKLQ==',
  },
  {
    name: 'V2 GET fills with a query',
    postData: 'lastFillTime=2026-11-22T10%3A00%3A00.000Z',
    path: '/api/v3/fills',
    nonce: NONCE,
    authent:
      'sUrzxzwwttBT3HCGH+L9THZg80Aj7wL7wv8fqEy8c8eOM4Gm7MCZoB7HP6Z5ARkmJTHJXNpw1kRa1ZnpUu8DYg==',
  },
  {
    name: 'V3 POST sendorder',
    postData: SEND,
    path: '/api/v3/sendorder',
    nonce: NONCE,
    authent:
      'vifguXea4jxHYLxjluQ43DC3OofJ769eZ83fbx3HtcDOuZcWJc1zHFuevt6HtGs2NCngZwTFml0HsEEYEuJtUw==',
  },
  {
    name: 'V4 POST sendorder without a nonce',
    postData:
      'orderType=lmt&symbol=PF_XBTUSD&side=buy&size=0.001&limitPrice=50000&cliOrdId=eng-0001',
    path: '/api/v3/sendorder',
    nonce: '',
    authent:
      '6TZuNGIizOa6hibxdaZsBKb+vJ9XQwVqlAgNkgefPlG2yoQjDyoyFHApTJDcFU4LPJbL29XtqygfzAwNSVoj5g==',
  },
  {
    name: 'V5 POST batchorder',
    postData: BATCH,
    path: '/api/v3/batchorder',
    nonce: NONCE,
    authent:
      '400pxYtJ105O9kFcO/QXLXzF23cP+EWLW+nM8YvbDCOiQ5U1hndgofMjsNCzFzkgh/VUTbOe7WOFagKJkVHh/g==',
  },
  {
    name: 'V6 GET history executions',
    postData: 'since=1763700000000&sort=asc&count=100',
    path: '/api/history/v3/executions',
    nonce: NONCE,
    authent:
      'rjJjwhyemARoy2jger9w/f1weGbEe/f0RexPG9VSc4P3yq9DmoXxMqeLt+XVOkCLb/OaIlfWx7+V6yBIoGDhXw==',
  },
  {
    name: 'V7 PUT leveragepreferences',
    postData: 'symbol=PF_XBTUSD&maxLeverage=5',
    path: '/api/v3/leveragepreferences',
    nonce: NONCE,
    authent:
      '/a2XTr7ltcgcdWiog1ldJvWESPn6YHAWc4jaTiAsS1pXQCdxsuZynwhr7V5qQzt+jaR5O8Gbd2560sSAgRGtxg==',
  },
  {
    name: 'V8 POST orders/status with a repeated key',
    postData: 'cliOrdIds=eng-0001&cliOrdIds=eng-0002',
    path: '/api/v3/orders/status',
    nonce: NONCE,
    authent:
      'FNneUE6QWyHKxMGRndiqJKOqXpIzKKaRZz3az5GPiurGcXZEFDDXsJk4Fq4tEdgYv98VC2S5I1DHOlfq6i/xhg==',
  },
];

const sign = ({ postData, path, nonce }: Omit<Vector, 'name' | 'authent'>): string =>
  signRequest({ postData, path, nonce }, SECRET);

describe('REST signature [rest 1.3, 1.5]', () => {
  for (const vector of vectors)
    it(`signs ${vector.name} as the vector says`, () =>
      expect(sign(vector)).to.equal(vector.authent));

  for (const vector of vectors)
    it(`strips a leading /derivatives from the path of ${vector.name}`, () => {
      const path = vector.path.startsWith('/api/v3/') ? `/derivatives${vector.path}` : vector.path;
      expect(sign({ ...vector, path })).to.equal(vector.authent);
    });

  it('equals the outside vector of python-kraken-sdk', () => {
    const secret = new Secret('cHl0aG9uLWtyYWtlbi1zZGsgdW5pdC10ZXN0IHNlY3JldCB2YWx1ZQ==');
    const parts = {
      postData: 'orderType=lmt&symbol=PI_XBTUSD',
      nonce: '1616492376594',
      path: '/derivatives/api/v3/sendorder',
    };
    expect(signRequest(parts, secret)).to.equal(
      'Txi+gJVXe3EN1brXYQ46FuV6UVtEVSKhc6dYMhPb7a/HXZLGvO6m9UUg+KVKqhLxrbllOPI7qRkHYmPfJZZSGA==',
    );
  });

  it('hashes the messages of V1, V3 and V5 to the published digests', () => {
    const digest = (message: string): string => createHash('sha256').update(message).digest('hex');
    expect(digest(`${NONCE}/api/v3/openorders`)).to.equal(
      '521755f878fef1de3cc3add367a5301d793de589628c5c00870353db85460f30',
    );
    expect(digest(`${SEND}${NONCE}/api/v3/sendorder`)).to.equal(
      '2e5ce5eecef6aa5bb85cbcae6fd3ec461af898725d358ba0beb0761905691ae5',
    );
    expect(digest(`${BATCH}${NONCE}/api/v3/batchorder`)).to.equal(
      '6b1d04f1a905f3f01d20c19119aa80d7b648b1d46d57f3729ce22bf0fc87037b',
    );
  });

  it('gives the known refused signature when the old rule signs the decoded text', () => {
    const old = sign({
      postData: decodeURIComponent(BATCH),
      path: '/api/v3/batchorder',
      nonce: NONCE,
    });
    expect(old).to.equal(
      'Szez6+3A3YI6G+kGHG3F7yKGa0OEX96y6cRIttQIm+1OY99W+lZSVAtqU8TuMbtPD0ZKyeVGDukQ6Tc3ociG2A==',
    );
    expect(old).to.not.equal(vectors[4]!.authent);
  });

  const wrongs: readonly [string, (v: Vector) => Omit<Vector, 'name' | 'authent'>][] = [
    ['another nonce', (v) => ({ ...v, nonce: `${v.nonce}1` })],
    ['a path that keeps /derivatives twice', (v) => ({ ...v, path: `/derivatives${v.path}x` })],
    ['a trailing slash', (v) => ({ ...v, path: `${v.path}/` })],
    ['an upper-case path', (v) => ({ ...v, path: v.path.toUpperCase() })],
    ['a question mark before the parameters', (v) => ({ ...v, postData: `?${v.postData}` })],
    ['a trailing ampersand', (v) => ({ ...v, postData: `${v.postData}&` })],
  ];
  for (const [what, spoil] of wrongs)
    it(`gives another signature for ${what}`, () => {
      for (const vector of vectors)
        expect(sign(spoil(vector)), vector.name).to.not.equal(vector.authent);
    });

  it('gives another signature with the secret used undecoded', () => {
    const undecoded = new Secret(Buffer.from(SECRET.reveal()).toString('base64'));
    for (const vector of vectors)
      expect(signRequest(vector, undecoded), vector.name).to.not.equal(vector.authent);
  });

  it('signs + and %20 differently, so that what is sent must be what is signed', () => {
    const path = '/api/v3/sendorder';
    expect(sign({ postData: 'a=b+c', path, nonce: '' })).to.not.equal(
      sign({ postData: 'a=b%20c', path, nonce: '' }),
    );
  });
});
