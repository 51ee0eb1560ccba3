import { type krakenfutures } from 'ccxt';
import { expect } from 'chai';
import { type Stage } from './stage.ts';

export const LINEAR = 'BTC/USD:USD';
export const INVERSE = 'ETH/USD:ETH';

export type Works = (
  method: string,
  calls: string,
  result: string,
  check: () => Promise<void>,
) => void;

/** Who acts, once the stage is open. */
export interface Actors {
  readonly alice: () => krakenfutures;
  readonly stage: () => Stage;
  /** Mark price of the linear market, on the tick. */
  readonly price: () => number;
  /** Bob's offer 100 above the mark, that alice can take. */
  readonly offer: (amount: number) => Promise<unknown>;
}

export const rejected = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not refused');
};

/** Orders of every type that ccxt knows. */
export const orderCases = (works: Works, { alice, stage, price, offer }: Actors): void => {
  works('createOrder limit', 'sendorder lmt', 'rests; open', async () => {
    const order = await alice().createOrder(LINEAR, 'limit', 'buy', 0.01, price() - 500, {
      clientOrderId: 'ccxt-limit',
    });
    expect(order).to.deep.include({ status: 'open', side: 'buy', type: 'limit', amount: 0.01 });
    expect(order.clientOrderId).to.equal('ccxt-limit');
  });

  works(
    'createOrder postOnly',
    'sendorder post',
    'rests; refused when it would trade',
    async () => {
      await offer(0.02);
      const error = await rejected(
        alice().createOrder(LINEAR, 'limit', 'buy', 0.01, price() + 200, { postOnly: true }),
      );
      expect(error.name).to.equal('OrderImmediatelyFillable');
    },
  );

  works('createOrder market', 'sendorder mkt', 'fills; closed with the average price', async () => {
    const order = await alice().createOrder(LINEAR, 'market', 'buy', 0.01);
    expect(order).to.deep.include({ status: 'closed', filled: 0.01, average: price() + 100 });
  });

  works('createOrder ioc', 'sendorder ioc', 'fills what is there, drops the rest', async () => {
    const order = await alice().createOrder(LINEAR, 'limit', 'buy', 0.05, price() + 150, {
      timeInForce: 'ioc',
    });
    expect(order.filled).to.equal(0.01);
    const error = await rejected(
      alice().createOrder(LINEAR, 'limit', 'buy', 0.01, price() - 1_000, { timeInForce: 'ioc' }),
    );
    expect(error.name).to.equal('OrderNotFillable');
  });

  works('createOrder fok', 'sendorder fok', 'all or nothing', async () => {
    const order = { orderType: 'fok' };
    await offer(0.01);
    const error = await rejected(
      alice().createOrder(LINEAR, 'limit', 'buy', 0.5, price() + 150, order),
    );
    expect(error.message).to.match(/iocWouldNotExecute|NotFillable/);
    const filled = await alice().createOrder(LINEAR, 'limit', 'buy', 0.01, price() + 150, order);
    expect(filled.filled).to.equal(0.01);
  });

  works(
    'createOrder stopLossPrice',
    'sendorder stp',
    'a stop that waits, reduce-only',
    async () => {
      const order = await alice().createOrder(LINEAR, 'market', 'sell', 0.01, undefined, {
        stopLossPrice: price() - 5_000,
      });
      expect(order).to.deep.include({ status: 'open', reduceOnly: true });
    },
  );

  works('createOrder takeProfitPrice', 'sendorder take_profit', 'waits above', async () => {
    const order = await alice().createOrder(LINEAR, 'limit', 'sell', 0.01, price() + 6_000, {
      takeProfitPrice: price() + 6_000,
    });
    expect(order.status).to.equal('open');
  });

  works('createOrder triggerPrice', 'sendorder stp with limitPrice', 'a stop limit', async () => {
    const order = await alice().createOrder(LINEAR, 'limit', 'buy', 0.01, price() + 3_000, {
      triggerPrice: price() + 2_000,
      triggerSignal: 'mark',
    });
    expect(order.status).to.equal('open');
  });

  works('createOrder trailing_stop', 'sendorder trailing_stop', 'follows its signal', async () => {
    const order = await alice().createOrder(LINEAR, 'trailing_stop', 'sell', 0.01, undefined, {
      trailingStopMaxDeviation: 5,
      trailingStopDeviationUnit: 'PERCENT',
      triggerSignal: 'mark',
      reduceOnly: true,
    });
    expect(order.status).to.equal('open');
  });

  works('fetchOpenOrders', 'openorders', 'orders and triggers, newest first', async () => {
    const orders = await alice().fetchOpenOrders(LINEAR);
    expect(orders).to.have.length(5);
    expect(orders.map(({ clientOrderId }) => clientOrderId)).to.include('ccxt-limit');
  });

  works('editOrder', 'editorder', 'new price and quantity', async () => {
    const [order] = (await alice().fetchOpenOrders(LINEAR)).filter(
      ({ clientOrderId }) => clientOrderId === 'ccxt-limit',
    );
    await alice().editOrder(order?.id ?? '', LINEAR, 'limit', 'buy', 0.02, price() - 600);
    const [edited] = (await alice().fetchOpenOrders(LINEAR)).filter(({ id }) => id === order?.id);
    // ccxt reads no price out of open orders: it is in `info`.
    expect(edited?.remaining).to.equal(0.02);
    expect(Number((edited?.info as { limitPrice: string }).limitPrice)).to.equal(price() - 600);
  });

  works(
    'fetchOrder',
    'orders/status (by GET)',
    'open orders, and closed ones for five seconds',
    async () => {
      const [order] = await alice().fetchOpenOrders(LINEAR);
      expect((await alice().fetchOrder(order?.id ?? '')).id).to.equal(order?.id);
      const error = await rejected(alice().fetchOrder('00000000-0000-4000-8000-000000000000'));
      expect(error.name).to.equal('OrderNotFound');
    },
  );

  works('cancelOrder', 'cancelorder', 'cancelled; OrderNotFound the second time', async () => {
    const order = await alice().createOrder(LINEAR, 'limit', 'buy', 0.01, price() - 700);
    const id = order.id ?? '';
    await alice().cancelOrder(id);
    expect((await rejected(alice().cancelOrder(id))).name).to.equal('OrderNotFound');
  });

  works('createOrders, cancelOrders', 'batchorder', 'each with a status of its own', async () => {
    const made = await alice().createOrders([
      {
        symbol: LINEAR,
        type: 'limit',
        side: 'buy',
        amount: 0.01,
        price: price() - 800,
        params: {},
      },
      {
        symbol: LINEAR,
        type: 'limit',
        side: 'buy',
        amount: 0.02,
        price: price() - 900,
        params: {},
      },
    ]);
    expect(made.map(({ status }) => status)).to.deep.equal(['open', 'open']);
    const gone = await alice().cancelOrders(made.map(({ id }) => id ?? ''));
    expect(gone).to.have.length(2);
  });

  works('cancelAllOrders', 'cancelallorders', 'everything of a market, triggers too', async () => {
    await alice().cancelAllOrders(LINEAR);
    expect(await alice().fetchOpenOrders(LINEAR)).to.have.length(0);
  });

  works('cancelAllOrdersAfter', 'cancelallordersafter', 'armed and disarmed', async () => {
    expect((await alice().cancelAllOrdersAfter(60_000)) as object).to.have.property('status');
    await alice().cancelAllOrdersAfter(0);
    const { deadManAt } = stage().simulator.queries.preferences('alice') ?? {};
    expect(deadManAt).to.equal(undefined);
  });
};
