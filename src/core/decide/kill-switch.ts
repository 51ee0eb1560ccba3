import { type ClientName, type SessionName, type TradingSymbol } from '../../domain/ids.ts';
import { defined } from '../../lib/defined.ts';
import { type InputBody } from '../input.ts';
import { isStricter, type KillScope, killScopeText } from '../kill-scope.ts';
import { isMeant, type MassCancelNarrowing } from '../mass-cancel-scope.ts';
import { killText } from '../risk/check-kill.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { EXTERNAL, type EngineState, type Order } from '../state.ts';
import { type Draft } from './draft.ts';
import { cancelAll, type MassCancelDeps } from './mass-cancel/mass-cancel.ts';

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/**
 * Stops orders in a scope: remembered over restarts and in every state of the route. HALTED also
 * cancels what is open, by a mass cancel that goes on until nothing of it is. A switch that is
 * there already only becomes stricter here; kill-release.ts loosens it.
 */
export const setKillSwitch = (
  draft: Draft,
  body: Body<'SetKillSwitch'>,
  deps: MassCancelDeps,
): void => {
  if (killProblem(draft.state, body) !== undefined) return;
  const { scope, state, by, reason, withExternal } = body;
  const orders = state === 'HALTED' ? ordersToKill(draft.state, scope, withExternal) : [];
  const affected = orders.length;
  draft.add({
    type: 'KillSwitchSet',
    ...{ at: draft.at, scope, state, by, reason, withExternal, affected },
  });
  const text = killText(body);
  const what = state === 'HALTED' ? `; ${affected} open orders are being cancelled` : '';
  draft.alert('critical', 'KILL_SWITCH', `${text.slice('KILL_SWITCH: '.length)}${what}`);
  if (state !== 'HALTED') return;
  const session = sessionOf(scope);
  const asked = { by, ...killNarrowing(scope, withExternal), orderText: text };
  cancelAll(draft, { ...asked, ...defined({ session }) }, deps);
};

/**
 * Something is wrong with an instrument, which an alert has told: no new order until an operator
 * has looked at it and releases the switch.
 */
export const freezeInstrument = (draft: Draft, symbol: TradingSymbol, reason: string): void => {
  const scope: KillScope = { type: 'instrument', symbol };
  const now = draft.state.killSwitches.get(killScopeText(scope))?.state;
  if (now !== undefined && !isStricter('CANCEL_ONLY', now)) return;
  const set = { scope, state: 'CANCEL_ONLY', by: ENGINE, reason, withExternal: false } as const;
  draft.add({ type: 'KillSwitchSet', at: draft.at, ...set, affected: 0 });
};

/** The engine itself sets a switch. */
const ENGINE = 'engine' as ClientName;

export interface KillProblem {
  readonly code: string;
  readonly text: string;
}

/** Why a switch cannot be set or released as asked; `undefined` when it can. */
export const killProblem = (
  { killSwitches, orders }: EngineState,
  {
    type,
    scope,
    state,
  }: Pick<Body<'SetKillSwitch' | 'ReleaseKillSwitch'>, 'type' | 'scope' | 'state'>,
): KillProblem | undefined => {
  const key = killScopeText(scope);
  const now = killSwitches.get(key)?.state;
  if (type === 'ReleaseKillSwitch') {
    if (now === undefined) return { code: 'NOT_KILLED', text: `no kill switch is set on ${key}` };
    return isStricter(now, state)
      ? undefined
      : { code: 'NOT_LOOSER', text: `${key} is ${now}: ${state} does not loosen it` };
  }
  if (now !== undefined && isStricter(now, state)) {
    const text = `${key} is ${now}: ${state} would loosen it, which \`fathom kill release\` is for`;
    return { code: 'LOOSENS', text };
  }
  if (scope.type !== 'order') return undefined;
  const order = orders.get(scope.orderID);
  if (order === undefined) return { code: 'UNKNOWN_ORDER', text: `there is no ${key}` };
  if (isClosedStatus(order.base)) return { code: 'TOO_LATE', text: `${key} is ${order.base}` };
  return state === 'HALTED'
    ? undefined
    : { code: 'BAD_STATE', text: 'an order can be HALTED, which cancels it, and nothing else' };
};

/** Open orders that a HALTED switch on this scope cancels. */
export const ordersToKill = (
  state: EngineState,
  scope: KillScope,
  withExternal: boolean,
): readonly Order[] => openOrdersIn(state, scope, withExternal);

/** Open orders in the scope that were placed elsewhere, and that a switch leaves alone. */
export const externalOrdersIn = (state: EngineState, scope: KillScope): readonly Order[] =>
  openOrdersIn(state, scope, true).filter(({ client }) => client === EXTERNAL);

const openOrdersIn = (
  state: EngineState,
  scope: KillScope,
  withExternal: boolean,
): readonly Order[] => {
  const narrowing = killNarrowing(scope, withExternal);
  const session = sessionOf(scope);
  const found: Order[] = [];
  for (const orderID of state.openOrderIDs) {
    const order = state.orders.get(orderID);
    if (order === undefined || isClosedStatus(order.base)) continue;
    if ((session ?? order.session) !== order.session) continue;
    if (isMeant(order, narrowing)) found.push(order);
  }
  return found;
};

const sessionOf = (scope: KillScope): SessionName | undefined =>
  scope.type === 'route' || scope.type === 'account' ? scope.session : undefined;

/** Beside the session of a route or an account. */
const killNarrowing = (scope: KillScope, withExternal: boolean): MassCancelNarrowing => {
  const external = defined({ withExternal: withExternal || undefined });
  switch (scope.type) {
    case 'engine':
    case 'route':
      return external;
    case 'client':
      return { client: scope.client, ...external };
    case 'account':
      return scope.session === undefined ? { account: scope.account, ...external } : external;
    case 'instrument':
      return { symbol: scope.symbol, ...external };
    case 'order':
      return { orderID: scope.orderID, ...external };
  }
};
