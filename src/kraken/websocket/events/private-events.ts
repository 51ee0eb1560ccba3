import { type DecimalText, type TradingSymbol, type VenueOrderID } from '../../../domain/ids.ts';
import { type Side } from '../../../domain/order.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { type OrderChange } from '../../json/order-reasons.ts';
import { type OptionGreeks } from './public-events.ts';

/** Events of the private feeds [websocket 8]. Amounts are exact text. */
export type PrivateEvent =
  | OpenOrdersSnapshot
  | OrderUpdate
  | FillsSnapshot
  | FillsUpdate
  | PositionsFrame
  | BalancesFrame
  | AccountLogSnapshot
  | AccountLogUpdate
  | NotificationsFrame
  | LegacyMarginsFrame;

export interface OpenOrder {
  readonly symbol: TradingSymbol;
  readonly venueOrderID: VenueOrderID;
  /** The client id as given. Orders of other systems carry theirs. */
  readonly clOrdID?: string;
  readonly side: Side;
  /** Post-only and time in force are not visible on this feed. */
  readonly kind: 'Limit' | 'Stop' | 'TakeProfit' | 'TrailingStop' | 'Unknown';
  /** `qty` of the feed is what remains: LeavesQty(151). */
  readonly leavesQty: DecimalText;
  readonly cumQty: DecimalText;
  /** Absent when the order has none (the venue writes 0 or nothing). */
  readonly limitPx?: DecimalText;
  readonly stopPx?: DecimalText;
  readonly triggerSignal?: 'Last' | 'Mark' | 'Index';
  readonly trailing?: { readonly maxDeviation?: DecimalText; readonly unit?: string };
  readonly isReduceOnly: boolean;
  readonly maxFixedLeverage?: DecimalText;
  /** Survives edits. */
  readonly placedAt: EpochMs;
  /** Placement, edit or fill. */
  readonly updatedAt: EpochMs;
}

export interface OpenOrdersSnapshot {
  readonly type: 'OpenOrdersSnapshot';
  readonly account?: string;
  readonly orders: readonly OpenOrder[];
  /** Open orders of which the ids alone could be read. */
  readonly unread: readonly OrderIDs[];
  /** False when not even the id of an order could be read: absence proves nothing. */
  readonly hasEveryOrder: boolean;
  /** Every order could be read. */
  readonly isComplete: boolean;
}

export interface OrderIDs {
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
}

export interface OrderUpdate {
  readonly type: 'OrderUpdate';
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
  /** Absent in the id-only shape. */
  readonly order?: OpenOrder;
  /** True when it left the book: filled, cancelled or refused, as `change` says. */
  readonly isCancel: boolean;
  readonly reason?: string;
  readonly change: OrderChange;
}

export interface Fill {
  readonly fillID: string;
  readonly symbol: TradingSymbol;
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
  /** Our side. */
  readonly side: Side;
  readonly lastPx: DecimalText;
  readonly lastQty: DecimalText;
  /** What remains of the order; '0' completes it. Absent in recordings of 2021. */
  readonly leavesQty?: DecimalText;
  readonly at: EpochMs;
  /** Advisory only: key on fillID. Absent when a REST poll reported the fill. */
  readonly seq?: number;
  /** `Forced`: liquidation, assignment or unwind, without an order of ours. */
  readonly liquidity: 'Maker' | 'Taker' | 'Forced';
  readonly fillType: string;
  /** Negative is a rebate. */
  readonly fee?: DecimalText;
  /** XBT, never BTC. */
  readonly feeCurrency?: string;
  readonly orderType?: string;
  readonly takerOrderType?: string;
}

export interface FillsSnapshot {
  readonly type: 'FillsSnapshot';
  readonly account?: string;
  /** Oldest first; recent ones only, never assumed complete. */
  readonly fills: readonly Fill[];
  readonly isComplete: boolean;
}

export interface FillsUpdate {
  readonly type: 'FillsUpdate';
  readonly account?: string;
  readonly fills: readonly Fill[];
  readonly isComplete: boolean;
}

