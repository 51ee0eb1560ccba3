import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type MassCancelID,
  type SessionName,
  type TradingSymbol,
} from '../../domain/ids.ts';
import { type OrderRoute, type Side } from '../../domain/order.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type MassCancelNarrowing } from '../mass-cancel-scope.ts';

/** What the answer to an OrderMassCancelRequest(q) repeats of it. */
interface AnsweredQuestion {
  readonly clientOrderID: ClientOrderID;
  /** MassCancelRequestType(530) as the client wrote it. */
  readonly massCancelRequestType: string;
}

/**
 * Every open order in the scope is to be cancelled, whatever the link is and however long it takes.
 * The scope is fixed here: orders of `client` (of all when absent) on `symbol` (on all when absent)
 * up to the one that was made last. Account(1), Side(54) or one order narrow it further.
 */
export interface MassCancelRequested extends MassCancelNarrowing {
  readonly type: 'MassCancelRequested';
  readonly at: EpochMs;
  readonly massCancelID: MassCancelID;
  readonly session: SessionName;
  readonly by: ClientName;
  /** Number of the last order in scope: OrderID(37) `F<prefix>-<n>`. */
  readonly ordersMade: number;
  /** Open orders in scope, at this moment. */
  readonly affected: number;
  /** An unfinished mass cancel of the same scope, which this one goes on with. */
  readonly replaces?: MassCancelID;
  /** Present when the client is to be answered. */
  readonly question?: AnsweredQuestion;
  /** Text(58) of the answer. */
  readonly text?: string;
  /** Text(58) of the reports of orders that it cancels. */
  readonly orderText?: string;
}

/**
 * The same request again, with PossResend(97)=Y: answered as before, nothing is done. The symbol
 * is absent in journals that were written before it was kept.
 */
export interface MassCancelAnsweredAgain extends MassCancelNarrowing {
  readonly type: 'MassCancelAnsweredAgain';
  readonly at: EpochMs;
  readonly massCancelID: MassCancelID;
  readonly client: ClientName;
  readonly affected: number;
  readonly question: AnsweredQuestion;
}

/** A client's mass cancel was not understood; nothing is cancelled. */
export interface MassCancelRequestRefused {
  readonly type: 'MassCancelRequestRefused';
  readonly at: EpochMs;
  readonly client: ClientName;
  readonly question: AnsweredQuestion;
  readonly symbol?: string;
  readonly account?: string;
  readonly side?: Side;
  readonly code: string;
  /** MassCancelRejectReason(532). */
  readonly massCancelRejectReason: number;
  readonly text: string;
}

/** OrderMassCancelRequest(q) to the venue, for a mass cancel whose scope it covers exactly. */
export interface VenueMassCancelIntended {
  readonly type: 'VenueMassCancelIntended';
  readonly at: EpochMs;
  readonly clOrdID: ClOrdID;
  readonly session: SessionName;
  readonly massCancelID: MassCancelID;
  readonly by: ClientName;
  readonly symbol?: TradingSymbol;
  /** Absent: FIX. By REST it is cancelallorders. */
  readonly route?: OrderRoute;
}

/** Orders of the scope are still open: the mass cancel is looked at again. */
export interface MassCancelUnfinished {
  readonly type: 'MassCancelUnfinished';
  readonly at: EpochMs;
  readonly massCancelID: MassCancelID;
  readonly open: number;
  readonly lookAgainAfterMs: number;
  /** An alert named the orders that are still open. */
  readonly isAlerted: boolean;
}

/** No order of the scope is open or in doubt. */
export interface MassCancelCompleted {
  readonly type: 'MassCancelCompleted';
  readonly at: EpochMs;
  readonly massCancelID: MassCancelID;
}
