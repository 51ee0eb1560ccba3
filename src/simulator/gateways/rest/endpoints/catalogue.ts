import * as account from './account-endpoints.ts';
import * as assignment from './assignment-endpoints.ts';
import * as batch from '../orders/batch-endpoints.ts';
import * as charts from './charts-endpoints.ts';
import * as fees from './fee-endpoints.ts';
import * as funds from './funds-endpoints.ts';
import * as accountLog from '../history/account-log-endpoints.ts';
import * as historyMarket from '../history/market-history-endpoints.ts';
import * as history from '../history/history-endpoints.ts';
import * as instruments from './instrument-endpoints.ts';
import * as keys from './key-endpoints.ts';
import * as market from './market-endpoints.ts';
import * as orderViews from '../orders/order-view-endpoints.ts';
import * as orders from '../orders/order-endpoints.ts';
import * as settings from './settings-endpoints.ts';
import * as subaccounts from './subaccount-endpoints.ts';
import { type ServedEndpoint } from './endpoint.ts';
import { accounts, fills, openpositions } from './account-endpoints.ts';
import { openorders } from '../orders/order-view-endpoints.ts';

/**
 * Every call that the simulator answers: the venue's catalogue without what is pre-production or
 * legacy [rest 2].
 */
export const ENDPOINTS: readonly ServedEndpoint[] = [
  orders.sendorder,
  orders.editorder,
  orders.cancelorder,
  orderViews.cancelallorders,
  orderViews.cancelallordersafter,
  batch.batchorder,
  orderViews.openorders,
  orderViews.ordersStatus,
  orderViews.ordersStatusByGet,
  instruments.instruments,
  instruments.tradingInstruments,
  instruments.instrumentsStatus,
  instruments.instrumentStatus,
  market.tickers,
  market.ticker,
  market.orderbook,
  market.history,
  market.fundingRatesV4,
  market.fundingRatesV3,
  fees.feeschedules,
  fees.feeschedulesVolumes,
  account.accounts,
  account.openpositions,
  account.fills,
  account.notifications,
  account.unwindqueue,
  settings.leverageGet,
  settings.leveragePut,
  settings.pnlGet,
  settings.pnlPut,
  settings.strategyGet,
  settings.strategyPut,
  settings.offBookGet,
  settings.offBookPut,
  settings.offBookDelete,
  subaccounts.tradingEnabledGet,
  subaccounts.tradingEnabledPut,
  subaccounts.subaccounts,
  funds.transfer,
  funds.transferSubaccount,
  funds.withdrawal,
  assignment.assignmentCurrent,
  assignment.assignmentHistory,
  assignment.assignmentAdd,
  assignment.assignmentDelete,
  history.executions,
  history.orders,
  history.triggers,
  history.positions,
  accountLog.accountLog,
  accountLog.accountLogCsv,
  historyMarket.marketExecutions,
  historyMarket.marketOrders,
  historyMarket.marketPrice,
  charts.tickTypes,
  charts.symbols,
  charts.resolutions,
  charts.candles,
  charts.liquidityPool,
  charts.analytics,
  keys.apiKeysCheck,
  keys.selfMarketShare,
];

/** Views that a fault may freeze while the rest of the venue goes on [rest 9 row 19]. */
export const FROZEN_VIEWS: readonly ServedEndpoint[] = [openorders, openpositions, accounts, fills];
