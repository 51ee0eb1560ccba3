import { type EpochMs } from '../../../lib/time.ts';
import {
  type CancelReason,
  type Currency,
  type OrderError,
  type SelfTradeStrategy,
  type Side,
  type WalletName,
} from './vocabulary.ts';
import {
  type AccountLogEntry,
  type ChangedFill,
  type FillView,
  type OrderView,
  type PositionSize,
  type TradeView,
} from './views.ts';

interface Stamp {
  readonly at: EpochMs;
  /** Counts every event of the exchange, from 1. */
  readonly seq: number;
  /** Of the command that caused it; `undefined` when time or another account's command did. */
  readonly requestId: string | undefined;
}

export type ExchangeEvent = Stamp & EventBody;
export type EventOf<T extends EventBody['type']> = Stamp & Extract<EventBody, { type: T }>;

/**
 * Orders of events of one placement: OrderAccepted, Trade*, then OrderBooked (a remainder rests),
 * OrderCanceled (a remainder was dropped) or nothing (filled). A refusal is one OrderRejected and
 * nothing before it. A held placement starts with OrderHeld and continues in a later `handle`.
 */
export type EventBody =
  | {
      readonly type: 'OrderAccepted';
      readonly order: OrderView;
      /** Cut off so that a reduce-only order does not exceed the position. */
      readonly reducedQuantity: string | undefined;
    }
  | { readonly type: 'OrderHeld'; readonly order: OrderView; readonly releaseAt: EpochMs }
  | {
      readonly type: 'OrderRejected';
      readonly account: string;
      readonly owner: string;
      readonly cliOrdId: string | undefined;
      readonly symbol: string;
      readonly reason: OrderError;
      /** Present when the engine refused the order. Its id never appears in a book. */
      readonly order: OrderView | undefined;
    }
  /** The order, or its remainder, rests; or a trigger waits (then `order.trigger` is there). */
  | {
      readonly type: 'OrderBooked';
      readonly order: OrderView;
      readonly reason: 'new' | 'trigger' | 'limitFromStop' | 'edit';
      readonly reducedQuantity: string | undefined;
    }
  | {
      readonly type: 'Trade';
      readonly trade: TradeView;
      readonly maker: FillView;
      readonly taker: FillView;
    }
  /** The venue took a trade back. `trade` is what it was. */
  | {
      readonly type: 'TradeBusted';
      readonly trade: TradeView;
      readonly maker: ChangedFill;
      readonly taker: ChangedFill;
    }
  /** The venue changed a trade. Ids and numbers stay; `trade` is what it is now. */
  | {
      readonly type: 'TradeCorrected';
      readonly old: TradeView;
      readonly trade: TradeView;
      readonly maker: ChangedFill;
      readonly taker: ChangedFill;
    }
  | { readonly type: 'OrderCanceled'; readonly order: OrderView; readonly reason: CancelReason }
  | {
      readonly type: 'OrderEdited';
      readonly old: OrderView;
      readonly order: OrderView;
      readonly reducedQuantity: string | undefined;
    }
  /** A resting reduce-only order was cut because the position shrank. */
  | { readonly type: 'OrderReduced'; readonly old: OrderView; readonly order: OrderView }
  | {
      readonly type: 'EditRejected';
      readonly account: string;
      readonly orderId: string | undefined;
      readonly cliOrdId: string | undefined;
      readonly reason: OrderError;
      readonly order: OrderView | undefined;
    }
  | {
      readonly type: 'CancelRejected';
      readonly account: string;
      readonly orderId: string | undefined;
      readonly cliOrdId: string | undefined;
      readonly reason: 'ORDER_FOR_CANCELLATION_NOT_FOUND' | 'WOULD_PROCESS_AFTER_SPECIFIED_TIME';
      /** The finished order, when it is still remembered (5 s). */
      readonly order: OrderView | undefined;
    }
  /** A cancel of a held order: acknowledged, not terminal; it is released as IOC [rest 10]. */
  | { readonly type: 'HeldOrderCanceled'; readonly order: OrderView }
  | {
      readonly type: 'OrdersCanceled';
      readonly account: string;
      readonly symbol: string | undefined;
      readonly orders: readonly OrderView[];
    }
  | {
      readonly type: 'TriggerFired';
      readonly order: OrderView;
      /** Price of the signal that fired it. */
      readonly triggerPrice: string;
      /** The order it became. */
      readonly orderId: string;
    }
  | { readonly type: 'TriggerUpdated'; readonly old: OrderView; readonly order: OrderView }
  | { readonly type: 'TriggerFailed'; readonly order: OrderView; readonly reason: OrderError }
  /**
   * One order's change in the book and the level it leaves behind. `levelSize` '0': the level is
   * gone.
   */
  | {
      readonly type: 'BookChanged';
      readonly symbol: string;
      /** Per market, contiguous, from 1. */
      readonly bookSeq: number;
      readonly side: Side;
      readonly price: string;
      readonly levelSize: string;
      readonly change: 'add' | 'update' | 'delete';
      readonly orderId: string;
      readonly orderSize: string;
      readonly orderAt: EpochMs;
    }
  | {
      readonly type: 'PositionChanged';
      readonly account: string;
      readonly symbol: string;
      readonly reason: 'trade' | 'fundingRealisation' | 'settlement';
      readonly before: PositionSize;
      readonly after: PositionSize;
      readonly realizedPnl: string;
      readonly realizedFunding: string;
      readonly fee: string;
      readonly feeCurrency: Currency;
      readonly price: string | undefined;
      readonly fillId: string | undefined;
      /** When the position was opened that is held now, or that ended. */
      readonly openedAt: EpochMs;
    }
  | { readonly type: 'AccountLogged'; readonly entry: AccountLogEntry }
  | {
      readonly type: 'PriceChanged';
      readonly symbol: string;
      readonly indexPrice: string;
      readonly markPrice: string;
    }
  | {
      readonly type: 'FundingRateSet';
      readonly symbol: string;
      /** Absolute amount per contract unit and hour. */
      readonly fundingRate: string;
      readonly relativeFundingRate: string;
    }
  | {
      readonly type: 'MarketStateChanged';
      readonly symbol: string;
      readonly suspended: boolean;
      readonly postOnly: boolean;
      readonly cancelOnly: boolean;
      readonly expired: boolean;
    }
  | { readonly type: 'Settled'; readonly symbol: string; readonly price: string }
  | {
      readonly type: 'DeadManSwitchSet';
      readonly account: string;
      readonly triggerAt: EpochMs | undefined;
    }
  | { readonly type: 'DeadManSwitchFired'; readonly account: string; readonly canceled: number }
  | {
      readonly type: 'LiquidationStarted';
      readonly account: string;
      readonly wallet: WalletName;
      readonly marginEquity: string;
      readonly maintenanceMargin: string;
    }
  | {
      readonly type: 'PreferenceSet';
      readonly account: string;
      readonly selfTradeStrategy?: SelfTradeStrategy;
      readonly leverage?: { readonly symbol: string; readonly maxLeverage: string | undefined };
      readonly pnlCurrency?: { readonly symbol: string; readonly currency: Currency };
      readonly tradingEnabled?: boolean;
      readonly assignmentId?: number;
    }
  | {
      readonly type: 'Transferred';
      readonly transferId: string;
      readonly kind: 'transfer' | 'deposit' | 'withdrawal';
      readonly fromAccount: string | undefined;
      readonly toAccount: string | undefined;
      readonly fromWallet: WalletName | undefined;
      readonly toWallet: WalletName | undefined;
      readonly currency: Currency;
      readonly amount: string;
    }
  /** An account or market command was refused; `reason` is the REST error text [rest 3.2]. */
  | { readonly type: 'CommandRefused'; readonly command: string; readonly reason: CommandError }
  | { readonly type: 'RequestCompleted' };

export type CommandError =
  | 'invalidAccount'
  | 'invalidAmount'
  | 'invalidUnit'
  | 'insufficientFunds'
  | 'contractNotFound'
  | 'notMultiCollateral'
  | 'currencyNotFound'
  | 'currencyNotEnabled'
  | 'wouldCauseLiquidation'
  | 'fixedLeverageTooHigh'
  | 'notFound'
  | 'invalidArgument';
