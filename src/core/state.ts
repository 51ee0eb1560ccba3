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
import {
  type OrderRoute,
  type OrdStatus,
  type OrderTerms,
  type ReplaceMethod,
} from '../domain/order.ts';
import { type ReportSource, type VenueReport } from '../domain/venue-report.ts';
import { type EpochMs } from '../lib/time.ts';
import {
  type DoubtCase,
  type DoubtProposal,
  type DoubtRound,
  type LateWatch,
} from './facts/doubt-case.ts';
import { type DoubtClass } from './doubt-class.ts';
import { type KillScope, type KillState } from './kill-scope.ts';
import { type MassCancelNarrowing } from './mass-cancel-scope.ts';
import { type Routing } from './route-phase.ts';
import {
  type DayStart,
  type LimitChange,
  type LimitProposal,
  type ScopeKey,
  type ThrottleTrip,
} from './limit.ts';

/**
 * The number that a request of ours got, and the sequence epoch in which that number means
 * something.
 */
export interface SentAs {
  readonly session: SessionName;
  readonly epoch: number;
  readonly sequenceEpoch: number;
  readonly msgSeqNum: number;
}

/** A request to the venue, under way or answered. */
export interface VenueRequest {
  readonly clOrdID: ClOrdID;
  /** Absent: FIX, and in journals of earlier versions. */
  readonly route?: OrderRoute;
  /** By FIX. */
  readonly sentAs?: SentAs;
  /** By REST: our own number, taken before the call. */
  readonly requestNumber?: number;
  readonly answered: boolean;
}

/** A cancel or replace that the venue has not decided yet. */
export interface PendingRequest extends VenueRequest {
  readonly kind: 'cancel' | 'replace';
  readonly by: ClientName;
  readonly clientOrderID?: ClientOrderID;
  readonly secondaryClientOrderID?: string;
  /** The venue said PendingCancel or PendingReplace. */
  readonly ackedByVenue: boolean;
  /** Of a replace. */
  readonly replace?: PendingReplace;
}

/** What a replace under way is to do, and how far it is. */
export interface PendingReplace {
  readonly method: ReplaceMethod;
  /** The whole order as it is to be. */
  readonly terms: OrderTerms;
  /** OrigClOrdID(41) of the client's request. */
  readonly origClientOrderID?: ClientOrderID;
  /**
   * `waiting` for the replace before it; `asked`: the venue has the request, of `cancelThenNew` the
   * cancel; `sent`: the old order is cancelled, the new one unanswered.
   */
  readonly step: 'waiting' | 'asked' | 'sent';
  readonly askedAt: EpochMs;
}

/** A venue order that a replace has ended. Its late fills are the client's order's. */
export interface EarlierVenueOrder {
  readonly clOrdID: ClOrdID;
  readonly venueOrderID: VenueOrderID;
  /** Sum of its live executions. */
  readonly cumQty: DecimalText;
}

/** How an order was closed before late fills made it Filled. */
export type ClosedAs = 'Canceled' | 'Expired';

