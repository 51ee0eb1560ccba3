import { type EpochMs } from '../../../lib/time.ts';
import {
  type Currency,
  type DeviationUnit,
  type OrderType,
  type SelfTradeStrategy,
  type Side,
  type TriggerSignal,
  type WalletName,
} from './vocabulary.ts';
import { type OrderLimits } from './rules.ts';

/**
 * A command to the exchange. Amounts are plain decimal text. Every event that the command causes
 * carries its `requestId`, also one that maker protection delays; RequestCompleted is the last.
 */
export type ExchangeCommand =
  | OrderCommand
  | AccountCommand
  | MarketCommand
  | TradeCommand
  | SetLimits
  | { readonly type: 'Tick' };

interface Request {
  readonly requestId?: string;
}

/** Changes limits on orders. A limit that is left out stays as it is. */
interface SetLimits extends Request {
  readonly type: 'SetLimits';
  readonly limits: Partial<OrderLimits>;
}

/** Names an order. `orderId` wins when both are given. */
export interface OrderRef {
  readonly orderId?: string;
  readonly cliOrdId?: string;
}

export type OrderCommand =
  PlaceOrder | EditOrder | CancelOrder | CancelOrders | BatchOrders | SetDeadManSwitch;

export interface PlaceOrder extends Request {
  readonly type: 'PlaceOrder';
  readonly account: string;
  /** Who placed it: `fix:<CompID>:<session epoch>`, `rest`, `ws`, `background`. */
  readonly owner: string;
  readonly cliOrdId?: string;
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: Exclude<OrderType, 'liquidation' | 'assignment' | 'unwind'>;
  readonly size: string;
  readonly limitPrice?: string;
  readonly stopPrice?: string;
  readonly triggerSignal?: TriggerSignal;
  readonly reduceOnly?: boolean;
  readonly trailingStop?: { readonly maxDeviation: string; readonly unit: DeviationUnit };
  /**
   * Limit of a trigger relative to its price, unchecked. The exchange has an error for each fault
   * in it, also for a missing half [rest 3.5].
   */
  readonly limitPriceOffset?: { readonly value?: string; readonly unit?: string };
  /** Refused when the engine would process it later than this [rest 4]. */
  readonly processBefore?: EpochMs;
  readonly algoId?: string;
  /** For a trigger with a limit: it becomes a post-only order. A `post` order needs no flag. */
  readonly postOnly?: boolean;
  /** For a trigger with a limit: it becomes an order whose unfilled rest is canceled at once. */
  readonly immediate?: boolean;
}

export interface EditOrder extends Request, OrderRef {
  readonly type: 'EditOrder';
  readonly account: string;
  readonly size?: string;
  readonly limitPrice?: string;
  readonly stopPrice?: string;
  readonly trailingStop?: { readonly maxDeviation: string; readonly unit: DeviationUnit };
  /**
   * RELATIVE (default): `size` is the new open remainder. ABSOLUTE: the total, fills included
   * [rest 2.1].
   */
  readonly qtyMode?: 'RELATIVE' | 'ABSOLUTE';
  readonly processBefore?: EpochMs;
  /** A new client order id for the order (FIX 35=G); REST edits never set one. */
  readonly newCliOrdId?: string;
  readonly postOnly?: boolean;
}

export interface CancelOrder extends Request, OrderRef {
  readonly type: 'CancelOrder';
  readonly account: string;
  /** Only an order with this owner, or whose owner starts with it and a colon, is found. */
  readonly owner?: string;
  readonly processBefore?: EpochMs;
}

/** Cancels every order that matches all filters given, triggers included. */
export interface CancelOrders extends Request {
  readonly type: 'CancelOrders';
  readonly account: string;
  readonly symbol?: string;
  readonly owner?: string;
  readonly reason?: 'CANCELLED_BY_USER' | 'CANCELLED_BY_ADMIN';
}

export interface BatchOrders extends Request {
  readonly type: 'BatchOrders';
  readonly account: string;
  /** Performed in this order. Each has its own requestId, which tells the answers apart. */
  readonly instructions: readonly (PlaceOrder | EditOrder | CancelOrder)[];
}

/** `timeoutSeconds` 0 disarms [rest 2.1 cancelallordersafter]. */
interface SetDeadManSwitch extends Request {
  readonly type: 'SetDeadManSwitch';
  readonly account: string;
  readonly timeoutSeconds: number;
}

