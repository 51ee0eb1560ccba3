import { type OrderID } from '../domain/ids.ts';
import { applyFills } from './decide/reports/apply-fill.ts';
import { archiveOrders, recallOrder } from './decide/archive-orders.ts';
import { seeExternalOrders } from './decide/reports/external-order.ts';
import { applyReport } from './decide/reports/apply-report.ts';
import { evolve } from './evolve/books.ts';
import { cancelOrder } from './decide/cancel-order.ts';
import { noticeReport } from './decide/mass-cancel/continue-mass-cancel.ts';
import { Draft } from './decide/draft.ts';
import { endKillProposals, releaseKillSwitch } from './decide/kill-release.ts';
import { setKillSwitch } from './decide/kill-switch.ts';
import { type Effect } from './effect.ts';
import { effectsOf, type EffectsDeps } from './effects/effects-of.ts';
import { LIMIT_TIMER } from './limit.ts';
import { type Fact } from './fact.ts';
import { type Input, type InputBody } from './input.ts';
import { cancelAll, refuseCancelAll } from './decide/mass-cancel/mass-cancel.ts';
import { changeLimit, endOverrides } from './decide/limits/change-limit.ts';
import { continueReplaces } from './decide/replace/continue-replace.ts';
import { replaceOrder, type ReplaceOrderDeps } from './decide/replace/replace-order.ts';
import { restAnswered } from './decide/rest/answer-rest.ts';
import { seeRestOrders } from './decide/rest/see-rest-orders.ts';
import { placeOrder, refuseUnreadable, type PlaceOrderDeps } from './decide/place-order.ts';
import {
  engineStarted,
  pauseRoute,
  routeDown,
  routeSynchronized,
  routeUp,
  venueAskedResend,
  type RouteDeps,
} from './route/decide-route.ts';
import {
  commandRoute,
  deadManSwitchSeen,
  lookAtRoute,
  suspectRoute,
  trustRoute,
} from './route/decide-routing.ts';
import { type EngineState } from './state.ts';
import { beginTradingDay, tripThrottles } from './decide/limits/trading-day.ts';
import { DEFAULT_DOUBTS, type DoubtsDep } from './facts/doubt-case.ts';
import { settleByOperator } from './doubt/operator-verdict.ts';
import { doubtByView, doubtTimerFired, roundAnswered } from './doubt/resolve-doubts.ts';
import { noteEvidence } from './doubt/rounds.ts';
import { defined } from '../lib/defined.ts';
import { requestNotSent, requestSent, timerFired } from './decide/track-request.ts';

export type OrderManagerDeps = PlaceOrderDeps &
  ReplaceOrderDeps &
  RouteDeps &
  EffectsDeps &
  DoubtsDep;

/**
 * The order core. The loop runs, synchronously and per input: facts = decide(state, input); then
 * for each fact, in order: append it to the journal, state = evolve(state, fact), run
 * effectsOf(state, fact). The effect runner answers each Send in the same turn with RequestSent or
 * RequestNotSent, as the next inputs.
 */
export interface OrderManager {
  /**
   * Looks at limits and books; answers with facts that are right when applied in order. Not
   * replayed.
   */
  readonly decide: (state: EngineState, input: Input) => readonly Fact[];
  /** Remembers; changes the books in place and returns them. Replayed from the journal. */
  readonly evolve: (state: EngineState, fact: Fact) => EngineState;
  /** Says what a fact asks of the outside world, with the books after it. Skipped in replay. */
  readonly effectsOf: (state: EngineState, fact: Fact) => readonly Effect[];
}

export const makeOrderManager = (deps: OrderManagerDeps): OrderManager => ({
  decide: (state, { at, body }) => {
    const draft = new Draft(state, at);
    decide(draft, body, deps);
    return draft.facts;
  },
  evolve,
  effectsOf: (state, fact) => effectsOf(state, fact, deps),
});

