/** Fathom as a library: start an engine from a configuration, submit, cancel, listen. */
export { startEngine, StartError, type StartOptions } from './app/start-engine.ts';
export { NotOpenError, type UntilOpenOptions } from './app/until-open.ts';
export { type Engine } from './app/engine.ts';
export {
  type Ack,
  type LibraryCancel,
  type LibraryOrder,
  type LibraryReplace,
  type ReplaceAck,
} from './app/library-requests.ts';
export { type EngineAccount } from './app/compose.ts';
export { type EngineEvents } from './app/loop/publish.ts';
export {
  type KillAnswer,
  type KillApproval,
  type KilledOrder,
  type KillProposalRow,
  type KillReleased,
  type KillRequest,
  type KillSwitchRow,
  type ReleaseRequest,
} from './app/operator/kill-switches.ts';
export { type LimitsView } from './app/operator/limit-verbs.ts';
export { type LimitRow } from './core/risk/limits/limit-usage.ts';
export { type LimitSource } from './core/risk/limits/limit-book.ts';
export { type ControlError } from './control/control-message.ts';

/** The configuration, read and checked before an engine starts with it. */
export {
  loadConfig,
  type LoadConfigOptions,
  type LoadedConfig,
} from './config/load/load-config.ts';
export { type ConfigProblem } from './config/config-problem.ts';
export { type EffectiveRow } from './config/load/effective-rows.ts';
export { type Environment, type Source } from './config/load/overrides.ts';
export { type ConfigObject } from './config/load/read-config-file.ts';
export type * from './config/config.ts';
export { type HostPort } from './config/schema/kinds.ts';
export { Secret } from './lib/secret.ts';
export { type Err, type Ok, type Result } from './lib/result.ts';
export { type Logger, type LogFields } from './observability/logger.ts';

/** What an engine tells: reports, alerts, books of orders. */
export type * from './core/effect.ts';
export type * from './core/doubt-class.ts';
export {
  type DayStart,
  type LimitChange,
  type LimitKey,
  type LimitProposal,
  type LimitText,
  type LoosenedLimit,
  type ScopeKey,
  type ScopeKind,
  type ThrottleTrip,
  type TightenedLimit,
} from './core/limit.ts';
export type * from './core/facts/doubt-case.ts';
export {
  type NotedDifference,
  type NotedOrder,
  type OperatorVerdict,
  type SequenceProof,
} from './core/facts/doubt-facts.ts';
export type * from './core/route-phase.ts';
export {
  type ActiveMassCancel,
  type ClosedAs,
  type EarlierVenueOrder,
  type EngineState,
  type Execution,
  type KillProposal,
  type KillSwitch,
  type MassCancel,
  type MassCancelAnswer,
  type OpeningPosition,
  type OpeningPositions,
  type Order,
  type OrderNames,
  type PendingReplace,
  type PendingRequest,
  type QuarantinedReport,
  type RequestRef,
  type ResendProof,
  type RestRequest,
  type Route,
  type SentAs,
  type VenueRequest,
} from './core/state.ts';
export { type KillScope, type KillState } from './core/kill-scope.ts';
export { type MassCancelNarrowing } from './core/mass-cancel-scope.ts';
export type * from './domain/evidence.ts';
export type * from './domain/ids.ts';
export type * from './domain/order.ts';
export type * from './domain/venue-report.ts';
export { type EpochMs, type MonotonicMs } from './lib/time.ts';
export { type SessionView } from './fix/session/model/session-types.ts';

/** Positions and profit. */
export { type Incomplete, type PositionView } from './core/positions/position-view.ts';
export { type ContractType } from './core/positions/position.ts';

/** Order books and the venue's view of the account. */
export type * from './domain/book.ts';
export { type AccountSnapshot } from './app/venue-view/account-snapshot.ts';
export { type AccountDifference } from './app/venue-view/differences.ts';
export { type UnreadView } from './kraken/websocket/views/private-state.ts';
export { type AccountHealth } from './kraken/account/account-reconciler.ts';
export { type FeedPhase, type FeedStatus } from './kraken/websocket/connection/feed-types.ts';
export {
  type Subscription,
  type SubscriptionState,
} from './kraken/websocket/connection/requests/subscription.ts';
export {
  type BalancesFrame,
  type Figures,
  type Fill,
  type MultiCollateralWallet,
  type OpenOrder,
  type OpenPosition,
  type SingleCollateralWallet,
  type VenueNotification,
} from './kraken/websocket/events/private-events.ts';
export { type OptionGreeks } from './kraken/websocket/events/public-events.ts';
export { type Balances } from './kraken/websocket/views/account-view.ts';
export { type CloseCause } from './kraken/json/vocabulary.ts';
export { type OrderState } from './kraken/websocket/views/order-state.ts';
