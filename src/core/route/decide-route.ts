import { type SessionName } from '../../domain/ids.ts';
import { type Draft } from '../decide/draft.ts';
import { restAnswered } from '../decide/rest/answer-rest.ts';
import {
  addDoubts,
  doubtOpenOrders,
  loseRoute,
  openOrders,
  type LoseRouteDeps,
} from '../doubt/lose-route.ts';
import { repeatCancels, settleDoubts } from '../doubt/settle-doubts.ts';
import { continueMassCancels } from '../decide/mass-cancel/continue-mass-cancel.ts';
import { DEFAULT_DOUBTS } from '../facts/doubt-case.ts';
import { type InputBody } from '../input.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { routeOfOrder } from '../evolve/order-route.ts';
import { phaseAfter, routingOf } from '../route-phase.ts';
import { limitDrops, nextToken, restartRouting } from './decide-routing.ts';
import { listed } from '../listed.ts';
import { type Order, type Route } from '../state.ts';
import { defined } from '../../lib/defined.ts';
import { cancelSurvivors, type MassCancelDeps } from '../decide/mass-cancel/mass-cancel.ts';

export type RouteDeps = LoseRouteDeps & MassCancelDeps;

type Body<T extends InputBody['type']> = Extract<InputBody, { type: T }>;

/** A new run begins: every link of the last run is gone, and its requests are not sent late. */
export const engineStarted = (
  draft: Draft,
  { idPrefix: prefix = '' }: Body<'EngineStarted'>,
  deps: RouteDeps,
): void => {
  const { routes, idPrefix, ordersMade, execIDsMade, massCancelsMade } = draft.state;
  const isNew = idPrefix === '' && ordersMade + execIDsMade + massCancelsMade === 0;
  if (isNew && prefix !== '') draft.add({ type: 'IDsBegun', at: draft.at, prefix });
  for (const route of routes.values()) {
    if (route.phase !== 'Down') addLost(draft, route, 'the engine was restarted');
    restartRouting(draft, route, deps);
  }
  const sessions = new Set<SessionName>([
    ...deps.accounts.map((account) => account.session),
    ...routes.keys(),
  ]);
  for (const session of sessions) {
    loseRoute(draft, session, deps);
    resumeDoubts(draft, session, deps);
  }
  for (const [clOrdID, { session }] of draft.state.restRequests) {
    const outcome = { type: 'Unknown', text: 'the engine ended before the call was over' } as const;
    restAnswered(draft, { type: 'RestAnswered', clOrdID, session, outcome }, deps);
  }
  // Their timers ended with the last run.
  continueMassCancels(draft, deps);
};

const addLost = (draft: Draft, route: Route, reason: string): void => {
  const { session, epoch } = route;
  const phase = phaseAfter(routingOf(route), 'LinkLost');
  draft.add({ type: 'RouteLost', at: draft.at, session, epoch, reason, phase });
};

/** Questions and alerts that the last run had under way begin anew. */
const resumeDoubts = (
  draft: Draft,
  session: SessionName,
  { doubts = DEFAULT_DOUBTS }: RouteDeps,
): void => {
  if (doubts.canAsk(session)) doubtRestOrders(draft, session);
  // Books of an earlier version have the doubts alone.
  const { state } = draft;
  const known = [...state.doubts].flatMap(([orderID, doubt]) =>
    draft.order(orderID)?.session === session && !state.doubtCases.has(orderID)
      ? [{ orderID, doubt }]
      : [],
  );
  addDoubts(draft, session, known);
  const isAnyOpen = [...draft.state.doubtCases.values()].some((one) => one.session === session);
  if (!isAnyOpen && !draft.state.lateWatches.has(session)) return;
  const [afterMs = 0] = doubts.backOffMs;
  draft.add({ type: 'DoubtsDue', at: draft.at, session, afterMs });
};

/** No replay tells what became of orders that went by REST while the engine was away. */
const doubtRestOrders = (draft: Draft, session: SessionName): void => {
  const doubted = openOrders(draft, session).flatMap((order) =>
    routeOfOrder(order) === 'REST' &&
    order.attempt?.answered === true &&
    !isClosedStatus(order.base) &&
    !draft.state.doubts.has(order.orderID)
      ? [{ orderID: order.orderID, doubt: 'D3' as const }]
      : [],
  );
  addDoubts(draft, session, doubted);
};

/** Says once that a route takes no new orders for now. */
export const pauseRoute = (draft: Draft, { session, reason }: Body<'PauseRoute'>): void => {
  const route = draft.state.routes.get(session);
  if (route === undefined || route.phase === 'Down' || route.pausedFor !== undefined) return;
  draft.add({ type: 'RoutePaused', at: draft.at, session, reason });
};

export const routeDown = (draft: Draft, body: Body<'RouteDown'>, deps: RouteDeps): void => {
  const { session, epoch, reason } = body;
  const route = draft.state.routes.get(session);
  // A link that never came up, or news of one that was replaced since.
  if (route === undefined || route.phase === 'Down' || epoch < route.epoch) return;
  addLost(draft, { ...route, epoch }, reason);
  loseRoute(draft, session, deps);
  alertOpenOrders(draft, body);
  limitDrops(draft, route, deps);
};

