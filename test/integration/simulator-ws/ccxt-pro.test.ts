import { type Order, pro } from 'ccxt';
import { expect } from 'chai';
import { type RestKey } from '../../../src/simulator/gateways/rest/rest-key.ts';
import { until } from '../../support/until.ts';
import { openStage, type Stage } from '../simulator-rest/stage.ts';
import {
  ccxtProTable,
  type CcxtProRow,
  writeCcxtProTable,
  writtenCcxtProTable,
} from './feeds-page.ts';

const LINEAR = 'BTC/USD:USD';
const ETH = 'ETH/USD:USD';

type Client = InstanceType<typeof pro.krakenfutures>;

/** A client that was written for Kraken: only its URLs are changed. */
const clientOf = (stage: Stage, key: RestKey): Client => {
  const client = new pro.krakenfutures({
    apiKey: key.apiKey,
    secret: key.apiSecret.reveal(),
    enableRateLimit: false,
    newUpdates: false,
  });
  Object.assign(client.urls['api'] as object, {
    public: `${stage.url}/derivatives/api/`,
    private: `${stage.url}/derivatives/api/`,
    charts: `${stage.url}/api/charts/`,
    history: `${stage.url}/api/history/`,
    ws: `ws://127.0.0.1:${stage.simulator.feedsPort}/ws/v1`,
  });
  return client;
};

interface Rested {
  readonly id: string;
}

const isLinear = ({ symbol }: { readonly symbol: string }): boolean => symbol === 'PF_XBTUSD';

