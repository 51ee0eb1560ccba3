import { type EpochMs } from '../../../lib/time.ts';
import { type Account } from '../model/account.ts';
import { positionMargins, unwindQueue, walletNames, walletView } from './account-view.ts';
import {
  type BookOrderView,
  type BookView,
  type ExchangeQueries,
  type InstrumentStatusView,
  type LevelView,
  type PositionView,
  type PreferencesView,
} from './exchange-queries.ts';
import { unrealizedFunding } from './funding.ts';
import { closedOrder, findClosed } from './closed-orders.ts';
import { type Market } from '../model/market.ts';
import { moneyToText } from '../model/money.ts';
import { toView } from '../model/order.ts';
import { type Position, positionSize, profitAt } from '../model/position.ts';
import { tickerView } from './ticker.ts';
import { type Venue } from '../model/venue.ts';
import { type OrderView } from '../model/views.ts';
import { stepsToText } from '../model/instruments/grid.ts';
import { type BookSide } from '../model/order-book.ts';

export const makeQueries = (venue: Venue): ExchangeQueries => {
  const account = (uid: string): Account | undefined => venue.accounts.get(uid);
  const order = (orderId: string, at: EpochMs): OrderView | undefined => {
    const closed = closedOrder(venue, orderId, at);
    if (closed !== undefined) return toView(closed);
    for (const each of venue.accounts.values()) {
      const open = each.orders.get(orderId);
      if (open !== undefined) return toView(open);
    }
    return undefined;
  };
  const openOrderByCliOrdId = (uid: string, cliOrdId: string): OrderView | undefined => {
    const orderId = account(uid)?.orderIdByCliOrdId.get(cliOrdId);
    const found = orderId === undefined ? undefined : account(uid)?.orders.get(orderId);
    return found === undefined ? undefined : toView(found);
  };
  return {
    instruments: () => [...venue.markets.values()].map((market) => market.instrument.spec),
    hasInstrument: (symbol) => venue.markets.has(symbol),
    hasAccount: (uid) => venue.accounts.has(uid),
    accountUids: () => [...venue.accounts.keys()],
    openOrders: (uid) => [...(account(uid)?.orders.values() ?? [])].map(toView),
    openOrderByCliOrdId,
    order,
    orderByCliOrdId: (uid, cliOrdId, at) => {
      const open = openOrderByCliOrdId(uid, cliOrdId);
      if (open !== undefined) return open;
      const closed = findClosed(venue, uid, { cliOrdId }, at);
      return closed === undefined ? undefined : toView(closed);
    },
    book: (symbol, depth) => {
      const market = venue.markets.get(symbol);
      return market === undefined ? undefined : bookView(market, depth ?? Number.POSITIVE_INFINITY);
    },
    bookOrders: (symbol) => {
      const market = venue.markets.get(symbol);
      return market === undefined
        ? []
        : [...sideOrders(market.book.buy), ...sideOrders(market.book.sell)];
    },
    positions: (uid) => {
      const holder = account(uid);
      if (holder === undefined) return [];
      return [...holder.positions].map(([symbol, position]) =>
        positionView(venue, holder, { symbol, position }),
      );
    },
    balances: (uid) =>
      Object.fromEntries(
        [...(account(uid)?.wallets ?? [])].map(([wallet, currencies]) => [
          wallet,
          Object.fromEntries(
            [...currencies].map(([currency, amount]) => [currency, moneyToText(amount)]),
          ),
        ]),
      ),
    fills: (uid) => account(uid)?.fillRecords ?? [],
    trades: (symbol) => venue.markets.get(symbol)?.trades ?? [],
    ...marketQueries(venue),
    ...accountQueries(venue),
  };
};

type MarketQueries = Pick<
  ExchangeQueries,
  'indexPrice' | 'ticker' | 'fundingRates' | 'instrumentStatus'
>;

const marketQueries = (venue: Venue): MarketQueries => ({
  indexPrice: (symbol) => {
    const market = venue.markets.get(symbol);
    return market === undefined ? undefined : moneyToText(market.index);
  },
  ticker: (symbol) => {
    const market = venue.markets.get(symbol);
    return market === undefined ? undefined : tickerView(venue, market);
  },
  fundingRates: (symbol) =>
    (venue.markets.get(symbol)?.funding.history ?? []).map(({ at, rate, relative }) => ({
      at,
      fundingRate: moneyToText(rate),
      relativeFundingRate: moneyToText(relative),
    })),
  instrumentStatus: (symbol) => {
    const market = venue.markets.get(symbol);
    return market === undefined ? undefined : statusOf(market);
  },
});

