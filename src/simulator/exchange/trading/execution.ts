import { type Account, feeOf } from '../model/account.ts';
import { book } from './bookkeeping.ts';
import {
  type AccountLogInfo,
  type FillView,
  type OrderView,
  type TradeView,
} from '../model/views.ts';
import {
  type ExecutedSide,
  type ExecutionKind,
  holdingOf,
  keepExecuted,
} from '../model/executed-trade.ts';
import { realizeFunding } from './funding-payment.ts';
import { stepsToMoney, stepsToText } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { recordTrade } from '../reads/market-stats.ts';
import { type Money, moneyToText, over } from '../model/money.ts';
import { type Order, toView } from '../model/order.ts';
import { applyTrade, emptyPosition, positionSize, valueAt } from '../model/position.ts';
import { emit, tally, type Venue } from '../model/venue.ts';
import { type FillType } from '../model/vocabulary.ts';
import { indexPriceOf } from '../reads/collateral.ts';

interface Execution {
  readonly market: Market;
  readonly lots: number;
  readonly ticks: number;
  readonly kind: ExecutionKind;
}

/**
 * Books one trade of `lots` at the maker's price on both accounts and emits it. The caller takes
 * the lots off the book.
 */
export const execute = (
  venue: Venue,
  maker: Order,
  taker: Order,
  terms: { readonly lots: number; readonly ticks: number; readonly kind: ExecutionKind },
): void => {
  const { market } = taker;
  const execution: Execution = { market, ...terms };
  const makerPrior = toView(maker);
  const takerPrior = toView(taker);
  for (const order of [maker, taker]) {
    order.filled += terms.lots;
    order.updatedAt = venue.at;
    if (order.leaves === 0) order.status = 'Filled';
  }
  const makerFill = fillSide(venue, execution, maker, { prior: makerPrior, role: 'maker' });
  const takerFill = fillSide(venue, execution, taker, { prior: takerPrior, role: 'taker' });
  venue.touched.add(market);
  const trade = recordTrade(venue, market, taker.side, terms);
  market.trades.push(trade);
  if (market.trades.length > venue.tradesMax * 2) market.trades.splice(0, venue.tradesMax);
  const [makerSide, takerSide] = [makerFill.side, takerFill.side];
  emit(venue, { type: 'Trade', trade, maker: makerSide.fill, taker: takerSide.fill });
  keepFill(venue, maker.holder, trade, makerSide.fill);
  keepFill(venue, taker.holder, trade, takerSide.fill);
  keepExecuted(venue, { ...execution, trade, maker: makerSide, taker: takerSide });
  makerFill.announce();
  takerFill.announce();
};

const keepFill = (venue: Venue, account: Account, trade: TradeView, fill: FillView): void => {
  if (account.background) return;
  const { fillRecords } = account;
  fillRecords.push({ trade, fill });
  if (fillRecords.length > venue.fillsMax * 2) fillRecords.splice(0, venue.fillsMax);
};

const LOG_INFO: Readonly<Record<FillType, AccountLogInfo>> = {
  maker: 'futures trade',
  taker: 'futures trade',
  takerAfterEdit: 'futures trade',
  liquidation: 'futures liquidation',
  assignor: 'futures assignor',
  assignee: 'futures assignee',
  unwindBankrupt: 'futures unwind bankrupt',
  unwindCounterparty: 'futures unwind counterparty',
};

