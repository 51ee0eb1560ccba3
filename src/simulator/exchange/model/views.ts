import { type EpochMs } from '../../../lib/time.ts';
import {
  type Currency,
  type DeviationUnit,
  type FillType,
  type OrderStatus,
  type OrderType,
  type Side,
  type TradeType,
  type TriggerSide,
  type TriggerSignal,
  type WalletName,
} from './vocabulary.ts';

/**
 * One order at one moment, immutable. Amounts are plain decimal text. `size` = `filled` +
 * `remaining` while it lives.
 */
export interface OrderView {
  readonly orderId: string;
  readonly account: string;
  readonly owner: string;
  readonly cliOrdId: string | undefined;
  readonly symbol: string;
  readonly side: Side;
  /** As asked for; a market order stays `mkt` here and its `limitPrice` is the protection price. */
  readonly orderType: OrderType;
  readonly status: OrderStatus;
  readonly size: string;
  readonly filled: string;
  /** Open remainder; what was left when the order ended, after a cancel. */
  readonly remaining: string;
  readonly limitPrice: string | undefined;
  readonly reduceOnly: boolean;
  readonly placedAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly algoId: string | undefined;
  readonly trigger: TriggerView | undefined;
  /** The trigger order that this order was born from. */
  readonly triggeredBy: string | undefined;
}

export interface TriggerView {
  readonly stopPrice: string;
  readonly side: TriggerSide;
  readonly signal: TriggerSignal;
  readonly trailingStop:
    { readonly maxDeviation: string; readonly unit: DeviationUnit } | undefined;
}

/** One side of a trade. */
export interface FillView {
  /** Unique per account and trade (REST `fill_id`, `executionId`). */
  readonly fillId: string;
  /** Position of the fill in the account's fill list, from 0 ([websocket 8.3] `seq`). */
  readonly seq: number;
  readonly account: string;
  readonly owner: string;
  readonly fillType: FillType;
  readonly orderPrior: OrderView;
  readonly order: OrderView;
  readonly side: Side;
  /** Negative is a rebate. */
  readonly fee: string;
  readonly feeCurrency: Currency;
  readonly realizedPnl: string;
  readonly positionBefore: PositionSize;
  readonly positionAfter: PositionSize;
}

/** One side of a trade that the venue took back or changed. */
export interface ChangedFill {
  /** The fill as it stands now, with its order and position after the change. A bust has fee 0. */
  readonly fill: FillView;
  /** What the change adds to realised profit and to fees. Negative amounts are given back. */
  readonly realizedChange: string;
  readonly feeChange: string;
}

export interface PositionSize {
  /** Signed: negative is short. */
  readonly size: string;
  /** Average entry price; '0' when flat. */
  readonly entryPrice: string;
}

export interface TradeView {
  /** Public id ([websocket 7.2] `uid`), not a `fillId`. */
  readonly tradeId: string;
  /** Per market, from 1. */
  readonly seq: number;
  readonly symbol: string;
  readonly at: EpochMs;
  readonly price: string;
  readonly size: string;
  readonly takerSide: Side;
  readonly tradeType: TradeType;
}

/** Entry of the account log [rest 2.12]. */
export interface AccountLogEntry {
  /** Per account, from 1. */
  readonly id: number;
  readonly account: string;
  readonly at: EpochMs;
  readonly bookingId: string;
  readonly info: AccountLogInfo;
  readonly wallet: WalletName;
  readonly asset: Currency;
  readonly contract: string | undefined;
  readonly oldBalance: string;
  readonly newBalance: string;
  readonly oldEntryPrice: string | undefined;
  readonly newEntryPrice: string | undefined;
  readonly tradePrice: string | undefined;
  readonly markPrice: string | undefined;
  readonly realizedPnl: string | undefined;
  readonly fee: string | undefined;
  readonly fillId: string | undefined;
  readonly fundingRate: string | undefined;
  readonly realizedFunding: string | undefined;
}

export type AccountLogInfo =
  | 'futures trade'
  | 'futures liquidation'
  | 'futures assignor'
  | 'futures assignee'
  | 'futures unwind counterparty'
  | 'futures unwind bankrupt'
  | 'funding rate change'
  | 'conversion'
  | 'transfer'
  | 'cross-exchange transfer'
  | 'subaccount transfer'
  | 'settlement'
  | 'admin transfer';