describe('ccxt.pro krakenfutures against the simulator (docs/simulator-feeds.md)', () => {
  let stage: Stage;
  let alice: Client;
  let bob: Client;
  let mid: number;
  let eth: number;
  let isOver = false;
  const rows: CcxtProRow[] = [];

  /** One row of the table: a test of its own. */
  const works = (
    method: string,
    feed: string,
    result: string,
    check: () => Promise<void>,
  ): void => {
    it(`${method}: ${result}`, async () => {
      await check();
      rows.push({ method, feed, works: result });
    });
  };

  /**
   * Watches as programs do, in a loop, and waits until an answer has what the test looks for.
   * Watching starts before the test acts.
   */
  const follow = <T>(watch: () => Promise<T>): ((test: (answer: T) => boolean) => Promise<T>) => {
    const answers: T[] = [];
    let failure: Error | undefined;
    const loop = async (): Promise<void> => {
      while (!isOver) answers.push(await watch());
    };
    // The end of the suite closes the client under the loop.
    loop().catch((error: unknown) => {
      failure = error as Error;
    });
    return async (test) => {
      await until(() => failure !== undefined || answers.some(test), 'an answer that fits');
      expect(failure).to.equal(undefined);
      return answers.find(test) as T;
    };
  };

  /** Where ccxt keeps the multi-collateral wallet. */
  const flexUsd = (): unknown => {
    const { flex } = alice.balance as { flex?: { USD?: { total?: number } } };
    return flex?.USD?.total;
  };

  const rest = (side: string, amount: number, price: number, params = {}): Promise<Rested> =>
    bob.createOrder(LINEAR, 'limit', side, amount, price, {
      postOnly: true,
      ...params,
    }) as Promise<Rested>;

  before(async () => {
    stage = await openStage({
      symbols: ['PF_XBTUSD', 'PF_ETHUSD', 'PI_XBTUSD'],
      feeds: { port: 0, settings: { tickerIntervalMs: 100, heartbeatIntervalMs: 100 } },
    });
    alice = clientOf(stage, stage.alice);
    bob = clientOf(stage, stage.bob);
    // ccxt asks for this once before it opens any plain ws: address.
    await Promise.all([alice.loadHttpProxyAgent(), bob.loadHttpProxyAgent()]);
    await Promise.all([alice.loadMarkets(), bob.loadMarkets()]);
    mid = Math.round(Number(stage.simulator.queries.ticker('PF_XBTUSD')?.markPrice));
    eth = Math.round(Number(stage.simulator.queries.ticker('PF_ETHUSD')?.markPrice));
    await rest('buy', 1, mid - 100);
    await rest('sell', 1, mid + 100);
  });
  after(async () => {
    isOver = true;
    await Promise.all([alice.close(), bob.close()]);
    await stage.stop();
  });

  works('watchOrderBook', 'book', 'a snapshot, then levels as they change', async () => {
    const top = await alice.watchOrderBook(LINEAR);
    expect(top.bids[0]?.slice(0, 2)).to.deep.equal([mid - 100, 1]);
    expect(top.asks[0]?.slice(0, 2)).to.deep.equal([mid + 100, 1]);
    const seen = follow(() => alice.watchOrderBook(LINEAR));
    await rest('buy', 0.5, mid - 90);
    await seen(({ bids }) => bids[0]?.[0] === mid - 90 && bids[0][1] === 0.5);
    await bob.cancelAllOrders(LINEAR);
    await seen(({ bids, asks }) => bids.length + asks.length === 0);
    await rest('buy', 1, mid - 100);
    await rest('sell', 1, mid + 100);
    await seen(({ bids, asks }) => bids.length === 1 && asks.length === 1);
  });

  works(
    'watchOrderBookForSymbols',
    'book',
    'several products, one acknowledgement each',
    async () => {
      const seen = follow(() => alice.watchOrderBookForSymbols([LINEAR, ETH]));
      await until(() => ETH in alice.orderbooks, 'the snapshot of the second product');
      await rest('buy', 0.001, mid - 200);
      await seen(({ symbol }) => symbol === LINEAR);
      await bob.createOrder(ETH, 'limit', 'buy', 0.1, eth);
      await seen(({ symbol, bids }) => symbol === ETH && bids[0]?.[0] === eth);
    },
  );

  works('watchTicker', 'ticker', 'bid, ask, last, mark, index, volume', async () => {
    const ticker = await alice.watchTicker(LINEAR);
    expect(ticker).to.deep.include({ symbol: LINEAR, bid: mid - 100, ask: mid + 100 });
    const seen = follow(() => alice.watchTicker(LINEAR));
    stage.simulator.submit({ type: 'SetIndex', symbol: 'PF_XBTUSD', price: String(mid + 1) });
    await seen(({ indexPrice }) => indexPrice === mid + 1);
  });

  works('watchTickers', 'ticker', 'several products', async () => {
    const seen = follow(() => alice.watchTickers([LINEAR, ETH]));
    stage.simulator.submit({ type: 'SetIndex', symbol: 'PF_ETHUSD', price: String(eth + 1) });
    const tickers = await seen((answer) => answer[ETH]?.indexPrice === eth + 1);
    expect(tickers[ETH]?.bid).to.equal(eth);
  });

  works('watchBidsAsks', 'ticker_lite', 'best bid and ask', async () => {
    const quotes = await alice.watchBidsAsks([LINEAR]);
    expect(quotes[LINEAR]).to.deep.include({ bid: mid - 100, ask: mid + 100 });
  });

  works('watchTrades', 'trade', 'the last trades, then each as it happens', async () => {
    const seen = follow(() => alice.watchTrades(LINEAR));
    await alice.createOrder(LINEAR, 'market', 'buy', 0.01);
    const trades = await seen((list) => list.length > 0);
    const bought = { symbol: LINEAR, side: 'buy', amount: 0.01, price: mid + 100 };
    expect(trades.at(-1)).to.deep.include(bought);
  });

  works('watchTradesForSymbols', 'trade', 'several products', async () => {
    const seen = follow(() => alice.watchTradesForSymbols([LINEAR, ETH]));
    await until(() => ETH in alice.trades, 'the snapshot of the second product');
    await alice.createOrder(ETH, 'market', 'sell', 0.05);
    const trades = await seen((list) => list.some(({ symbol }) => symbol === ETH));
    expect(trades.at(-1)).to.deep.include({ side: 'sell', amount: 0.05, price: eth });
  });

  works('watchOrders', 'open_orders', 'new, edited, hit in part, filled, cancelled', async () => {
    const seen = follow(() => alice.watchOrders(LINEAR));
    const reaches = async (id: unknown, test: (order: Order) => boolean): Promise<void> => {
      await seen((orders) => orders.some((order) => order.id === id && test(order)));
    };
    const sell = (price: number) => alice.createOrder(LINEAR, 'limit', 'sell', 0.2, price);
    const { id = '' } = await sell(mid + 50);
    await reaches(id, ({ side, price, remaining }) => {
      return side === 'sell' && price === mid + 50 && remaining === 0.2;
    });
    await alice.editOrder(id, LINEAR, 'limit', 'sell', 0.2, mid + 40);
    await reaches(id, ({ price }) => price === mid + 40);
    await bob.createOrder(LINEAR, 'market', 'buy', 0.05);
    await reaches(id, ({ filled, remaining }) => filled === 0.05 && remaining === 0.15);
    await bob.createOrder(LINEAR, 'market', 'buy', 0.15);
    await reaches(id, ({ remaining }) => remaining !== 0.15);
    const { id: other = '' } = await sell(mid + 60);
    await reaches(other, ({ remaining }) => remaining === 0.2);
    await alice.cancelOrder(other, LINEAR);
    await reaches(other, ({ status }) => status === 'canceled');
  });

  works('watchOrders verbose', 'open_orders_verbose', 'as open_orders', async () => {
    const seen = follow(() => bob.watchOrders(LINEAR, undefined, undefined, { verbose: true }));
    const { id } = await rest('buy', 0.01, mid - 400);
    await seen((orders) => orders.some((order) => order.id === id));
  });

  works('watchMyTrades', 'fills', 'the last fills, then each with its fee', async () => {
    const seen = follow(() => alice.watchMyTrades(LINEAR));
    await alice.createOrder(LINEAR, 'market', 'buy', 0.03);
    const fills = await seen((list) => list.some(({ amount }) => amount === 0.03));
    const fill = fills.find(({ amount }) => amount === 0.03);
    expect(fill).to.deep.include({ symbol: LINEAR, side: 'buy', takerOrMaker: 'taker' });
    expect(fill?.fee).to.deep.include({ currency: 'USD' });
  });

  works('watchPositions', 'open_positions', 'the full list at every change', async () => {
    const seen = follow(() => alice.watchPositions([LINEAR]));
    await alice.createOrder(LINEAR, 'market', 'sell', 0.5);
    const [held] = stage.simulator.queries.positions('alice').filter(isLinear);
    const contracts = Math.abs(Number(held?.size));
    const positions = await seen((list) => list.some((each) => each.contracts === contracts));
    const found = positions.find((each) => each.contracts === contracts);
    expect(found).to.deep.include({ symbol: LINEAR, side: 'short' });
  });

  works('watchBalance', 'balances', 'wallets, and what a trade changes in them', async () => {
    const seen = follow(() => alice.watchBalance());
    await until(() => flexUsd() !== undefined, 'the first balances');
    await alice.createOrder(LINEAR, 'market', 'buy', 0.5);
    const total = Number(stage.simulator.queries.balances('alice')['flex']?.['USD']);
    await seen(() => flexUsd() === total);
  });

  it('has the table of docs/simulator-feeds.md', () => {
    if (process.env['FATHOM_WRITE_DOCS'] === '1') writeCcxtProTable(rows);
    expect(writtenCcxtProTable()).to.equal(ccxtProTable(rows));
  });
});
