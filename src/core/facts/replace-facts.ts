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
import {
  type OrderRoute,
  type OrdStatus,
  type OrderTerms,
  type ReplaceMethod,
} from '../../domain/order.ts';
import { type ReportSource } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';

/** A client's replace request was accepted: it is under way at the venue, or waits for another. */
export interface ReplaceIntended {
  readonly type: 'ReplaceIntended';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /**
   * ClOrdID(11) of the request to the venue: of the OrderCancelReplaceRequest(G), or of the cancel
   * that begins `cancelThenNew`. Of a request that waits it is a name in the books alone.
   */
  readonly clOrdID: ClOrdID;
  readonly origClOrdID: ClOrdID;
  readonly session: SessionName;
  /** Absent: FIX. */
  readonly route?: OrderRoute;
  readonly by: ClientName;
  readonly clientOrderID?: ClientOrderID;
  /** OrigClOrdID(41) of the client's request: the order's, or that of a replace under way. */
  readonly origClientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  /** Our ExecID(17) of the client's PendingReplace report. */
  readonly execID?: ExecID;
  /** Absent: `amend`. */
  readonly method?: ReplaceMethod;
  /** It begins when the request before it has succeeded. */
  readonly waits?: true;
  /** The whole order as it is to be. */
  readonly terms: OrderTerms;
}

/** A replace that waited is next: the venue's order is to be cancelled, or edited by REST. */
export interface ReplaceStarted {
  readonly type: 'ReplaceStarted';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /** The name of the request while it waited. */
  readonly waiting: ClOrdID;
  /** ClOrdID(11) of the request to the venue. */
  readonly clOrdID: ClOrdID;
  readonly origClOrdID: ClOrdID;
  readonly session: SessionName;
  /** Absent: FIX. */
  readonly route?: OrderRoute;
}

/**
 * The venue's order of a `cancelThenNew` is cancelled, proven by its report, and a new one is to be
 * sent for the quantity that is left. The client sees one order, which waits for the answer.
 */
export interface ReplacementIntended {
  readonly type: 'ReplacementIntended';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  /** ClOrdID(11) of the cancel request, which names the replace in the books. */
  readonly request: ClOrdID;
  /** ClOrdID(11) of the new order. */
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  /** Of the new order. Absent: FIX. */
  readonly route?: OrderRoute;
  /** The order as it is sent: OrderQty(38) is what is left. */
  readonly terms: OrderTerms;
  /** Of the client's order, by its executions. */
  readonly ordStatus: OrdStatus;
  /** The proof: the venue's report of the cancel. */
  readonly answers?: ClOrdID;
  readonly venueExecID: VenueExecID;
  readonly canceledVenueOrderID: VenueOrderID;
  /** CumQty(14) of the cancelled order at the venue. */
  readonly canceledCumQty: DecimalText;
  readonly source: ReportSource;
}
