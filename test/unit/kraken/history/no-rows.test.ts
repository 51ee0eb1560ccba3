import { expect } from 'chai';
import { type HttpRequest } from '../../../../src/kraken/rest/http-request.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { json, run, SINCE } from './walk-run.ts';

describe('a history without rows', () => {
  const empty = json({ elements: [], len: 0 });
  const answer =
    (instruments: Reply) =>
    (_query: URLSearchParams, { path }: HttpRequest): Reply =>
      path.endsWith('/instruments') ? instruments : empty;
  const listed = json({ result: 'success', instruments: [{ symbol: 'PF_XBTUSD' }] });

  it('takes the word of the history for a market that is listed', async () => {
    const { result, requests } = await run({ kind: 'public-executions' }, answer(listed));
    expect(result).to.deep.include({ ok: true });
    expect(requests).to.have.length(2);
  });

  it('refuses a market that is not listed, and leaves nothing behind', async () => {
    for (const kind of ['public-executions', 'public-orders', 'mark-prices'] as const) {
      const { result, files } = await run({ kind, symbol: 'BOGUS' }, answer(listed));
      expect(result).to.deep.equal({
        ok: false,
        error: {
          type: 'BadRequest',
          message: 'symbol: BOGUS is not listed, and there are no rows',
        },
      });
      expect(files).to.deep.equal([]);
    }
  });

  it('does not call it complete when the list of markets cannot be read', async () => {
    const { result, files } = await run({ kind: 'mark-prices' }, answer(json({ result: 'x' })));
    expect(result.ok ? 'complete' : result.error.type).to.equal('Venue');
    expect(files).to.deep.equal(['out.part', 'out.state.json']);
  });

  it('downloads a market that is listed no more, as long as there are rows', async () => {
    const row = { uid: '', timestamp: SINCE, event: { MarkPriceChanged: { price: '1' } } };
    const { lines, requests } = await run({ kind: 'mark-prices', symbol: 'FF_XBTUSD_260327' }, () =>
      json({ elements: [row], len: 1 }),
    );
    expect(lines).to.have.length(1);
    expect(requests).to.have.length(1);
  });
});
