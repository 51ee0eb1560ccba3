import {
  type ClOrdID,
  type DecimalText,
  type ExecID,
  type OrderID,
  type SessionName,
  type TradingSymbol,
  type VenueExecID,
} from '../../domain/ids.ts';
import { type ReportSource, type VenueReport } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type DoubtClass } from '../doubt-class.ts';
import { type RoutePhase, type RouteToken } from '../route-phase.ts';

/**
 * Seen and without consequence for the books, e.g. a refusal of a request that was answered before.
 */
export interface ReportIgnored {
  readonly type: 'ReportIgnored';
  readonly at: EpochMs;
  readonly orderID?: OrderID;
  readonly answers?: ClOrdID;
  readonly venueExecID?: VenueExecID;
  readonly reason: string;
  readonly report: VenueReport;
  readonly source: ReportSource;
}

/**
 * The report contradicts the books (an empty cell of the lifecycle): kept whole, alerted, asked
 * about.
 */
export interface ReportDoubted {
  readonly type: 'ReportDoubted';
  readonly at: EpochMs;
  readonly orderID: OrderID;
  readonly venueExecID?: VenueExecID;
  readonly reason: string;
  readonly report: VenueReport;
  readonly source: ReportSource;
}

/** The report names no known order: kept until an id in it becomes known. */
export interface ReportQuarantined {
  readonly type: 'ReportQuarantined';
  readonly at: EpochMs;
  readonly key: string;
  readonly report: VenueReport;
  readonly source: ReportSource;
}

export interface QuarantineReleased {
  readonly type: 'QuarantineReleased';
  readonly at: EpochMs;
  readonly key: string;
  readonly orderID: OrderID;
}

/** The link is gone: new orders are refused from here on. */
export interface RouteLost {
  readonly type: 'RouteLost';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly epoch: number;
  readonly reason: string;
  /** Of the account, after it; absent in journals of earlier versions: DOWN_FENCED. */
  readonly phase?: RoutePhase;
}

/** Logged on again; the gate is still shut. */
export interface RouteRecovering {
  readonly type: 'RouteRecovering';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly epoch: number;
  /** Both sequences restarted at 1: a new sequence epoch. */
  readonly reset: boolean;
  /** Of the account, after it; absent in journals of earlier versions: FIX_RECOVERING. */
  readonly phase?: RoutePhase;
}

export interface ResendAsked {
  readonly type: 'ResendAsked';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly epoch: number;
  readonly beginSeqNo: number;
}

/**
 * Replay complete: FIX is in step, and takes orders when its token says so, except on instruments
 * with an unresolved doubt.
 */
export interface RouteOpened {
  readonly type: 'RouteOpened';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly epoch: number;
  /** Of the account, after it; absent in journals of earlier versions: FIX_ACTIVE. */
  readonly phase?: RoutePhase;
  /** Present when FIX is granted new orders. */
  readonly token?: RouteToken;
}

/** The link is up, but takes no new orders until the next logon. */
export interface RoutePaused {
  readonly type: 'RoutePaused';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly reason: string;
}

export interface OrdersDoubted {
  readonly type: 'OrdersDoubted';
  readonly at: EpochMs;
  readonly session: SessionName;
  /** At most ORDERS_PER_FACT_MAX; more orders make more facts. */
  readonly orders: readonly DoubtedOrder[];
}

export interface DoubtedOrder {
  readonly orderID: OrderID;
  readonly doubt: DoubtClass;
  /** Present when the client gets a report: ExecType(150)=I with Text(58) IN_DOUBT. */
  readonly execID?: ExecID;
}

/** The doubt ended without a change of the order: it is what our books say. */
export interface DoubtsSettled {
  readonly type: 'DoubtsSettled';
  readonly at: EpochMs;
  readonly session: SessionName;
  readonly orderIDs: readonly OrderID[];
}

/** The first start on a new journal: what its OrderIDs(37) and ExecIDs(17) have in common. */
export interface IDsBegun {
  readonly type: 'IDsBegun';
  readonly at: EpochMs;
  readonly prefix: string;
}

/**
 * What the account held beside our executions when the venue's view was first at one with the
 * books. It is the named beginning of every position of the account, and no execution.
 */
export interface OpeningPositionsNoted {
  readonly type: 'OpeningPositionsNoted';
  readonly at: EpochMs;
  readonly session: SessionName;
  /** The venue's position minus our executions, where that is not 0; all others were flat. */
  readonly positions: readonly NotedPosition[];
  /**
   * The venue's time of the newest fill that is in them: later ones of EXTERNAL orders are
   * executions of the books. Absent in journals of earlier versions.
   */
  readonly fillsUntil?: EpochMs;
}

export interface NotedPosition {
  readonly symbol: TradingSymbol;
  /** Signed: negative is short. */
  readonly qty: DecimalText;
  /** The venue's average; absent when our executions are mixed into it. */
  readonly entryPx?: DecimalText;
}

export interface AlertRaised {
  readonly type: 'AlertRaised';
  readonly at: EpochMs;
  readonly severity: 'warning' | 'error' | 'critical';
  readonly code: string;
  readonly text: string;
  readonly orderID?: OrderID;
}
