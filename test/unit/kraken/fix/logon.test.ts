import { expect } from 'chai';
import { logonPassword, makeLogonFields } from '../../../../src/kraken/fix/logon.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import { epochMs } from '../../../../src/lib/time.ts';

interface Vector {
  readonly msgSeqNum: number;
  readonly senderCompID: string;
  readonly targetCompID: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly nonce: string;
  readonly password: string;
}

// [fix 2.1]: the first appears in a public client, the others were computed twice.
const vectors: readonly Vector[] = [
  {
    msgSeqNum: 7,
    senderCompID: 'CLIENT',
    targetCompID: 'KRAKEN-TRD',
    apiKey: 'APIKEY',
    apiSecret: 'c2VjcmV0',
    nonce: '1724512345678',
    password:
      'MwX+M7nvuHXxD5aGI/TFpghXxg2iblxXYyz7lRzLCPMA4UJYI3osNrUKWCiI3fDnOLkEQ5WKSK58Mp3nvu1Klw==',
  },
  {
    msgSeqNum: 1,
    senderCompID: 'CLIENT-DRV',
    targetCompID: 'KRAKEN-DRV-TRD',
    apiKey: 'APIKEY',
    apiSecret: 'c2VjcmV0',
    nonce: '1775572321000',
    password:
      'N3Ehp1ptXzfwvJjMwmxv5k4s0PNtb5RqxVovkov7+twQYPXHOl35wu2y2gF8OdTCXEof6kMhP4+DPedmIJH4Lg==',
  },
  {
    msgSeqNum: 42,
    senderCompID: 'CLIENT_DRV',
    targetCompID: 'KRAKEN-DRV-TRD',
    apiKey: 'TESTKEY-000',
    apiSecret: 'dGVzdC1zZWNyZXQtbm90LWEtcmVhbC1zZWNyZXQtMzI=',
    nonce: '1790078464629',
    password:
      'l/WulejJV4l1nG/zhG2JZQcgF8AjPAcf1LHmfO1BFauO42kKRu1NcmleAzztCUQS+OubIq/vSvwqnBw3edrH0A==',
  },
];

const passwordOf = (vector: Vector): string =>
  logonPassword({
    ...vector,
    apiKey: new Secret(vector.apiKey),
    apiSecret: new Secret(vector.apiSecret),
  });

describe("Kraken's Logon signature [fix 2.1]", () => {
  for (const [index, vector] of vectors.entries()) {
    it(`gives the published password of vector ${index + 1}`, () => {
      expect(passwordOf(vector)).to.equal(vector.password);
    });
  }

  it('depends on every signed part', () => {
    const [vector] = vectors as [Vector];
    const changes: Partial<Vector>[] = [
      { msgSeqNum: 8 },
      { senderCompID: 'CLIENT2' },
      { targetCompID: 'KRAKEN-DRV-TRD' },
      { apiKey: 'APIKEZ' },
      { apiSecret: 'c2VjcmVu' },
      { nonce: '1724512345679' },
    ];
    const passwords = changes.map((change) => passwordOf({ ...vector, ...change }));
    expect(new Set([vector.password, ...passwords]).size).to.equal(changes.length + 1);
  });

  it('signs the nonce that it sends, and never sends a nonce twice', () => {
    const logonFields = makeLogonFields({
      senderCompID: 'CLIENT-DRV',
      targetCompID: 'KRAKEN-DRV-TRD',
      credential: { apiKey: new Secret('APIKEY'), apiSecret: new Secret('c2VjcmV0') },
      cancelOrdersOnDisconnect: true,
      clientID: 7,
    });
    const at = epochMs(1_775_572_321_000);
    const first = new Map(logonFields({ msgSeqNum: 1, at }));
    const second = new Map(logonFields({ msgSeqNum: 1, at }));
    expect(first.get(5025)).to.equal('1775572321000');
    expect(first.get(554)).to.equal(vectors[1]?.password);
    expect(first.get(8674)).to.equal('0');
    expect(first.get(109)).to.equal('7');
    expect(second.get(5025)).to.equal('1775572321001');
    expect(second.get(554)).not.to.equal(first.get(554));
  });

  it('sends no credential on a market data session', () => {
    const logonFields = makeLogonFields({
      senderCompID: 'CLIENT-DRV',
      targetCompID: 'KRAKEN-DRV-MD',
    });
    expect(logonFields({ msgSeqNum: 1, at: epochMs(1) })).to.deep.equal([]);
  });
});
