import { type EpochMs } from '../lib/time.ts';
import {
  type ClOrdID,
  type DecimalText,
  type SessionName,
  type TradingSymbol,
  type VenueExecID,
  type VenueOrderID,
} from './ids.ts';
import {
  type ExecType,
  type OrdStatus,
  type OrdType,
  type Side,
  type TimeInForce,
} from './order.ts';

/** ExecutionReport(8) of the venue, parsed; not yet checked against the books. */
export interface VenueExecutionReport {
  readonly type: 'ExecutionReport';
  readonly execID: VenueExecID;
  readonly execRefID?: VenueExecID;
  readonly venueOrderID: VenueOrderID;
  /**
   * ClOrdID(11) of the request answered: the cancel's own id on a cancel. Absent when the venue
   * left it out.
   */
  readonly clOrdID?: ClOrdID;
  readonly origClOrdID?: ClOrdID;
  readonly execType: ExecType;
  readonly ordStatus: OrdStatus;
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly ordType?: OrdType;
  readonly timeInForce?: TimeInForce;
  readonly orderQty?: DecimalText;
  readonly price?: DecimalText;
  readonly stopPx?: DecimalText;
  readonly cumQty: DecimalText;
  readonly leavesQty: DecimalText;
  readonly lastQty?: DecimalText;
  readonly lastPx?: DecimalText;
  readonly tradeID?: string;
  readonly liquidity?: 'Maker' | 'Taker';
  readonly fee?: DecimalText;
  readonly feeCurrency?: string;
  readonly transactTime?: EpochMs;
  /**
   * ExecRestatementReason(378) of ExecType D, and of a cancel that nobody asked for: 0 corporate
   * action, 3 repricing or late trades.
   */
  readonly execRestatementReason?: number;
  /** TriggerPrice(1102): the price that fired a trigger order. */
  readonly triggerPrice?: DecimalText;
  readonly text?: string;
}

/** Reject(3): a request of ours failed a format check. Correlates by RefSeqNum(45). */
export interface VenueSessionReject {
  readonly type: 'SessionReject';
  readonly refSeqNum: number;
  readonly refMsgType?: string;
  readonly refTagID?: number;
  readonly reason?: number;
  readonly text?: string;
}

/**
 * BusinessMessageReject(j): refused by rule. Correlates by BusinessRejectRefID(379); RefSeqNum(45)
 * is always 0.
 */
export interface VenueBusinessReject {
  readonly type: 'BusinessReject';
  readonly refMsgType: string;
  readonly refID?: ClOrdID;
  readonly reason: number;
  readonly text?: string;
}

/**
 * One execution as the private feeds, REST or history tell it. `fillID` is the same on each of them
 * [websocket 8.3]; whether FIX has it as TradeID(1003) is not known [fix 10 row 21].
 */
export interface VenueFill {
  readonly type: 'Fill';
  readonly fillID: string;
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
  readonly symbol: TradingSymbol;
  readonly side: Side;
  readonly lastQty: DecimalText;
  readonly lastPx: DecimalText;
  /** The venue's time. */
  readonly at: EpochMs;
  readonly liquidity?: 'Maker' | 'Taker';
  readonly fee?: DecimalText;
  readonly feeCurrency?: string;
  /** CumQty(14) of the order as these channels know it by now. */
  readonly venueCumQty?: DecimalText;
}

export type VenueReport =
  VenueExecutionReport | VenueSessionReject | VenueBusinessReject | VenueFill;

/** How a report came to us. */
export interface ReportSource {
  readonly channel: 'fix' | 'rest' | 'websocket' | 'history' | 'operator';
  readonly session: SessionName;
  readonly epoch: number;
  readonly msgSeqNum?: number;
  readonly possDup: boolean;
  readonly possResend: boolean;
  /** SendingTime(52). */
  readonly sentAt?: EpochMs;
}