const fillSide = (
  venue: Venue,
  execution: Execution,
  order: Order,
  side: { readonly prior: OrderView; readonly role: 'maker' | 'taker' },
): { readonly side: ExecutedSide; readonly announce: () => void } => {
  const { market, kind } = execution;
  const { instrument } = market;
  const account = order.holder;
  const price = stepsToMoney(execution.ticks, instrument.priceGrid);
  const lots = order.side === 'buy' ? execution.lots : -execution.lots;
  const value = valueAt(instrument, lots, price);
  const position = account.positions.get(market.symbol) ?? emptyPosition(venue.at);
  account.positions.set(market.symbol, position);
  const funding = realizeFunding(venue, market, account);
  const held = holdingOf(position);
  const before = positionSize(instrument, position.lots, position.cost);
  trackOpenInterest(market, position.lots, lots);
  const realized = applyTrade(instrument, position, { lots, price, value, at: venue.at });
  settleHolding(market, account, position.lots);
  const after = positionSize(instrument, position.lots, position.cost);
  const fee = kind.free === true ? 0n : feeOf(account, value, side.role);
  const fillType = side.role === 'maker' ? kind.maker : kind.taker;
  const fillId = venue.fillIds.next();
  const view: FillView = {
    fillId,
    seq: account.fills,
    account: account.uid,
    owner: order.owner,
    fillType,
    orderPrior: side.prior,
    order: toView(order),
    side: order.side,
    fee: moneyToText(fee),
    feeCurrency: instrument.settlementCurrency,
    realizedPnl: moneyToText(realized),
    positionBefore: before,
    positionAfter: after,
  };
  account.fills += 1;
  const announce = (): void => {
    payFill(venue, account, { market, realized, fee, info: LOG_INFO[fillType], view, price });
    if (account.background) return;
    emit(venue, {
      type: 'PositionChanged',
      account: account.uid,
      symbol: market.symbol,
      reason: 'trade',
      before,
      after,
      realizedPnl: view.realizedPnl,
      realizedFunding: moneyToText(funding),
      fee: view.fee,
      feeCurrency: view.feeCurrency,
      price: stepsToText(execution.ticks, instrument.priceGrid),
      fillId,
      openedAt: position.openedAt,
    });
  };
  const executed: ExecutedSide = {
    order,
    role: side.role,
    fill: view,
    before: held,
    after: { lots: position.lots, cost: position.cost },
    realized,
    fee,
  };
  return { side: executed, announce };
};

interface Payment {
  readonly market: Market;
  readonly realized: Money;
  readonly fee: Money;
  readonly info: AccountLogInfo;
  readonly view: FillView;
  readonly price: Money;
}

const payFill = (venue: Venue, account: Account, payment: Payment): void => {
  const { market, realized, fee, info, view } = payment;
  const { instrument } = market;
  tally(venue, 'fee', instrument.settlementCurrency, fee);
  if (!account.background) {
    book(venue, account, {
      wallet: instrument.wallet,
      currency: instrument.settlementCurrency,
      amount: realized - fee,
      info,
      details: {
        contract: market.symbol,
        oldEntryPrice: view.positionBefore.entryPrice,
        newEntryPrice: view.positionAfter.entryPrice,
        tradePrice: moneyToText(payment.price),
        markPrice: moneyToText(market.mark),
        realizedPnl: view.realizedPnl,
        fee: view.fee,
        fillId: view.fillId,
      },
    });
    payProfit(venue, account, { market, amount: realized });
    return;
  }
  book(venue, account, {
    wallet: instrument.wallet,
    currency: instrument.settlementCurrency,
    amount: realized - fee,
    info,
  });
};

/** Forgets a position without lots; otherwise lists the account as a holder. */
export const settleHolding = (market: Market, account: Account, lots: number): void => {
  if (lots === 0) {
    account.positions.delete(market.symbol);
    market.holders.delete(account);
  } else {
    market.holders.add(account);
  }
};

/** Keeps open interest, the sum of long positions. */
export const trackOpenInterest = (market: Market, held: number, lots: number): void => {
  market.openInterestLots += Math.max(0, held + lots) - Math.max(0, held);
};

/**
 * Profit of a flex market is paid in USD, or in the currency that the account prefers for the
 * market [rest 2.5], converted at the index price; the venue is the other side of the conversion.
 * Losses and fees stay in USD, which may be a debt.
 */
const payProfit = (
  venue: Venue,
  account: Account,
  profit: { readonly market: Market; readonly amount: Money },
): void => {
  const { market, amount } = profit;
  const currency = account.pnlCurrency.get(market.symbol);
  if (amount <= 0n || market.instrument.inverse || currency === undefined || currency === 'USD')
    return;
  const price = indexPriceOf(venue, currency);
  if (price === undefined) return;
  const converted = over(amount, price);
  const details = { contract: market.symbol };
  book(venue, account, {
    wallet: 'flex',
    currency: 'USD',
    amount: -amount,
    info: 'conversion',
    details,
  });
  book(venue, account, {
    wallet: 'flex',
    currency,
    amount: converted,
    info: 'conversion',
    details,
  });
  tally(venue, 'conversion', 'USD', amount);
  tally(venue, 'conversion', currency, -converted);
};
