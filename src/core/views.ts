import {
  type ClientName,
  type DecimalText,
  type OrderID,
  type SessionName,
} from '../domain/ids.ts';
import { type OrdStatus } from '../domain/order.ts';
import { defined } from '../lib/defined.ts';
import { isFreezing, type DoubtClass } from './doubt-class.ts';
import { listed } from './listed.ts';
import { isClosed, avgPxOf, ordStatusOf } from './evolve/order-status.ts';
import {
  type EngineState,
  type Execution,
  type Order,
  type QuarantinedReport,
  type Route,
} from './state.ts';

/** An order with what the books derive from it, for the control socket and for tests. */
export interface OrderView {
  readonly order: Order;
  /** With requests under way counted in. */
  readonly ordStatus: OrdStatus;
  readonly avgPx: DecimalText;
  readonly isOpen: boolean;
  readonly doubt?: DoubtClass;
}

const orderView = (state: EngineState, orderID: OrderID): OrderView | undefined => {
  const order = state.orders.get(orderID);
  if (order === undefined) return undefined;
  const doubt = state.doubts.get(orderID);
  return {
    order,
    ordStatus: ordStatusOf(order),
    avgPx: avgPxOf(order),
    isOpen: !isClosed(order),
    ...defined({ doubt }),
  };
};

const viewsOf = (state: EngineState, orderIDs: Iterable<OrderID>): readonly OrderView[] => {
  const views: OrderView[] = [];
  for (const orderID of orderIDs) {
    const view = orderView(state, orderID);
    if (view !== undefined) views.push(view);
  }
  return views;
};

/** All orders of the books, oldest first; of one client when it is named. */
export const orders = (state: EngineState, client?: ClientName): readonly OrderView[] =>
  viewsOf(state, state.orders.keys()).filter(
    ({ order }) => client === undefined || order.client === client,
  );

/** Live at the venue, or with a request of ours under way. */
export const openOrders = (state: EngineState): readonly OrderView[] =>
  viewsOf(state, state.openOrderIDs);

/** Executions as they stand now: corrected, without those that were busted. */
export const executions = (state: EngineState): readonly Execution[] =>
  [...state.executions.values()].filter(({ canceled }) => !canceled);

export interface DoubtView extends OrderView {
  readonly doubt: DoubtClass;
  readonly freezesInstrument: boolean;
}

export const doubts = (state: EngineState): readonly DoubtView[] =>
  [...state.doubts].flatMap(([orderID, doubt]) => {
    const view = orderView(state, orderID);
    return view === undefined ? [] : [{ ...view, doubt, freezesInstrument: isFreezing(doubt) }];
  });

export const routes = (state: EngineState): readonly Route[] => [...state.routes.values()];

/** Reports that belong to no known order. */
export const quarantined = (state: EngineState): readonly QuarantinedReport[] => [
  ...state.quarantine.values(),
];

/**
 * What stands open on a venue session, for an operator; `openOrderIDs` when the session cannot take
 * care of them now.
 */
export const sessionOrders = (
  state: EngineState,
  session: SessionName,
): Readonly<Record<string, string | number>> => {
  const open = openOrders(state).filter(({ order }) => order.session === session);
  const ids = open.map(({ order }) => order.orderID);
  const isDown = (state.routes.get(session)?.phase ?? 'Down') === 'Down';
  return {
    ordersOpen: open.length,
    ordersInDoubt: open.filter(({ doubt }) => doubt !== undefined).length,
    massCancels: [...state.activeMassCancels.values()].filter((one) => one.session === session)
      .length,
    ...(isDown && ids.length > 0 ? { openOrderIDs: listed(ids) } : {}),
  };
};
