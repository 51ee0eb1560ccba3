import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type ExecID,
  type MassCancelID,
  type OrderID,
  type SessionName,
  type TradingSymbol,
  type VenueExecID,
  type VenueOrderID,
} from '../domain/ids.ts';
import { type EvidenceView } from '../domain/evidence.ts';
import {
  type ExecType,
  type OrderRoute,
  type OrdStatus,
  type OrderTerms,
  type Side,
} from '../domain/order.ts';
import { type EpochMs } from '../lib/time.ts';

/**
 * What the core asks of the outside world. Skipped in replay. Each Send is answered in the same
 * turn by RequestSent or RequestNotSent.
 */
export type Effect =
  | SendNewOrder
  | SendCancel
  | SendReplace
  | SendMassCancel
  | AskVenue
  | { readonly type: 'SetTimer'; readonly name: string; readonly afterMs: number }
  | { readonly type: 'CancelTimer'; readonly name: string }
  | SetDeadManSwitch
  | {
      readonly type: 'ReportExecution';
      readonly client: ClientName;
      readonly report: ClientExecutionReport;
    }
  | {
      readonly type: 'RefuseUnreadable';
      readonly client: ClientName;
      readonly report: UnreadableOrderReport;
    }
  | {
      readonly type: 'RejectCancel';
      readonly client: ClientName;
      readonly report: ClientCancelReject;
    }
  | {
      readonly type: 'ReportMassCancel';
      readonly client: ClientName;
      readonly report: ClientMassCancelReport;
    }
  | {
      readonly type: 'Alert';
      readonly severity: 'warning' | 'error' | 'critical';
      readonly code: string;
      readonly text: string;
    };

/**
 * One round of questions about every order in doubt of an account. Answered later, by EvidenceSeen
 * for each view and RoundAnswered at the end.
 */
export interface AskVenue {
  readonly type: 'AskVenue';
  readonly session: SessionName;
  readonly round: number;
  readonly views: readonly EvidenceView[];
  /** Fills and history are read from here on, by our clock. */
  readonly since: EpochMs;
  /** Ids by which the venue may know the orders. */
  readonly venueOrderIDs: readonly VenueOrderID[];
  readonly clOrdIDs: readonly ClOrdID[];
  /** Orders whose cancel is asked again by REST: a cancel is safe to repeat. */
  readonly cancels: readonly (VenueOrderID | ClOrdID)[];
}

export interface SendNewOrder {
  readonly type: 'SendNewOrder';
  readonly clOrdID: ClOrdID;
  readonly terms: OrderTerms;
  readonly session: SessionName;
  readonly route: OrderRoute;
}

export interface SendCancel {
  readonly type: 'SendCancel';
  /** Of the cancel request itself. */
  readonly clOrdID: ClOrdID;
  readonly origClOrdID: ClOrdID;
  /** Absent while the order is not acknowledged: the cancel then goes by 41 alone. */
  readonly venueOrderID?: VenueOrderID;
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly session: SessionName;
  readonly route: OrderRoute;
}

/** OrderCancelReplaceRequest(G) where the venue takes it, or editorder by REST. */
export interface SendReplace extends Omit<SendCancel, 'type'> {
  readonly type: 'SendReplace';
  readonly venueOrderID: VenueOrderID;
  /** The whole order as it is to be. */
  readonly terms: OrderTerms;
}

/**
 * By FIX of the orders made on this connection: with a symbol MassCancelRequestType(530)=1, without
 * 6. By REST of every order of the account.
 */
export interface SendMassCancel {
  readonly type: 'SendMassCancel';
  readonly clOrdID: ClOrdID;
  readonly symbol?: TradingSymbol;
  readonly session: SessionName;
  readonly route: OrderRoute;
}

/**
 * The venue's dead man's switch on the account: arm it and keep it armed, or switch it off.
 * Answered by DeadManSwitchSeen.
 */
export interface SetDeadManSwitch {
  readonly type: 'SetDeadManSwitch';
  readonly session: SessionName;
  readonly want: 'armed' | 'off';
  readonly timeoutSeconds: number;
}

