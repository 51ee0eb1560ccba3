import { type EpochMs } from '../../lib/time.ts';
import { type AssignmentPreference } from './commands.ts';
import { type FillView, type TradeView } from './events.ts';
import { type Money } from './money.ts';
import { type Order } from './order.ts';
import { type Position } from './position.ts';
import { type Currency, type SelfTradeStrategy, type WalletName } from './vocabulary.ts';

export interface AccountSpec {
  readonly uid: string;
  /** The master's uid, for a subaccount. */
  readonly master?: string;
  readonly balances?: Readonly<Record<WalletName, Readonly<Record<Currency, string>>>>;
  /** A made-up market participant: no margin, no limits, no account log. Its trades count like any. */
  readonly background?: boolean;
  /** Fractions of notional, e.g. '0.0002'; a negative maker fee is a rebate. */
  readonly fees?: { readonly maker: string; readonly taker: string };
}

/** One account with everything that belongs to it. Mutable, owned by the exchange. */
export interface Account {
  readonly uid: string;
  /** Of the family: own uid for a master. Self-trade prevention works across it. */
  readonly master: string;
  readonly background: boolean;
  readonly makerFee: Money;
  readonly takerFee: Money;
  readonly wallets: Map<WalletName, Map<Currency, Money>>;
  readonly positions: Map<string, Position>;
  /** Resting orders and waiting triggers by orderId, in order of placement. */
  readonly orders: Map<string, Order>;
  readonly orderIdByCliOrdId: Map<string, string>;
  /** Open orders and triggers per market, for limits and reduce-only. */
  readonly ordersBySymbol: Map<string, Set<Order>>;
  readonly leverage: Map<string, Money>;
  readonly pnlCurrency: Map<string, Currency>;
  readonly assignments: Map<number, AssignmentPreference>;
  selfTradeStrategy: SelfTradeStrategy;
  tradingEnabled: boolean;
  deadManAt: EpochMs | undefined;
  fills: number;
  /** The last ones, with their trades; the ledger has all. */
  readonly fillRecords: { readonly trade: TradeView; readonly fill: FillView }[];
  logged: number;
  held: number;
  readonly usedCliOrdIds: Set<string>;
}

export const FILL_RECORDS_MAX = 10_000;

export const walletOf = (account: Account, wallet: WalletName): Map<Currency, Money> => {
  let currencies = account.wallets.get(wallet);
  if (currencies === undefined) {
    currencies = new Map();
    account.wallets.set(wallet, currencies);
  }
  return currencies;
};

export const balanceOf = (account: Account, wallet: WalletName, currency: Currency): Money =>
  account.wallets.get(wallet)?.get(currency) ?? 0n;

export const ordersOn = (account: Account, symbol: string): ReadonlySet<Order> =>
  account.ordersBySymbol.get(symbol) ?? NONE;
const NONE: ReadonlySet<Order> = new Set();

/** Enters an order (resting or waiting) in the account's lists. */
export const listOrder = (account: Account, order: Order): void => {
  account.orders.set(order.orderId, order);
  if (order.cliOrdId !== undefined) account.orderIdByCliOrdId.set(order.cliOrdId, order.orderId);
  const symbol = order.market.symbol;
  const set = account.ordersBySymbol.get(symbol);
  if (set === undefined) account.ordersBySymbol.set(symbol, new Set([order]));
  else set.add(order);
};

export const unlistOrder = (account: Account, order: Order): void => {
  account.orders.delete(order.orderId);
  if (
    order.cliOrdId !== undefined &&
    account.orderIdByCliOrdId.get(order.cliOrdId) === order.orderId
  ) {
    account.orderIdByCliOrdId.delete(order.cliOrdId);
  }
  account.ordersBySymbol.get(order.market.symbol)?.delete(order);
};
