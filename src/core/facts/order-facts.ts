import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type ExecID,
  type OrderID,
  type SessionName,
  type VenueExecID,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type ExecType, type OrdStatus, type OrderTerms } from '../../domain/order.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';

/** Common to every fact that books a venue report on an order and reports it to the client. */
export interface OnOrder {
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /** Our ExecID(17) of the client's report. */
  readonly execID: ExecID;
  /** The request that this report answers for the first time. */
  readonly answers?: ClOrdID;
  /** ExecID(17) of the venue: remembered for ever, so no report counts twice. */
  readonly venueExecID?: VenueExecID;
  /** OrderID(37) of the venue, learnt or confirmed. */
  readonly venueOrderID?: VenueOrderID;
  /** Base status after this fact (requests under way not counted). */
  readonly ordStatus: OrdStatus;
  readonly leavesQty: DecimalText;
  readonly transactTime?: EpochMs;
  readonly text?: string;
  readonly source?: ReportSource;
}

export interface OrderAccepted {
  readonly type: 'OrderAccepted';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /** Our ExecID(17) of the client's PendingNew report. */
  readonly execID: ExecID;
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly account?: string;
  readonly secondaryClientOrderID?: string;
  readonly clientText?: string;
  /** ClOrdLinkID(583) of the client's order. */
  readonly strategy?: string;
  /** The reference price that valued an order which has no price of its own. */
  readonly referencePx?: DecimalText;
  readonly terms: OrderTerms;
  readonly session: SessionName;
}

/** Not accepted: never sent to the venue. The ClOrdID is used up all the same. */
export interface OrderRefused {
  readonly type: 'OrderRefused';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly execID: ExecID;
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly account?: string;
  readonly secondaryClientOrderID?: string;
  readonly clientText?: string;
  readonly strategy?: string;
  readonly terms: OrderTerms;
  readonly session: SessionName;
  /** Stable reason code, e.g. OFF_TICK. */
  readonly code: string;
  /** OrdRejReason(103). */
  readonly ordRejReason: number;
  /** Text(58), reason code first. */
  readonly text: string;
}

/**
 * An order that the engine has no words for (FOK, an unknown OrdType): the values are the client's
 * own text.
 */
export interface UnreadableOrderRefused {
  readonly type: 'UnreadableOrderRefused';
  readonly at: EpochMs;
  /** Not an order of the books: only a number for the answer. */
  readonly refusedID: OrderID;
  readonly execID: ExecID;
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly symbol: string;
  readonly side: string;
  readonly ordType: string;
  readonly orderQty: string;
  readonly price?: string;
  readonly stopPx?: string;
  readonly timeInForce?: string;
  readonly account?: string;
  readonly secondaryClientOrderID?: string;
  readonly code: string;
  readonly ordRejReason: number;
  readonly text: string;
}

/**
 * A ClOrdID(11) of this client came again; no second order is made (FIX 4.4 matrices F.1.a and
 * F.1.b).
 */
export interface DuplicateAnswered {
  readonly type: 'DuplicateAnswered';
  readonly at: EpochMs;
  /** The order that the ClOrdID already names. */
  readonly orderID: OrderID;
  readonly execID: ExecID;
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly samePayload: boolean;
  readonly possResend: boolean;
  readonly text: string;
}

export interface OrderAcknowledged extends OnOrder {
  readonly type: 'OrderAcknowledged';
}

export interface OrderFilled extends OnOrder {
  readonly type: 'OrderFilled';
  readonly venueExecID: VenueExecID;
  readonly lastQty: DecimalText;
  readonly lastPx: DecimalText;
  /** Sum of executions after this one. */
  readonly cumQty: DecimalText;
  readonly tradeID?: string;
  /** `fill_id` of feeds, REST and history, when one of these booked it. */
  readonly fillID?: string;
  readonly liquidity?: 'Maker' | 'Taker';
  readonly fee?: DecimalText;
  readonly feeCurrency?: string;
}

export interface OrderCanceled extends OnOrder {
  readonly type: 'OrderCanceled';
  /** A cancel request of ours that this makes pointless without answering it. */
  readonly ends?: ClOrdID;
  /** The client's cancel request that this ends, if one was under way. */
  readonly clientOrderID?: ClientOrderID;
  /** No cancel of ours was under way: mass cancel, disconnect, or the venue's own decision. */
  readonly unsolicited: boolean;
  /**
   * KILL_SWITCH when a kill switch cancelled it, or why the new order of a replace came to nothing,
   * e.g. NOT_SENT; `text` says more.
   */
  readonly code?: string;
  /** ExecRestatementReason(378) of the venue. */
  readonly reason?: number;
}

export interface OrderExpired extends OnOrder {
  readonly type: 'OrderExpired';
}

/** Refused by the venue, or provably never sent (code NOT_SENT). */
export interface OrderRejected extends OnOrder {
  readonly type: 'OrderRejected';
  readonly code: string;
  readonly ordRejReason: number;
  readonly text: string;
}

/** The parameters of the order changed, and its ClOrdID with them. */
export interface OrderReplaced extends OnOrder {
  readonly type: 'OrderReplaced';
  readonly clOrdID: ClOrdID;
  readonly terms: OrderTerms;
  /** The client's replace request, and the id that the order had before. */
  readonly clientOrderID?: ClientOrderID;
  readonly origClientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  /** The request that this ends, where `clOrdID` is that of a new order or stays the same. */
  readonly request?: ClOrdID;
  /** Nothing was left to send: the venue's order is cancelled, and no new one follows. */
  readonly isEnded?: true;
}

/**
 * ExecType D: the venue changed the order by itself (trigger fired, repricing, corporate action).
 */
export interface OrderRestated extends OnOrder {
  readonly type: 'OrderRestated';
  readonly terms: OrderTerms;
  /** What a corporate action added to CumQty(14) beside executions. */
  readonly cumQtyAdjustment: DecimalText;
  readonly reason?: number;
}

/**
 * DoneForDay, Suspended, Stopped, Calculated, Triggered, PendingNew: a new status without a fill.
 */
export interface OrderStatusChanged extends OnOrder {
  readonly type: 'OrderStatusChanged';
  readonly execType: ExecType;
}

/** ExecType I: an answer to a question. Never changes fills. */
export interface OrderStatusReported extends OnOrder {
  readonly type: 'OrderStatusReported';
}

/** PendingCancel or PendingReplace of the venue: it has our request and has not decided. */
export interface RequestAcknowledged extends OnOrder {
  readonly type: 'RequestAcknowledged';
  readonly clOrdID: ClOrdID;
  readonly execType: 'PendingCancel' | 'PendingReplace';
}

export interface TradeCorrected extends OnOrder {
  readonly type: 'TradeCorrected';
  readonly venueExecID: VenueExecID;
  /** The first execution of the chain, which this corrects. */
  readonly rootExecID: VenueExecID;
  /**
   * ExecRefID(19) of the client's report: our ExecID(17) of the report before in the chain. Absent
   * in journals of earlier versions, whose reports named the first.
   */
  readonly execRefID?: ExecID;
  readonly lastQty: DecimalText;
  readonly lastPx: DecimalText;
  readonly cumQty: DecimalText;
}

export interface TradeCanceled extends OnOrder {
  readonly type: 'TradeCanceled';
  readonly venueExecID: VenueExecID;
  readonly rootExecID: VenueExecID;
  /** See TradeCorrected. */
  readonly execRefID?: ExecID;
  readonly cumQty: DecimalText;
}