/** An order as the books know it: an immutable value. */
export interface Order {
  readonly orderID: OrderID;
  readonly client: ClientName;
  readonly clientOrderID: ClientOrderID;
  readonly account?: string;
  readonly secondaryClientOrderID?: string;
  /** Text(58) of the client's order. */
  readonly clientText?: string;
  /** ClOrdLinkID(583) of the client's order: the strategy that limits may name. */
  readonly strategy?: string;
  /** The reference price that valued an order which has no price of its own. */
  readonly referencePx?: DecimalText;
  /** As accepted; a duplicate is judged by these. */
  readonly termsAccepted: OrderTerms;
  /** As the venue has them now: changed by Replaced and Restated only. */
  readonly terms: OrderTerms;
  readonly session: SessionName;
  readonly acceptedAt: EpochMs;
  readonly updatedAt: EpochMs;
  /** Status confirmed by the venue; requests under way are in `pending`. */
  readonly base: OrdStatus;
  /** Set once the venue cancelled or expired it; late fills may make the base Filled. */
  readonly closedAs?: ClosedAs;
  /** Another channel than FIX told of that: FIX may do so later. */
  readonly isClosedBeforeFix?: true;
  /** ClOrdID(11) by which the venue knows this order now; absent until it was attempted. */
  readonly venueClOrdID?: ClOrdID;
  readonly venueOrderID?: VenueOrderID;
  /** Venue orders that replaces have ended, oldest first; absent without one. */
  readonly earlier?: readonly EarlierVenueOrder[];
  /** The last order-creating request; absent when the order was refused here. */
  readonly attempt?: VenueRequest;
  readonly pending: readonly PendingRequest[];
  /** Sum of live executions plus adjustments by restatement. */
  readonly cumQty: DecimalText;
  readonly leavesQty: DecimalText;
  /** Sum of executions as they were first reported, before busts and corrections. */
  readonly reportedQty: DecimalText;
  /** Sum of live executions alone, and of quantity times price: the average's two halves. */
  readonly executedQty: DecimalText;
  readonly executedNotional: DecimalText;
  /** Reason of a refusal. */
  readonly code?: string;
  readonly ordRejReason?: number;
  readonly text?: string;
}

/** One execution, by its first ExecID; corrected and cancelled in place. */
export interface Execution {
  readonly orderID: OrderID;
  readonly execID: ExecID;
  readonly venueExecID: VenueExecID;
  /** Our ExecID(17) of the last correction or bust that was reported; absent without one. */
  readonly lastExecID?: ExecID;
  readonly lastQty: DecimalText;
  readonly lastPx: DecimalText;
  readonly at: EpochMs;
  readonly tradeID?: string;
  readonly fee?: DecimalText;
  readonly feeCurrency?: string;
  readonly liquidity?: 'Maker' | 'Taker';
  readonly canceled: boolean;
  /** Which channel booked it; FIX when absent. */
  readonly channel?: ReportSource['channel'];
  /** ExecID(17) of the FIX report, of an execution that another channel booked. */
  readonly fixExecID?: VenueExecID;
  /** `fill_id` of feeds, REST and history, once one of these told it. */
  readonly fillID?: string;
  /**
   * Its order left memory once: the positions hold it for good, and are not folded from it again.
   */
  readonly isFolded?: boolean;
}

/** Every id that leads to one order: they leave memory, and come back, together with it. */
export interface OrderNames {
  /** Of the order, and of its client's requests about it. */
  readonly clientOrderIDs: readonly ClientOrderID[];
  readonly clOrdIDs: readonly ClOrdID[];
  readonly venueOrderIDs: readonly VenueOrderID[];
  readonly venueExecIDs: readonly VenueExecID[];
}

/** Everything that the books know of one order, as it is kept outside of memory. */
export interface ArchivedOrder {
  readonly order: Order;
  readonly names: OrderNames;
  readonly requests: readonly (readonly [ClOrdID, RequestRef])[];
  readonly executions: readonly (readonly [VenueExecID, Execution])[];
  readonly rootExecIDs: readonly (readonly [VenueExecID, VenueExecID])[];
}

/**
 * The venue asked for our messages from this number on: what was sent on an earlier connection from
 * there on never arrived.
 */
export interface ResendProof {
  /** Of the connection on which it asked. */
  readonly epoch: number;
  /** BeginSeqNo(7), the lowest of this connection. */
  readonly beginSeqNo: number;
  /** An effect of such a message was seen: the venue's counter went back, and nothing is proved. */
  readonly isVoid: boolean;
}

