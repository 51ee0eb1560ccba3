import { invariant } from '../lib/invariant.ts';
import {
  type OrderAccepted,
  type OrderRefused,
  type DuplicateAnswered,
  type OrderAcknowledged,
  type OrderFilled,
  type OrderCanceled,
  type OrderExpired,
  type OrderRejected,
  type OrderReplaced,
  type OrderRestated,
  type OrderStatusChanged,
  type OrderStatusReported,
  type RequestAcknowledged,
  type TradeCorrected,
  type UnreadableOrderRefused,
  type TradeCanceled,
} from './facts/order-facts.ts';
import {
  type AttemptIntended,
  type RequestSent,
  type RestRequestSent,
  type RestRequestAnswered,
  type CancelIntended,
  type MassCancelIntended,
  type MassCancelSettled,
  type CancelRefused,
  type CancelFailed,
  type AttemptAbsent,
  type AnswerLate,
} from './facts/request-facts.ts';
import {
  type ExecutionLinked,
  type ExternalOrderAdopted,
  type ExternalOrderChanged,
} from './facts/execution-facts.ts';
import {
  type KillReleaseEnded,
  type KillReleaseProposed,
  type KillSwitchReleased,
  type KillSwitchSet,
} from './facts/kill-facts.ts';
import {
  type ReplaceIntended,
  type ReplaceStarted,
  type ReplacementIntended,
} from './facts/replace-facts.ts';
import {
  type MassCancelRequested,
  type MassCancelAnsweredAgain,
  type MassCancelRequestRefused,
  type VenueMassCancelIntended,
  type MassCancelUnfinished,
  type MassCancelCompleted,
} from './facts/mass-cancel-facts.ts';
import { type OrderRecalled, type OrdersArchived } from './facts/archive-facts.ts';
import {
  type DoubtsDue,
  type RoundBegun,
  type EvidenceNoted,
  type RoundEnded,
  type DoubtResolved,
  type SequenceProofNoted,
  type DoubtsAlerted,
  type LateWatchBegun,
  type LateWatchEnded,
  type DoubtVerdictProposed,
  type DoubtVerdictApproved,
  type DoubtVerdictEnded,
} from './facts/doubt-facts.ts';
import {
  type ReportIgnored,
  type ReportDoubted,
  type ReportQuarantined,
  type QuarantineReleased,
  type RouteLost,
  type RouteRecovering,
  type ResendAsked,
  type RouteOpened,
  type RoutePaused,
  type OrdersDoubted,
  type DoubtsSettled,
  type AlertRaised,
  type IDsBegun,
  type OpeningPositionsNoted,
} from './facts/route-facts.ts';
import {
  type RouteSuspected,
  type RouteTrusted,
  type RoutePhaseChanged,
  type RouteCommanded,
  type RouteBlocked,
  type DeadManSwitchAsked,
  type DeadManSwitchNoted,
} from './facts/routing-facts.ts';
import {
  type LimitTightened,
  type LimitChangeProposed,
  type LimitChangeApproved,
  type LimitProposalEnded,
  type LimitOverrideEnded,
  type ThrottleTripped,
  type ThrottleReset,
  type TradingDayBegun,
} from './facts/risk-facts.ts';

export type * from './facts/doubt-facts.ts';
export type * from './facts/execution-facts.ts';
export type * from './facts/kill-facts.ts';
export type * from './facts/archive-facts.ts';
export type * from './facts/mass-cancel-facts.ts';
export type * from './facts/order-facts.ts';
export type * from './facts/replace-facts.ts';
export type * from './facts/request-facts.ts';
export type * from './facts/risk-facts.ts';
export type * from './facts/route-facts.ts';
export type * from './facts/routing-facts.ts';

/**
 * What happened, in the past tense; written to the journal as JSON and replayed from it. A fact
 * carries every decision with it (ids, status after, sums after), so that replay needs neither
 * limits nor clock. Facts are versioned by name: a fact type is never edited, a new meaning gets a
 * new name. Amounts are DecimalText.
 */