const decide = (draft: Draft, body: InputBody, deps: OrderManagerDeps): void => {
  switch (body.type) {
    case 'PlaceOrder':
      placeOrder(draft, body, deps);
      return;
    case 'RefuseOrder':
      refuseUnreadable(draft, body.refusal);
      return;
    case 'CancelOrder':
      cancelOrder(draft, body, deps);
      return;
    case 'ReplaceOrder':
      replaceOrder(draft, body, deps);
      return;
    case 'CancelAll':
      cancelAll(draft, body, deps);
      return;
    case 'RefuseCancelAll':
      refuseCancelAll(draft, body.refusal);
      return;
    case 'RequestSent':
      requestSent(draft, body);
      return;
    case 'RequestNotSent':
      requestNotSent(draft, body);
      noticeChanges(draft, deps);
      return;
    case 'RestAnswered':
    case 'VenueReported':
      decideReport(draft, body, deps);
      return;
    case 'ArchiveOrders':
      archiveOrders(draft, body);
      return;
    case 'RecallOrder':
      recallOrder(draft, body);
      return;
    case 'TimerFired':
      decideTimer(draft, body, deps);
      return;
    case 'EvidenceSeen':
    case 'RoundAnswered':
      decideEvidence(draft, body, deps);
      return;
    case 'SetKillSwitch':
    case 'ReleaseKillSwitch':
    case 'ApproveKillRelease':
    case 'WithdrawKillRelease':
    case 'ChangeLimit':
    case 'SettleDoubt':
      decideForOperator(draft, body, deps);
      return;
    case 'VenueFillsSeen':
    case 'RestOrdersSeen':
    case 'ExternalOrdersSeen':
    case 'VenueViewAlerted':
    case 'OpeningPositionsSeen':
      decideView(draft, body, deps);
      return;
    case 'SuspectRoute':
    case 'TrustRoute':
    case 'LookAtRoute':
    case 'CommandRoute':
    case 'DeadManSwitchSeen':
      decideRouting(draft, body, deps);
      return;
    default:
      decideRoute(draft, body, deps);
  }
};

const decideTimer = (
  draft: Draft,
  body: Extract<InputBody, { type: 'TimerFired' }>,
  deps: OrderManagerDeps,
): void => {
  if (body.name.startsWith(LIMIT_TIMER)) endTimes(draft);
  else if (!doubtTimerFired(draft, body.name, resolving(deps))) timerFired(draft, body, deps);
};

/** The venue has said something about an order of ours, by FIX or by REST. */
const decideReport = (
  draft: Draft,
  body: Extract<InputBody, { type: 'VenueReported' | 'RestAnswered' }>,
  deps: OrderManagerDeps,
): void => {
  beginTradingDay(draft, deps);
  if (body.type === 'RestAnswered') restAnswered(draft, body, deps);
  else applyReport(draft, body.report, body.source, deps);
  tripThrottles(draft, deps);
  noticeChanges(draft, deps);
};

/** What the venue answered about orders in doubt. */
const decideEvidence = (
  draft: Draft,
  body: Extract<InputBody, { type: 'EvidenceSeen' | 'RoundAnswered' }>,
  deps: OrderManagerDeps,
): void => {
  beginTradingDay(draft, deps);
  if (body.type === 'EvidenceSeen') noteEvidence(draft, body, resolving(deps));
  else roundAnswered(draft, body, resolving(deps));
  tripThrottles(draft, deps);
  noticeChanges(draft, deps);
};

/** Ends what operators set for a time, and proposals that nobody approved in time. */
const endTimes = (draft: Draft): void => {
  endOverrides(draft);
  endKillProposals(draft);
};

/** An operator changes what orders may do. */
const decideForOperator = (
  draft: Draft,
  body: Extract<
    InputBody,
    {
      type:
        | 'SetKillSwitch'
        | 'ReleaseKillSwitch'
        | 'ApproveKillRelease'
        | 'WithdrawKillRelease'
        | 'ChangeLimit'
        | 'SettleDoubt';
    }
  >,
  deps: OrderManagerDeps,
): void => {
  switch (body.type) {
    case 'SetKillSwitch':
      setKillSwitch(draft, body, deps);
      return;
    case 'ReleaseKillSwitch':
    case 'ApproveKillRelease':
    case 'WithdrawKillRelease':
      releaseKillSwitch(draft, body, deps);
      return;
    case 'ChangeLimit':
      changeLimit(draft, body.change, deps);
      return;
    case 'SettleDoubt':
      settleByOperator(draft, body.asked, resolving(deps));
      noticeChanges(draft, deps);
      return;
  }
};

