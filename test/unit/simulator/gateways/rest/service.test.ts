import { expect } from 'chai';
import { Secret } from '../../../../../src/lib/secret.ts';
import { epochMs, type EpochMs, monotonicMs } from '../../../../../src/lib/time.ts';
import { makeExchange } from '../../../../../src/simulator/exchange/exchange.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
} from '../../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';
import { FaultRegistry } from '../../../../../src/simulator/faults/fault-registry.ts';
import { ENDPOINTS } from '../../../../../src/simulator/gateways/rest/endpoints/catalogue.ts';
import { Fields } from '../../../../../src/simulator/gateways/rest/fields.ts';
import { NoticeStore } from '../../../../../src/simulator/gateways/rest/stores/notice-store.ts';
import { makeRestService } from '../../../../../src/simulator/gateways/rest/rest-service.ts';
import { VenueRuntime } from '../../../../../src/simulator/venue-runtime.ts';

const START = epochMs(Date.UTC(2026, 8, 1, 10, 0, 30));
const SYMBOL = 'PF_XBTUSD';
const balances = { flex: { USD: '1000000' } };

/** A venue in time that the test moves. */
const makeWorld = () => {
  let now: EpochMs = START;
  const clock = { wall: () => now, monotonic: () => monotonicMs(now) };
  const timers = { set: () => ({ cancel: () => undefined }) };
  const exchange = makeExchange({
    seed: 3,
    startAt: START,
    instruments: INSTRUMENT_CATALOGUE.filter(({ symbol }) => symbol === SYMBOL),
    accounts: ['alice', 'bob'].map((uid) => ({ uid, balances })),
    indexPrices: INDEX_PRICES,
  });
  const runtime = new VenueRuntime(exchange, clock, timers);
  const rest = makeRestService(
    { seed: 3, keys: [], backgroundAccounts: [] },
    {
      clock,
      timers,
      queries: exchange.queries,
      submit: (command) => {
        runtime.submit(command);
      },
      faults: new FaultRegistry(3),
      notices: new NoticeStore(),
    },
  );
  runtime.subscribe(rest.onEvent);
  const ask = async (
    id: string,
    query = '',
    path: Record<string, string> = {},
  ): Promise<unknown> => {
    const endpoint = ENDPOINTS.find((each) => each.id === id);
    const key = {
      apiKey: '',
      apiSecret: new Secret(''),
      account: 'alice',
      permissions: { general: 'FULL_ACCESS', transfer: 'NO_ACCESS' },
    } as const;
    const call = { at: rest.venue.now(), fields: new Fields(query), path, algoId: undefined, key };
    const answer = await endpoint?.answer(call, rest.venue);
    return JSON.parse(answer?.body ?? 'null');
  };
  const passMs = (ms: number): void => {
    now = epochMs(now + ms);
    runtime.submit({ type: 'Tick' });
  };
  const trade = (price: string, size: string): void => {
    const order = { type: 'PlaceOrder', owner: 'rest', symbol: SYMBOL, size } as const;
    runtime.submit({ ...order, account: 'bob', side: 'sell', orderType: 'lmt', limitPrice: price });
    runtime.submit({
      ...order,
      account: 'alice',
      side: 'buy',
      orderType: 'ioc',
      limitPrice: price,
    });
  };
  /** Time alone, without a tick. */
  const wait = (ms: number): void => {
    now = epochMs(now + ms);
  };
  return { ask, passMs, wait, trade, runtime, rest };
};

