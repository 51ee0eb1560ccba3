import { expect } from 'chai';
import { epochMs } from '../../../../../src/lib/time.ts';
import { makeGateways, toReply } from '../gateways-support.ts';

const page = (more: object = {}, headers: Readonly<Record<string, string>> = {}) => {
  const reply = toReply(JSON.stringify({ elements: [], len: 0, ...more }));
  return () => ({ ...reply, headers: { 'content-type': 'application/json', ...headers } });
};

const tokenOf = async (gateways: ReturnType<typeof makeGateways>): Promise<unknown> => {
  const read = await gateways.history.executions({ sort: 'asc' });
  return read.ok ? read.value.value.continuationToken : read.error;
};

describe('history gateway [rest 7]', () => {
  it('asks in whole milliseconds for a span with a fraction, the span never smaller', async () => {
    const gateways = makeGateways(page());
    const span = { since: epochMs(1_795_000_000_000.75), before: epochMs(1_795_000_001_000.25) };
    for (const kind of ['executions', 'orders', 'triggers', 'positions'] as const)
      expect((await gateways.history[kind](span)).ok, kind).to.equal(true);
    await gateways.history.accountLog(span);
    for (const { path, query } of gateways.requests) {
      const asked = new URLSearchParams(query);
      expect([asked.get('since'), asked.get('before')], path).to.deep.equal([
        '1795000000000',
        '1795000001001',
      ]);
    }
    expect(gateways.requests).to.have.length(5);
  });

  it('finds the link to the next page in the body, or in the header alone', async () => {
    const header = { 'next-continuation-token': 'h' };
    expect(await tokenOf(makeGateways(page({ continuationToken: 'b' }, header)))).to.equal('b');
    expect(await tokenOf(makeGateways(page({}, header)))).to.equal('h');
    expect(await tokenOf(makeGateways(page({ continuationToken: '' })))).to.equal(undefined);
    expect(await tokenOf(makeGateways(page()))).to.equal(undefined);
  });
});
