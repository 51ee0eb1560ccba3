import {
  type ClOrdID,
  type MassCancelID,
  type OrderID,
  type SessionName,
} from '../../../domain/ids.ts';
import { type OrderRoute } from '../../../domain/order.ts';
import { defined } from '../../../lib/defined.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { hasRest } from '../../accounts.ts';
import { intendCancel, isNamed, type CancelDeps } from '../cancel-order.ts';
import { type Draft } from '../draft.ts';
import { cancelRouteOf, isSent, routeOf, saidRoute } from '../../evolve/order-route.ts';
import { isInScope } from '../../mass-cancel-scope.ts';
import {
  alertSurvivors,
  doubtedOf,
  hasOpen,
  isAlertDue,
  isOpen,
  openOrdersOf,
} from './mass-cancel-survivors.ts';
import { type ActiveMassCancel, type Order, type Route } from '../../state.ts';

/** What the rate budget lets through at this moment. */
export interface CancelRoom {
  /** OrderCancelRequests(F). */
  readonly cancels: number;
  /** Milliseconds until the rate budget allows the next one; 0 when it does now. */
  readonly cancelAfterMs: number;
  /**
   * Milliseconds until the budget allows an OrderMassCancelRequest(q); 0 when it does now,
   * `undefined` when it never does.
   */
  readonly massCancelAfterMs: number | undefined;
}

export interface ContinueDeps extends CancelDeps {
  /** Of the route's rate budget. */
  readonly cancelRoom: (session: SessionName, route: OrderRoute) => CancelRoom;
}

/** Where a mass cancel stands, when the books do not know it yet. */
interface Progress {
  readonly orders?: readonly Order[];
  readonly askedAt?: ReadonlyMap<OrderID, EpochMs> | undefined;
  /** An OrderMassCancelRequest(q) that ended in this decision. */
  readonly settled?: ClOrdID;
  /** The replay of this connection is complete, although the books do not say so yet. */
  readonly isSynchronized?: boolean;
}

/** Pause between two looks at a mass cancel; it grows with the age of the request. */
const LOOK_AGAIN_MS = { min: 2_000, max: 60_000 } as const;
/** Pause before a cancel without effect is repeated; it grows as well. */
const REPEAT_MS = { min: 10_000, max: 60_000 } as const;
const RATE_WAIT_MS = { min: 50, max: 10_000 } as const;
/** Wait for the replay after a logon: it shows most orders to be closed. */
const REPLAY_WAIT_MS = 5_000;
/** From this many on the venue's own request is cheaper than single ones. [fix 1.8] */
const VENUE_MASS_CANCEL_ORDERS_MIN = 3;
/** ClOrdIDs made in one decision: they run ahead of the clock. */
const CANCELS_PER_LOOK_MAX = 1_000;

/** Continues every mass cancel that is not finished, or those of one session. */
export const continueMassCancels = (
  draft: Draft,
  deps: ContinueDeps,
  { session, ...progress }: Progress & { readonly session?: SessionName } = {},
): void => {
  for (const active of draft.state.activeMassCancels.values()) {
    if (session !== undefined && active.session !== session) continue;
    continueMassCancel(draft, active, deps, progress);
  }
};

export const continueMassCancelByID = (
  draft: Draft,
  massCancelID: MassCancelID,
  deps: ContinueDeps,
): void => {
  const active = draft.state.activeMassCancels.get(massCancelID);
  if (active !== undefined) continueMassCancel(draft, active, deps);
};

/**
 * Completes a mass cancel whose orders are closed; else sends cancels as far as link and rate
 * budget allow, and sets the time of the next look.
 */
export const continueMassCancel = (
  draft: Draft,
  active: ActiveMassCancel,
  deps: ContinueDeps,
  progress: Progress = {},
): void => {
  const { massCancelID } = active;
  const open = progress.orders ?? openOrdersOf(draft, massCancelID);
  const doubted = doubtedOf(draft, active);
  if (open.length === 0 && doubted.length === 0) {
    complete(draft, active);
    return;
  }
  const waitMs = cancelOpen(draft, active, { open, deps, progress });
  const isAlerted = isAlertDue(draft, active);
  if (isAlerted) alertSurvivors(draft, active, open, doubted);
  draft.add({
    type: 'MassCancelUnfinished',
    ...{ at: draft.at, massCancelID, open: open.length, isAlerted },
    lookAgainAfterMs: waitMs ?? clamp((draft.at - active.at) / 2, LOOK_AGAIN_MS),
  });
};

/**
 * After a report: completes each mass cancel whose last order it closed, and continues each whose
 * order it brought to life.
 */
