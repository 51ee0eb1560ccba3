import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { call, callJson, openStage, type Params, type Stage, V3 } from './stage.ts';

interface Answer {
  readonly serverTime: string;
  readonly sendStatus: {
    readonly status: string;
    readonly receivedTime: string;
    readonly orderEvents?: readonly {
      readonly type: string;
      readonly takerReducedQuantity?: number;
    }[];
  };
}

const form = {
  orderType: 'lmt',
  symbol: 'PF_XBTUSD',
  side: 'buy',
  size: '0.01',
  limitPrice: '83000',
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('answers to orders, field by field [rest 2.1, 3.3 to 3.5, 10]', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ symbols: ['PF_XBTUSD', 'FF_XBTUSD_261225'] });
  });
  afterEach(() => stage.stop());

  const post = (path: string, params: Params, key = stage.alice) =>
    callJson(stage.url, { method: 'POST', path: `${V3}/${path}`, params, key });
  const send = async (params: Params, key = stage.alice): Promise<Answer> =>
    (await post('sendorder', { ...form, ...params }, key)) as unknown as Answer;
  const batch = async (instructions: readonly object[]) =>
    (await post('batchorder', { json: JSON.stringify({ batchOrder: instructions }) }))[
      'batchStatus'
    ] as readonly Record<string, unknown>[];
  const history = async (kind: string, params: Params = {}) =>
    (await callJson(stage.url, { path: `/api/history/v3/${kind}`, params, key: stage.alice })) as {
      accountUid: string;
      elements: readonly { event: Record<string, Record<string, unknown>> }[];
    };

  it('is stamped when it is written: never before the order came in, and after a hold', async () => {
    stage.simulator.submit({ type: 'SetMakerProtection', symbol: 'PF_XBTUSD', millis: 80 });
    const held = await send({ size: '0.02' });
    const waited = Date.parse(held.serverTime) - Date.parse(held.sendStatus.receivedTime);
    expect(waited).to.be.at.least(79);
    stage.simulator.submit({ type: 'SetMakerProtection', symbol: 'PF_XBTUSD', millis: 0 });
    for (let i = 0; i < 5; i += 1) {
      const { serverTime, sendStatus } = await send({ size: '0.02' });
      expect(Date.parse(serverTime)).to.be.at.least(Date.parse(sendStatus.receivedTime));
    }
    const { status } = (await post('cancelallordersafter', { timeout: 60 })) as {
      status?: { currentTime: string; triggerTime: string };
    };
    const { currentTime = '', triggerTime = '' } = status ?? {};
    expect(Date.parse(triggerTime) - Date.parse(currentTime)).to.equal(60_000);
  });

  it('says what reduce-only cut off the taker, in the answer and in history', async () => {
    await send({ side: 'sell', limitPrice: '84000', size: '0.2' }, stage.bob);
    await send({ limitPrice: '84000', size: '0.2' });
    await send({ limitPrice: '83900', size: '0.5' }, stage.bob);
    const closing = { side: 'sell', orderType: 'ioc', limitPrice: '83900' };
    const answer = await send({ ...closing, size: '0.5', reduceOnly: true });
    expect(
      answer.sendStatus.orderEvents?.map(({ takerReducedQuantity }) => takerReducedQuantity),
    ).to.deep.equal([0.3]);
    const { elements } = await history('executions', { count: 2 });
    expect(elements.map(({ event }) => event['execution']?.['takerReducedQuantity'])).to.deep.equal(
      ['0.3', ''],
    );
  });

  it('refuses a market order by the state of its market before it asks for a price', async () => {
    const market = { orderType: 'mkt', limitPrice: '' };
    expect((await send(market)).sendStatus.status).to.equal('iocWouldNotExecute');
    for (const [state, word] of [
      ['postOnly', 'marketIsPostOnly'],
      ['suspended', 'marketSuspended'],
    ] as const) {
      stage.simulator.submit({ type: 'SetMarketState', symbol: 'PF_XBTUSD', [state]: true });
      expect((await send(market)).sendStatus.status).to.equal(word);
    }
  });

  it('refuses an offset limit that makes no sense as an order, not as a request', async () => {
    const stop = { orderType: 'stp', stopPrice: '80000', side: 'sell', limitPrice: '' };
    for (const offset of [
      { limitPriceOffsetValue: '-1' },
      { limitPriceOffsetUnit: 'PERCENT' },
      { limitPriceOffsetValue: 'much', limitPriceOffsetUnit: 'PERCENT' },
      { limitPriceOffsetValue: '-1', limitPriceOffsetUnit: 'CUBITS' },
      { limitPriceOffsetValue: '-0.125', limitPriceOffsetUnit: 'PERCENT' },
      { limitPriceOffsetValue: '90', limitPriceOffsetUnit: 'PERCENT' },
    ]) {
      const { sendStatus } = await send({ ...stop, ...offset });
      expect(sendStatus, JSON.stringify(offset)).to.include({ status: 'invalidPrice' });
    }
    const taken = { limitPriceOffsetValue: '-5E-1', limitPriceOffsetUnit: 'PERCENT' };
    expect((await send({ ...stop, ...taken })).sendStatus.status).to.equal('placed');
  });

  it('brings a refused send of a batch back with its tag alone, as recorded', async () => {
    await send({ cliOrdId: 'used' });
    const place = { order: 'send', ...form };
    expect(
      await batch([
        { ...place, order_tag: '1', size: '1199', cliOrdId: 'a' },
        { ...place, order_tag: '2', cliOrdId: 'used' },
        { ...place, order_tag: '3', symbol: 'PF_NOPEUSD' },
        { ...place, order_tag: '4', size: 'much' },
        { ...place, order_tag: '5', limitPrice: 'high' },
      ]),
    ).to.deep.equal([
      { status: 'insufficientAvailableFunds', order_tag: '1', orderEvents: [] },
      { status: 'clientOrderIdAlreadyExist', order_tag: '2', orderEvents: [] },
      { status: 'marketInactive', order_tag: '3', orderEvents: [] },
      { status: 'invalidSize', order_tag: '4', orderEvents: [] },
      { status: 'invalidPrice', order_tag: '5', orderEvents: [] },
    ]);
  });

  it('gives every malformed argument of an element a status word, under the tag or the id that came with it', async () => {
    const edit = { order: 'edit', cliOrdId: 'mine' };
    expect(
      await batch([
        { order: 'send', ...form, order_tag: '1', reduceOnly: 'perhaps' },
        { order: 'send', ...form, order_tag: '2', triggerSignal: 'moon' },
        { order: 'send', ...form, order_tag: '3', processBefore: 'soon' },
        { ...edit, qtyMode: 'HALF' },
        { ...edit, order_tag: '5', size: 'much' },
        { order: 'edit', order_id: 'x', size: '1' },
        { order: 'cancel', order_id: 'x', order_tag: '7' },
        { order: 'cancel' },
      ]),
    ).to.deep.equal([
      { status: 'invalidOrderType', order_tag: '1', orderEvents: [] },
      { status: 'invalidPrice', order_tag: '2', orderEvents: [] },
      { status: 'wouldProcessAfterSpecifiedTime', order_tag: '3', orderEvents: [] },
      { status: 'invalidSize', cliOrdId: 'mine', orderEvents: [] },
      { status: 'invalidSize', order_tag: '5', cliOrdId: 'mine', orderEvents: [] },
      { status: 'orderForEditNotFound', order_id: 'x', orderEvents: [] },
      { status: 'notFound', order_tag: '7', order_id: 'x', orderEvents: [] },
      { status: 'requiredArgumentMissing', orderEvents: [] },
    ]);
    expect(stage.simulator.queries.openOrders('alice')).to.deep.equal([]);
  });

  it('keeps a waiting trigger out of the histories of orders, its own and the market’s', async () => {
    const stop = { orderType: 'stp', stopPrice: '90000', limitPrice: '' };
    await send({ ...stop, cliOrdId: 'stop' });
    await post('cancelorder', { cliOrdId: 'stop' });
    expect((await history('orders')).elements).to.deep.equal([]);
    expect((await history('market/PF_XBTUSD/orders')).elements).to.deep.equal([]);
    const kinds = (await history('triggers')).elements.map(({ event }) => Object.keys(event)[0]);
    expect(kinds).to.deep.equal(['OrderTriggerCancelled', 'OrderTriggerPlaced']);
  });

  it('dates every change of a position by when it was opened', async () => {
    await send({ side: 'sell', limitPrice: '84000', size: '0.2' }, stage.bob);
    await send({ limitPrice: '84000', size: '0.1' });
    const opened = Date.now();
    await until(() => Date.now() > opened + 2, 'a later millisecond');
    await send({ limitPrice: '84000', size: '0.1' });
    const [second, first] = (await history('positions')).elements.map(
      ({ event }) => event['PositionUpdate'] ?? {},
    );
    expect([first?.['positionChange'], second?.['positionChange']]).to.deep.equal([
      'open',
      'increase',
    ]);
    expect(second?.['fillTime']).to.equal(first?.['timestamp']);
    expect(second?.['timestamp']).to.not.equal(first?.['timestamp']);
  });

  it('reports a settlement in the account log and the positions, and not as a fill', async () => {
    const symbol = 'FF_XBTUSD_261225';
    await send({ symbol, side: 'sell', limitPrice: '84000' }, stage.bob);
    await send({ symbol, limitPrice: '84000' });
    stage.simulator.submit({ type: 'Settle', symbol, price: '85000' });
    const { fills } = (await callJson(stage.url, { path: `${V3}/fills`, key: stage.alice })) as {
      fills?: readonly { fillType: string }[];
    };
    expect(fills?.map(({ fillType }) => fillType)).to.deep.equal(['taker']);
    expect((await history('executions')).elements).to.have.length(1);
    const [update] = (await history('positions', { settlement: true })).elements;
    expect(update?.event['PositionUpdate']).to.include({
      updateReason: 'settlement',
      positionChange: 'close',
      newPosition: '0',
      settlementPrice: '85000',
    });
    const { logs } = (await callJson(stage.url, {
      path: '/api/history/v3/account-log',
      params: { info: 'settlement' },
      key: stage.alice,
    })) as { logs?: readonly Record<string, unknown>[] };
    const rows = logs?.map((row) => [row['asset'], row['realized_pnl'], row['trade_price']]);
    expect(rows).to.deep.equal([
      ['ff_xbtusd_261225', null, 85_000],
      ['usd', 10, 85_000],
    ]);
  });

  it('writes accounts as UUIDs, the same everywhere, and takes them back in transfers and paths', async () => {
    const get = (path: string) => callJson(stage.url, { path: `${V3}/${path}`, key: stage.alice });
    const { masterAccountUid: own, subaccounts } = (await get('subaccounts')) as {
      masterAccountUid?: string;
      subaccounts?: readonly { accountUid: string }[];
    };
    const sub = subaccounts?.[0]?.accountUid ?? '';
    expect([own, sub].map((uid) => UUID.test(uid ?? ''))).to.deep.equal([true, true]);
    expect((await history('executions')).accountUid).to.equal(own);
    await send({});
    const [placed] = (await history('orders')).elements;
    expect((placed?.event['OrderPlaced']?.['order'] as { accountUid: string }).accountUid).to.equal(
      own,
    );
    const key = stage.alice;
    const check = await callJson(stage.url, { path: '/api/auth/v1/api-keys/v3/check', key });
    expect(check['accountUid']).to.equal(own);
    const ends = { fromUser: own ?? '', toUser: sub, fromAccount: 'cash', toAccount: 'cash' };
    const moved = await post('transfer/subaccount', { ...ends, unit: 'usd', amount: '5' });
    expect(moved['result']).to.equal('success');
    const named = { ...ends, fromUser: 'alice', toUser: 'alice-sub', unit: 'usd', amount: '5' };
    expect((await post('transfer/subaccount', named))['result']).to.equal('success');
    expect(stage.simulator.queries.balances('alice-sub')['cash']?.['USD']).to.equal('100010');
    expect(await get(`subaccount/${sub}/trading-enabled`)).to.deep.equal({ tradingEnabled: true });
    const stranger = { path: `${V3}/subaccount/${own}/trading-enabled`, key: stage.bob };
    expect((await call(stage.url, stranger)).status).to.equal(404);
  });
});
