import {
  type ClOrdID,
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type OrderID,
  type SessionName,
  type TradingSymbol,
  type VenueOrderID,
} from '../domain/ids.ts';
import { type EvidenceView, type SeenOrder, type SeenPosition } from '../domain/evidence.ts';
import {
  type CancelRequest,
  type OrderRequest,
  type OrderTerms,
  type ReplaceMethod,
  type ReplaceRequest,
  type Side,
} from '../domain/order.ts';
import { type RestOutcome } from '../domain/ports.ts';
import { type ReportSource, type VenueFill, type VenueReport } from '../domain/venue-report.ts';
import { type EpochMs } from '../lib/time.ts';
import { type DoubtRequest } from './facts/doubt-case.ts';
import { type ExternalOrderChanged, type NotedPosition } from './fact.ts';
import { type KillScope, type KillState } from './kill-scope.ts';
import { type MassCancelNarrowing } from './mass-cancel-scope.ts';
import { type LimitRequest } from './limit.ts';
import { type Refusal } from './refusal.ts';
import { type RouteCommand, type RouteSurvey } from './route-phase.ts';
import { type ArchivedOrder } from './state.ts';

/** A client's order that can't be expressed; values are the client's own text, for the answer. */
export interface OrderRefusalRequest {
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly symbol: string;
  /** Side(54), OrdType(40) and OrderQty(38) as the client wrote them. */
  readonly side: string;
  readonly ordType: string;
  readonly orderQty: string;
  /** Price(44), StopPx(99), TimeInForce(59), Account(1), SecondaryClOrdID(526), as written. */
  readonly price?: string;
  readonly stopPx?: string;
  readonly timeInForce?: string;
  readonly account?: string;
  readonly secondaryClientOrderID?: string;
  /** OrdRejReason(103), FIX 4.4. */
  readonly ordRejReason: number;
  /** Stable, e.g. UNSUPPORTED_TIME_IN_FORCE. */
  readonly reasonCode: string;
  readonly text: string;
}

/**
 * What an OrderMassCancelRequest(q) says beside its scope; it is answered by
 * OrderMassCancelReport(r).
 */
export interface MassCancelQuestion {
  /** ClOrdID(11) of the request. */
  readonly clientOrderID: ClientOrderID;
  /** MassCancelRequestType(530) as the client wrote it. */
  readonly massCancelRequestType: string;
  /**
   * PossResend(97)=Y: a request that was answered before is answered again, and does nothing more.
   */
  readonly possResend: boolean;
}

/** A client's mass cancel that is not understood: answered with MassCancelResponse(531)=0. */
export interface MassCancelRefusal {
  readonly client: ClientName;
  readonly question: MassCancelQuestion;
  /** Symbol(55) as the client wrote it. */
  readonly symbol?: string;
  readonly account?: string;
  readonly side?: Side;
  /** MassCancelRejectReason(532), FIX 4.4. */
  readonly massCancelRejectReason: number;
  /** Stable, e.g. UNSUPPORTED_SCOPE. */
  readonly reasonCode: string;
  readonly text: string;
}

/**
 * The price that an order is valued by and held against, or why there is none. It rides on the
 * order's input, so that the decision looks at nothing else, and what was decided is journaled
 * without it [adr 14].
 */
export type ReferencePrice =
  | { readonly type: 'Price'; readonly px: DecimalText; readonly source: 'mid' | 'mark' }
  /** `why`: e.g. `the book is Stale`. */
  | { readonly type: 'None'; readonly why: string };

/** A price of the venue, and how long ago it was last said. */
export interface AgedPrice {
  readonly px: DecimalText;
  readonly ageMs: number;
}

/**
 * What the market looks like where an order enters, for the limits that need more than the
 * reference price. What is absent is not known, or too old to be used.
 */
export interface MarketView {
  readonly mark?: AgedPrice;
  readonly index?: AgedPrice;
  /** The touch of a healthy book. */
  readonly bid?: DecimalText;
  readonly offer?: DecimalText;
  /** Age of the newest of book and mark price. */
  readonly ageMs?: number;
  /** The venue's clock minus ours. */
  readonly clockOffsetMs?: number;
  /** Mark prices of every instrument with a position, where a limit values positions. */
  readonly marks?: Readonly<Partial<Record<TradingSymbol, DecimalText>>>;
}

/** A fill of feeds, REST or history, and how long it has waited for its FIX report. */
export interface SeenFill {
  readonly fill: VenueFill;
  /** FIX has not reported it for so long that it is booked by what is known. */
  readonly isLasting: boolean;
}

/** The answer of one view in a round of questions. */
export interface SeenEvidence {
  readonly session: SessionName;
  readonly round: number;
  readonly view: EvidenceView;
  readonly channel: ReportSource['channel'];
  /** The venue's time of the answer. */
  readonly asOf?: EpochMs;
  readonly complete: boolean;
  readonly why?: string;
  readonly hash?: string;
  readonly orders: readonly SeenOrder[];
  readonly fills: readonly VenueFill[];
  /** Of a complete `openpositions`: instruments that are not named are flat. */
  readonly positions?: readonly SeenPosition[];
}