const statusOf = (market: Market): InstrumentStatusView => ({
  symbol: market.symbol,
  experiencingDislocation: market.dislocation !== undefined,
  priceDislocationDirection: market.dislocation,
  experiencingExtremeVolatility: market.volatilityMultiplier > 1,
  extremeVolatilityInitialMarginMultiplier: market.volatilityMultiplier,
  makerProtectionMillis: market.makerProtectionMillis,
});

type AccountQueries = Pick<
  ExchangeQueries,
  'wallets' | 'positionMargins' | 'unwindQueue' | 'preferences'
>;

const accountQueries = (venue: Venue): AccountQueries => {
  const view = <T>(uid: string, look: (account: Account) => T, none: T): T => {
    const account = venue.accounts.get(uid);
    return account === undefined ? none : look(account);
  };
  return {
    wallets: (uid) =>
      view(
        uid,
        (account) =>
          walletNames(venue, account).map((wallet) => walletView(venue, account, wallet)),
        [],
      ),
    positionMargins: (uid) => view(uid, (account) => positionMargins(venue, account), []),
    unwindQueue: (uid) => view(uid, (account) => unwindQueue(venue, account), []),
    preferences: (uid) =>
      view<PreferencesView | undefined>(uid, (account) => preferencesOf(venue, account), undefined),
  };
};

const preferencesOf = (venue: Venue, account: Account): PreferencesView => ({
  master: account.master,
  subaccounts: [...venue.accounts.values()]
    .filter((each) => each.master === account.uid && each !== account)
    .map(({ uid }) => uid),
  selfTradeStrategy: account.selfTradeStrategy,
  tradingEnabled: account.tradingEnabled,
  leverage: Object.fromEntries(
    [...account.leverage].map(([symbol, cap]) => [symbol, moneyToText(cap)]),
  ),
  pnlCurrency: Object.fromEntries(account.pnlCurrency),
  assignments: [...account.assignments].map(([id, preference]) => ({ id, preference })),
  deadManAt: account.deadManAt,
  makerFee: moneyToText(account.makerFee),
  takerFee: moneyToText(account.takerFee),
});

const positionView = (
  venue: Venue,
  account: Account,
  held: { readonly symbol: string; readonly position: Position },
): PositionView => {
  const { symbol, position } = held;
  const market = venue.markets.get(symbol);
  const leverage = account.leverage.get(symbol);
  const size =
    market === undefined
      ? { size: '0', entryPrice: '0' }
      : positionSize(market.instrument, position.lots, position.cost);
  return {
    account: account.uid,
    symbol,
    ...size,
    unrealizedPnl:
      market === undefined ? '0' : moneyToText(profitAt(market.instrument, position, market.mark)),
    unrealizedFunding:
      market === undefined ? '0' : moneyToText(unrealizedFunding(market, position, venue.at)),
    markPrice: market === undefined ? '0' : moneyToText(market.mark),
    openedAt: position.openedAt,
    pnlCurrency: account.pnlCurrency.get(symbol),
    maxFixedLeverage: leverage === undefined ? undefined : moneyToText(leverage),
  };
};

const bookView = (market: Market, depth: number): BookView => {
  const { symbol } = market;
  const { priceGrid, sizeGrid } = market.instrument;
  const side = (of: BookSide): LevelView[] => {
    const rows: LevelView[] = [];
    for (const level of of.levels()) {
      if (rows.length >= depth) break;
      rows.push({
        price: stepsToText(level.ticks, priceGrid),
        size: stepsToText(level.lots, sizeGrid),
        orders: level.count,
      });
    }
    return rows;
  };
  return {
    symbol,
    bookSeq: market.bookSeq,
    bids: side(market.book.buy),
    asks: side(market.book.sell),
  };
};

/** Every resting order of a side, best first, oldest first within a price. */
const sideOrders = (side: BookSide): BookOrderView[] => {
  const rows: BookOrderView[] = [];
  for (const level of side.levels()) {
    for (let order = level.head; order !== undefined; order = order.next) {
      const { priceGrid, sizeGrid } = order.market.instrument;
      rows.push({
        orderId: order.orderId,
        side: side.side,
        price: stepsToText(order.ticks, priceGrid),
        size: stepsToText(order.leaves, sizeGrid),
        at: order.updatedAt,
      });
    }
  }
  return rows;
};
