import { readFileSync } from 'node:fs';
import { type ClOrdID, type DecimalText, type TradingSymbol } from '../../../../src/domain/ids.ts';
import { makeRestAccountGateway } from '../../../../src/kraken/rest/account/account-gateway.ts';
import { makeRestAssignmentGateway } from '../../../../src/kraken/rest/account/assignment-gateway.ts';
import { makeRestChartsGateway } from '../../../../src/kraken/rest/market/charts-gateway.ts';
import { makeRestFundsGateway } from '../../../../src/kraken/rest/funds/funds-gateway.ts';
import { makeRestHistoryGateway } from '../../../../src/kraken/rest/history/history-gateway.ts';
import { type HttpRequest } from '../../../../src/kraken/rest/http-request.ts';
import { makeRestMarketGateway } from '../../../../src/kraken/rest/market/market-gateway.ts';
import { makeRestOrderCalls } from '../../../../src/kraken/rest/orders/order-calls.ts';
import { type RestOrderTerms } from '../../../../src/kraken/rest/orders/order-params.ts';
import { makeCalls } from '../../../../src/kraken/rest/raw-client.ts';
import { type Reply } from '../../../../src/kraken/rest/reply.ts';
import { makeRestSettingsGateway } from '../../../../src/kraken/rest/account/settings-gateway.ts';
import { makeVenueClock } from '../../../../src/kraken/rest/venue-clock.ts';
import { isJsonObject, parseLosslessJson, toJsonText } from '../../../../src/lib/lossless-json.ts';
import { epochMs, monotonicMs } from '../../../../src/lib/time.ts';

export interface Example {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly http: number;
  readonly body: string;
}

export const examples: readonly Example[] = readFileSync(
  'test/fixtures/rest/examples.jsonl',
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => {
    const parsed = parseLosslessJson(line);
    if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error(line);
    const { id, kind, title, http, body } = parsed.value;
    return {
      id: id as string,
      kind: kind as string,
      title: title as string,
      http: Number(http),
      body: toJsonText(body ?? null),
    };
  });

export const toReply = (bodyText: string, httpStatus = 200): Reply => {
  const json = parseLosslessJson(bodyText);
  return {
    type: 'Answered',
    httpStatus,
    headers: { 'content-type': 'application/json' },
    bodyText,
    json: json.ok ? json.value : undefined,
    latencyMs: 4,
  };
};

export const NOW = Date.parse('2026-11-22T10:00:00Z');

/** Every gateway over one answer; keeps what was asked. */
export const makeGateways = (answer: (request: HttpRequest) => Reply) => {
  const requests: HttpRequest[] = [];
  const client = makeCalls((request) => {
    requests.push(request);
    return Promise.resolve(answer(request));
  });
  const clock = { wall: () => epochMs(NOW), monotonic: () => monotonicMs(0) };
  const venueClock = makeVenueClock(clock);
  venueClock.sample(epochMs(NOW), 0);
  return {
    requests,
    venueClock,
    orders: makeRestOrderCalls({ client, venueClock }),
    market: makeRestMarketGateway(client),
    charts: makeRestChartsGateway(client),
    account: makeRestAccountGateway(client),
    settings: makeRestSettingsGateway(client),
    assignment: makeRestAssignmentGateway(client),
    funds: makeRestFundsGateway(client),
    history: makeRestHistoryGateway(client),
  };
};
export type Gateways = ReturnType<typeof makeGateways>;

export const XBT = 'PF_XBTUSD' as TradingSymbol;
export const amount = (text: string): DecimalText => text as DecimalText;
export const id = (text: string): ClOrdID => text as ClOrdID;

export const LIMIT: RestOrderTerms = {
  symbol: XBT,
  side: 'Buy',
  ordType: 'Limit',
  timeInForce: 'GTC',
  orderQty: amount('0.001'),
  price: amount('50000'),
  postOnly: false,
  reduceOnly: false,
};

