import { defined } from '../../lib/defined.ts';
import { type EpochMs } from '../../lib/time.ts';
import {
  type DeadManSwitchAsked,
  type DeadManSwitchNoted,
  type RouteBlocked,
  type RouteCommanded,
  type RouteLost,
  type RouteOpened,
  type RoutePhaseChanged,
  type RouteRecovering,
  type RouteSuspected,
  type RouteTrusted,
} from '../fact.ts';
import { DROPS_KEPT_MAX, type RoutePhase, type Routing, routingOf } from '../route-phase.ts';
import { type Route } from '../state.ts';

type RoutingFact =
  | RouteLost
  | RouteRecovering
  | RouteOpened
  | RouteSuspected
  | RouteTrusted
  | RoutePhaseChanged
  | RouteCommanded
  | RouteBlocked
  | DeadManSwitchAsked
  | DeadManSwitchNoted;

/** The account between FIX and REST after a fact about its route; `route` is as it was before. */
export const routingAfter = (route: Route, fact: RoutingFact): Routing => {
  const before = routingOf(route);
  switch (fact.type) {
    case 'RouteLost':
      return lost(before, fact);
    case 'RouteRecovering': {
      const step = { phase: fact.phase ?? 'FIX_RECOVERING', at: fact.at, reason: 'FIX logged on' };
      return without(withPhase(before, step), 'inStepSince');
    }
    case 'RouteOpened':
      return opened(before, fact);
    case 'RouteSuspected':
      return withPhase(before, { phase: 'FIX_SUSPECT', at: fact.at, reason: fact.reason });
    case 'RouteTrusted':
      return withPhase(before, { phase: 'FIX_ACTIVE', at: fact.at, reason: 'the venue answered' });
    case 'RoutePhaseChanged': {
      const granted = { ...before, token: fact.token ?? before.token };
      const after = refusedHandback(before, fact, withPhase(granted, fact));
      // Where it is not FIX_ACTIVE, no order goes by FIX from here on.
      return fact.phase === 'FIX_ACTIVE' ? takenByFix(after) : { downSince: fact.at, ...after };
    }
    case 'RouteCommanded': {
      const { command, by, isForced = false } = fact;
      const isKept = command === 'fallback' || command === 'handback';
      return isKept ? { ...before, commanded: { command, by, isForced } } : before;
    }
    case 'RouteBlocked':
      return { ...before, missing: fact.missing };
    case 'DeadManSwitchAsked':
      return { ...before, deadManSwitch: { ...before.deadManSwitch, state: 'asked' } };
    case 'DeadManSwitchNoted':
      return { ...before, deadManSwitch: fact.deadManSwitch };
  }
};

interface Step {
  readonly phase: RoutePhase;
  readonly at: EpochMs;
  readonly reason: string;
}

const withPhase = (before: Routing, { phase, at, reason }: Step): Routing =>
  phase === before.phase ? before : { ...without(before, 'missing'), phase, since: at, reason };

/** Only a loss while FIX took orders is a drop. */
const lost = (before: Routing, { phase = 'DOWN_FENCED', at, reason }: RouteLost): Routing => {
  const after = without(withPhase(before, { phase, at, reason }), 'inStepSince');
  const isDrop = before.phase === 'FIX_ACTIVE' || before.phase === 'FIX_SUSPECT';
  if (!isDrop) return { downSince: at, ...after };
  return { ...after, downSince: at, drops: [...before.drops, at].slice(-DROPS_KEPT_MAX) };
};

const opened = (before: Routing, { phase = 'FIX_ACTIVE', token, at }: RouteOpened): Routing => {
  const granted = { ...before, token: token ?? before.token, inStepSince: at };
  const after = withPhase(granted, { phase, at, reason: 'FIX is in step with the venue' });
  return phase === 'FIX_ACTIVE' ? takenByFix(after) : after;
};

/** The way back begins anew: FIX has to be stable again, and an operator has to say so again. */
const refusedHandback = (
  before: Routing,
  { phase, at }: RoutePhaseChanged,
  after: Routing,
): Routing => {
  if (before.phase !== 'HANDBACK' || phase !== 'RESOLVING') return after;
  const { inStepSince } = before;
  return {
    ...without(after, 'commanded'),
    ...defined({ inStepSince: inStepSince === undefined ? undefined : at }),
  };
};

/** What was said about the time without FIX is over. */
const takenByFix = (routing: Routing): Routing =>
  without(without(routing, 'downSince'), 'commanded');

const without = (
  routing: Routing,
  key: 'inStepSince' | 'downSince' | 'commanded' | 'missing',
): Routing => defined({ ...routing, [key]: undefined });
