import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type Endpoint } from '../../../../src/kraken/rest/endpoint.ts';
import { endpoints } from '../../../../src/kraken/rest/endpoints.ts';
import {
  formattedRestEndpointsPage,
  REST_ENDPOINTS_PAGE,
} from '../../../support/write-rest-endpoints-page.ts';

describe('docs/rest-endpoints.md', () => {
  let wanted = '';
  before(async () => {
    wanted = await formattedRestEndpointsPage();
  });

  it('is what the tables say', () =>
    expect(readFileSync(REST_ENDPOINTS_PAGE, 'utf8')).to.equal(wanted));

  it('names a gateway function and tests for every call', () => {
    for (const { id } of Object.values<Endpoint>(endpoints)) {
      const line = wanted.split('\n').find((one) => one.split('|')[1]?.trim() === id);
      expect(line, id).to.match(
        /-(?:gateway|calls)` \w+ +\| raw-client, gateway-examples, simulator +\|$/,
      );
    }
  });
});