/** An order of ours that went by REST, as the private feeds show it. */
export interface SeenRestOrder {
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
  readonly isOpen: boolean;
  readonly cumQty: DecimalText;
  /** Why it ended, as the feeds say. */
  readonly cause?: string;
}

/** An order that we did not send, as the private feeds and REST show it. */
export interface ExternalOrder {
  readonly venueOrderID: VenueOrderID;
  /** The client id that its sender gave it, if any. */
  readonly clOrdID?: string;
  readonly terms: OrderTerms;
  readonly cumQty: DecimalText;
  readonly leavesQty: DecimalText;
  readonly ordStatus: ExternalOrderChanged['ordStatus'];
  /** What is not known of its terms, for people. */
  readonly unknown?: string;
}

/** Everything that the core decides on, stamped once where it enters. */
export interface Input {
  readonly at: EpochMs;
  readonly body: InputBody;
}

export type InputBody =
  /** First input of every run, after the journal was replayed and before any route comes up. */
  | {
      readonly type: 'EngineStarted';
      /** Stands in the ids of a journal that has none yet: letters and digits. */
      readonly idPrefix?: string;
    }
  | {
      readonly type: 'PlaceOrder';
      readonly request: OrderRequest;
      /** As of `at`; left out when the engine keeps no book. */
      readonly reference?: ReferencePrice;
      /** As of `at`; left out when nothing of it is known. */
      readonly market?: MarketView;
      /**
       * What the account holds of the instrument, signed, as of `at`; needed while a kill switch
       * lets reducing orders alone pass.
       */
      readonly positionQty?: DecimalText;
      /** Why the adapter refuses an order that is new: it came too late. */
      readonly refusal?: Refusal;
    }
  /**
   * The adapter read a client's order that the engine has no words for (FOK, an unknown OrdType):
   * refused by the book of record, not by the adapter.
   */
  | { readonly type: 'RefuseOrder'; readonly refusal: OrderRefusalRequest }
  | {
      readonly type: 'CancelOrder';
      readonly request: CancelRequest;
      /** Why the adapter refuses it: its ClOrdID(11) was used by an order that left memory. */
      readonly refusal?: Refusal;
    }
  | {
      readonly type: 'ReplaceOrder';
      readonly request: ReplaceRequest;
      /** What the configuration says about replaces of this client. */
      readonly policy: ReplaceMethod | 'refuse';
      /** As of `at`; left out when the engine keeps no book. */
      readonly reference?: ReferencePrice;
      readonly market?: MarketView;
      /** Why the adapter refuses a request that is new: it cannot be read, or came too late. */
      readonly refusal?: Refusal;
    }
  /** Cancel every open order that the narrowing names; all orders of the engine without one. */
  | ({
      readonly type: 'CancelAll';
      readonly by: ClientName;
      /** Orders of this venue session alone. */
      readonly session?: SessionName;
      /** Present when a client asked by OrderMassCancelRequest(q) and is to be answered. */
      readonly question?: MassCancelQuestion;
    } & MassCancelNarrowing)
  | { readonly type: 'RefuseCancelAll'; readonly refusal: MassCancelRefusal }
  /** An operator stops orders in a scope, or makes a switch that is there stricter. */
  | {
      readonly type: 'SetKillSwitch';
      readonly scope: KillScope;
      readonly state: Exclude<KillState, 'ACTIVE'>;
      readonly by: ClientName;
      readonly reason: string;
      readonly withExternal: boolean;
    }
  /** An operator opens a scope again, or holds it less strictly. */
  | {
      readonly type: 'ReleaseKillSwitch';
      readonly scope: KillScope;
      readonly state: Exclude<KillState, 'HALTED'>;
      readonly by: ClientName;
      readonly reason: string;
    }
  /** A second person agrees, or somebody takes the proposal back. */
  | { readonly type: 'ApproveKillRelease'; readonly proposalID: string; readonly by: ClientName }
  | {
      readonly type: 'WithdrawKillRelease';
      readonly proposalID: string;
      readonly by: ClientName;
      readonly reason: string;
    }
  /** The adapter gave the message its number; its bytes are in the same commit. */
  | {
      readonly type: 'RequestSent';
      readonly route?: 'FIX';
      readonly clOrdID: ClOrdID;
      readonly session: SessionName;
      readonly epoch: number;
      readonly msgSeqNum: number;
    }
  /** The adapter took the request and calls REST once its intent is durable. */
  | {
      readonly type: 'RequestSent';
      readonly route: 'REST';
      readonly clOrdID: ClOrdID;
      readonly session: SessionName;
    }
  /** The call is over, with or without an answer. */
  | {
      readonly type: 'RestAnswered';
      readonly clOrdID: ClOrdID;
      readonly session: SessionName;
      readonly outcome: RestOutcome;
    }
  /** The adapter can prove that no byte was or will be written. */
  | { readonly type: 'RequestNotSent'; readonly clOrdID: ClOrdID; readonly reason: string }
  | { readonly type: 'VenueReported'; readonly report: VenueReport; readonly source: ReportSource }
  | {
      readonly type: 'RouteUp';
      readonly session: SessionName;
      readonly epoch: number;
      readonly reset: boolean;
    }
  | {
      readonly type: 'RouteDown';
      readonly session: SessionName;
      readonly epoch: number;
      readonly reason: string;
      /**
       * How it ended, when an end by Logout or by our own hand: the venue keeps the orders, or is
       * to cancel them.
       */
      readonly orders?: 'kept' | 'left-to-venue';
    }
  /**
   * The venue's ResendRequest: it never processed our messages from this number on ([routing 4],
   * sequence proof).
   */
  | {
      readonly type: 'VenueAskedResend';
      readonly session: SessionName;
      readonly epoch: number;
      readonly beginSeqNo: number;
    }
  /**
   * Replay is complete and a TestRequest sent after logon was answered: nothing older is still
   * under way.
   */
  | { readonly type: 'RouteSynchronized'; readonly session: SessionName; readonly epoch: number }
  /**
   * No new orders on this route until it has logged on again, e.g. before the venue's daily
   * rollover. Cancels pass.
   */
  | { readonly type: 'PauseRoute'; readonly session: SessionName; readonly reason: string }
  /** The venue is silent for too long on this connection, although it is up. */
  | {
      readonly type: 'SuspectRoute';
      readonly session: SessionName;
      readonly epoch: number;
      readonly reason: string;
    }
  /** It answered what it was silent about. */
  | { readonly type: 'TrustRoute'; readonly session: SessionName; readonly epoch: number }
  /** Time to see whether the account can go a step further between FIX and REST. */
  | {
      readonly type: 'LookAtRoute';
      readonly session: SessionName;
      readonly survey: RouteSurvey;
    }
  /** An operator's word; `isForced`: hand back without two agreeing rounds. */
  | {
      readonly type: 'CommandRoute';
      readonly session: SessionName;
      readonly command: RouteCommand;
      readonly by: string;
      readonly reason: string;
      readonly isForced?: true;
    }
  /** What the venue's echo, or the lack of it, says of its dead man's switch. */
  | {
      readonly type: 'DeadManSwitchSeen';
      readonly session: SessionName;
      readonly state: 'off' | 'armed' | 'unconfirmed';
      /** Latest time, by our clock, at which it can still fire. */
      readonly firesBy?: EpochMs;
      readonly detail?: string;
    }
  /**
   * The venue's own view of the account (feeds, REST) shows something that an operator must see. It
   * settles no order.
   */
  | {
      readonly type: 'VenueViewAlerted';
      readonly severity: 'warning' | 'critical';
      /** Stable, e.g. VENUE_FILL_MISSING. */
      readonly code: string;
      readonly text: string;
      readonly orderID?: OrderID;
    }
  /**
   * What the venue says the account holds beside our executions, lasting; noted once, as the
   * beginning of its positions.
   */
  | {
      readonly type: 'OpeningPositionsSeen';
      readonly session: SessionName;
      readonly positions: readonly NotedPosition[];
      /** The venue's time of the newest fill that is in them. */
      readonly fillsUntil?: EpochMs;
    }
  /** Executions as the private feeds, REST and history tell them. */
  | {
      readonly type: 'VenueFillsSeen';
      readonly fills: readonly SeenFill[];
      readonly source: ReportSource;
    }
  /** Orders that went by REST and are not what the books say, as the private feeds show them. */
  | {
      readonly type: 'RestOrdersSeen';
      readonly orders: readonly SeenRestOrder[];
      readonly source: ReportSource;
    }
  /** Orders of the account that we did not send, as the private feeds and REST show them. */
  | {
      readonly type: 'ExternalOrdersSeen';
      readonly orders: readonly ExternalOrder[];
      readonly source: ReportSource;
    }
  /** What one view of the venue says in a round of questions about orders in doubt. */
  | ({ readonly type: 'EvidenceSeen' } & SeenEvidence)
  /** The views that were asked so far are to be judged; `isOver`: no more of this round comes. */
  | {
      readonly type: 'RoundAnswered';
      readonly session: SessionName;
      readonly round: number;
      readonly isOver: boolean;
    }
  /** An operator says what became of an order in doubt; see core/doubt/operator-verdict.ts. */
  | { readonly type: 'SettleDoubt'; readonly asked: DoubtRequest }
  /** An operator changes a limit; see core/risk/limit-changes.ts for what is taken. */
  | { readonly type: 'ChangeLimit'; readonly change: LimitRequest }
  /** These orders are in the archive as they are here: they may leave memory. */
  | {
      readonly type: 'ArchiveOrders';
      readonly orders: readonly Pick<ArchivedOrder, 'order' | 'names'>[];
    }
  /** The next input is about an order that left memory: it comes back first. */
  | { readonly type: 'RecallOrder'; readonly archived: ArchivedOrder }
  | { readonly type: 'TimerFired'; readonly name: string };
