import { type EvidenceView, type SeenOrder } from '../../domain/evidence.ts';
import {
  type ClOrdID,
  type DecimalText,
  type OrderID,
  type SessionName,
  type TradingSymbol,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type DoubtClass } from '../doubt-class.ts';

/** How a doubt ended. [routing 4] */
export type Verdict =
  | 'LIVE'
  | 'CLOSED-FILLED'
  | 'CLOSED-CANCELED'
  | 'CLOSED-EXPIRED'
  | 'REJECTED'
  | 'ABSENT(seq)'
  | 'ABSENT(full)';

/** Orders are in doubt, and the next round of questions waits for its time. */
export interface DoubtsDue {
  readonly type: 'DoubtsDue';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly afterMs: number;
}

/** A round of questions about an account's doubts begins: what it shows is later than `at`. */
export interface RoundBegun {
  readonly type: 'RoundBegun';
  readonly at: EpochMs;
  readonly session: SessionName;
  /** From 1, by session. */
  readonly round: number;
  /** Of the FIX connection at that time. */
  readonly epoch: number;
  /** History and fills are read from here on, by our clock. */
  readonly since: EpochMs;
  readonly views: readonly EvidenceView[];
  /** Orders whose cancel is asked again by REST, because FIX cannot take it. */
  readonly cancels: readonly OrderID[];
}

/** What one view said in a round. */
export interface EvidenceNoted {
  readonly type: 'EvidenceNoted';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly round: number;
  readonly view: EvidenceView;
  readonly channel: ReportSource['channel'];
  /** The venue's time of the answer, where it says one. */
  readonly asOf?: EpochMs;
  /** Read to its end and understood. Otherwise it proves that something is, never that not. */
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly why?: string;
  readonly epoch: number;
  /** SHA-256 of what was read, in hexadecimal; absent when nothing was. */
  readonly hash?: string;
  /** What it says of orders in doubt; at most ORDERS_PER_FACT_MAX, of more there are more facts. */
  readonly orders: readonly NotedOrder[];
  /** Instruments whose position is the sum of our executions, or is not. */
  readonly positions?: readonly NotedDifference[];
}

export interface NotedOrder extends SeenOrder {
  readonly orderID: OrderID;
  /** It bears none of our ids, and could be the order by instrument, side and quantity. */
  readonly isGuess?: true;
}

export interface NotedDifference {
  readonly symbol: TradingSymbol;
  /** Signed. */
  readonly ours: DecimalText;
  readonly venue: DecimalText;
}

export interface RoundEnded {
  readonly type: 'RoundEnded';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly round: number;
  /** Every view of the round came complete. */
  readonly complete: boolean;
  /** Orders in doubt of which no view of a complete round has a trace. */
  readonly untraced: readonly OrderID[];
}

/** The doubt about an order ended by evidence, or by the word of two persons. */
export interface DoubtResolved {
  readonly type: 'DoubtResolved';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly orderID: OrderID;
  readonly doubt: DoubtClass;
  readonly verdict: Verdict;
  /** What it rests on: `round 3 openorders`, `resend from 12`, `operator alice, bob: V1`. */
  readonly evidence: readonly string[];
}

/** The venue asked to resend from a number at or below the order's: it never processed it. */
export interface SequenceProofNoted {
  readonly type: 'SequenceProofNoted';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly orders: readonly SequenceProof[];
}

export interface SequenceProof {
  readonly orderID: OrderID;
  readonly clOrdID: ClOrdID;
  readonly msgSeqNum: number;
  readonly beginSeqNo: number;
  /** Connection on which it asked, and the sequence epoch in which the numbers mean something. */
  readonly epoch: number;
  readonly sequenceEpoch: number;
}

/** An operator was told of doubts that last: `alert` at first, then `page`. */
export interface DoubtsAlerted {
  readonly type: 'DoubtsAlerted';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly level: 'alert' | 'page';
  readonly orderIDs: readonly OrderID[];
}

/** The fills of an account are looked at once more after a link was lost. */
export interface LateWatchBegun {
  readonly type: 'LateWatchBegun';
  readonly at: EpochMs;
  readonly session: SessionName;
  /** Orders that were closed after this time may have a report that was missed. */
  readonly closedSince: EpochMs;
  readonly until: EpochMs;
}

export interface LateWatchEnded {
  readonly type: 'LateWatchEnded';
  readonly at: EpochMs;
  readonly session: SessionName;
}

/** What an operator says became of an order. */
export type OperatorVerdict = 'absent' | 'live' | 'canceled' | 'filled' | 'rejected';

/** One person says what became of an order; a second one must agree. */
export interface DoubtVerdictProposed {
  readonly type: 'DoubtVerdictProposed';
  readonly at: EpochMs;
  /** `V3`. */
  readonly proposalID: string;
  readonly orderID: OrderID;
  readonly session: SessionName;
  readonly verdict: OperatorVerdict;
  readonly by: string;
  readonly reason: string;
  /** Where it is to be seen: a ticket, a screen, a call. */
  readonly evidence: string;
  /** Of `filled`: the price of what was open. */
  readonly lastPx?: DecimalText;
  /** OrderID(37) of the venue, where the books have none. */
  readonly venueOrderID?: VenueOrderID;
  readonly expiresAt: EpochMs;
}

/** A second person agreed; the facts that follow carry it out. */
export interface DoubtVerdictApproved {
  readonly type: 'DoubtVerdictApproved';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly by: string;
}

/** Withdrawn, refused, or not approved in time. */
export interface DoubtVerdictEnded {
  readonly type: 'DoubtVerdictEnded';
  readonly at: EpochMs;
  readonly proposalID: string;
  readonly by: string;
  readonly reason: string;
}
