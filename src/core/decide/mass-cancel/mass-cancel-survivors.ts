import { type MassCancelID, type OrderID } from '../../../domain/ids.ts';
import { type Draft } from '../draft.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { isSent } from '../../evolve/order-route.ts';
import { listed } from '../../listed.ts';
import { isInScope } from '../../mass-cancel-scope.ts';
import { type ActiveMassCancel, type Order } from '../../state.ts';

const ALERT_AFTER_MS = 10_000;
const ALERT_AGAIN_MS = 60_000;

/** Open at the venue, as far as we know. */
export const isOpen = (order: Order): boolean => !isClosedStatus(order.base);

/** The orders of its scope that are open, as this decision leaves them. */
export const openOrdersOf = (draft: Draft, massCancelID: MassCancelID): readonly Order[] => {
  const orders: Order[] = [];
  for (const orderID of draft.state.massCancelOrders.get(massCancelID) ?? []) {
    const order = draft.order(orderID);
    if (order !== undefined && isOpen(order)) orders.push(order);
  }
  return orders;
};

export const hasOpen = (draft: Draft, massCancelID: MassCancelID): boolean => {
  for (const orderID of draft.state.massCancelOrders.get(massCancelID) ?? []) {
    const order = draft.order(orderID);
    if (order !== undefined && isOpen(order)) return true;
  }
  return false;
};

/** Orders ended here that the venue may have; each is cancelled should it come to life. */
export const doubtedOf = (draft: Draft, active: ActiveMassCancel): readonly OrderID[] => {
  const doubted: OrderID[] = [];
  for (const orderID of draft.state.doubts.keys()) {
    const order = draft.order(orderID);
    if (order === undefined || isOpen(order) || !isInScope(order, active)) continue;
    const { attempt } = order;
    if (attempt !== undefined && isSent(attempt) && !attempt.answered) doubted.push(orderID);
  }
  return doubted;
};

/** Due ten seconds after the request, then each minute. */
export const isAlertDue = (draft: Draft, { at, alertedAt }: ActiveMassCancel): boolean =>
  alertedAt === undefined
    ? draft.at - at >= ALERT_AFTER_MS
    : draft.at - alertedAt >= ALERT_AGAIN_MS;

/** Alerts the operator to the orders that are still open, by count and id. */
export const alertSurvivors = (
  draft: Draft,
  active: ActiveMassCancel,
  open: readonly Order[],
  doubted: readonly OrderID[],
): void => {
  const { massCancelID, by, at } = active;
  const seconds = Math.round((draft.at - at) / 1_000);
  const ids = listed([...open.map(({ orderID }) => orderID), ...doubted]);
  const survivors = `${open.length} orders still open and ${doubted.length} in doubt`;
  const detail = `mass cancel ${massCancelID} by ${by}: ${survivors} after ${seconds} s: ${ids}`;
  draft.alert('critical', 'MASS_CANCEL_SURVIVORS', detail);
};
