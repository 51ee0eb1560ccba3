import { type EpochMs } from '../../../lib/time.ts';
import { type AssignmentPreference } from './commands.ts';
import { type FillView, type TradeView } from './views.ts';
import { absMoney, type Money, times } from './money.ts';
import { type Order } from './order.ts';
import { type Position } from './position.ts';
import { type Currency, type SelfTradeStrategy, type WalletName } from './vocabulary.ts';

export interface AccountSpec {
  readonly uid: string;
  /** The master's uid, for a subaccount. */
  readonly master?: string;
  readonly balances?: Readonly<Record<WalletName, Readonly<Record<Currency, string>>>>;
  /**
   * A participant of the background market: no margin, no limits, no account log. Its trades count
   * as all others do.
   */
  readonly background?: boolean;
  /** Fractions of notional, e.g. '0.0002'; a negative maker fee is a rebate. */
  readonly fees?: { readonly maker: string; readonly taker: string };
}

export interface Exposure {
  /** Resting orders and waiting triggers. */
  readonly orders: Set<Order>;
  /** Resting lots that could grow the position: reduce-only orders do not count. */
  buyLots: number;
  sellLots: number;
  /** Resting reduce-only orders. */
  readonly reducing: Set<Order>;
}

/** One account with everything that belongs to it. Mutable, owned by the exchange. */
export interface Account {
  readonly uid: string;
  /** The master's uid; a master's own. Self-trade prevention covers all accounts of one master. */
  readonly master: string;
  readonly background: boolean;
  readonly makerFee: Money;
  readonly takerFee: Money;
  readonly wallets: Map<WalletName, Map<Currency, Money>>;
  readonly positions: Map<string, Position>;
  /** Resting orders and waiting triggers by orderId, in order of placement. */
  readonly orders: Map<string, Order>;
  readonly orderIdByCliOrdId: Map<string, string>;
  /** What is open per market, for limits, margin and reduce-only. */
  readonly exposures: Map<string, Exposure>;
  readonly leverage: Map<string, Money>;
  readonly pnlCurrency: Map<string, Currency>;
  readonly assignments: Map<number, AssignmentPreference>;
  selfTradeStrategy: SelfTradeStrategy;
  tradingEnabled: boolean;
  deadManAt: EpochMs | undefined;
  fills: number;
  /** The latest fills with their trades. The ledger has all of them. */
  readonly fillRecords: { readonly trade: TradeView; readonly fill: FillView }[];
  logged: number;
  held: number;
  readonly usedCliOrdIds: Set<string>;
}

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
  account.exposures.get(symbol)?.orders ?? NONE;
const NONE: ReadonlySet<Order> = new Set();

export const exposureOn = (account: Account, symbol: string): Exposure => {
  let exposure = account.exposures.get(symbol);
  if (exposure === undefined) {
    exposure = { orders: new Set(), buyLots: 0, sellLots: 0, reducing: new Set() };
    account.exposures.set(symbol, exposure);
  }
  return exposure;
};

/** Counts resting lots in (positive) or out (negative). */
export const countResting = (order: Order, lots: number): void => {
  const exposure = exposureOn(order.holder, order.market.symbol);
  if (order.reduceOnly) {
    if (order.level === undefined) exposure.reducing.delete(order);
    else exposure.reducing.add(order);
    return;
  }
  if (order.side === 'buy') exposure.buyLots += lots;
  else exposure.sellLots += lots;
};

/** Enters an order (resting or waiting) in the account's lists. */
export const listOrder = (account: Account, order: Order): void => {
  account.orders.set(order.orderId, order);
  if (order.cliOrdId !== undefined) account.orderIdByCliOrdId.set(order.cliOrdId, order.orderId);
  exposureOn(account, order.market.symbol).orders.add(order);
};

export const unlistOrder = (account: Account, order: Order): void => {
  account.orders.delete(order.orderId);
  if (
    order.cliOrdId !== undefined &&
    account.orderIdByCliOrdId.get(order.cliOrdId) === order.orderId
  ) {
    account.orderIdByCliOrdId.delete(order.cliOrdId);
  }
  account.exposures.get(order.market.symbol)?.orders.delete(order);
};

/**
 * Fee of one side of a trade: the absolute value of the trade (USD on linear, base currency on
 * inverse contracts) times the account's rate, rounded half to even at 18 decimals. [fix 6.3]: 84
 * USD at 5 bps is 0.042.
 */
export const feeOf = (account: Account, value: Money, role: 'maker' | 'taker'): Money =>
  times(absMoney(value), role === 'maker' ? account.makerFee : account.takerFee);
