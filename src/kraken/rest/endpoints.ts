import {
  type Definition,
  type Endpoint,
  may,
  need,
  type Params,
  post,
  publicRead,
  read,
  set,
} from './endpoint.ts';

/** Marks the order of an algorithm (a header, for statistics of the venue only). */
const ALGO = { algoId: may('header', 'text') };

/** Where a page of history begins, which way it runs and how long it is. */
const PAGE = {
  since: may('query', 'integer'),
  before: may('query', 'integer'),
  sort: may('query', 'text'),
  continuation_token: may('query', 'text'),
  count: may('query', 'integer'),
};

const ANALYTICS_SPAN = {
  since: need('query', 'integer'),
  interval: need('query', 'integer'),
  to: may('query', 'integer'),
};

/** Order management [rest 2.1]. */
const orders = {
  sendorder: post('order', '/sendorder', 10, {
    processBefore: may('form', 'text'),
    orderType: need('form', 'text'),
    symbol: need('form', 'text'),
    side: need('form', 'text'),
    size: need('form', 'decimal'),
    limitPrice: may('form', 'decimal'),
    stopPrice: may('form', 'decimal'),
    cliOrdId: may('form', 'text'),
    triggerSignal: may('form', 'text'),
    reduceOnly: may('form', 'boolean'),
    trailingStopMaxDeviation: may('form', 'decimal'),
    trailingStopDeviationUnit: may('form', 'text'),
    limitPriceOffsetValue: may('form', 'decimal'),
    limitPriceOffsetUnit: may('form', 'text'),
    broker: may('form', 'text'),
    ...ALGO,
  }),
  editorder: post('order', '/editorder', 10, {
    processBefore: may('form', 'text'),
    orderId: may('form', 'text'),
    cliOrdId: may('form', 'text'),
    size: may('form', 'decimal'),
    limitPrice: may('form', 'decimal'),
    stopPrice: may('form', 'decimal'),
    trailingStopMaxDeviation: may('form', 'decimal'),
    trailingStopDeviationUnit: may('form', 'text'),
    qtyMode: may('form', 'text'),
    ...ALGO,
  }),
  cancelorder: post('cancel', '/cancelorder', 10, {
    processBefore: may('form', 'text'),
    order_id: may('form', 'text'),
    cliOrdId: may('form', 'text'),
    ...ALGO,
  }),
  cancelallorders: post('cancel', '/cancelallorders', 25, { symbol: may('form', 'text'), ...ALGO }),
  cancelallordersafter: post('setting', '/cancelallordersafter', 25, {
    timeout: may('form', 'integer'),
    ...ALGO,
  }),
  batchorder: post('order', '/batchorder', 'batch-size', {
    processBefore: may('form', 'text'),
    json: need('form', 'text'),
    ...ALGO,
  }),
  openorders: read('v3', '/openorders', 2),
  ordersStatus: post('read', '/orders/status', 1, {
    orderIds: may('form', 'list'),
    cliOrdIds: may('form', 'list'),
  }),
};

/** Market data and fees [rest 2.2, 2.3]. */
const market = {
  instruments: publicRead('v3', '/instruments', {
    contractType: may('query', 'list'),
    expired: may('query', 'boolean'),
  }),
  tradingInstruments: read('v3', '/trading/instruments', 25, {
    contractType: may('query', 'list'),
  }),
  instrumentsStatus: publicRead('v3', '/instruments/status', {
    contractType: may('query', 'list'),
  }),
  instrumentStatus: publicRead('v3', '/instruments/{symbol}/status', {
    symbol: need('path', 'text'),
  }),
  tickers: publicRead('v3', '/tickers', {
    symbol: may('query', 'list'),
    contractType: may('query', 'list'),
  }),
  ticker: publicRead('v3', '/tickers/{symbol}', { symbol: need('path', 'text') }),
  orderbook: publicRead('v3', '/orderbook', { symbol: need('query', 'text') }),
  history: publicRead('v3', '/history', {
    symbol: need('query', 'text'),
    lastTime: may('query', 'text'),
  }),
  feeschedules: { ...publicRead('v3', '/feeschedules'), state: 'deprecated' as const },
  feeschedulesVolumes: { ...read('v3', '/feeschedules/volumes', 25), state: 'deprecated' as const },
  historicalfundingratesV4: publicRead('v4', '/historicalfundingrates', {
    symbol: need('query', 'text'),
  }),
  historicalFundingRates: publicRead('v3', '/historical-funding-rates', {
    symbol: need('query', 'text'),
  }),
};