export const noticeReport = (
  draft: Draft,
  orderIDs: Iterable<OrderID>,
  deps: ContinueDeps,
): void => {
  const { activeMassCancels, massCancelOrders } = draft.state;
  if (activeMassCancels.size === 0) return;
  const changed = [...new Set(orderIDs)].map((orderID) => draft.order(orderID));
  for (const active of activeMassCancels.values()) {
    const known = massCancelOrders.get(active.massCancelID);
    const news = changed.filter(
      (order): order is Order =>
        order !== undefined &&
        isInScope(order, active) &&
        isOpen(order) !== (known?.has(order.orderID) ?? false),
    );
    if (news.length === 0) continue;
    const revived = news.filter(isOpen);
    if (revived.length > 0) {
      const orders = [...openOrdersOf(draft, active.massCancelID), ...revived];
      continueMassCancel(draft, active, deps, { orders });
    } else if (!hasOpen(draft, active.massCancelID) && doubtedOf(draft, active).length === 0) {
      complete(draft, active);
    }
  }
};

interface Look {
  readonly open: readonly Order[];
  readonly deps: ContinueDeps;
  readonly progress: Progress;
}

/** Sends what may be sent; returns how long to wait for the rest, if any. */
const cancelOpen = (draft: Draft, active: ActiveMassCancel, look: Look): number | undefined => {
  const { deps, progress, open } = look;
  const { session } = active;
  const route = draft.state.routes.get(session);
  const fix = route === undefined || route.phase === 'Down' ? undefined : route;
  if (fix === undefined && !hasRest(session, deps)) return undefined;
  const replayWaitMs = replayWaitOf(fix, draft.at, progress);
  if (replayWaitMs > 0) return replayWaitMs;
  if (isVenueAsked(draft, active, fix, progress.settled)) return undefined;
  const way = wayOfAll(draft, active, { fix, open, deps });
  const afterMs = way === undefined ? undefined : deps.cancelRoom(session, way).massCancelAfterMs;
  if (way === undefined || afterMs === undefined) return cancelEach(draft, active, look);
  if (afterMs > 0) return clamp(afterMs, RATE_WAIT_MS);
  return askVenue(draft, active, way, deps) ? undefined : cancelEach(draft, active, look);
};

const replayWaitOf = (fix: Route | undefined, at: EpochMs, { isSynchronized }: Progress): number =>
  fix?.phase === 'Recovering' && isSynchronized !== true ? fix.since + REPLAY_WAIT_MS - at : 0;

/** The route on which one request of the venue reaches the orders that are meant, and no other. */
const wayOfAll = (
  draft: Draft,
  active: ActiveMassCancel,
  { fix, open, deps }: Pick<Look, 'open' | 'deps'> & { readonly fix: Route | undefined },
): OrderRoute | undefined => {
  if (active.sentToVenue || open.length < VENUE_MASS_CANCEL_ORDERS_MIN) return undefined;
  if (hasRest(active.session, deps) && isAllOfAccount(draft, active)) return 'REST';
  return fix !== undefined && isAllOfConnection(draft, active, fix, open) ? 'FIX' : undefined;
};

const cancelEach = (
  draft: Draft,
  active: ActiveMassCancel,
  { open, deps, progress }: Look,
): number | undefined => {
  const askedAt = progress.askedAt ?? draft.state.massCancelAskedAt.get(active.massCancelID);
  const due = open.flatMap((order) => {
    const route = cancelRouteOf(draft.state, order, deps);
    const isAsked = route === undefined || !isNamed(order, route);
    return !isAsked && isDue(draft, active, order, askedAt?.get(order.orderID))
      ? [{ order, route }]
      : [];
  });
  const waits = (['FIX', 'REST'] as const).flatMap((route) => {
    const orders = due.filter((one) => one.route === route).map(({ order }) => order);
    return orders.length === 0 ? [] : (cancelBy(draft, active, { route, orders, deps }) ?? []);
  });
  return waits.length === 0 ? undefined : Math.min(...waits);
};

interface CancelsBy {
  readonly route: OrderRoute;
  readonly orders: readonly Order[];
  readonly deps: ContinueDeps;
}

/** As many as the route's rate budget allows; returns how long to wait for the rest. */
const cancelBy = (
  draft: Draft,
  active: ActiveMassCancel,
  { route, orders, deps }: CancelsBy,
): number | undefined => {
  const room = deps.cancelRoom(active.session, route);
  const now = orders.slice(0, Math.min(room.cancels, CANCELS_PER_LOOK_MAX));
  for (const [done, order] of now.entries()) {
    const repeated = order.pending.find(({ kind }) => kind === 'cancel');
    const isIntended = intendCancel(draft, order, deps, {
      by: repeated?.by ?? active.by,
      ...defined({
        clientOrderID: repeated?.clientOrderID,
        secondaryClientOrderID: repeated?.secondaryClientOrderID,
        repeats: repeated?.clOrdID,
      }),
    });
    if (isIntended) continue;
    const detail = `${orders.length - done} orders not cancelled yet: no ClOrdID can be made`;
    draft.alert('critical', 'CLOCK_BEHIND', detail);
    return LOOK_AGAIN_MS.min;
  }
  return now.length < orders.length ? clamp(room.cancelAfterMs, RATE_WAIT_MS) : undefined;
};

