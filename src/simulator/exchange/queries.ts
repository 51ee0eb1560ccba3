import { type EpochMs } from '../../lib/time.ts';
import { type Account } from './account.ts';
import { type FillView, type OrderView, type TradeView } from './events.ts';
import { stepsToText } from './grid.ts';
import { type InstrumentSpec } from './instrument.ts';
import { moneyToText } from './money.ts';
import { type BookSide } from './order-book.ts';
import { toView } from './order.ts';
import { type Position, positionSize, profitAt } from './position.ts';
import { type Venue } from './venue.ts';
import { type Side, type WalletName } from './vocabulary.ts';
import { unrealizedFunding } from './funding.ts';

export interface LevelView {
  readonly price: string;
  readonly size: string;
  readonly orders: number;
}
export interface BookView {
  readonly symbol: string;
  readonly bookSeq: number;
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
}
export interface BookOrderView {
  readonly orderId: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  readonly at: EpochMs;
}
export interface PositionView {
  readonly account: string;
  readonly symbol: string;
  /** Signed: negative is short. */
  readonly size: string;
  readonly entryPrice: string;
  readonly unrealizedPnl: string;
  readonly unrealizedFunding: string;
  readonly markPrice: string;
  readonly openedAt: EpochMs;
  readonly pnlCurrency: string | undefined;
  readonly maxFixedLeverage: string | undefined;
}
/** One fill of an account with its public trade. */
export interface FillRecord {
  readonly trade: TradeView;
  readonly fill: FillView;
}

/** Reads of the exchange's state as it is now. Nothing here changes anything. */
export interface ExchangeQueries {
  readonly instruments: () => readonly InstrumentSpec[];
  readonly hasAccount: (uid: string) => boolean;
  readonly accountUids: () => readonly string[];
  /** Resting orders and waiting triggers, oldest first; held ones are not shown (rest 10). */
  readonly openOrders: (account: string) => readonly OrderView[];
  readonly openOrderByCliOrdId: (account: string, cliOrdId: string) => OrderView | undefined;
  /** Open orders, and those that ended within the last 5 seconds. */
  readonly order: (orderId: string) => OrderView | undefined;
  readonly orderByCliOrdId: (account: string, cliOrdId: string) => OrderView | undefined;
  readonly book: (symbol: string, depth?: number) => BookView | undefined;
  /** Every resting order, bids then asks, best first, oldest first within a price. */
  readonly bookOrders: (symbol: string) => readonly BookOrderView[];
  readonly positions: (account: string) => readonly PositionView[];
  /** Amounts by wallet and currency. */
  readonly balances: (
    account: string,
  ) => Readonly<Record<WalletName, Readonly<Record<string, string>>>>;
  /** The last 10,000, oldest first. */
  readonly fills: (account: string) => readonly FillRecord[];
  /** The last 10,000 public trades, oldest first. */
  readonly trades: (symbol: string) => readonly TradeView[];
}

export const makeQueries = (venue: Venue): ExchangeQueries => {
  const account = (uid: string): Account | undefined => venue.accounts.get(uid);
  const order = (orderId: string): OrderView | undefined => {
    const closed = venue.closed.get(orderId)?.order;
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
    hasAccount: (uid) => venue.accounts.has(uid),
    accountUids: () => [...venue.accounts.keys()],
    openOrders: (uid) => [...(account(uid)?.orders.values() ?? [])].map(toView),
    openOrderByCliOrdId,
    order,
    orderByCliOrdId: (uid, cliOrdId) => {
      const open = openOrderByCliOrdId(uid, cliOrdId);
      if (open !== undefined) return open;
      const closed = [...venue.closed.values()]
        .reverse()
        .find((each) => each.order.holder.uid === uid && each.order.cliOrdId === cliOrdId);
      return closed === undefined ? undefined : toView(closed.order);
    },
    book: (symbol, depth) => bookView(venue, symbol, depth ?? Number.POSITIVE_INFINITY),
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
  };
};

const bookView = (venue: Venue, symbol: string, depth: number): BookView | undefined => {
  const market = venue.markets.get(symbol);
  if (market === undefined) return undefined;
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