/** One venue session's FIX link, and the account's way between FIX and REST in `routing`. */
export interface Route {
  readonly session: SessionName;
  /** Of the link: Active when it is in step with the venue. */
  readonly phase: 'Down' | 'Recovering' | 'Active';
  readonly since: EpochMs;
  readonly epoch: number;
  /** Counts resets of the sequence numbers: a MsgSeqNum(34) means something only within one. */
  readonly sequenceEpoch: number;
  /**
   * The highest MsgSeqNum(34) of ours whose effect we have seen, in this sequence epoch: of
   * messages sent on earlier connections, and on this one. Only the first can contradict a
   * ResendRequest(2) that came right after the logon.
   */
  readonly answeredSeqMax: number;
  readonly answeredNowSeqMax: number;
  /** Why new orders are refused although the link is up; until the next logon. */
  readonly pausedFor?: string;
  /**
   * What the venue's ResendRequests(2) since the route was last open prove, oldest first. They
   * outlive a connection: a message that was gap-filled is not asked for again, and a crash may
   * come before the proof was used.
   */
  readonly resendProofs: readonly ResendProof[];
  readonly reason?: string;
  /** Absent in books of earlier versions; read it by `routingOf`. */
  readonly routing?: Routing;
}

/** An OrderMassCancelRequest(q) to the venue that is not settled. */
export interface MassCancel extends VenueRequest {
  readonly session: SessionName;
  readonly by: ClientName;
  readonly symbol?: TradingSymbol;
  readonly at: EpochMs;
  /** Absent in journals of earlier versions. */
  readonly massCancelID?: MassCancelID;
}

/** A mass cancel of a client or an operator that goes on until nothing in its scope is open. */
export interface ActiveMassCancel extends MassCancelNarrowing {
  readonly massCancelID: MassCancelID;
  readonly session: SessionName;
  readonly by: ClientName;
  /** Orders that were made later are not meant. */
  readonly ordersMade: number;
  readonly at: EpochMs;
  /** When an alert last named the orders that are still open. */
  readonly alertedAt?: EpochMs;
  /** An OrderMassCancelRequest(q) went out for it: from then on single cancels. */
  readonly sentToVenue: boolean;
  /** Text(58) of the reports of orders that it cancels: a kill switch and its reason. */
  readonly orderText?: string;
}

/** What the answer to a client's mass cancel said. */
export interface MassCancelAnswer extends MassCancelNarrowing {
  readonly massCancelID: MassCancelID;
  readonly massCancelRequestType: string;
  readonly affected: number;
  /** Absent in snapshots of an earlier version. */
  readonly at?: EpochMs;
}

/** What stops orders in a scope until an operator releases it. */
export interface KillSwitch {
  readonly scope: KillScope;
  readonly state: Exclude<KillState, 'ACTIVE'>;
  readonly by: ClientName;
  readonly reason: string;
  readonly at: EpochMs;
  readonly withExternal: boolean;
}

/** The release of a kill switch, waiting for a second person. */
export interface KillProposal {
  readonly id: string;
  readonly scope: KillScope;
  readonly state: Exclude<KillState, 'HALTED'>;
  readonly by: ClientName;
  readonly reason: string;
  readonly at: EpochMs;
  /** Not approved by then, it is void. */
  readonly expiresAt: EpochMs;
}

/** Whose orders were placed on the account elsewhere: at a terminal, by another program. */
export const EXTERNAL = 'EXTERNAL' as ClientName;

export interface QuarantinedReport {
  readonly key: string;
  readonly at: EpochMs;
  readonly report: VenueReport;
  readonly source: ReportSource;
}

/** A position that was there before our books began. */
export interface OpeningPosition {
  /** Signed: negative is short. */
  readonly qty: DecimalText;
  /** Average entry price; absent when it is not known. */
  readonly entryPx?: DecimalText;
}

/** The positions of an account that none of our executions made; others were flat. */
export interface OpeningPositions {
  readonly at: EpochMs;
  /** The venue's time of the newest fill that is in them. */
  readonly fillsUntil?: EpochMs;
  readonly positions: ReadonlyMap<TradingSymbol, OpeningPosition>;
}

