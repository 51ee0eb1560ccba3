import { expect } from 'chai';
import { callJson, openStage, type Call, type Params, type Stage, V3 } from './stage.ts';

describe('settings of accounts over REST [rest 2.6, 2.9]', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage({ symbols: ['PF_XBTUSD', 'PF_ETHUSD', 'PI_XBTUSD'] });
  });
  after(() => stage.stop());

  const ask = (request: Omit<Call, 'path'>, path: string, key = stage.alice) =>
    callJson(stage.url, { ...request, path: `${V3}/${path}`, key });

  it('has an off-book leverage cap for master accounts only', async () => {
    const cap = 'rfq-assignment/max-leverage';
    const set = { method: 'PUT', params: { maxLeverage: '5' } } as const;
    for (const request of [{ method: 'GET' }, set, { method: 'DELETE' }] as const) {
      expect((await ask(request, cap, stage.sub))['error']).to.equal('authenticationError');
    }
    expect((await ask(set, cap))['maxLeverage']).to.equal(5);
    expect((await ask({ method: 'DELETE' }, cap))['maxLeverage']).to.equal(null);
  });

  it('estimates the prices at which the margins of a one-coin wallet are reached', async () => {
    const order = { orderType: 'lmt', symbol: 'PI_XBTUSD', size: '1000000', limitPrice: '84000' };
    for (const [side, key] of [
      ['sell', stage.bob],
      ['buy', stage.alice],
    ] as const) {
      await ask({ method: 'POST', params: { ...order, side } }, 'sendorder', key);
    }
    const { accounts } = (await ask({}, 'accounts')) as {
      accounts?: { fi_xbtusd: { triggerEstimates: Record<string, number> } };
    };
    const { im = 0, mm = 0, lt, tt } = accounts?.fi_xbtusd.triggerEstimates ?? {};
    expect([lt, tt]).to.deep.equal([mm, mm]);
    expect(im).to.be.greaterThan(mm).and.to.be.lessThan(84_000);
    expect(mm).to.be.greaterThan(0);
  });

  const wish = {
    contractType: 'flex',
    contract: 'PF_XBTUSD',
    acceptLong: true,
    acceptShort: true,
    timeFrame: 'ALL',
    enabled: true,
  };
  const MISSING = 'requiredArgumentMissing';
  const WISHES: readonly (readonly [string, Params, string | undefined])[] = [
    ['a wallet type that is none', { contractType: 'gold' }, 'invalidArgument: contractType'],
    ['a wallet without contracts', { contractType: 'cash' }, 'invalidArgument: contractType'],
    ['a contract that is not listed', { contract: 'PF_NOPEUSD' }, 'invalidArgument: contract'],
    ['a contract of another wallet', { contract: 'PI_XBTUSD' }, 'invalidArgument: contract'],
    ['a size below zero', { maxSize: '-1' }, 'invalidArgument: maxSize'],
    ['a position below zero', { maxPosition: '-1' }, 'invalidArgument: maxPosition'],
    ['a flag that is no flag', { acceptShort: 'maybe' }, 'invalidArgument: acceptShort'],
    ['flex without a contract', { contract: '' }, MISSING],
    ['flex with a base alone', { contract: '', base: 'BTC' }, MISSING],
    [
      'a pair that is not listed',
      { contract: '', base: 'EUR', quote: 'USD' },
      'invalidArgument: base',
    ],
    ['a contract', {}, undefined],
    ['a pair instead of a contract', { contract: '', base: 'xbt', quote: 'usd' }, undefined],
    ['a wallet of one coin', { contractType: 'fi_xbtusd', contract: '' }, undefined],
  ];
  for (const [what, params, error] of WISHES) {
    it(`assignment programme: ${error === undefined ? 'takes' : 'refuses'} ${what}`, async () => {
      const request = { method: 'POST', params: { ...wish, ...params } } as const;
      expect((await ask(request, 'assignmentprogram/add'))['error']).to.equal(error);
    });
  }
});