/** What the private feeds and REST say of the account. */
const decideView = (
  draft: Draft,
  body: Extract<
    InputBody,
    {
      type:
        | 'VenueFillsSeen'
        | 'RestOrdersSeen'
        | 'ExternalOrdersSeen'
        | 'VenueViewAlerted'
        | 'OpeningPositionsSeen';
    }
  >,
  deps: OrderManagerDeps,
): void => {
  switch (body.type) {
    case 'VenueFillsSeen':
      applyFills(draft, body.fills, body.source);
      noticeReport(draft, changedOrders(draft), deps);
      return;
    case 'RestOrdersSeen':
      seeRestOrders(draft, body.orders, body.source, deps);
      noticeChanges(draft, deps);
      return;
    case 'ExternalOrdersSeen':
      seeExternalOrders(draft, body.orders, body.source);
      noticeReport(draft, changedOrders(draft), deps);
      return;
    case 'VenueViewAlerted':
      draft.alert(body.severity, body.code, body.text, body.orderID);
      doubtByView(draft, body);
      return;
    case 'OpeningPositionsSeen':
      noteOpening(draft, body);
      return;
  }
};

/** The link of a route changed. */
const decideRoute = (
  draft: Draft,
  body: Extract<
    InputBody,
    {
      type:
        | 'EngineStarted'
        | 'PauseRoute'
        | 'RouteUp'
        | 'RouteDown'
        | 'VenueAskedResend'
        | 'RouteSynchronized';
    }
  >,
  deps: OrderManagerDeps,
): void => {
  switch (body.type) {
    case 'EngineStarted':
      engineStarted(draft, body, deps);
      endTimes(draft);
      return;
    case 'PauseRoute':
      pauseRoute(draft, body);
      return;
    case 'RouteUp':
      routeUp(draft, body, deps);
      return;
    case 'RouteDown':
      routeDown(draft, body, deps);
      return;
    case 'VenueAskedResend':
      venueAskedResend(draft, body);
      return;
    case 'RouteSynchronized':
      routeSynchronized(draft, body, deps);
      continueReplaces(draft, changedOrders(draft), deps);
      return;
  }
};

/** The account between FIX and REST. */
const decideRouting = (
  draft: Draft,
  body: Extract<
    InputBody,
    {
      type: 'SuspectRoute' | 'TrustRoute' | 'LookAtRoute' | 'CommandRoute' | 'DeadManSwitchSeen';
    }
  >,
  deps: OrderManagerDeps,
): void => {
  switch (body.type) {
    case 'SuspectRoute':
      suspectRoute(draft, body);
      return;
    case 'TrustRoute':
      trustRoute(draft, body);
      return;
    case 'LookAtRoute':
      lookAtRoute(draft, body, deps);
      return;
    case 'CommandRoute':
      commandRoute(draft, body, deps);
      return;
    case 'DeadManSwitchSeen':
      deadManSwitchSeen(draft, body);
      return;
  }
};

/** Once for ever: a later difference is alerted, and changes no position. */
const noteOpening = (
  draft: Draft,
  { session, positions, fillsUntil }: Extract<InputBody, { type: 'OpeningPositionsSeen' }>,
): void => {
  if (draft.state.openings.has(session)) return;
  const noted = { session, positions, ...defined({ fillsUntil }) };
  draft.add({ type: 'OpeningPositionsNoted', at: draft.at, ...noted });
};

const resolving = (deps: OrderManagerDeps) => ({
  ...deps,
  settings: deps.doubts ?? DEFAULT_DOUBTS,
});

const noticeChanges = (draft: Draft, deps: OrderManagerDeps): void => {
  continueReplaces(draft, changedOrders(draft), deps);
  noticeReport(draft, changedOrders(draft), deps);
};

const changedOrders = (draft: Draft): readonly OrderID[] =>
  draft.facts.flatMap((fact) => ('orderID' in fact ? [fact.orderID] : []));