export type Fact =
  | OrderAccepted
  | OrderRefused
  | UnreadableOrderRefused
  | DuplicateAnswered
  | AttemptIntended
  | RequestSent
  | RestRequestSent
  | RestRequestAnswered
  | CancelIntended
  | ReplaceIntended
  | ReplaceStarted
  | ReplacementIntended
  | MassCancelIntended
  | MassCancelSettled
  | MassCancelRequested
  | MassCancelAnsweredAgain
  | MassCancelRequestRefused
  | VenueMassCancelIntended
  | MassCancelUnfinished
  | MassCancelCompleted
  | ExecutionLinked
  | ExternalOrderAdopted
  | ExternalOrderChanged
  | KillSwitchSet
  | KillSwitchReleased
  | KillReleaseProposed
  | KillReleaseEnded
  | CancelRefused
  | CancelFailed
  | OrderAcknowledged
  | OrderFilled
  | OrderCanceled
  | OrderExpired
  | OrderRejected
  | OrderReplaced
  | OrderRestated
  | OrderStatusChanged
  | OrderStatusReported
  | RequestAcknowledged
  | TradeCorrected
  | TradeCanceled
  | AttemptAbsent
  | AnswerLate
  | ReportIgnored
  | ReportDoubted
  | ReportQuarantined
  | QuarantineReleased
  | RouteLost
  | RouteRecovering
  | ResendAsked
  | RouteOpened
  | RoutePaused
  | RouteSuspected
  | RouteTrusted
  | RoutePhaseChanged
  | RouteCommanded
  | RouteBlocked
  | DeadManSwitchAsked
  | DeadManSwitchNoted
  | OrdersDoubted
  | DoubtsSettled
  | DoubtsDue
  | RoundBegun
  | EvidenceNoted
  | RoundEnded
  | DoubtResolved
  | SequenceProofNoted
  | DoubtsAlerted
  | LateWatchBegun
  | LateWatchEnded
  | DoubtVerdictProposed
  | DoubtVerdictApproved
  | DoubtVerdictEnded
  | AlertRaised
  | IDsBegun
  | OpeningPositionsNoted
  | LimitTightened
  | LimitChangeProposed
  | LimitChangeApproved
  | LimitProposalEnded
  | LimitOverrideEnded
  | ThrottleTripped
  | ThrottleReset
  | TradingDayBegun
  | OrdersArchived
  | OrderRecalled;

export type FactType = Fact['type'];

export const ORDERS_PER_FACT_MAX = 500;

const FACT_TYPES: Readonly<Record<FactType, true>> = {
  OrderAccepted: true,
  OrderRefused: true,
  UnreadableOrderRefused: true,
  DuplicateAnswered: true,
  AttemptIntended: true,
  RequestSent: true,
  RestRequestSent: true,
  RestRequestAnswered: true,
  CancelIntended: true,
  ReplaceIntended: true,
  ReplaceStarted: true,
  ReplacementIntended: true,
  MassCancelIntended: true,
  MassCancelSettled: true,
  MassCancelRequested: true,
  MassCancelAnsweredAgain: true,
  MassCancelRequestRefused: true,
  VenueMassCancelIntended: true,
  MassCancelUnfinished: true,
  MassCancelCompleted: true,
  ExecutionLinked: true,
  ExternalOrderAdopted: true,
  ExternalOrderChanged: true,
  KillSwitchSet: true,
  KillSwitchReleased: true,
  KillReleaseProposed: true,
  KillReleaseEnded: true,
  CancelRefused: true,
  CancelFailed: true,
  OrderAcknowledged: true,
  OrderFilled: true,
  OrderCanceled: true,
  OrderExpired: true,
  OrderRejected: true,
  OrderReplaced: true,
  OrderRestated: true,
  OrderStatusChanged: true,
  OrderStatusReported: true,
  RequestAcknowledged: true,
  TradeCorrected: true,
  TradeCanceled: true,
  AttemptAbsent: true,
  AnswerLate: true,
  ReportIgnored: true,
  ReportDoubted: true,
  ReportQuarantined: true,
  QuarantineReleased: true,
  RouteLost: true,
  RouteRecovering: true,
  ResendAsked: true,
  RouteOpened: true,
  RoutePaused: true,
  RouteSuspected: true,
  RouteTrusted: true,
  RoutePhaseChanged: true,
  RouteCommanded: true,
  RouteBlocked: true,
  DeadManSwitchAsked: true,
  DeadManSwitchNoted: true,
  OrdersDoubted: true,
  DoubtsSettled: true,
  DoubtsDue: true,
  RoundBegun: true,
  EvidenceNoted: true,
  RoundEnded: true,
  DoubtResolved: true,
  SequenceProofNoted: true,
  DoubtsAlerted: true,
  LateWatchBegun: true,
  LateWatchEnded: true,
  DoubtVerdictProposed: true,
  DoubtVerdictApproved: true,
  DoubtVerdictEnded: true,
  AlertRaised: true,
  IDsBegun: true,
  OpeningPositionsNoted: true,
  LimitTightened: true,
  LimitChangeProposed: true,
  LimitChangeApproved: true,
  LimitProposalEnded: true,
  LimitOverrideEnded: true,
  ThrottleTripped: true,
  ThrottleReset: true,
  TradingDayBegun: true,
  OrdersArchived: true,
  OrderRecalled: true,
};

/**
 * A fact read back from the journal. The journal's checksum vouches for the bytes, so only the name
 * is checked: an unknown name means that a newer program wrote the journal, and the process must
 * not go on with it.
 */
export const parseFact = (json: unknown): Fact => {
  const isFact =
    typeof json === 'object' &&
    json !== null &&
    'type' in json &&
    typeof json.type === 'string' &&
    Object.hasOwn(FACT_TYPES, json.type) &&
    'at' in json &&
    typeof json.at === 'number';
  invariant(isFact, 'the journal holds a fact that this version does not know');
  return json as Fact;
};
