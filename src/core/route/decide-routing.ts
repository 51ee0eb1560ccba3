import { type SessionName } from '../../domain/ids.ts';
import { type OrderRoute } from '../../domain/order.ts';
import { defined } from '../../lib/defined.ts';
import { epochMs } from '../../lib/time.ts';
import { type AccountsDep, routingRulesOf } from '../accounts.ts';
import { type Draft } from '../decide/draft.ts';
import { type InputBody } from '../input.ts';
import {
  isRestInvolved,
  phaseAfter,
  type RouteEvent,
  type RouteToken,
  type Routing,
  routingOf,
  type RoutingRules,
} from '../route-phase.ts';
import { type Route } from '../state.ts';
import {
  GUARD_TEXT,
  isFlapping,
  missingForFallback,
  missingForHandback,
  missingForRest,
  missingForToken,
  type RouteGuard,
  type RouteLook,
} from './guards.ts';

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/** How long a state may lack something before an operator is told, and a hand back may take. */
const BLOCKED_MS = 10_000;
/** A call that was under way when the last run ended may have arrived this much later. */
const MARGIN_MS = 10_000;

/** FIX is silent for too long: the gate is shut at once, cancels go on. [routing 3] */
export const suspectRoute = (draft: Draft, body: Body<'SuspectRoute'>): void => {
  const { session, epoch, reason } = body;
  const route = draft.state.routes.get(session);
  if (route?.epoch !== epoch || route.phase !== 'Active') return;
  if (phaseAfter(routingOf(route), 'Suspected') !== 'FIX_SUSPECT') return;
  if (routingOf(route).phase === 'FIX_SUSPECT') return;
  draft.add({ type: 'RouteSuspected', at: draft.at, session, epoch, reason });
  draft.alert('warning', 'ROUTE_SUSPECT', `new orders on ${session} are refused: ${reason}`);
};

export const trustRoute = (draft: Draft, { session, epoch }: Body<'TrustRoute'>): void => {
  const route = draft.state.routes.get(session);
  if (route?.epoch !== epoch || route.phase !== 'Active') return;
  if (routingOf(route).phase !== 'FIX_SUSPECT') return;
  draft.add({ type: 'RouteTrusted', at: draft.at, session, epoch });
};

/** A new grant of new orders, fencing everything that was decided under the last one. */
export const nextToken = ({ token }: Routing, route: OrderRoute): RouteToken => ({
  route,
  epoch: token.epoch + 1,
});

/** A step by the table; nothing where it has none. */
const step = (
  draft: Draft,
  route: Route,
  event: RouteEvent,
  { reason, token }: { readonly reason: string; readonly token?: RouteToken },
): void => {
  const routing = routingOf(route);
  const phase = phaseAfter(routing, event);
  if (phase === routing.phase) return;
  const { session } = route;
  draft.add({
    ...{ type: 'RoutePhaseChanged', at: draft.at, session, phase, reason },
    ...defined({ token }),
  });
};

/** What a new run makes of an account that was with REST: nothing of the last run is sure. */
export const restartRouting = (draft: Draft, route: Route, deps: AccountsDep): void => {
  const { session } = route;
  const { deadManSwitch } = routingOf(route);
  const { deadManSwitchSeconds: seconds } = routingRulesOf(session, deps) ?? {};
  step(draft, route, 'Restarted', { reason: 'the engine was restarted' });
  if (deadManSwitch.state === 'off' || deadManSwitch.state === 'unconfirmed') return;
  draft.add({
    ...{ type: 'DeadManSwitchNoted', at: draft.at, session },
    // The last renewal went out before now.
    deadManSwitch: {
      state: 'unconfirmed',
      ...(seconds !== undefined && { firesBy: epochMs(draft.at + seconds * 1_000 + MARGIN_MS) }),
    },
    detail: 'the engine was restarted',
  });
};

/**
 * After a drop: too many of them halt the account, where the configuration says so. True when they
 * did; `route` is as it was before the drop.
 */
export const limitDrops = (draft: Draft, route: Route, deps: AccountsDep): boolean => {
  const rules = routingRulesOf(route.session, deps);
  const { phase, drops } = routingOf(route);
  const isDrop = phase === 'FIX_ACTIVE' || phase === 'FIX_SUSPECT';
  if (rules === undefined || rules.fallback === 'off' || !isDrop) return false;
  const after = { drops: [...drops, draft.at] };
  if (!isFlapping(after, rules, draft.at)) return false;
  const { session } = route;
  const many = `FIX of ${session} dropped ${rules.flapDropsMax} times within ${rules.flapWindowMs} ms`;
  if (rules.onFlap === 'halt') {
    halt(draft, session, `${many}: halted; ${RESUME}`);
    return true;
  }
  const detail = `${many}: once orders go by REST they stay there until it is quiet; \`fathom route handback\` takes them back at once`;
  draft.alert('warning', 'ROUTE_FLAPPING', detail);
  return false;
};