/** Account, subaccounts, key check, statistics [rest 2.4, 2.7, 2.15, 2.16]. */
const account = {
  accounts: read('v3', '/accounts', 2),
  openpositions: read('v3', '/openpositions', 2),
  fills: read('v3', '/fills', 'fills-paging', { lastFillTime: may('query', 'text') }),
  notifications: read('v3', '/notifications', 25),
  unwindqueue: read('v3', '/unwindqueue', 200),
  subaccounts: read('v3', '/subaccounts', 25),
  subaccountTradingEnabledGet: {
    ...read('v3', '/subaccount/{subaccountUid}/trading-enabled', 2, {
      subaccountUid: need('path', 'text'),
    }),
    auth: 'general-full' as const,
  },
  subaccountTradingEnabledPut: set('PUT', '/subaccount/{subaccountUid}/trading-enabled', 2, {
    subaccountUid: need('path', 'text'),
    tradingEnabled: need('query', 'boolean'),
  }),
  apiKeysCheck: { ...read('auth', '/api-keys/v3/check', 25), auth: 'any-key' as const },
  selfMarketShare: read('stats', '/rebates/self-market-share', 25),
};

/** Margin mode, profit currency, trading settings, assignment programme [rest 2.5, 2.6, 2.9]. */
const settings = {
  leveragepreferencesGet: read('v3', '/leveragepreferences', 2, { symbol: may('query', 'text') }),
  leveragepreferencesPut: set('PUT', '/leveragepreferences', 10, {
    symbol: need('query', 'text'),
    maxLeverage: may('query', 'decimal'),
  }),
  pnlpreferencesGet: read('v3', '/pnlpreferences', 2),
  pnlpreferencesPut: set('PUT', '/pnlpreferences', 10, {
    symbol: need('query', 'text'),
    pnlPreference: need('query', 'text'),
  }),
  selfTradeStrategyGet: read('v3', '/self-trade-strategy', 2),
  selfTradeStrategyPut: set('PUT', '/self-trade-strategy', 2, { strategy: need('query', 'text') }),
  rfqAssignmentMaxLeverageGet: read('v3', '/rfq-assignment/max-leverage', 25),
  rfqAssignmentMaxLeveragePut: set('PUT', '/rfq-assignment/max-leverage', 25, {
    maxLeverage: need('query', 'decimal'),
  }),
  rfqAssignmentMaxLeverageDelete: set('DELETE', '/rfq-assignment/max-leverage', 25),
  assignmentprogramCurrent: read('v3', '/assignmentprogram/current', 25),
  assignmentprogramHistory: read('v3', '/assignmentprogram/history', 25),
  assignmentprogramAdd: post('setting', '/assignmentprogram/add', 25, {
    contractType: need('form', 'text'),
    contract: may('form', 'text'),
    maxSize: may('form', 'decimal'),
    maxPosition: may('form', 'decimal'),
    acceptLong: need('form', 'boolean'),
    acceptShort: need('form', 'boolean'),
    timeFrame: need('form', 'text'),
    enabled: need('form', 'boolean'),
  }),
  assignmentprogramDelete: post('setting', '/assignmentprogram/delete', 25, {
    id: need('form', 'integer'),
  }),
};

/** Transfers and withdrawal [rest 2.8]. */
const funds = {
  transfer: post('money', '/transfer', 10, {
    fromAccount: need('form', 'text'),
    toAccount: need('form', 'text'),
    unit: need('form', 'text'),
    amount: need('form', 'decimal'),
  }),
  transferSubaccount: post('money', '/transfer/subaccount', 10, {
    fromUser: need('form', 'text'),
    toUser: need('form', 'text'),
    fromAccount: need('form', 'text'),
    toAccount: need('form', 'text'),
    unit: need('form', 'text'),
    amount: need('form', 'decimal'),
  }),
  withdrawal: {
    ...post('money', '/withdrawal', 100, {
      currency: need('form', 'text'),
      amount: need('form', 'decimal'),
      sourceWallet: may('form', 'text'),
    }),
    auth: 'withdrawal' as const,
  },
};