export type AccountCommand =
  | (Request & {
      readonly type: 'SetSelfTradeStrategy';
      readonly account: string;
      readonly strategy: SelfTradeStrategy;
    })
  /** Without `maxLeverage` the market goes back to cross margin. */
  | (Request & {
      readonly type: 'SetLeverage';
      readonly account: string;
      readonly symbol: string;
      readonly maxLeverage?: string;
    })
  | (Request & {
      readonly type: 'SetPnlCurrency';
      readonly account: string;
      readonly symbol: string;
      readonly currency: Currency;
    })
  | (Request & {
      readonly type: 'SetTradingEnabled';
      readonly account: string;
      readonly enabled: boolean;
    })
  /** Between wallets of one account, or of a master and its subaccounts. */
  | (Request & {
      readonly type: 'Transfer';
      readonly fromAccount: string;
      readonly toAccount: string;
      readonly fromWallet: WalletName;
      readonly toWallet: WalletName;
      readonly currency: Currency;
      readonly amount: string;
    })
  | (Request & {
      readonly type: 'Withdraw';
      readonly account: string;
      readonly wallet: WalletName;
      readonly currency: Currency;
      readonly amount: string;
    })
  | (Request & {
      readonly type: 'Deposit';
      readonly account: string;
      readonly wallet: WalletName;
      readonly currency: Currency;
      readonly amount: string;
    })
  | (Request & {
      readonly type: 'SetAssignment';
      readonly account: string;
      readonly preference: AssignmentPreference;
    })
  | (Request & {
      readonly type: 'RemoveAssignment';
      readonly account: string;
      readonly id: number;
    });

/** Assignment programme [rest 2.9]: who takes over positions of liquidated accounts. */
export interface AssignmentPreference {
  readonly contractType: string;
  readonly contract?: string;
  /** Both or none: the contracts of a pair, spelled as in specifications (BTC). */
  readonly base?: string;
  readonly quote?: string;
  readonly maxSize?: string;
  readonly maxPosition?: string;
  readonly acceptLong: boolean;
  readonly acceptShort: boolean;
  readonly timeFrame: 'WEEKDAYS' | 'WEEKEND' | 'ALL';
  readonly enabled: boolean;
}

/** Names a trade by its public id or by the id of either fill. `tradeId` wins. */
export interface TradeRef {
  readonly tradeId?: string;
  readonly fillId?: string;
}

export type MarketCommand =
  | (Request & { readonly type: 'SetIndex'; readonly symbol: string; readonly price: string })
  | (Request & {
      readonly type: 'SetMarketState';
      readonly symbol: string;
      readonly suspended?: boolean;
      readonly postOnly?: boolean;
      readonly cancelOnly?: boolean;
      readonly dislocation?: 'ABOVE_UPPER_BOUND' | 'BELOW_LOWER_BOUND' | 'none';
      readonly extremeVolatilityInitialMarginMultiplier?: number;
    })
  | (Request & {
      readonly type: 'SetMakerProtection';
      readonly symbol: string;
      readonly millis: number;
    })
  /** Pays what accrued and sets the next rate now, as the full hour does [rest 6.2]. */
  | (Request & { readonly type: 'EndFundingPeriod'; readonly symbol: string })
  /** Ends a dated contract now at `price`, or at its index [rest 6.2]. */
  | (Request & { readonly type: 'Settle'; readonly symbol: string; readonly price?: string });

/** What the venue does to a trade, or to a canceled order, after the fact. */
export type TradeCommand =
  /** The venue takes a trade of this `tradeId`, or of a fill of this `fillId`, back. */
  | (Request & TradeRef & { readonly type: 'BustTrade' })
  /** The venue changes a trade's price, or its size to a smaller one. */
  | (Request &
      TradeRef & {
        readonly type: 'CorrectTrade';
        readonly price?: string;
        readonly size?: string;
      })
  /**
   * An order that was canceled lately turns out to have matched first: it fills at its limit
   * against `counterparty`.
   */
  | (Request & {
      readonly type: 'FillLate';
      readonly orderId: string;
      readonly counterparty: string;
      /** The whole open remainder when left out. */
      readonly size?: string;
    });
