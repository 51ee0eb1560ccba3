import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { BASE_PATH, type Endpoint, isRepeatable } from '../../../../src/kraken/rest/endpoint.ts';
import { endpoints } from '../../../../src/kraken/rest/endpoints.ts';

interface CatalogueEntry {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly auth: string;
  readonly status: string;
  readonly cost: number | string;
  readonly params: readonly { name: string; in: string; type: string; required: boolean }[];
}

const catalogue = readFileSync('test/fixtures/rest/catalogue.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CatalogueEntry);
const live = catalogue.filter(({ status }) => !/^(?:legacy|pre-prod)/.test(status));
const all: readonly Endpoint[] = Object.values(endpoints);
const endpointById = new Map(all.map((endpoint) => [endpoint.id, endpoint]));

describe('endpoint tables [rest 2]', () => {
  it('cover every production call of the catalogue but the four legacy ones, and nothing else', () => {
    expect(catalogue).to.have.length(77);
    expect([...endpointById.keys()].sort()).to.deep.equal(live.map(({ id }) => id).sort());
    expect(all).to.have.length(61);
  });

  it('agree with the catalogue on method, path and auth', () => {
    for (const entry of live) {
      const endpoint = endpointById.get(entry.id)!;
      expect(
        {
          method: endpoint.method,
          path: BASE_PATH[endpoint.service] + endpoint.path,
          auth: endpoint.auth,
        },
        entry.id,
      ).to.deep.equal({ method: entry.method, path: entry.path, auth: entry.auth });
    }
  });

  it('list the same parameters in the documented order', () => {
    for (const entry of live) {
      const endpoint = endpointById.get(entry.id)!;
      const ours = Object.entries(endpoint.params).map(
        ([name, param]) => `${name} ${param.in} ${param.isRequired ? 'required' : 'optional'}`,
      );
      const theirs = entry.params.map(
        // Clients send processBefore in batches; the schema's capital is a known doubt
        // [rest 9 row 7].
        ({ name, in: where, required }) =>
          `${name === 'ProcessBefore' ? 'processBefore' : name} ${where} ${required ? 'required' : 'optional'}`,
      );
      expect(ours, entry.id).to.deep.equal(theirs);
    }
  });

  it('price every call as published, and the unpublished ones as [rest 9 row 6] advises', () => {
    const rules: Readonly<Record<string, string>> = {
      batchorder: 'batch-size',
      fills: 'fills-paging',
      'history-account-log': 'account-log-count',
    };
    for (const entry of live) {
      const endpoint = endpointById.get(entry.id)!;
      const unpublished = endpoint.pool === 'history' ? 1 : 25;
      const published = entry.cost === 'unpublished' ? unpublished : entry.cost;
      expect(endpoint.cost, entry.id).to.equal(rules[entry.id] ?? published);
      expect(endpoint.pool === 'none', entry.id).to.equal(entry.auth === 'public');
    }
  });

  it('allow no repeat of whatever creates, amends, moves money or sets something, the dead man’s switch included', () => {
    const repeatable = all.filter(({ kind }) => isRepeatable(kind));
    const writing = repeatable.filter(({ method }) => method !== 'GET').map(({ id }) => id);
    expect(writing.sort()).to.deep.equal(['cancelallorders', 'cancelorder', 'orders-status']);
  });
});