/** After a planned end of the link, an alert names every order that stays open. */
const alertOpenOrders = (draft: Draft, { session, reason, orders }: Body<'RouteDown'>): void => {
  const open = openOrders(draft, session).filter(({ base }) => !isClosedStatus(base));
  if (open.length === 0 || orders === undefined) return;
  if (orders === 'kept') {
    const detail = `after ${session} ended (${reason}) ${ordersKept(open)}`;
    draft.alert('critical', 'ORDERS_KEPT', detail);
    return;
  }
  const ids = listed(open.map(({ orderID }) => orderID));
  const detail = `${session} was cut without Logout (${reason}): the venue is to cancel ${open.length} orders, unconfirmed until the next logon: ${ids}`;
  draft.alert('critical', 'ORDERS_LEFT_TO_VENUE', detail);
};

/** The venue holds what it has answered; what it has not answered may be there or not. */
const ordersKept = (open: readonly Order[]): string => {
  const isKept = ({ attempt }: Order): boolean => attempt?.answered === true;
  const said = (orders: readonly Order[], fate: string): readonly string[] =>
    orders.length === 0
      ? []
      : [`${orders.length} orders ${fate}: ${listed(orders.map(({ orderID }) => orderID))}`];
  return [
    ...said(open.filter(isKept), 'stay open at the venue'),
    ...said(
      open.filter((order) => !isKept(order)),
      'are unanswered, and the venue may hold them or not',
    ),
  ].join('; ');
};

/**
 * Logged on: the gate stays shut until the replay is complete. A reset of the numbers destroys
 * the proof that FIX could give: orders that are not closed stay unconfirmed until another channel
 * or an operator settles them.
 */
export const routeUp = (draft: Draft, body: Body<'RouteUp'>, deps: RouteDeps): void => {
  const { session, epoch, reset } = body;
  const { at } = draft;
  const route = draft.state.routes.get(session);
  if (route !== undefined && epoch < route.epoch) return;
  let routing = routingOf(route);
  if (route !== undefined && route.phase !== 'Down' && epoch !== route.epoch) {
    addLost(draft, route, 'a new connection took its place');
    loseRoute(draft, session, deps);
    const isHalted = limitDrops(draft, route, deps);
    routing = { ...routing, phase: isHalted ? 'HALTED' : phaseAfter(routing, 'LinkLost') };
  }
  const phase = phaseAfter(routing, 'LoggedOn');
  draft.add({ type: 'RouteRecovering', at, session, epoch, reset, phase });
  if (!reset) {
    if (deps.doubts?.canAsk(session) === true) doubtOpenOrders(draft, session, deps);
    return;
  }
  const open = openOrders(draft, session);
  if (open.length === 0) return;
  const doubted = open.map(({ orderID }) => ({ orderID, doubt: 'UNCONFIRMED' as const }));
  addDoubts(draft, session, doubted);
  const detail = `sequence numbers of ${session} were reset with ${open.length} orders open`;
  draft.alert('critical', 'PROOF_WOULD_BE_LOST', detail);
};

/**
 * The venue's ResendRequest(2): a proof of what it never processed, unless it contradicts what we
 * have seen.
 */
export const venueAskedResend = (draft: Draft, body: Body<'VenueAskedResend'>): void => {
  const { session, epoch, beginSeqNo } = body;
  const route = draft.state.routes.get(session);
  if (route?.epoch !== epoch || route.phase === 'Down') return;
  draft.add({ type: 'ResendAsked', at: draft.at, session, epoch, beginSeqNo });
  if (route.answeredSeqMax < beginSeqNo) return;
  const detail = `${session} asks from ${beginSeqNo}, but ${route.answeredSeqMax} had an effect: its counter went back`;
  draft.alert('critical', 'PROOF_VOID', detail);
};

/**
 * Replay complete: doubts are settled as far as FIX can, then the gate opens, then cancels are
 * asked again.
 */
export const routeSynchronized = (
  draft: Draft,
  body: Body<'RouteSynchronized'>,
  deps: RouteDeps,
): void => {
  const { session, epoch } = body;
  const route = draft.state.routes.get(session);
  if (route?.epoch !== epoch || route.phase !== 'Recovering') return;
  const repeatable = settleDoubts(draft, route, deps);
  const routing = routingOf(route);
  const phase = phaseAfter(routing, 'InStep');
  const token = phase === 'FIX_ACTIVE' ? nextToken(routing, 'FIX') : undefined;
  draft.add({ type: 'RouteOpened', at: draft.at, session, epoch, phase, ...defined({ token }) });
  repeatCancels(draft, repeatable, epoch, deps);
  for (const massCancel of draft.state.massCancels.values()) {
    const isLost = massCancel.sentAs !== undefined && massCancel.sentAs.epoch < epoch;
    if (massCancel.session !== session || !isLost) continue;
    const { clOrdID, massCancelID } = massCancel;
    const reason = 'LINK_LOST: single cancels follow';
    if (massCancelID === undefined)
      cancelSurvivors(draft, { clOrdID, reason, isSynchronized: true }, deps);
    else draft.add({ type: 'MassCancelSettled', at: draft.at, clOrdID, reason });
  }
  continueMassCancels(draft, deps, { session, isSynchronized: true });
};