const RESUME = 'when the cause is found, `fathom route resume --account A --by NAME --reason WHY`';

const halt = (draft: Draft, session: SessionName, reason: string): void => {
  draft.add({ type: 'RoutePhaseChanged', at: draft.at, session, phase: 'HALTED', reason });
  draft.alert('critical', 'ROUTE_HALTED', reason);
};

/** Goes one step further, where every guard of it holds; else says what is missing. */
export const lookAtRoute = (
  draft: Draft,
  { session, survey }: Body<'LookAtRoute'>,
  deps: AccountsDep,
): void => {
  const rules = routingRulesOf(session, deps);
  const route = draft.state.routes.get(session);
  if (rules === undefined) return;
  if (route === undefined) {
    const reason = 'FIX has not logged on';
    draft.add({ type: 'RoutePhaseChanged', at: draft.at, session, phase: 'DOWN_FENCED', reason });
    return;
  }
  const look = { state: draft.state, route, rules, survey, at: draft.at };
  switch (routingOf(route).phase) {
    case 'DOWN_FENCED':
      lookWhileDown(draft, look);
      return;
    case 'RESOLVING':
      lookForRest(draft, look);
      return;
    case 'REST_ACTIVE':
      lookAtRest(draft, look);
      return;
    case 'CANCEL_ONLY':
      lookForWayOut(draft, look);
      return;
    case 'HANDBACK':
      lookAtHandback(draft, look);
      return;
    default:
  }
};

const lookWhileDown = (draft: Draft, { route, rules, at }: RouteLook): void => {
  const { downSince } = routingOf(route);
  if (rules.fallback === 'off' || at - (downSince ?? at) < rules.graceMs) return;
  step(draft, route, 'GracePassed', { reason: `FIX is down for ${rules.graceMs} ms` });
};

const lookForRest = (draft: Draft, look: RouteLook): void => {
  const { route } = look;
  const routing = routingOf(route);
  const isInStep = route.phase === 'Active';
  if (isInStep && !isRestInvolved(routing)) {
    const token = nextToken(routing, 'FIX');
    step(draft, route, 'InStep', { reason: 'FIX is in step with the venue', token });
    return;
  }
  if (isInStep && beginHandback(draft, look)) return;
  const missing = missingForFallback(look);
  if (missing.length === 0) {
    const token = nextToken(routing, 'REST');
    const reason = `REST takes new orders of ${route.session} instead of FIX`;
    step(draft, route, 'RestAllowed', { reason, token });
    draft.alert('critical', 'ROUTE_REST_ACTIVE', `${reason}, token ${token.epoch}`);
    return;
  }
  const isSwitchLeft = missing.length === 1 && missing[0] === 'DEAD_MAN_SWITCH';
  if (isSwitchLeft && routing.deadManSwitch.state !== 'asked') askSwitch(draft, look, 'armed');
  else sayBlocked(draft, look, missing);
};

const askSwitch = (draft: Draft, { route, rules }: RouteLook, want: 'armed' | 'off'): void => {
  const { session } = route;
  const { deadManSwitchSeconds: timeoutSeconds } = rules;
  draft.add({ type: 'DeadManSwitchAsked', at: draft.at, session, want, timeoutSeconds });
};

/** Says once what is missing; an operator's word is asked for at once, the rest may pass soon. */
const sayBlocked = (
  draft: Draft,
  { route, at }: RouteLook,
  missing: readonly RouteGuard[],
): void => {
  const { session } = route;
  const { missing: said = [], since } = routingOf(route);
  const [first] = missing;
  const isForOperator =
    missing.length === 1 && (first === 'OPERATOR' || first === 'HANDBACK_OPERATOR');
  if (!isForOperator && at - since < BLOCKED_MS) return;
  if (said.length === missing.length && said.every((name, index) => name === missing[index]))
    return;
  draft.add({ type: 'RouteBlocked', at: draft.at, session, missing });
  const why = missing.map((name) => `${name}: ${GUARD_TEXT[name]}`).join('; ');
  if (isForOperator) draft.alert('critical', 'ROUTE_NEEDS_OPERATOR', `${session}: ${why}`);
  else draft.alert('critical', 'ROUTE_BLOCKED', `no new orders on ${session}: ${why}`);
};

const lookAtRest = (draft: Draft, look: RouteLook): void => {
  const { route } = look;
  const { deadManSwitch } = routingOf(route);
  const unfit = [
    ...missingForRest(look),
    ...(deadManSwitch.state === 'armed' ? [] : (['DEAD_MAN_SWITCH'] as const)),
  ];
  if (unfit.length > 0) {
    const why = unfit.map((name) => `${name}: ${GUARD_TEXT[name]}`).join('; ');
    step(draft, route, 'RestUnfit', { reason: why });
    const detail = `new orders on ${route.session} are refused, cancels pass: ${why}`;
    draft.alert('critical', 'ROUTE_CANCEL_ONLY', detail);
    return;
  }
  if (route.phase === 'Active') beginHandback(draft, look);
};