/** A call to REST that was journaled and has no answer yet. */
export interface RestRequest {
  readonly session: SessionName;
  readonly requestNumber: number;
  readonly at: EpochMs;
}

/** What a ClOrdID(11) of ours stands for. */
export type RequestRef =
  | { readonly kind: 'new' | 'cancel' | 'replace'; readonly orderID: OrderID }
  | { readonly kind: 'massCancel' };

/**
 * The books. Readers get this read-only view; the containers are mutable, and only `evolve`
 * (books.ts) touches them, because copying a map of 10,000 orders at each event would cost more
 * than all the rest.
 */
export interface EngineState {
  readonly orders: ReadonlyMap<OrderID, Order>;
  /** Orders that are not closed: live at the venue, or with a request of ours under way. */
  readonly openOrderIDs: ReadonlySet<OrderID>;
  /** Closed orders that are still in memory, the one that has been closed longest first. */
  readonly closedOrderIDs: ReadonlySet<OrderID>;
  readonly namesByOrderID: ReadonlyMap<OrderID, OrderNames>;
  /** Times that an order left memory. */
  readonly ordersArchived: number;
  readonly orderIDByClientOrderID: ReadonlyMap<ClientName, ReadonlyMap<ClientOrderID, OrderID>>;
  /** Every ClOrdID(11) that we ever sent or meant to send, whatever its outcome. */
  readonly requests: ReadonlyMap<ClOrdID, RequestRef>;
  /** Requests that were sent and have no answer yet, by `seqNumKey`. */
  readonly clOrdIDBySeqNum: ReadonlyMap<string, ClOrdID>;
  /** Calls by REST under way; what became of one whose answer was lost is a doubt. */
  readonly restRequests: ReadonlyMap<ClOrdID, RestRequest>;
  readonly orderIDByVenueOrderID: ReadonlyMap<VenueOrderID, OrderID>;
  readonly executions: ReadonlyMap<VenueExecID, Execution>;
  /** Corrections and busts lead to the first execution of their chain. */
  readonly rootExecIDs: ReadonlyMap<VenueExecID, VenueExecID>;
  readonly seenExecIDs: ReadonlySet<VenueExecID>;
  /** The first execution of the chain, by `fill_id`. */
  readonly execIDByFill: ReadonlyMap<string, VenueExecID>;
  readonly doubts: ReadonlyMap<OrderID, DoubtClass>;
  /** The same orders, with what was asked about them. */
  readonly doubtCases: ReadonlyMap<OrderID, DoubtCase>;
  readonly doubtRounds: ReadonlyMap<SessionName, DoubtRound>;
  readonly lateWatches: ReadonlyMap<SessionName, LateWatch>;
  /** Verdicts that wait for a second person, by their id. */
  readonly doubtProposals: ReadonlyMap<string, DoubtProposal>;
  readonly massCancels: ReadonlyMap<ClOrdID, MassCancel>;
  readonly activeMassCancels: ReadonlyMap<MassCancelID, ActiveMassCancel>;
  /** Orders in the scope of an active mass cancel that are open at the venue. */
  readonly massCancelOrders: ReadonlyMap<MassCancelID, ReadonlySet<OrderID>>;
  /** When an order in such a scope was last asked to be cancelled. */
  readonly massCancelAskedAt: ReadonlyMap<MassCancelID, ReadonlyMap<OrderID, EpochMs>>;
  /** By client and ClOrdID(11) of the request, oldest first, as long as it may be sent again. */
  readonly massCancelAnswers: ReadonlyMap<ClientName, ReadonlyMap<ClientOrderID, MassCancelAnswer>>;
  /** When the newest answer was given that had to make room for others. */
  readonly massCancelAnswersDropped: ReadonlyMap<ClientName, EpochMs>;
  /** ClOrdIDs(11) of OrderMassCancelRequests(q) that are over, oldest first: the last of them. */
  readonly settledMassCancels: ReadonlySet<ClOrdID>;
  /** By `killScopeText`. */
  readonly killSwitches: ReadonlyMap<string, KillSwitch>;
  readonly killProposals: ReadonlyMap<string, KillProposal>;
  readonly killProposalsMade: number;
  readonly quarantine: ReadonlyMap<string, QuarantinedReport>;
  readonly routes: ReadonlyMap<SessionName, Route>;
  /** By venue session; absent until the venue's view of the account was compared with the books. */
  readonly openings: ReadonlyMap<SessionName, OpeningPositions>;
  /** What operators changed of the limits, by `limitKeyOf`. */
  readonly limitChanges: ReadonlyMap<string, LimitChange>;
  /** Looser limits that wait for a second person, by their id. */
  readonly limitProposals: ReadonlyMap<string, LimitProposal>;
  readonly throttleTrips: ReadonlyMap<ScopeKey, ThrottleTrip>;
  /** Absent until a loss limit was in force on a day. */
  readonly dayStart: DayStart | undefined;
  /** Changes of limits so far: what is kept of limits elsewhere is of this state. */
  readonly limitChangesMade: number;
  readonly limitProposalsMade: number;
  readonly doubtProposalsMade: number;
  /** Stands in every id that we make; empty in a journal of an earlier version. */
  readonly idPrefix: string;
  readonly ordersMade: number;
  readonly execIDsMade: number;
  readonly massCancelsMade: number;
  /** Of the last request by REST. */
  readonly restRequestsMade: number;
  readonly lastClOrdID: ClOrdID | undefined;
}