/** Everything an ExecutionReport(8) or an `exec` event to a client needs. */
export interface ClientExecutionReport {
  /** OrderID(37), ours. */
  readonly orderID: OrderID;
  /** ExecID(17), ours: unique, the same after a replay. */
  readonly execID: ExecID;
  /** ExecRefID(19), ours: the execution that a correction or bust refers to. */
  readonly execRefID?: ExecID;
  readonly client: ClientName;
  /** ClOrdID(11) of the client: of its cancel or replace request where the report answers one. */
  readonly clientOrderID: ClientOrderID;
  /** OrigClOrdID(41). */
  readonly origClientOrderID?: ClientOrderID;
  readonly account?: string;
  /** The venue session of the order's account. */
  readonly session: SessionName;
  /** The way that the order went, or would have gone. */
  readonly route: OrderRoute;
  /** SecondaryClOrdID(526) and Text(58) of the client's order. */
  readonly secondaryClientOrderID?: string;
  /** ClOrdLinkID(583) of the client's order. */
  readonly strategy?: string;
  readonly clientText?: string;
  readonly execType: ExecType;
  readonly ordStatus: OrdStatus;
  readonly terms: OrderTerms;
  readonly cumQty: DecimalText;
  readonly leavesQty: DecimalText;
  /** From our executions, rounded half to even at 12 decimals; '0' without executions. */
  readonly avgPx: DecimalText;
  readonly lastQty?: DecimalText;
  readonly lastPx?: DecimalText;
  readonly fee?: DecimalText;
  readonly feeCurrency?: string;
  readonly liquidity?: 'Maker' | 'Taker';
  readonly tradeID?: string;
  /** ClOrdID(11) to the venue: of the cancel request on PendingCancel, else of the order. */
  readonly venueClOrdID?: ClOrdID;
  readonly venueOrderID?: VenueOrderID;
  readonly venueExecID?: VenueExecID;
  /** Stable reason code of a refusal; also the first word of `text`. */
  readonly code?: string;
  /** OrdRejReason(103). */
  readonly ordRejReason?: number;
  /** ExecRestatementReason(378): the venue's; 99, other, of a restatement that came without one. */
  readonly execRestatementReason?: number;
  readonly text?: string;
  /** TransactTime(60): the venue's when it said one, else when we decided. */
  readonly transactTime: EpochMs;
  /**
   * Nothing was sent to the venue: the answer to a ClOrdID that was used before. A possible resend
   * of the same request is answered with ExecType(150)=I (matrix F.1.b); a FIX client gets ExecType
   * 8 with the status of the first order otherwise (matrix F.1.a).
   */
  readonly duplicate?: { readonly samePayload: boolean; readonly possResend: boolean };
  /** The client had no cancel under way. */
  readonly unsolicited?: boolean;
}

/**
 * An ExecutionReport(8) with ExecType(150)=8 for an order without terms; the values are the
 * client's own text.
 */
export interface UnreadableOrderReport {
  readonly orderID: OrderID;
  readonly execID: ExecID;
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
  readonly transactTime: EpochMs;
}

/** An OrderCancelReject(9) to a client. */
export interface ClientCancelReject {
  readonly clientOrderID: ClientOrderID;
  readonly origClientOrderID?: ClientOrderID;
  /** SecondaryClOrdID(526) of the request; Account(1) of the order. */
  readonly secondaryClientOrderID?: string;
  readonly account?: string;
  /** OrderID(37), ours; absent for an order that we do not know (FIX: 'NONE'). */
  readonly orderID?: OrderID;
  /** OrdStatus(39); Rejected when the order is unknown, as FIX 4.4 demands. */
  readonly ordStatus: OrdStatus;
  /** CxlRejResponseTo(434): 1 cancel, 2 replace. */
  readonly cxlRejResponseTo: 1 | 2;
  /**
   * CxlRejReason(102): 0 too late, 1 unknown order, 3 already pending, 6 duplicate ClOrdID, 99
   * other.
   */
  readonly cxlRejReason: number;
  readonly code: string;
  readonly text: string;
  readonly transactTime: EpochMs;
}

/** An OrderMassCancelReport(r) to a client. */
export interface ClientMassCancelReport {
  readonly clientOrderID: ClientOrderID;
  /** OrderID(37), ours, of the mass cancel itself; absent when it was refused (FIX: 'NONE'). */
  readonly massCancelID?: MassCancelID;
  /** MassCancelRequestType(530) as the client wrote it. */
  readonly massCancelRequestType: string;
  /** MassCancelResponse(531): the type that is carried out, or '0' for a refusal. */
  readonly massCancelResponse: string;
  /** MassCancelRejectReason(532): 0 not supported, 1 unknown security, 99 other. */
  readonly massCancelRejectReason?: number;
  /** TotalAffectedOrders(533): open orders in its scope when it was accepted. */
  readonly totalAffectedOrders?: number;
  readonly symbol?: string;
  /** Account(1) and Side(54) that narrowed the request. */
  readonly account?: string;
  readonly side?: Side;
  /** Stable reason code of a refusal; also the first word of `text`. */
  readonly code?: string;
  readonly text?: string;
  readonly transactTime: EpochMs;
}
