import { krakenfutures } from 'ccxt';
import { expect } from 'chai';
import { until } from '../../support/until.ts';
import { type RestKey } from '../../../src/simulator/gateways/rest/rest-key.ts';
import { type Actors, INVERSE, LINEAR, orderCases, rejected, type Works } from './ccxt-orders.ts';
import { type CcxtRow, tableText, writeTable, writtenTable } from './ccxt-table.ts';
import { openStage, type Stage } from './stage.ts';

/** A client that was written for Kraken: only its URLs are changed. */
const clientOf = (url: string, key: RestKey): krakenfutures => {
  const client = new krakenfutures({
    apiKey: key.apiKey,
    secret: key.apiSecret.reveal(),
    enableRateLimit: false,
  });
  Object.assign(client.urls['api'] as object, {
    public: `${url}/derivatives/api/`,
    private: `${url}/derivatives/api/`,
    charts: `${url}/api/charts/`,
    history: `${url}/api/history/`,
  });
  return client;
};

describe('ccxt krakenfutures against the simulator (docs/simulator-ccxt.md)', function () {
  let stage: Stage;
  let alice: krakenfutures;
  let bob: krakenfutures;
  const rows: CcxtRow[] = [];

  /** One row of the table: a test of its own. */
  const works: Works = (method, calls, result, check) => {
    it(`${method}: ${result}`, async () => {
      await check();
      rows.push({ method, calls, works: result });
    });
  };

  before(async () => {
    stage = await openStage({
      symbols: ['PF_XBTUSD', 'PF_ETHUSD', 'PI_ETHUSD', 'FF_XBTUSD_261225'],
    });
    alice = clientOf(stage.url, stage.alice);
    bob = clientOf(stage.url, stage.bob);
  });
  after(() => stage.stop());

  const actors: Actors = {
    alice: () => alice,
    stage: () => stage,
    price: () => Math.round(Number(stage.simulator.queries.ticker('PF_XBTUSD')?.markPrice)),
    offer: (amount) =>
      bob.createOrder(LINEAR, 'limit', 'sell', amount, actors.price() + 100, { postOnly: true }),
  };
  const { price, offer } = actors;

  works(
    'loadMarkets',
    'instruments',
    'every listed market, linear, inverse and dated',
    async () => {
      const markets = await alice.loadMarkets();
      expect(Object.keys(markets)).to.include.members([LINEAR, INVERSE, 'BTC/USD:USD-261225']);
      expect(markets[LINEAR]).to.deep.include({ id: 'PF_XBTUSD', linear: true, swap: true });
      expect(markets[INVERSE]).to.deep.include({ id: 'PI_ETHUSD', inverse: true });
      expect(markets[LINEAR]?.precision).to.deep.include({ amount: 0.0001, price: 1 });
      await bob.loadMarkets();
    },
  );

  orderCases(works, actors);

  works('fetchMyTrades', 'fills', 'every fill, with its side', async () => {
    const trades = await alice.fetchMyTrades(LINEAR);
    expect(trades.map(({ amount }) => amount)).to.deep.equal([0.01, 0.01, 0.01]);
    expect(trades.every(({ side }) => side === 'buy')).to.equal(true);
  });

  works('fetchPositions', 'openpositions', 'the sum of the fills', async () => {
    const [position] = await alice.fetchPositions([LINEAR]);
    expect(position).to.deep.include({ side: 'long', contracts: 0.03 });
  });

  works('fetchBalance', 'accounts', 'flex, cash and single-collateral wallets', async () => {
    const flex = await alice.fetchBalance();
    expect(Number(flex['USD']?.total)).to.be.closeTo(10_000_000, 100);
    const cash = await alice.fetchBalance({ type: 'cash' });
    expect(cash['USD']?.total).to.equal(100_000);
    // ccxt asks for fi_ETHUSD when it is given the market's symbol: the venue's wallet is
    // fi_ethusd.
    expect((await alice.fetchBalance({ type: 'fi_ethusd' }))['ETH']?.total).to.equal(1_000);
  });

  works('fetchTicker, fetchTickers', 'tickers', 'last, bid, ask, volume', async () => {
    await offer(0.05);
    const ticker = await alice.fetchTicker(LINEAR);
    expect(ticker).to.deep.include({ last: price() + 100, ask: price() + 100, baseVolume: 0.03 });
    expect(Object.keys(await alice.fetchTickers())).to.include.members([LINEAR, INVERSE]);
  });

  works('fetchOrderBook', 'orderbook', 'the whole book', async () => {
    const book = await alice.fetchOrderBook(LINEAR);
    expect(book.asks[0]).to.deep.equal([price() + 100, 0.05]);
  });

  works('fetchTrades', 'history/v3/market/…/executions, history', 'what was traded', async () => {
    const trades = await alice.fetchTrades(LINEAR);
    expect(trades.map(({ amount }) => amount)).to.deep.equal([0.01, 0.01, 0.01]);
    const older = await alice.fetchTrades(LINEAR, undefined, undefined, {
      method: 'publicGetHistory',
    });
    expect(older).to.have.length(3);
  });

  works('fetchOHLCV', 'charts/v1/trade, mark, spot', 'candles of what was traded', async () => {
    const candles = await alice.fetchOHLCV(LINEAR, '1m');
    const volume = candles.reduce((sum, candle) => sum + (candle[5] ?? 0), 0);
    expect(volume).to.be.closeTo(0.03, 1e-9);
    stage.simulator.rest?.venue.history.setLagMs(0);
    // ccxt asks for `limit` minutes from here: the minute that has just begun has to be among them.
    const since = Date.now() - 540_000;
    expect(await alice.fetchOHLCV(LINEAR, '1m', since, 10)).to.have.length.greaterThan(0);
  });

  works('setLeverage, fetchLeverage', 'leveragepreferences', 'isolated at the cap', async () => {
    await alice.setLeverage(5, 'ETH/USD:USD');
    expect((await alice.fetchLeverage('ETH/USD:USD')).longLeverage).to.equal(5);
    expect(Object.keys(await alice.fetchLeverages())).to.deep.equal(['ETH/USD:USD']);
  });

  works('fetchLeverageTiers', 'instruments', 'the margin schedule', async () => {
    const tiers = await alice.fetchLeverageTiers([LINEAR]);
    expect(tiers[LINEAR]?.[0]).to.deep.include({ maxLeverage: 100 });
  });

  works('fetchFundingRates', 'tickers', 'the current rate', async () => {
    const rates = await alice.fetchFundingRates([LINEAR]);
    expect(rates[LINEAR]).to.have.property('fundingRate');
  });

  works('fetchFundingRateHistory', 'v4/historicalfundingrates', 'hourly rates so far', async () => {
    expect(await alice.fetchFundingRateHistory(LINEAR)).to.be.an('array');
  });

  works(
    'fetchClosedOrders, fetchCanceledOrders',
    'history/v2/orders',
    'from the history',
    async () => {
      const closed = await alice.fetchClosedOrders(LINEAR);
      expect(closed.map(({ filled }) => filled)).to.deep.equal([0.01, 0.01, 0.01]);
      const canceled = await alice.fetchCanceledOrders(LINEAR);
      expect(canceled).to.have.length.greaterThan(3);
    },
  );

  works('fetchCanceledOrders trigger', 'history/v2/triggers', 'cancelled triggers', async () => {
    const canceled = await alice.fetchCanceledOrders(LINEAR, undefined, undefined, {
      trigger: true,
    });
    expect(canceled).to.have.length(4);
  });

  works('fetchPositionsHistory', 'history/v3/positions', 'closings', async () => {
    await bob.createOrder(LINEAR, 'limit', 'buy', 0.03, price() - 100, { postOnly: true });
    await alice.createOrder(LINEAR, 'market', 'sell', 0.03, undefined, { reduceOnly: true });
    const history = await alice.fetchPositionsHistory([LINEAR]);
    expect(
      history.map(({ info }) => (info as { positionChange: string }).positionChange),
    ).to.deep.equal(['close']);
  });

  works('fetchLedger', 'history/v3/account-log', 'money legs of every trade', async () => {
    const ledger = await alice.fetchLedger('USD');
    expect(ledger.filter(({ type }) => type === 'trade')).to.have.length(4);
    expect(ledger.every(({ fee }) => fee !== undefined)).to.equal(true);
  });

  works('fetchFundingHistory', 'history/v3/account-log', 'funding rows', async () => {
    expect(await alice.fetchFundingHistory(LINEAR)).to.be.an('array');
  });

  works('transfer', 'transfer', 'between wallets of the account', async () => {
    await alice.transfer('USD', 1_000, 'cash', 'flex');
    expect((await alice.fetchBalance({ type: 'cash' }))['USD']?.total).to.equal(99_000);
    const error = await rejected(alice.transfer('USD', 1e9, 'cash', 'flex'));
    expect(error.name).to.equal('InsufficientFunds');
  });

  works('transferOut', 'withdrawal', 'to the Spot wallet', async () => {
    await alice.transferOut('USD', 500);
    await until(
      () => stage.simulator.queries.balances('alice')['cash']?.['USD'] === '98500',
      'the cash is out',
    );
  });

  works('fetchTradingFees', 'feeschedules', 'the recorded schedule', async () => {
    expect(Object.keys(await alice.fetchTradingFees())).to.include(LINEAR);
  });

  works('a wrong secret', 'any private call', 'AuthenticationError', async () => {
    const thief = clientOf(stage.url, { ...stage.bob, apiKey: stage.alice.apiKey });
    await thief.loadMarkets();
    expect((await rejected(thief.fetchBalance())).name).to.equal('AuthenticationError');
  });

  works(
    'a key that only reads',
    'sendorder',
    'AuthenticationError; views are allowed',
    async () => {
      const reader = clientOf(stage.url, stage.reader);
      await reader.loadMarkets();
      expect(await reader.fetchOpenOrders(LINEAR)).to.be.an('array');
      const error = await rejected(reader.createOrder(LINEAR, 'limit', 'buy', 0.01, price() - 10));
      expect(error.name).to.equal('AuthenticationError');
    },
  );

  it('docs/simulator-ccxt.md says what was found', function () {
    if (rows.length < 30) this.skip();
    if (process.env['FATHOM_WRITE_DOCS'] === '1') writeTable(rows);
    expect(writtenTable()).to.equal(tableText(rows));
  });
});