describe('REST views of a venue in moved time', () => {
  it('orders/status and cancelorder know what filled for five seconds, by any clock of the venue', async () => {
    const { ask, wait, trade, runtime, rest } = makeWorld();
    let orderId = '';
    runtime.subscribe((event) => {
      if (event.type === 'Trade') orderId = event.taker.order.orderId;
    });
    rest.setSkewMs(60_000);
    trade('84100', '1');
    const shown = async () => {
      const { orders } = (await ask('orders-status', `orderIds=${orderId}`)) as { orders: [] };
      const { cancelStatus } = (await ask('cancelorder', `order_id=${orderId}`)) as {
        cancelStatus: { status: string };
      };
      return [orders.length, cancelStatus.status];
    };
    wait(4_999);
    expect(await shown()).to.deep.equal([1, 'filled']);
    wait(1);
    expect(await shown()).to.deep.equal([0, 'notFound']);
  });

  it('funding: hourly rates, the same in both paths', async () => {
    const { ask, passMs, trade } = makeWorld();
    trade('84100', '1');
    passMs(3_600_000);
    passMs(3_600_000);
    const v4 = (await ask('historicalfundingrates-v4', `symbol=${SYMBOL}`)) as {
      rates: { timestamp: string }[];
    };
    expect(v4.rates.map(({ timestamp }) => timestamp)).to.deep.equal([
      '2026-09-01T11:00:00Z',
      '2026-09-01T12:00:00Z',
    ]);
    const v3 = await ask('historical-funding-rates', `symbol=${SYMBOL}`);
    expect(v3).to.deep.equal(v4);
  });

  it('candles: minutes and hours of the trades, quiet ones repeat the close before', async () => {
    const { ask, passMs, trade } = makeWorld();
    trade('84100', '1');
    trade('84050', '0.5');
    passMs(180_000);
    trade('84200', '2');
    const minutes = (await ask('charts-candles', '', {
      tick_type: 'trade',
      symbol: SYMBOL,
      resolution: '1m',
    })) as { candles: object[]; more_candles: boolean };
    const time = Date.UTC(2026, 8, 1, 10, 0);
    const quiet = {
      open: '84050',
      high: '84050',
      low: '84050',
      close: '84050',
      volume: '0.00000000000',
    };
    expect(minutes).to.deep.equal({
      candles: [
        {
          time,
          open: '84100',
          high: '84100',
          low: '84050',
          close: '84050',
          volume: '1.50000000000',
        },
        { time: time + 60_000, ...quiet },
        { time: time + 120_000, ...quiet },
        {
          time: time + 180_000,
          open: '84200',
          high: '84200',
          low: '84200',
          close: '84200',
          volume: '2.00000000000',
        },
      ],
      more_candles: false,
    });
    const hours = (await ask('charts-candles', '', {
      tick_type: 'trade',
      symbol: SYMBOL,
      resolution: '1h',
    })) as { candles: object[] };
    expect(hours.candles).to.deep.equal([
      { time, open: '84100', high: '84200', low: '84050', close: '84200', volume: '3.50000000000' },
    ]);
  });

  it('analytics: volumes by side, and the sum of their differences', async () => {
    const { ask, passMs, trade } = makeWorld();
    trade('84100', '1');
    passMs(60_000);
    trade('84100', '0.5');
    const path = { symbol: SYMBOL, analytics_type: 'cvd' };
    const query = `since=${Math.floor(START / 1_000) - 60}&interval=60`;
    const answer = (await ask('charts-analytics', query, path)) as { result: { data: object } };
    expect(answer.result.data).to.deep.equal({
      buyVolume: ['1', '0.5'],
      sellVolume: ['0', '0'],
      cvd: ['1', '1.5'],
    });
  });

  it('knows no analytics and no trigger signal of a name that every object has', async () => {
    const { ask } = makeWorld();
    const path = { symbol: SYMBOL, analytics_type: 'constructor' };
    const answer = (await ask('charts-analytics', 'since=1&interval=60', path)) as {
      errors: { msg: string }[];
    };
    expect(answer.errors.map(({ msg }) => msg)).to.deep.equal(['unknown analytics type']);
    const order =
      'orderType=stp&side=buy&size=1&stopPrice=90000&limitPrice=90000&triggerSignal=constructor';
    expect(await ask('sendorder', `symbol=${SYMBOL}&${order}`)).to.include({
      error: 'invalidArgument: triggerSignal',
    });
  });

  it('executions carry the fee in both eyes; an order that filled at once is placed with nothing left', async () => {
    const { ask, trade } = makeWorld();
    trade('84100', '1');
    const executions = (await ask('history-executions')) as {
      elements: { event: { execution: { execution: Record<string, unknown> } } }[];
    };
    const { execution } = executions.elements[0]?.event.execution ?? {};
    expect(execution).to.deep.include({
      price: '84100',
      quantity: '1',
      executionType: 'taker',
      usdValue: '84100',
    });
    expect((execution?.['orderData'] as Record<string, unknown>)['fee']).to.equal('42.05');
    const orders = (await ask('history-orders')) as {
      elements: { event: { OrderPlaced: { order: object; reason: string } } }[];
    };
    const placed = orders.elements[0]?.event.OrderPlaced;
    expect(placed?.order).to.deep.include({ quantity: '0', filled: '1', orderType: 'IoC' });
    expect(placed?.reason).to.equal('new_user_order');
  });

  it('the account log joins fills, its ids count from 1, and balances add up', async () => {
    const { ask, trade } = makeWorld();
    trade('84100', '1');
    const { logs } = (await ask('history-account-log', 'sort=asc')) as {
      logs: Record<string, unknown>[];
    };
    expect(logs.map(({ id }) => id)).to.deep.equal([1, 2]);
    const money = logs.find(({ asset }) => asset === 'usd');
    const contract = logs.find(({ asset }) => asset === 'pf_xbtusd');
    expect(money).to.include({ info: 'futures trade', fee: 42.05, new_balance: 999_957.95 });
    expect(contract).to.include({ old_balance: 0, new_balance: 1, trade_price: 84_100 });
    expect(money?.['execution']).to.equal(contract?.['execution']);
  });
});
