import { expect } from 'chai';
import fc from 'fast-check';
import { type Endpoint } from '../../../../src/kraken/rest/endpoint.ts';
import { type EndpointName, endpoints } from '../../../../src/kraken/rest/endpoints.ts';
import { buildRequest } from '../../../../src/kraken/rest/http-request.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { signRequest } from '../../../../src/kraken/rest/layers/sign-layer.ts';
import { type CallRecord } from '../../../../src/kraken/rest/raw-client.ts';
import { credential, type HttpFake, makeTestClient, startHttpFake } from './support.ts';

const names = Object.keys(endpoints) as EndpointName[];

/** A value for every parameter, required or not. */
const sampleParams = (endpoint: Endpoint): Record<string, string | number | boolean | string[]> => {
  const samples = {
    text: 'a b+c/é&=',
    decimal: '0.0000001',
    integer: 7,
    boolean: true,
    list: ['x', 'y z'],
  };
  return Object.fromEntries(
    Object.entries(endpoint.params).map(([name, { type, in: where }]) => [
      name,
      name === 'json' ? '{"batchOrder":[]}' : where === 'header' ? 'algo-1' : samples[type],
    ]),
  );
};

type AnyCall = (params: object, options?: object) => Promise<Reply>;

describe('raw client', () => {
  let fake: HttpFake;
  const records: CallRecord[] = [];
  before(async () => {
    fake = await startHttpFake((_request, _body, response) => {
      response.end('{"result":"success"}');
    });
  });
  after(() => fake.close());

  for (const name of names)
    it(`sends ${name} to its path, signed over exactly the bytes it sent`, async () => {
      const endpoint: Endpoint = endpoints[name];
      const { client, close } = makeTestClient(
        fake.origin,
        {},
        { observers: [(record) => records.push(record)] },
      );
      const reply = await (client[name] as unknown as AnyCall)(sampleParams(endpoint));
      await close();
      expect(reply.type).to.equal('Answered');
      const sent = fake.requests.at(-1)!;
      const [path = '', query = ''] = sent.url.split('?');
      const headers = sent.headers as Record<string, string>;
      expect(sent.method).to.equal(endpoint.method);
      const request = buildRequest(endpoint, sampleParams(endpoint));
      if (!request.ok) throw new Error(request.error.message);
      expect({ path, query, body: sent.body }).to.deep.equal({
        path: request.value.path,
        query: request.value.query,
        body: request.value.body,
      });
      if (endpoint.auth === 'public') {
        expect(headers).to.not.have.any.keys('apikey', 'authent');
      } else {
        const parts = { postData: query + sent.body, nonce: headers['nonce'] ?? '', path };
        expect(headers['authent']).to.equal(signRequest(parts, credential.apiSecret));
        expect(headers['apikey']).to.equal('public-key');
      }
      expect(headers['content-type']).to.equal(
        sent.body === '' ? undefined : 'application/x-www-form-urlencoded',
      );
      expect(query !== '' && sent.body !== '', 'never both').to.equal(false);
    });

  it('shows the observers every call without key, signature, query or body', () => {
    expect(records).to.have.length(names.length);
    const text = JSON.stringify(records);
    expect(text).to.not.match(/public-key|Authent|json=/i);
    for (const { outcome, detail } of records)
      expect([outcome, detail]).to.deep.equal(['Answered', '200']);
  });

  it('never signs without a key', async () => {
    const { client, close } = makeTestClient(fake.origin, { credential: undefined as never });
    expect((await client.accounts({})).type).to.equal('NotSent');
    expect((await client.tickers({})).type).to.equal('Answered');
    await close();
  });

  it('encodes blanks as %20, never as +, and repeats list keys', () => {
    const request = buildRequest(endpoints.ordersStatus, { cliOrdIds: ['a b', 'c+d'] });
    expect(request.ok && request.value.body).to.equal('cliOrdIds=a%20b&cliOrdIds=c%2Bd');
  });

  it('refuses amounts that are not plain decimals, empty values and unknown names', () => {
    for (const amount of ['1e5', '+1', '.5', '1.', ' 1', '', 'NaN', '0x10'])
      expect(
        buildRequest(endpoints.transfer, {
          fromAccount: 'cash',
          toAccount: 'flex',
          unit: 'eth',
          amount,
        }).ok,
        amount,
      ).to.equal(false);
    expect(buildRequest(endpoints.sendorder, {}).ok).to.equal(false);
    expect(buildRequest(endpoints.tickers, { sybmol: 'x' }).ok).to.equal(false);
    expect(buildRequest(endpoints.ticker, { symbol: '..' }).ok).to.equal(false);
    expect(buildRequest(endpoints.cancelorder, { algoId: 'a\r\nb: c' }).ok).to.equal(false);
  });

  it('keeps any path parameter inside its segment', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (symbol) => {
        const request = buildRequest(endpoints.ticker, { symbol });
        if (!request.ok) return;
        expect(request.value.path.split('/')).to.have.length(6);
        expect(request.value.path).to.not.match(/[?#]/);
      }),
    );
  });

  it('prices batches by their size, paged fills and account logs by their count', () => {
    const cost = (endpoint: Endpoint, values: Record<string, string | number>): number => {
      const request = buildRequest(endpoint, values);
      return request.ok ? request.value.cost : -1;
    };
    const batch = JSON.stringify({ batchOrder: Array.from({ length: 40 }, () => ({})) });
    expect(cost(endpoints.batchorder, { json: batch })).to.equal(49);
    expect(cost(endpoints.batchorder, { json: 'no json' })).to.equal(509);
    expect(cost(endpoints.fills, {})).to.equal(2);
    expect(cost(endpoints.fills, { lastFillTime: '2026-01-01T00:00:00Z' })).to.equal(25);
    const counts = [undefined, 25, 26, 50, 51, 1_000, 1_001, 5_000, 5_001];
    expect(
      counts.map((count) =>
        cost(endpoints.historyAccountLog, count === undefined ? {} : { count }),
      ),
    ).to.deep.equal([3, 1, 2, 2, 3, 3, 6, 6, 10]);
  });
});
