import { expect } from 'chai';
import { request } from 'undici';
import { simulateFaultCommand } from '../../../src/cli/simulate/fault.ts';
import { call, openStage, type Stage, V3 } from './stage.ts';

const form = {
  orderType: 'lmt',
  symbol: 'PF_XBTUSD',
  side: 'buy',
  size: '0.01',
  limitPrice: '83000',
};

describe('the operators’ endpoint of the simulator', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ symbols: ['PF_XBTUSD'] });
  });
  afterEach(() => stage.stop());

  const ask = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) => {
    const answer = await fetch(`${stage.admin}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const send = (params = form, key = stage.alice) =>
    call(stage.url, { method: 'POST', path: `${V3}/sendorder`, params, key });

  it('gives the ledger as JSON lines, by account', async () => {
    await send();
    await send(form, stage.bob);
    const lines = (await ask('GET', '/ledger?account=bob')).text.trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as { account: string; event?: string });
    expect(entries.map(({ account }) => account)).to.deep.equal(['bob', 'bob']);
    expect(entries.map(({ event }) => event)).to.deep.equal(['accepted', 'booked']);
    expect((await ask('GET', '/ledger')).text.trimEnd().split('\n')).to.have.length(4);
  });

  it('says what memory it uses and how many lines the ledger has had', async () => {
    await send();
    const stats = JSON.parse((await ask('GET', '/stats')).text) as {
      memory: { rss: number; heapUsed: number };
      cpuSeconds: number;
      ledgerLines: number;
    };
    expect(stats.memory.rss).to.be.greaterThan(stats.memory.heapUsed);
    expect(stats.cpuSeconds).to.be.greaterThan(0);
    expect(stats.ledgerLines).to.equal(2);
  });

  it('shows the state of accounts, markets and faults', async () => {
    await send();
    const state = JSON.parse((await ask('GET', '/state')).text) as {
      accounts: Record<string, { openOrders: unknown[] }>;
      markets: Record<string, unknown>;
    };
    expect(state.accounts['alice']?.openOrders).to.have.length(1);
    expect(state.markets).to.have.property('PF_XBTUSD');
  });

  it('takes a fault, shows it waiting, and lifts it', async () => {
    const fault = { kind: 'http-error', status: 503, when: 'before', forMs: 60_000 };
    expect((await ask('POST', '/fault', fault)).text).to.equal('{"id":1}');
    expect((await send()).status).to.equal(503);
    expect((await ask('GET', '/faults')).text).to.include('"met":1');
    await ask('DELETE', '/fault/1');
    expect((await send()).status).to.equal(200);
  });

  it('refuses a fault that nothing can come of, by its field', async () => {
    const refusal = async (fault: object): Promise<string> => {
      const { status, text } = await ask('POST', '/fault', fault);
      return `${String(status)} ${(JSON.parse(text) as { error?: string }).error ?? ''}`;
    };
    expect(await refusal({ kind: 'late-fill', account: 'carol' })).to.equal(
      '400 /account: there is no account carol',
    );
    expect(await refusal({ kind: 'market-state', symbol: 'PF_NONE' })).to.equal(
      '400 /symbol: there is no market PF_NONE',
    );
    expect(await refusal({ kind: 'link-cut', how: 'RST', channel: 'l3' })).to.equal(
      '400 /channel: l3 is not served by this simulator',
    );
    expect(await refusal({ kind: 'answer-cut', endpoints: ['sendordr'] })).to.equal(
      '400 /endpoints: there is no call sendordr',
    );
    expect(await refusal({ kind: 'rollover', session: 'NOBODY' })).to.include('400 /session: ');
    expect(await refusal({ kind: 'trade-correction' })).to.equal(
      '400 /price: price, priceTicks or size has to be given',
    );
    expect(await refusal({ kind: 'trade-bust', account: 'bob' })).to.equal(
      '400 no trade matches account bob',
    );
    await send();
    await call(stage.url, {
      ...{ method: 'POST', path: `${V3}/sendorder`, key: stage.bob },
      params: { ...form, side: 'sell' },
    });
    expect(await refusal({ kind: 'trade-correction', price: '83000.3' })).to.include(
      '400 the exchange refuses it (invalidArgument)',
    );
    await ask('POST', '/fault', { kind: 'trade-correction', priceTicks: -3 });
    expect(stage.simulator.queries.fills('bob')[0]?.trade.price).to.equal('82997');
    expect(await ask('POST', '/fault', { kind: 'trade-bust', account: 'bob' })).to.deep.equal({
      ...{ status: 200, text: '{"done":true}' },
    });
    const steps = [{ atMs: 0, fault: { kind: 'late-fill', account: 'carol' } }];
    const scenario = { name: 'x', description: 'x', steps };
    expect((await ask('POST', '/scenario', scenario)).text).to.include(
      '"warnings":["steps[0].fault: /account: there is no account carol"]',
    );
  });

  it('says what is wrong with a fault', async () => {
    expect(await ask('POST', '/fault', { kind: 'flood' })).to.include({ status: 400 });
    const wrong = await ask('POST', '/fault', { kind: 'delay', when: 'now', delayMs: 5 });
    expect(wrong.text).to.include('/when must be equal to one of the allowed values');
  });

  it('sets prices and states, settles, deposits; refuses anything else', async () => {
    await ask('POST', '/command', { type: 'SetIndex', symbol: 'PF_XBTUSD', price: '90000' });
    expect(stage.simulator.queries.ticker('PF_XBTUSD')?.indexPrice).to.equal('90000');
    const deposit = {
      type: 'Deposit',
      account: 'bob',
      wallet: 'flex',
      currency: 'USD',
      amount: '1',
    };
    await ask('POST', '/command', deposit);
    expect(stage.simulator.queries.balances('bob')['flex']?.['USD']).to.equal('10000001');
    expect((await ask('POST', '/command', { type: 'PlaceOrder' })).status).to.equal(400);
    expect((await ask('POST', '/tick')).status).to.equal(200);
    expect((await ask('POST', '/rollover')).status).to.equal(200);
  });

  it('passes on what the exchange refuses, and moves a market out of its bounds', async () => {
    const command = (body: object) => ask('POST', '/command', body);
    const nowhere = { type: 'SetIndex', symbol: 'PF_NOPEUSD', price: '1' };
    expect(await command(nowhere)).to.deep.equal({
      status: 400,
      text: '{"error":"contractNotFound"}',
    });
    const money = { type: 'Deposit', wallet: 'flex', currency: 'USD', amount: '1' };
    expect((await command({ ...money, account: 'nobody' })).text).to.include('invalidAccount');
    const state = { type: 'SetMarketState', symbol: 'PF_XBTUSD', dislocation: 'BELOW_LOWER_BOUND' };
    expect((await command(state)).text).to.equal('{"done":true}');
    const sell = { ...form, side: 'sell', limitPrice: '84500' };
    const path = `${V3}/sendorder`;
    const refused = await call(stage.url, { method: 'POST', path, params: sell, key: stage.alice });
    expect(refused.text).to.include('"status":"wouldIncreasePriceDislocation"');
    expect((await send()).text).to.include('"status":"placed"');
  });

  it('sets limits: small orders, open orders, how long a client id is taken', async () => {
    const set = (limits: object) => ask('POST', '/command', { type: 'SetLimits', limits });
    const statuses: (string | undefined)[] = [];
    const place = async (params: object = {}) => {
      const path = `${V3}/sendorder`;
      const key = stage.alice;
      const all = { ...form, ...params };
      const { text } = await call(stage.url, { method: 'POST', path, params: all, key });
      statuses.push(/"status":"(\w+)"/.exec(text)?.[1]);
    };
    await set({ smallOrderUsd: '1000', smallOrdersMax: 1 });
    for (let i = 0; i < 2; i += 1) await place();
    await set({ smallOrderUsd: '0', openOrdersMax: 1 });
    await place();
    await set({ openOrdersMax: 9, priceCollar: '0.01', cliOrdIdScope: 'forever' });
    await place({ limitPrice: '85000' });
    const once = { cliOrdId: 'once', orderType: 'post' };
    await place(once);
    stage.simulator.submit({ type: 'CancelOrders', account: 'alice' });
    await place(once);
    expect(statuses).to.deep.equal([
      ...['placed', 'tooManySmallOrders', 'tooManyOrders', 'outsidePriceCollar'],
      ...['placed', 'clientOrderIdAlreadyExist'],
    ]);
    expect((await set({ openOrdersMax: -1 })).status).to.equal(400);
  });

  it('switches REST to older layouts', async () => {
    await ask('POST', '/rest-options', { legacyLowerCase: true });
    const placed = (await send()).text;
    expect(placed).to.include('"symbol":"pf_xbtusd"').and.to.include('"status":"placed"');
    const open = await call(stage.url, { path: `${V3}/openorders`, key: stage.alice });
    expect(open.text).to.include('"symbol":"pf_xbtusd"');
    await ask('POST', '/rest-options', { legacyLowerCase: false, executionLayout: 'pair' });
    await send({ ...form, side: 'sell' }, stage.bob);
    const path = '/api/history/v3/executions';
    const executions = await call(stage.url, { path, key: stage.alice });
    expect(executions.text).to.include('"makerOrder":').and.to.include('"PF_XBTUSD"');
    expect((await ask('POST', '/rest-options', { colour: 'red' })).status).to.equal(400);
  });

  it('ends a funding period when asked, and publishes the rate', async () => {
    const index = { type: 'SetIndex', symbol: 'PF_XBTUSD', price: '84000' };
    const end = { type: 'EndFundingPeriod', symbol: 'PF_XBTUSD' };
    for (const body of [index, end]) await ask('POST', '/command', body);
    const rates = `${V3}/historical-funding-rates?symbol=PF_XBTUSD`;
    const { rates: rows } = JSON.parse((await call(stage.url, { path: rates })).text) as {
      rates: object[];
    };
    expect(rows).to.have.length(1);
    expect((await ask('GET', '/')).text).to.include('EndFundingPeriod');
  });

  it('turns away pages of a browser and other host names', async () => {
    for (const headers of [{ host: 'evil.example' }, { origin: 'http://evil.example' }]) {
      const answer = await request(`${stage.admin}/state`, { headers });
      expect(answer.statusCode).to.equal(403);
      await answer.body.dump();
    }
  });

  it('is asked by `fathom simulate fault`', async () => {
    const printed: string[] = [];
    let code = -1;
    const command = simulateFaultCommand({
      out: (line) => printed.push(line),
      err: (line) => printed.push(line),
      env: {},
      setExitCode: (given) => {
        code = given;
      },
    });
    const argv = ['http-error', 'status=502', 'when=before', 'endpoints=["sendorder"]'];
    await command.parseAsync([...argv, '--admin', stage.admin], { from: 'user' });
    expect([code, printed]).to.deep.equal([0, ['{"id":1}']]);
    expect((await send()).status).to.equal(502);
  });
});