type Mutable<T> =
  T extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Mutable<Value>>
    : T extends ReadonlySet<infer Item>
      ? Set<Item>
      : T;

/** The same containers with their write side; for `evolve` (books.ts) alone. */
export type Books = { -readonly [K in keyof EngineState]: Mutable<EngineState[K]> };

/** A MsgSeqNum(34) of ours means something only within its session and sequence epoch. */
export const seqNumKey = (
  sentAs: Pick<SentAs, 'session' | 'sequenceEpoch' | 'msgSeqNum'>,
): string => `${sentAs.session}/${sentAs.sequenceEpoch}/${sentAs.msgSeqNum}`;

export const emptyState = (): EngineState => ({
  orders: new Map(),
  openOrderIDs: new Set(),
  closedOrderIDs: new Set(),
  namesByOrderID: new Map(),
  ordersArchived: 0,
  orderIDByClientOrderID: new Map(),
  requests: new Map(),
  clOrdIDBySeqNum: new Map(),
  restRequests: new Map(),
  orderIDByVenueOrderID: new Map(),
  executions: new Map(),
  rootExecIDs: new Map(),
  seenExecIDs: new Set(),
  execIDByFill: new Map(),
  doubts: new Map(),
  doubtCases: new Map(),
  doubtRounds: new Map(),
  lateWatches: new Map(),
  doubtProposals: new Map(),
  massCancels: new Map(),
  activeMassCancels: new Map(),
  massCancelOrders: new Map(),
  massCancelAskedAt: new Map(),
  massCancelAnswers: new Map(),
  massCancelAnswersDropped: new Map(),
  settledMassCancels: new Set(),
  killSwitches: new Map(),
  killProposals: new Map(),
  killProposalsMade: 0,
  quarantine: new Map(),
  routes: new Map(),
  openings: new Map(),
  limitChanges: new Map(),
  limitProposals: new Map(),
  throttleTrips: new Map(),
  dayStart: undefined,
  limitChangesMade: 0,
  limitProposalsMade: 0,
  doubtProposalsMade: 0,
  idPrefix: '',
  ordersMade: 0,
  execIDsMade: 0,
  massCancelsMade: 0,
  restRequestsMade: 0,
  lastClOrdID: undefined,
});
