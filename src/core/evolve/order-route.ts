import { type SessionName } from '../../domain/ids.ts';
import { type OrderRoute } from '../../domain/order.ts';
import { type AccountsDep, hasRest } from '../accounts.ts';
import { routePhaseOf } from '../route-phase.ts';
import { EXTERNAL, type EngineState, type Order, type VenueRequest } from '../state.ts';

/**
 * The route that takes a new order of this session's account; `undefined` while none does. Never
 * both. [routing 8]
 */
export const orderRouteOf = (
  { routes }: Pick<EngineState, 'routes'>,
  session: SessionName,
): OrderRoute | undefined => {
  const route = routes.get(session);
  const phase = routePhaseOf(route);
  if (phase === 'REST_ACTIVE') return 'REST';
  const isOpen = route?.phase === 'Active' && route.pausedFor === undefined;
  return phase === 'FIX_ACTIVE' && isOpen ? 'FIX' : undefined;
};

/** The way of a request. Journals of earlier versions knew FIX alone. */
export const routeOf = (
  request: { readonly route?: OrderRoute | undefined } | undefined,
): OrderRoute => request?.route ?? 'FIX';

/** The way that an order went; it is sticky. */
export const routeOfOrder = ({ attempt }: Order): OrderRoute => routeOf(attempt);

/**
 * The way of a cancel: that of its order, and REST for what FIX cannot reach now. A cancel takes
 * risk away, so it needs no route that is open for orders. `undefined`: there is none. [routing 5]
 */
export const cancelRouteOf = (
  { routes }: Pick<EngineState, 'routes'>,
  order: Order,
  deps: AccountsDep,
): OrderRoute | undefined => {
  const { session, client } = order;
  const isByRest = hasRest(session, deps);
  if (routeOfOrder(order) === 'REST') return isByRest ? 'REST' : undefined;
  const route = routes.get(session);
  const isFixUp = (route?.phase ?? 'Down') !== 'Down';
  const isFixSilent = routePhaseOf(route) === 'FIX_SUSPECT';
  // FIX cancels orders of its own session alone.
  if (isByRest && (!isFixUp || isFixSilent || client === EXTERNAL)) return 'REST';
  return isFixUp ? 'FIX' : undefined;
};

/** What a fact says of the route: FIX is not said. */
export const saidRoute = (route: OrderRoute): { readonly route?: OrderRoute } =>
  route === 'FIX' ? {} : { route };

/** The adapter took the request: from here on the venue may have it. */
export const isSent = ({ sentAs, requestNumber }: VenueRequest): boolean =>
  sentAs !== undefined || requestNumber !== undefined;
