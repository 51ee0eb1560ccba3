import {
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type TradingSymbol,
} from './ids.ts';

export type Side = 'Buy' | 'Sell';

/** OrdType(40) of the dialect: 1 2 3 4 R T U. TrailingStopLimit (V) is spot only. */
export type OrdType =
  'Market' | 'Limit' | 'Stop' | 'StopLimit' | 'TakeProfit' | 'TakeProfitLimit' | 'TrailingStop';

/**
 * TimeInForce(59) of the dialect: 1 and 3. FOK and GTD are spot only and refused in
 * client-requests.ts.
 */
export type TimeInForce = 'GTC' | 'IOC';

/**
 * OrdStatus(39). PendingCancel and PendingReplace are derived from open requests, never stored as
 * the base state.
 */
export type OrdStatus =
  | 'PendingNew'
  | 'New'
  | 'PartiallyFilled'
  | 'Filled'
  | 'DoneForDay'
  | 'Canceled'
  | 'Replaced'
  | 'PendingCancel'
  | 'Stopped'
  | 'Rejected'
  | 'Suspended'
  | 'Calculated'
  | 'Expired'
  | 'PendingReplace';

/** ExecType(150), FIX 4.4. `Triggered` exists from FIX 5.0 and is tolerated. */
export type ExecType =
  | 'New'
  | 'DoneForDay'
  | 'Canceled'
  | 'Replaced'
  | 'PendingCancel'
  | 'Stopped'
  | 'Rejected'
  | 'Suspended'
  | 'PendingNew'
  | 'Calculated'
  | 'Expired'
  | 'Restated'
  | 'PendingReplace'
  | 'Trade'
  | 'TradeCorrect'
  | 'TradeCancel'
  | 'OrderStatus'
  | 'Triggered';

/** DiscretionInst(388): which price fires a trigger order. */
export type TriggerSignal = 'Index' | 'Last';

/** A way for orders to the venue. Every attempt and every request about an order has one. */
export type OrderRoute = 'FIX' | 'REST';

/** What the client wants to trade. Amounts are exact decimal text. */
export interface OrderTerms {
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly ordType: OrdType;
  readonly timeInForce: TimeInForce;
  /** Contracts as the venue counts them: base units on linear, USD on inverse contracts. */
  readonly orderQty: DecimalText;
  readonly price?: DecimalText;
  readonly stopPx?: DecimalText;
  readonly triggerSignal?: TriggerSignal;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
}

/** A client's order as it enters: already parsed, not yet checked. */
export interface OrderRequest {
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly terms: OrderTerms;
  readonly account?: string;
  /** SecondaryClOrdID(526) and Text(58): the client's own, given back in reports. */
  readonly secondaryClientOrderID?: string;
  readonly clientText?: string;
  /** ClOrdLinkID(583): the client's strategy, which limits may name. */
  readonly strategy?: string;
  /** PossResend(97)=Y: the client may have sent this before. */
  readonly possResend: boolean;
}

export interface CancelRequest {
  readonly client: ClientName;
  /** ClOrdID(11) of the cancel request itself. */
  readonly clientOrderID: ClientOrderID;
  /** OrigClOrdID(41): the order to cancel, by the client's id … */
  readonly origClientOrderID?: ClientOrderID;
  /** … or OrderID(37), by ours. */
  readonly orderID?: string;
  /** Symbol(55) and Side(54): must be the order's, when given. */
  readonly symbol?: string;
  readonly side?: Side;
  /** SecondaryClOrdID(526) of the request, given back in its answer. */
  readonly secondaryClientOrderID?: string;
  /** PossResend(97)=Y: the request may have been answered before. */
  readonly possResend?: boolean;
}

/**
 * How a replace is carried out: `editOrder` edits the venue's order by REST; `cancelThenNew`
 * cancels it and, once that is proven, sends a new one for what is left; `amend` is
 * OrderCancelReplaceRequest(G) to the venue.
 */
export type ReplaceMethod = 'amend' | 'cancelThenNew' | 'editOrder';

/** A client's replace request. What is left out stays as it is. */
export interface ReplaceRequest {
  readonly client: ClientName;
  /** ClOrdID(11) of the request; the order's, once it is replaced. */
  readonly clientOrderID: ClientOrderID;
  /** OrigClOrdID(41): the last accepted ClOrdID of the order, or that of a replace under way. */
  readonly origClientOrderID?: ClientOrderID;
  /** OrderID(37), ours; names the order without 41, and must agree with it. */
  readonly orderID?: string;
  /**
   * The new terms: the total quantity, what is filled included; the limit and the trigger price.
   */
  readonly orderQty?: DecimalText;
  readonly price?: DecimalText;
  readonly stopPx?: DecimalText;
  /** Must be the order's, when given. */
  readonly unchanged: UnchangedTerms;
  readonly account?: string;
  /** SecondaryClOrdID(526) of the request, given back in its answer. */
  readonly secondaryClientOrderID?: string;
  /** PossResend(97)=Y: the request may have been answered before. */
  readonly possResend?: boolean;
}

/** What no replace can change; given by those who repeat it, as FIX 4.4 asks. */
export interface UnchangedTerms {
  readonly symbol?: string;
  readonly side?: Side;
  readonly ordType?: OrdType;
  readonly timeInForce?: TimeInForce;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly triggerSignal?: TriggerSignal;
}