export interface OpenPosition {
  readonly symbol: TradingSymbol;
  /** Signed: negative is short. */
  readonly qty: DecimalText;
  readonly entryPx?: DecimalText;
  readonly markPx?: DecimalText;
  readonly indexPx?: DecimalText;
  readonly unrealizedPnl?: DecimalText;
  readonly pnlCurrency?: string;
  readonly liquidationPx?: DecimalText;
  readonly effectiveLeverage?: DecimalText;
  readonly maxFixedLeverage?: DecimalText;
  readonly returnOnEquity?: DecimalText;
  readonly unrealizedFunding?: DecimalText;
  readonly initialMargin?: DecimalText;
  readonly initialMarginWithOrders?: DecimalText;
  readonly maintenanceMargin?: DecimalText;
  readonly filledAt?: EpochMs;
  readonly greeks?: OptionGreeks;
}

/** Always the full list. An absent instrument is flat when the list is complete. */
export interface PositionsFrame {
  readonly type: 'Positions';
  readonly account?: string;
  readonly positions: readonly OpenPosition[];
  readonly isComplete: boolean;
  readonly seq?: number;
  readonly at?: EpochMs;
}

/** Figures by their camelCase names, e.g. `availableMargin`. Only those of the frame. */
export type Figures = Readonly<Record<string, DecimalText>>;

export interface SingleCollateralWallet {
  readonly pair?: string;
  readonly unit?: string;
  readonly figures: Figures;
}

export interface MultiCollateralWallet {
  /** Scalars of the wallet: `balanceValue`, `availableMargin`, `initialMargin` … */
  readonly figures: Figures;
  readonly currencies: Readonly<Record<string, Figures>>;
  readonly isolated: Readonly<Record<string, Figures>>;
  readonly cross: Figures;
  readonly portfolioMargin: Figures;
  /** The wallet is shared with spot. */
  readonly isUnified?: boolean;
}

export interface BalancesFrame {
  readonly type: 'Balances';
  readonly isSnapshot: boolean;
  /** False when an amount could not be read: the known one of that name may be old. */
  readonly isComplete: boolean;
  readonly account?: string;
  readonly at?: EpochMs;
  readonly seq?: number;
  /** Absent sections did not change. */
  readonly holding?: Figures;
  readonly futures?: Readonly<Record<string, SingleCollateralWallet>>;
  readonly flex?: MultiCollateralWallet;
  readonly totals: Figures;
}

export interface AccountLogEntry {
  readonly id: number;
  readonly at?: EpochMs;
  readonly asset?: string;
  readonly contract?: string;
  readonly info?: string;
  readonly bookingUID?: string;
  readonly marginAccount?: string;
  /** The fill that caused it. */
  readonly fillID?: string;
  readonly collateral?: string;
  readonly figures: Figures;
}

export interface AccountLogSnapshot {
  readonly type: 'AccountLogSnapshot';
  /** Newest first; recent ones only. */
  readonly entries: readonly AccountLogEntry[];
  readonly isComplete: boolean;
}

export interface AccountLogUpdate {
  readonly type: 'AccountLogUpdate';
  readonly entry: AccountLogEntry;
}

export interface VenueNotification {
  readonly id: number;
  readonly kind?: string;
  readonly priority?: string;
  readonly note?: string;
  readonly effectiveAt?: EpochMs;
  readonly expectedDowntimeMinutes?: number;
  /** Maintenance of high priority. Stop new orders before it; sequence numbers restart after it. */
  readonly announcesDowntime: boolean;
}

export interface NotificationsFrame {
  readonly type: 'Notifications';
  readonly notifications: readonly VenueNotification[];
  readonly isComplete: boolean;
}

/** Legacy feed `account_balances_and_margins`: parsed, not used. */
export interface LegacyMarginsFrame {
  readonly type: 'LegacyMargins';
  readonly account?: string;
  readonly seq?: number;
  readonly accounts: readonly { readonly name: string; readonly figures: Figures }[];
  readonly isComplete: boolean;
}