/** History, private and public [rest 2.12, 2.13]. */
const history = {
  historyExecutions: read('history', '/executions', 1, {
    ...PAGE,
    tradeable: may('query', 'text'),
  }),
  historyOrders: read('history', '/orders', 1, {
    ...PAGE,
    tradeable: may('query', 'text'),
    opened: may('query', 'boolean'),
    closed: may('query', 'boolean'),
  }),
  historyTriggers: read('history', '/triggers', 1, {
    ...PAGE,
    tradeable: may('query', 'text'),
    opened: may('query', 'boolean'),
    closed: may('query', 'boolean'),
  }),
  historyPositions: read('history', '/positions', 1, {
    ...PAGE,
    tradeable: may('query', 'text'),
    opened: may('query', 'boolean'),
    closed: may('query', 'boolean'),
    increased: may('query', 'boolean'),
    decreased: may('query', 'boolean'),
    reversed: may('query', 'boolean'),
    no_change: may('query', 'boolean'),
    trades: may('query', 'boolean'),
    funding_realization: may('query', 'boolean'),
    settlement: may('query', 'boolean'),
  }),
  historyAccountLog: read('history', '/account-log', 'account-log-count', {
    since: may('query', 'integer'),
    before: may('query', 'integer'),
    from: may('query', 'integer'),
    to: may('query', 'integer'),
    sort: may('query', 'text'),
    info: may('query', 'list'),
    count: may('query', 'integer'),
    conversion_details: may('query', 'boolean'),
  }),
  historyAccountlogcsv: read('history', '/accountlogcsv', 6, {
    conversion_details: may('query', 'boolean'),
  }),
  marketExecutions: publicRead('history', '/market/{tradeable}/executions', {
    ...PAGE,
    tradeable: need('path', 'text'),
  }),
  marketOrders: publicRead('history', '/market/{tradeable}/orders', {
    ...PAGE,
    tradeable: need('path', 'text'),
  }),
  marketPrice: publicRead('history', '/market/{tradeable}/price', {
    ...PAGE,
    tradeable: need('path', 'text'),
  }),
};

/** Charts and analytics [rest 2.14]. */
const charts = {
  chartsTickTypes: publicRead('charts', '/'),
  chartsSymbols: publicRead('charts', '/{tick_type}', { tick_type: need('path', 'text') }),
  chartsResolutions: publicRead('charts', '/{tick_type}/{symbol}', {
    tick_type: need('path', 'text'),
    symbol: need('path', 'text'),
  }),
  chartsCandles: publicRead('charts', '/{tick_type}/{symbol}/{resolution}', {
    tick_type: need('path', 'text'),
    symbol: need('path', 'text'),
    resolution: need('path', 'text'),
    from: may('query', 'integer'),
    to: may('query', 'integer'),
    count: may('query', 'integer'),
  }),
  chartsLiquidityPool: publicRead('charts', '/analytics/liquidity-pool', { ...ANALYTICS_SPAN }),
  chartsAnalytics: publicRead('charts', '/analytics/{symbol}/{analytics_type}', {
    symbol: need('path', 'text'),
    analytics_type: need('path', 'text'),
    ...ANALYTICS_SPAN,
  }),
};

type Table = Readonly<Record<string, Definition<Params>>>;

/** `ordersStatus` is `orders-status` in the venue reference. */
const withIDs = <T extends Table>(table: T): { [N in keyof T]: T[N] & Pick<Endpoint, 'id'> } =>
  Object.fromEntries(
    Object.entries(table).map(([name, definition]) => [
      name,
      { id: name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`), ...definition },
    ]),
  ) as { [N in keyof T]: T[N] & Pick<Endpoint, 'id'> };

/**
 * Every production call of the catalogue [rest 2] but the four legacy ones [rest 2.17]:
 * recentorders, transfers, initialmargin, maxordersize.
 */
export const endpoints = withIDs({
  ...orders,
  ...market,
  ...account,
  ...settings,
  ...funds,
  ...history,
  ...charts,
});

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