const lookForWayOut = (draft: Draft, look: RouteLook): void => {
  const { route } = look;
  if (route.phase === 'Active' && beginHandback(draft, look)) return;
  const unfit = missingForRest(look);
  if (unfit.length === 0) step(draft, route, 'RestFit', { reason: 'REST answers again' });
  else sayBlocked(draft, look, unfit);
};

/** True when the last steps back to FIX begin: REST takes no new orders, its switch goes off. */
const beginHandback = (draft: Draft, look: RouteLook): boolean => {
  const { route } = look;
  const missing = missingForHandback(look);
  if (missing.length > 0) {
    if (missing.length === 1) sayBlocked(draft, look, missing);
    return false;
  }
  step(draft, route, 'HandbackBegun', { reason: 'FIX is stable, books and venue agree' });
  if (routingOf(route).deadManSwitch.state !== 'off') askSwitch(draft, look, 'off');
  return true;
};

const lookAtHandback = (draft: Draft, look: RouteLook): void => {
  const { route, at } = look;
  const routing = routingOf(route);
  const missing = missingForToken(look);
  if (missing.length === 0) {
    const token = nextToken(routing, 'FIX');
    const reason = `FIX takes new orders of ${route.session} again`;
    step(draft, route, 'HandedBack', { reason, token });
    draft.alert('warning', 'ROUTE_HANDED_BACK', `${reason}, token ${token.epoch}`);
    return;
  }
  const isRefused =
    routing.deadManSwitch.state === 'unconfirmed' || at - routing.since >= BLOCKED_MS;
  if (!isRefused) return;
  const why = missing.map((name) => `${name}: ${GUARD_TEXT[name]}`).join('; ');
  step(draft, route, 'HandbackRefused', { reason: `hand back refused: ${why}` });
  const detail = `${route.session} is not handed back to FIX: ${why}; tried again after handbackStableMs, with fallback manual by fathom route handback`;
  draft.alert('critical', 'HANDBACK_REFUSED', detail);
};

/** The venue's echo, or the lack of one. */
export const deadManSwitchSeen = (draft: Draft, body: Body<'DeadManSwitchSeen'>): void => {
  const { session, state, firesBy, detail } = body;
  const route = draft.state.routes.get(session);
  if (route === undefined) return;
  const before = routingOf(route).deadManSwitch;
  if (before.state === state && state !== 'unconfirmed') return;
  draft.add({
    ...{ type: 'DeadManSwitchNoted', at: draft.at, session },
    deadManSwitch: { state, ...defined({ firesBy }) },
    ...defined({ detail }),
  });
  if (state !== 'unconfirmed') return;
  const why = `the venue's dead man's switch on ${session} has no confirmed state: ${detail ?? ''}`;
  draft.alert('critical', 'DEAD_MAN_SWITCH_UNCONFIRMED', why);
};

/** Why an operator's word cannot be carried out; `undefined` when it can. */
export const commandProblem = (
  route: Route | undefined,
  command: Body<'CommandRoute'>['command'],
  rules: RoutingRules | undefined,
): string | undefined => {
  const { phase } = routingOf(route);
  switch (command) {
    case 'halt':
      return phase === 'HALTED' ? 'it is halted already' : undefined;
    case 'resume':
      return phase === 'HALTED' ? undefined : `it is ${phase}, and only HALTED is resumed`;
    case 'fallback':
      if (rules === undefined || rules.fallback === 'off') return GUARD_TEXT.FALLBACK;
      return phase === 'DOWN_FENCED' || phase === 'RESOLVING' || phase === 'FIX_RECOVERING'
        ? undefined
        : `it is ${phase}: REST takes orders only while FIX is down; \`fathom session logout\` ends FIX`;
    case 'handback':
      return phase === 'REST_ACTIVE' || phase === 'CANCEL_ONLY' || phase === 'RESOLVING'
        ? undefined
        : `it is ${phase}: there is nothing to hand back`;
  }
};

export const commandRoute = (
  draft: Draft,
  { session, command, by, reason, isForced }: Body<'CommandRoute'>,
  deps: AccountsDep,
): void => {
  const route = draft.state.routes.get(session);
  if (commandProblem(route, command, routingRulesOf(session, deps)) !== undefined) return;
  draft.add({
    ...{ type: 'RouteCommanded', at: draft.at, session, command, by, reason },
    ...(isForced === true ? { isForced } : {}),
  });
  if (command === 'halt') halt(draft, session, `${by} halted ${session}: ${reason}; ${RESUME}`);
  if (command === 'resume' && route !== undefined)
    step(draft, route, 'Resumed', { reason: `${by} resumed it: ${reason}` });
};
