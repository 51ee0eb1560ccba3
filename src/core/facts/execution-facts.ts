import {
  type ClOrdID,
  type DecimalText,
  type ExecID,
  type OrderID,
  type SessionName,
  type VenueExecID,
  type VenueOrderID,
} from '../../domain/ids.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';

/**
 * Another channel tells an execution that is booked: nothing is booked again. It brings an id, and
 * what the first report did not have.
 */
export interface ExecutionLinked {
  readonly type: 'ExecutionLinked';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /** The booked execution, the first of its chain. */
  readonly rootExecID: VenueExecID;
  /** `fill_id` of feeds, REST and history, when it was not known. */
  readonly fillID?: string;
  /** ExecID(17) of the venue's FIX report, of an execution that another channel booked. */
  readonly venueExecID?: VenueExecID;
  readonly answers?: ClOrdID;
  readonly tradeID?: string;
  readonly fee?: DecimalText;
  readonly feeCurrency?: string;
  readonly liquidity?: 'Maker' | 'Taker';
  /** Our ExecID(17) of the client's report; absent when the client learns nothing new. */
  readonly execID?: ExecID;
  readonly source: ReportSource;
}

/** An order that was placed on the account elsewhere: at a terminal, by another program. */
export interface ExternalOrderAdopted {
  readonly type: 'ExternalOrderAdopted';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly session: SessionName;
  readonly venueOrderID: VenueOrderID;
  /** The client id that its sender gave it, if any. */
  readonly venueClOrdID?: ClOrdID;
  readonly terms: OrderTerms;
  /** What the venue had filled of it before; no execution of the books. */
  readonly cumQty: DecimalText;
  readonly leavesQty: DecimalText;
  /** What is not known of its terms, for people. */
  readonly text: string;
  readonly source: ReportSource;
}

/** The venue's view of an order of EXTERNAL changed: filled, edited, ended. */
export interface ExternalOrderChanged {
  readonly type: 'ExternalOrderChanged';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly terms: OrderTerms;
  readonly cumQty: DecimalText;
  readonly leavesQty: DecimalText;
  readonly ordStatus: 'New' | 'PartiallyFilled' | 'Filled' | 'Canceled' | 'Expired' | 'Rejected';
  readonly source: ReportSource;
}
