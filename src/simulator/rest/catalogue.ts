import { type Endpoint } from './endpoint.ts';
import * as account from './endpoints/account.ts';
import * as assignment from './endpoints/assignment.ts';
import * as batch from './endpoints/batch.ts';
import * as charts from './endpoints/charts.ts';
import * as fees from './endpoints/fees.ts';
import * as funds from './endpoints/funds.ts';
import * as accountLog from './endpoints/history-account-log.ts';
import * as historyMarket from './endpoints/history-market.ts';
import * as history from './endpoints/history.ts';
import * as instruments from './endpoints/instruments.ts';
import * as keys from './endpoints/keys.ts';
import * as market from './endpoints/market.ts';
import * as orderViews from './endpoints/order-views.ts';
import * as orders from './endpoints/orders.ts';
import * as settings from './endpoints/settings.ts';
import * as subaccounts from './endpoints/subaccounts.ts';

/** Every call that the simulator answers: the venue's catalogue without what is pre-production or legacy (rest 2). */
export const ENDPOINTS: readonly Endpoint[] = [
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
