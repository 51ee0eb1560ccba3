import { type EpochMs } from '../../lib/time.ts';
import {
  isRestInvolved,
  type Routing,
  routingOf,
  type RouteSurvey,
  type RoutingRules,
} from '../route-phase.ts';
import { type EngineState, type Route } from '../state.ts';

/** Everything that a guard looks at. */
export interface RouteLook {
  readonly state: EngineState;
  readonly route: Route;
  readonly rules: RoutingRules;
  readonly survey: RouteSurvey;
  readonly at: EpochMs;
}

/** What has to hold before orders go another way, as operators read it. [routing 5, 6] */
export const GUARD_TEXT = {
  FALLBACK: 'sessions.<name>.routing.fallback is off: orders go by FIX only',
  OPERATOR: 'an operator has to say so: fathom route fallback --account A --by NAME --reason WHY',
  UNPLANNED: 'FIX is away by plan, for the daily rollover',
  GRACE: 'FIX is down for less than graceMs',
  FENCED: 'FIX is logged on again: fathom session list says how far it is',
  COD_OUTCOME:
    'the venue may still be cancelling on disconnect: codMaxMs has not passed, and orders are in doubt (fathom orders --open)',
  REST_ANSWERS: 'REST does not answer: fathom account says why',
  REST_CLOCK: "the venue's clock by REST is unknown, or a second or more away from ours",
  REST_BUDGET: 'the REST budget is below restReservePoints',
  FEEDS: 'the private feeds are down: fathom account --engine says why',
  DEAD_MAN_SWITCH: "the venue's dead man's switch is not confirmed as armed",
  FIX_IN_STEP: 'FIX is not in step with the venue: fathom session list',
  STABLE: 'FIX is back for less than handbackStableMs',
  HANDBACK_OPERATOR:
    'an operator has to say so: fathom route handback --account A --by NAME --reason WHY',
  FLAPPING: 'FIX dropped flapDropsMax times within flapWindowMs: wait, or fathom route handback',
  NO_DOUBT: 'orders of the account are in doubt: fathom orders --open',
  NO_QUARANTINE: 'reports of the venue match no order: fathom session list, docs/runbook.md',
  ROUNDS_AGREED:
    'books and venue have not agreed twice in a row: fathom reconcile; fathom route handback --force goes without',
  REST_IDLE: 'calls by REST have no answer yet',
  DEAD_MAN_SWITCH_OFF: "the venue has not confirmed that its dead man's switch is off",
} as const;

export type RouteGuard = keyof typeof GUARD_TEXT;

type Guards = Readonly<Partial<Record<RouteGuard, boolean>>>;

const missingOf = (guards: Guards): readonly RouteGuard[] =>
  (Object.keys(guards) as RouteGuard[]).filter((name) => guards[name] !== true);

/** More than this between the venue's clock and ours, and deadlines mean nothing. */
const SKEW_MS_MAX = 1_000;

/** Whether REST itself can carry orders; also asked while it does. */
export const missingForRest = ({ rules, survey }: Omit<RouteLook, 'at'>): readonly RouteGuard[] =>
  missingOf({
    REST_ANSWERS: survey.isRestAnswering,
    REST_CLOCK: survey.clockSkewMs !== undefined && Math.abs(survey.clockSkewMs) < SKEW_MS_MAX,
    FEEDS: survey.areFeedsUp || rules.restWithoutWs,
  });