/** The domain function that stands for each call of the catalogue. */
export const domainCalls: Readonly<Record<string, (gateways: Gateways) => Promise<unknown>>> = {
  sendorder: ({ orders }) => orders.sendOrder({ clOrdID: id('eng-0001'), terms: LIMIT }),
  editorder: ({ orders }) =>
    orders.editOrder({ target: { clOrdID: id('eng-0001') }, price: amount('1') }),
  cancelorder: ({ orders }) => orders.cancelOrder({ clOrdID: id('eng-0001') }),
  cancelallorders: ({ orders }) => orders.cancelAllOrders(),
  cancelallordersafter: ({ orders }) => orders.cancelAllOrdersAfter(60),
  batchorder: ({ orders }) =>
    orders.sendBatch([
      { type: 'send', clOrdID: id('a'), terms: LIMIT },
      { type: 'send', clOrdID: id('b'), terms: LIMIT },
    ]),
  openorders: ({ orders }) => orders.openOrders(),
  'orders-status': ({ orders }) => orders.orderStates({ clOrdIDs: [id('a')] }),
  instruments: ({ market }) => market.instruments(),
  'trading-instruments': ({ market }) => market.tradingInstruments(),
  'instruments-status': ({ market }) => market.instrumentStatuses(),
  'instrument-status': ({ market }) => market.instrumentStatus(XBT),
  tickers: ({ market }) => market.tickers(),
  ticker: ({ market }) => market.ticker(XBT),
  orderbook: ({ market }) => market.orderBook(XBT),
  history: ({ market }) => market.trades(XBT),
  feeschedules: ({ market }) => market.feeSchedules(),
  'feeschedules-volumes': ({ account }) => account.feeVolumes(),
  'historicalfundingrates-v4': ({ market }) => market.fundingRates(XBT),
  'historical-funding-rates': ({ market }) => market.fundingRates(XBT),
  accounts: ({ account }) => account.wallets(),
  openpositions: ({ account }) => account.positions(),
  fills: ({ account }) => account.fills(),
  notifications: ({ account }) => account.notifications(),
  unwindqueue: ({ account }) => account.unwindQueue(),
  'leveragepreferences-get': ({ settings }) => settings.leverages(),
  'leveragepreferences-put': ({ settings }) => settings.setIsolatedLeverage(XBT, amount('5')),
  'pnlpreferences-get': ({ settings }) => settings.pnlCurrencies(),
  'pnlpreferences-put': ({ settings }) => settings.setPnlCurrency(XBT, 'BTC'),
  'self-trade-strategy-get': ({ settings }) => settings.selfTradeStrategy(),
  'self-trade-strategy-put': ({ settings }) => settings.setSelfTradeStrategy('CANCEL_MAKER_SELF'),
  'rfq-assignment-max-leverage-get': ({ settings }) => settings.assignmentLeverageMax(),
  'rfq-assignment-max-leverage-put': ({ settings }) =>
    settings.setAssignmentLeverageMax(amount('5.25')),
  'rfq-assignment-max-leverage-delete': ({ settings }) => settings.clearAssignmentLeverageMax(),
  'assignmentprogram-current': ({ assignment }) => assignment.assignments(),
  'assignmentprogram-history': ({ assignment }) => assignment.assignmentHistory(),
  'assignmentprogram-add': ({ assignment }) =>
    assignment.addAssignment({
      contractType: 'flex',
      acceptsLong: true,
      acceptsShort: false,
      timeFrame: 'WEEKDAYS',
      isEnabled: true,
    }),
  'assignmentprogram-delete': ({ assignment }) => assignment.deleteAssignment(17),
  subaccounts: ({ account }) => account.subaccounts(),
  'subaccount-trading-enabled-get': ({ account }) => account.isSubaccountTradingEnabled('u'),
  'subaccount-trading-enabled-put': ({ account }) => account.setSubaccountTrading('u', true),
  transfer: ({ funds }) =>
    funds.transfer({
      fromWallet: 'cash',
      toWallet: 'flex',
      currency: 'eth',
      amount: amount('0.1'),
    }),
  'transfer-subaccount': ({ funds }) =>
    funds.transferToSubaccount({
      fromAccountUid: 'a',
      toAccountUid: 'b',
      fromWallet: 'cash',
      toWallet: 'cash',
      currency: 'eth',
      amount: amount('0.1'),
    }),
  withdrawal: ({ funds }) =>
    funds.withdraw({ currency: 'xbt', amount: amount('0.1'), sourceWallet: 'cash' }),
  'history-executions': ({ history }) => history.executions({ sort: 'asc' }),
  'history-orders': ({ history }) => history.orders({ sort: 'asc' }),
  'history-triggers': ({ history }) => history.triggers({ sort: 'asc' }),
  'history-positions': ({ history }) => history.positions({ sort: 'asc' }),
  'history-account-log': ({ history }) => history.accountLog({ sort: 'asc' }),
  'history-accountlogcsv': ({ history }) => history.accountLogCsv(),
  'market-executions': ({ history }) => history.publicExecutions(XBT, { sort: 'asc' }),
  'market-orders': ({ history }) => history.publicOrders(XBT, { sort: 'asc' }),
  'market-price': ({ history }) => history.markPrices(XBT, { sort: 'asc' }),
  'charts-tick-types': ({ charts }) => charts.tickTypes(),
  'charts-symbols': ({ charts }) => charts.chartSymbols('trade'),
  'charts-resolutions': ({ charts }) => charts.chartResolutions('trade', XBT),
  'charts-candles': ({ charts }) =>
    charts.candles({ tickType: 'trade', symbol: XBT, resolution: '1h' }),
  'charts-liquidity-pool': ({ charts }) => charts.liquidityPool(60, { fromSeconds: 1 }),
  'charts-analytics': ({ charts }) =>
    charts.analytics({ symbol: XBT, type: 'cvd', intervalSeconds: 60 }, { fromSeconds: 1 }),
  'api-keys-check': ({ account }) => account.keyCheck(),
  'self-market-share': ({ account }) => account.marketShare(),
};
