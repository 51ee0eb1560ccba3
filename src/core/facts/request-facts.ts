import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type ExecID,
  type OrderID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { type OrderRoute } from '../../domain/order.ts';
import { type RestOutcome } from '../../domain/ports.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';

/** One order-creating message on one route. Durable before any byte leaves. */
export interface AttemptIntended {
  readonly type: 'AttemptIntended';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  /** Absent: FIX. */
  readonly route?: OrderRoute;
}

/**
 * A request by REST has its number and is called once this fact is durable: from here on it counts
 * as possibly received. It is called at most once.
 */
export interface RestRequestSent {
  readonly type: 'RestRequestSent';
  readonly at: EpochMs;
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  /** Our own; a call has no MsgSeqNum(34). */
  readonly requestNumber: number;
}

/** The call of a request by REST is over; what follows from its answer is in facts of its own. */
export interface RestRequestAnswered {
  readonly type: 'RestRequestAnswered';
  readonly at: EpochMs;
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  readonly outcome: RestOutcome;
}

/** A request has its MsgSeqNum(34); from here on it counts as possibly received. */
export interface RequestSent {
  readonly type: 'RequestSent';
  readonly at: EpochMs;
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  readonly epoch: number;
  /** Counts resets of the session's numbers; see Route. */
  readonly sequenceEpoch: number;
  readonly msgSeqNum: number;
}

export interface CancelIntended {
  readonly type: 'CancelIntended';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /** ClOrdID(11) of the cancel request to the venue. */
  readonly clOrdID: ClOrdID;
  readonly origClOrdID: ClOrdID;
  readonly session: SessionName;
  /** Absent: FIX. */
  readonly route?: OrderRoute;
  readonly by: ClientName;
  /** The client's own id of its cancel request; absent on mass cancels. */
  readonly clientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  /** Present when the client is to see a PendingCancel report. */
  readonly execID?: ExecID;
  /** The unanswered cancel request that this one repeats after a lost link. */
  readonly repeats?: ClOrdID;
}

/**
 * OrderMassCancelRequest(q), as journals of earlier versions have it; see VenueMassCancelIntended.
 */
export interface MassCancelIntended {
  readonly type: 'MassCancelIntended';
  readonly at: EpochMs;
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  readonly by: ClientName;
  readonly symbol?: TradingSymbol;
}

/**
 * The mass cancel needs no more attention: answered, timed out into single cancels, or never sent.
 */
export interface MassCancelSettled {
  readonly type: 'MassCancelSettled';
  readonly at: EpochMs;
  readonly clOrdID: ClOrdID;
  readonly reason: string;
}

/** A client's cancel or replace request was refused here; nothing was sent. */
export interface CancelRefused {
  readonly type: 'CancelRefused';
  readonly at: EpochMs;
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly origClientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  readonly orderID?: OrderID;
  /** Absent: a cancel request. */
  readonly responseTo?: 'replace';
  readonly code: string;
  /** CxlRejReason(102). */
  readonly cxlRejReason: number;
  readonly text: string;
}

/**
 * A cancel or replace request of ours came to nothing: refused by the venue or provably not sent.
 * The order itself is untouched.
 */
export interface CancelFailed {
  readonly type: 'CancelFailed';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly clOrdID: ClOrdID;
  readonly responseTo: 'cancel' | 'replace';
  /** The venue's answer; absent when the request was never sent. */
  readonly answers?: ClOrdID;
  readonly by: ClientName;
  readonly clientOrderID?: ClientOrderID;
  /** OrigClOrdID(41) of the request, where it need not be the order's. */
  readonly origClientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  readonly code: string;
  readonly cxlRejReason: number;
  readonly text: string;
  readonly source?: ReportSource;
}

/**
 * The venue has not answered a request within `ackTimeoutMs`: its client is told, and nothing else
 * changes.
 */
export interface AnswerLate {
  readonly type: 'AnswerLate';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly execID: ExecID;
  readonly clOrdID: ClOrdID;
  readonly text: string;
}

/** Proof that the venue never processed the order. */
export interface AttemptAbsent {
  readonly type: 'AttemptAbsent';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly execID: ExecID;
  readonly clOrdID: ClOrdID;
  readonly proof: AbsenceProof;
  readonly text: string;
}

type AbsenceProof =
  /** Our number, and the number at or below it from which the venue asked to resend. */
  | {
      readonly kind: 'sequence';
      readonly session: SessionName;
      readonly msgSeqNum: number;
      readonly beginSeqNo: number;
    }
  /** Every view of the venue without a trace of it, or the word of two persons. */
  | {
      readonly kind: 'views';
      readonly session: SessionName;
      readonly evidence: readonly string[];
    };
