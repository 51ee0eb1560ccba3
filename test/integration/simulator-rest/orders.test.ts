import { expect } from 'chai';
import { call, callJson, openStage, type Params, type Stage, V3 } from './stage.ts';

interface Status {
  readonly status: string;
  readonly order_id?: string;
  readonly cliOrdId?: string;
  readonly orderEvents?: readonly { readonly type: string; readonly reason?: string }[];
}

const form = {
  orderType: 'lmt',
  symbol: 'PF_XBTUSD',
  side: 'buy',
  size: '0.01',
  limitPrice: '83000',
};

describe('orders over REST [rest 3.3 to 3.5]', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ symbols: ['PF_XBTUSD', 'PI_XBTUSD'] });
  });
  afterEach(() => stage.stop());

  const text = async (path: string, params: Params | string, key = stage.alice): Promise<string> =>
    (await call(stage.url, { method: 'POST', path: `${V3}/${path}`, params, key })).text;
  const send = async (params: Params, key = stage.alice): Promise<Status> =>
    (JSON.parse(await text('sendorder', { ...form, ...params }, key)) as { sendStatus: Status })
      .sendStatus;
  const offer = (size: string, limitPrice = '84100'): Promise<Status> =>
    send({ side: 'sell', size, limitPrice }, stage.bob);
  const types = ({ orderEvents = [] }: Status): string[] => orderEvents.map(({ type }) => type);

  it('rests untouched: placed, PLACE; numbers with the venue’s digits', async () => {
    const answer = await text('sendorder', { ...form, cliOrdId: 'a' });
    expect(answer).to.match(
      /"type":"PLACE","order":\{"orderId":"[0-9a-f-]{36}","cliOrdId":"a","type":"lmt","symbol":"PF_XBTUSD","side":"buy","quantity":0\.01,"filled":0,"limitPrice":83000,"reduceOnly":false/,
    );
    expect(answer).to.include('"reducedQuantity":null');
  });

  it('fills whole: placed, EXECUTION only, the market order as an ioc with its protection price', async () => {
    await offer('0.02');
    const answer = await text('sendorder', { ...form, orderType: 'mkt', limitPrice: '' });
    expect(answer).to.match(
      /"type":"EXECUTION","executionId":"[0-9a-f-]{36}","price":84100\.0,"amount":0\.01/,
    );
    expect(answer).to.include('"type":"ioc"').and.to.include('"limitPrice":84941.0');
    expect(answer).to.not.include('"PLACE"');
    const execution = /"executionId":"([^"]+)"/.exec(answer)?.[1];
    const fills = await call(stage.url, { path: `${V3}/fills`, key: stage.alice });
    expect(fills.text).to.include(`"fill_id":"${execution}"`);
  });

  it('fills in part and rests: EXECUTION, then PLACE with filled above zero, quantity the remainder', async () => {
    await offer('0.004');
    const answer = await text('sendorder', { ...form, limitPrice: '84100' });
    expect(answer).to.match(/EXECUTION.*PLACE.*"quantity":0\.006,"filled":0\.004/);
  });

  it('an ioc fills what is there and leaves nothing', async () => {
    await offer('0.004');
    const status = await send({ orderType: 'ioc', limitPrice: '84100' });
    expect([status.status, types(status)]).to.deep.equal(['placed', ['EXECUTION']]);
    expect(stage.simulator.queries.openOrders('alice')).to.have.length(0);
  });

  const REFUSED: readonly (readonly [string, Params, string])[] = [
    [
      'a post order that would trade',
      { orderType: 'post', limitPrice: '84200' },
      'postWouldExecute',
    ],
    ['an ioc that meets nothing', { orderType: 'ioc' }, 'iocWouldNotExecute'],
    [
      'a fok that cannot fill',
      { orderType: 'fok', size: '9', limitPrice: '84200' },
      'iocWouldNotExecute',
    ],
    ['a price off the tick', { limitPrice: '83000.5' }, 'invalidPrice'],
    ['a size off the lot', { size: '0.00001' }, 'invalidSize'],
    ['a size of nothing', { size: '0' }, 'invalidSize'],
    ['too much for the funds', { size: '1200', limitPrice: '84000' }, 'insufficientAvailableFunds'],
    ['reduce-only without a position', { reduceOnly: true }, 'wouldNotReducePosition'],
    ['a price far from the mark', { limitPrice: '190000' }, 'outsidePriceCollar'],
    ['a client id that is too long', { cliOrdId: 'x'.repeat(101) }, 'clientOrderIdTooBig'],
    [
      'a deadline that has passed',
      { processBefore: '2020-01-01T00:00:00.000Z' },
      'wouldProcessAfterSpecifiedTime',
    ],
    ['an unknown type', { orderType: 'iceberg' }, 'invalidOrderType'],
    ['an unknown side', { side: 'long' }, 'invalidSide'],
  ];
  for (const [what, params, status] of REFUSED) {
    it(`refuses ${what}: ${status}`, async () => {
      await offer('0.01');
      expect((await send(params)).status).to.equal(status);
      expect(stage.simulator.queries.openOrders('alice')).to.have.length(0);
    });
  }

  it('refuses a client id that is in use, in sendStatus and in batches', async () => {
    await send({ cliOrdId: 'same' });
    expect((await send({ cliOrdId: 'same' })).status).to.equal('clientOrderIdAlreadyExist');
  });

  it('meets its own order after a partial fill: EXECUTION, CANCEL, selfFill', async () => {
    await offer('0.004', '84050');
    await send({ side: 'sell', limitPrice: '84100' });
    const status = await send({ limitPrice: '84100' });
    expect([status.status, types(status)]).to.deep.equal(['selfFill', ['EXECUTION', 'CANCEL']]);
    expect(stage.simulator.queries.fills('alice')).to.have.length(1);
  });

  it('an edit that trades: EDIT, then EXECUTION with the order before the edit', async () => {
    await offer('0.01');
    const { order_id: orderId = '' } = await send({});
    const answer = await text('editorder', { orderId, limitPrice: '84100' });
    expect(answer).to.match(
      /"status":"edited".*"type":"EDIT".*"type":"EXECUTION".*"orderPriorEdit":\{/,
    );
  });

  it('a cancel: cancelled with the remainder, notFound again, filled after a fill', async () => {
    const { order_id: id = '' } = await send({});
    expect(await text('cancelorder', { order_id: id })).to.match(/"cancelled".*"type":"CANCEL"/);
    expect(await text('cancelorder', { order_id: id })).to.include(
      '"cancelStatus":{"status":"notFound"',
    );
    await offer('0.01');
    const { order_id: filled = '' } = await send({ limitPrice: '84100' });
    expect(await text('cancelorder', { order_id: filled })).to.include('"status":"filled"');
  });

  it('understands lower-case symbols, parameters in the query, and repeated keys', async () => {
    const { order_id: id = '' } = await send({ symbol: 'pf_xbtusd' });
    expect(id).to.have.length(36);
    const { order_id: other = '' } = await send({ cliOrdId: 'second' });
    const answer = await callJson(stage.url, {
      method: 'POST',
      path: `${V3}/orders/status`,
      params: `orderIds=${id}&orderIds=${other}&cliOrdIds=second`,
      key: stage.alice,
    });
    expect(answer['orders']).to.have.length(2);
  });

  it('cancels everything when the dead man’s switch is not renewed', async () => {
    await send({});
    expect(await text('cancelallordersafter', { timeout: 1 })).to.match(/"triggerTime":"20/);
    expect(await text('cancelallordersafter', { timeout: 0 })).to.include('"triggerTime":"0"');
    expect(stage.simulator.queries.openOrders('alice')).to.have.length(1);
  });

  it('answers a held order when it is released (maker protection)', async () => {
    const status = await send({ symbol: 'PI_XBTUSD', size: '10', limitPrice: '83000' });
    expect([status.status, types(status)]).to.deep.equal(['placed', ['PLACE']]);
  });

  it('answers 404 in the other envelope, redirects old history, refuses a bad resolution', async () => {
    expect(await call(stage.url, { path: '/derivatives/api/v3/nothing' })).to.include({
      status: 404,
    });
    const old = await call(stage.url, { path: '/api/history/v1/executions' });
    expect([old.status, old.headers.get('location')]).to.deep.equal([
      302,
      '/api/history/v3/executions',
    ]);
    const candles = await call(stage.url, { path: '/api/charts/v1/trade/PF_XBTUSD/2m' });
    expect([candles.status, candles.text]).to.deep.equal([400, 'Invalid resolution']);
  });

  it('serves history v2 as v3, signed by the path that is called', async () => {
    await send({});
    const [v2, v3] = await Promise.all(
      ['v2', 'v3'].map((v) =>
        callJson(stage.url, { path: `/api/history/${v}/orders`, key: stage.alice }),
      ),
    );
    expect(v2?.['elements']).to.deep.equal(v3?.['elements']).and.to.have.length(1);
  });
});