/** No cancel of this order is under way, or the last one has had no effect for too long. */
const isDue = (
  draft: Draft,
  active: ActiveMassCancel,
  order: Order,
  askedAt: EpochMs | undefined,
): boolean => {
  const pending = order.pending.find(({ kind }) => kind === 'cancel');
  if (pending !== undefined && !isSent(pending)) return false;
  const since = askedAt ?? (pending === undefined ? undefined : active.at);
  return since === undefined || draft.at - since >= clamp((draft.at - active.at) / 2, REPEAT_MS);
};

/** An OrderMassCancelRequest(q) for it is under way; its timer turns to single cancels. */
const isVenueAsked = (
  draft: Draft,
  { massCancelID }: ActiveMassCancel,
  fix: Route | undefined,
  settled: ClOrdID | undefined,
): boolean => {
  for (const massCancel of draft.state.massCancels.values()) {
    if (massCancel.massCancelID !== massCancelID || massCancel.clOrdID === settled) continue;
    if (routeOf(massCancel) === 'REST') return true;
    if (massCancel.sentAs === undefined || massCancel.sentAs.epoch === fix?.epoch) return true;
  }
  return false;
};

/**
 * The venue's request reaches the orders that were made on this connection, on one symbol or all:
 * it may be used when these are the orders that are meant, and no other. [fix 4.7]
 */
const isAllOfConnection = (
  draft: Draft,
  active: ActiveMassCancel,
  route: Route,
  open: readonly Order[],
): boolean => {
  if (open.length < VENUE_MASS_CANCEL_ORDERS_MIN) return false;
  const isOfConnection = ({ attempt }: Order): boolean =>
    attempt?.sentAs !== undefined && attempt.sentAs.epoch === route.epoch;
  return open.every(isOfConnection) && reachesNoOther(draft, active);
};

/**
 * By REST the venue cancels every order of the account, or of one market, also those that were
 * placed elsewhere and are not known yet: an operator must have asked for these.
 */
const isAllOfAccount = (draft: Draft, active: ActiveMassCancel): boolean => {
  const { withExternal, client, side, account, orderID } = active;
  if (withExternal !== true || (client ?? side ?? account ?? orderID) !== undefined) return false;
  return reachesNoOther(draft, active);
};

/** Every open order of the session, on the symbol or on all, is one of those that are meant. */
const reachesNoOther = (draft: Draft, active: ActiveMassCancel): boolean => {
  const { session, symbol } = active;
  for (const orderID of draft.state.openOrderIDs) {
    const order = draft.order(orderID);
    if (order?.session !== session || !isOpen(order)) continue;
    const isReached = symbol === undefined || order.terms.symbol === symbol;
    if (isReached && !isInScope(order, active)) return false;
  }
  return true;
};

const askVenue = (
  draft: Draft,
  active: ActiveMassCancel,
  route: OrderRoute,
  deps: ContinueDeps,
): boolean => {
  const made = draft.newClOrdID(deps.nextClOrdID);
  if (!made.ok) return false;
  const { massCancelID, session, by, symbol } = active;
  draft.add({
    type: 'VenueMassCancelIntended',
    ...{ at: draft.at, clOrdID: made.value, session, massCancelID, by },
    ...defined({ symbol }),
    ...saidRoute(route),
  });
  return true;
};

const complete = (draft: Draft, active: ActiveMassCancel): void => {
  const { massCancelID, by, alertedAt } = active;
  for (const { clOrdID, massCancelID: of } of draft.state.massCancels.values()) {
    if (of !== massCancelID) continue;
    draft.add({
      type: 'MassCancelSettled',
      at: draft.at,
      clOrdID,
      reason: 'DONE: nothing is open',
    });
  }
  draft.add({ type: 'MassCancelCompleted', at: draft.at, massCancelID });
  if (alertedAt === undefined) return;
  draft.alert(
    'warning',
    'MASS_CANCEL_DONE',
    `mass cancel ${massCancelID} by ${by}: nothing is open`,
  );
};

const clamp = (ms: number, { min, max }: { readonly min: number; readonly max: number }): number =>
  Math.min(Math.max(Math.ceil(ms), min), max);