/** What keeps REST from taking new orders; empty when nothing does. [routing 5] */
export const missingForFallback = (look: RouteLook): readonly RouteGuard[] => {
  const { route, rules, survey, at, state } = look;
  const routing = routingOf(route);
  const downMs = at - (routing.downSince ?? at);
  const isCommanded = routing.commanded?.command === 'fallback';
  return [
    ...missingOf({
      FALLBACK: rules.fallback !== 'off',
      OPERATOR: rules.fallback !== 'manual' || isCommanded || routing.token.route === 'REST',
      UNPLANNED: !survey.isPlanned || isCommanded,
      GRACE: downMs >= rules.graceMs,
      // While REST has the token, the gate of FIX is shut whatever its link does.
      FENCED: route.phase === 'Down' || isRestInvolved(routing),
      COD_OUTCOME: downMs >= rules.codMaxMs || !hasDoubts(state, route),
    }),
    ...missingForRest(look),
    ...missingOf({
      REST_BUDGET: survey.restPoints >= rules.restReservePoints,
      DEAD_MAN_SWITCH: routing.deadManSwitch.state === 'armed',
    }),
  ];
};

/** What keeps orders from going back to FIX; empty when the last steps may be taken. [routing 6] */
export const missingForHandback = (look: RouteLook): readonly RouteGuard[] => {
  const { route, rules, survey, at, state } = look;
  const routing = routingOf(route);
  const { commanded, inStepSince } = routing;
  const isCommanded = commanded?.command === 'handback';
  const isForced = isCommanded && commanded.isForced;
  return missingOf({
    FIX_IN_STEP: route.phase === 'Active' && route.pausedFor === undefined,
    STABLE: inStepSince !== undefined && at - inStepSince >= rules.handbackStableMs,
    HANDBACK_OPERATOR: rules.fallback === 'auto' || isCommanded,
    FLAPPING: isCommanded || !isFlapping(routing, rules, at),
    NO_DOUBT: !hasDoubts(state, route),
    NO_QUARANTINE: isForced || !hasQuarantine(state, route),
    ROUNDS_AGREED: isForced || survey.roundsAgreed >= 2,
  });
};

/** The last steps: nothing of REST may be under way, and its switch must be off. */
export const missingForToken = ({ state, route, at }: RouteLook): readonly RouteGuard[] =>
  missingOf({
    REST_IDLE: [...state.restRequests.values()].every(({ session }) => session !== route.session),
    DEAD_MAN_SWITCH_OFF: isSwitchOff(routingOf(route), at),
    FIX_IN_STEP: route.phase === 'Active' && route.pausedFor === undefined,
    NO_DOUBT: !hasDoubts(state, route),
  });

/** Off by the venue's word, or fired by now. */
const isSwitchOff = ({ deadManSwitch }: Routing, at: EpochMs): boolean => {
  const { state, firesBy } = deadManSwitch;
  return state === 'off' || (state === 'unconfirmed' && firesBy !== undefined && at > firesBy);
};

/** At least `flapDropsMax` drops within the window. */
export const isFlapping = (
  { drops }: Pick<Routing, 'drops'>,
  { flapDropsMax, flapWindowMs }: RoutingRules,
  at: EpochMs,
): boolean => drops.filter((drop) => at - drop < flapWindowMs).length >= flapDropsMax;

const hasDoubts = ({ doubts, orders }: EngineState, { session }: Route): boolean => {
  for (const orderID of doubts.keys()) {
    if (orders.get(orderID)?.session === session) return true;
  }
  return false;
};

const hasQuarantine = ({ quarantine }: EngineState, { session }: Route): boolean => {
  for (const { source } of quarantine.values()) if (source.session === session) return true;
  return false;
};

/** What the next phase waits for, in the phase that the account has now. */
export const missingForNow = (look: RouteLook): readonly RouteGuard[] => {
  const routing = routingOf(look.route);
  const isInStep = look.route.phase === 'Active';
  switch (routing.phase) {
    case 'DOWN_FENCED':
      return missingForFallback(look);
    case 'RESOLVING':
      return isInStep ? missingForHandback(look) : missingForFallback(look);
    case 'REST_ACTIVE':
      return missingForHandback(look);
    case 'CANCEL_ONLY':
      return isInStep ? missingForHandback(look) : missingForRest(look);
    case 'HANDBACK':
      return missingForToken(look);
    default:
      return [];
  }
};
