import { expect } from 'chai';
import { callJson, openStage, type Call, type Stage, V3 } from './stage.ts';

describe('settings of accounts over REST (reference rest 2.6, 2.9)', function () {
  this.timeout(30_000);
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
});
