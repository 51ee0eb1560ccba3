import { decimalOf, decimalTextOf, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type ClOrdID, type VenueExecID } from '../../../domain/ids.ts';
import { type ReportSource, type VenueExecutionReport } from '../../../domain/venue-report.ts';
import { defined } from '../../../lib/defined.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { routeOfOrder } from '../../evolve/order-route.ts';
import { venueCumQty } from '../../evolve/venue-orders.ts';
import { type SeenRestOrder } from '../../input.ts';
import { type Order } from '../../state.ts';
import { type Draft } from '../draft.ts';
import { applyBooking } from '../reports/apply-report.ts';
import { type RefusalDeps } from '../reports/apply-refusal.ts';

/**
 * FIX does not report orders that went by REST, so the private feeds do: that the venue has one
 * whose call has not said so, and that it ended one by itself. Fills come as fills. What the
 * venue counts as filled must be booked before the order is closed.
 */
export const seeRestOrders = (
  draft: Draft,
  orders: readonly SeenRestOrder[],
  source: ReportSource,
  deps: RefusalDeps,
): void => {
  for (const seen of orders) {
    const order = orderOf(draft, seen);
    const report = order === undefined ? undefined : reportOf(order, seen);
    if (order === undefined || report === undefined || draft.hasSeen(report.execID)) continue;
    const isSumKnown = venueCumQty(order, seen.venueOrderID).eq(decimalOf(seen.cumQty));
    applyBooking({ draft, order, report, source }, deps, { isSumKnown });
  }
};

const orderOf = (draft: Draft, { venueOrderID, clOrdID }: SeenRestOrder): Order | undefined => {
  const { orderIDByVenueOrderID, requests } = draft.state;
  const request = clOrdID === undefined ? undefined : requests.get(clOrdID as ClOrdID);
  const byClOrdID = request?.kind === 'new' ? request.orderID : undefined;
  const orderID = orderIDByVenueOrderID.get(venueOrderID) ?? byClOrdID;
  const order = orderID === undefined ? undefined : draft.order(orderID);
  return order !== undefined && routeOfOrder(order) === 'REST' ? order : undefined;
};

/** The report that FIX would have sent; `undefined` when the order is what the books say. */
const reportOf = (order: Order, seen: SeenRestOrder): VenueExecutionReport | undefined => {
  const { venueOrderID, cumQty, isOpen, cause } = seen;
  const left = decimalOf(order.terms.orderQty).minus(decimalOf(cumQty));
  const isUnanswered = order.attempt?.answered === false;
  const isNews = isOpen
    ? isUnanswered
    : !isClosedStatus(order.base) && venueCumQty(order, venueOrderID).eq(decimalOf(cumQty));
  if (!isNews) return undefined;
  const word = isOpen ? 'New' : cause === 'Expired' ? 'Expired' : 'Canceled';
  return {
    type: 'ExecutionReport',
    execID: `feed:${venueOrderID}:${word}` as VenueExecID,
    venueOrderID,
    ...defined({ clOrdID: order.venueClOrdID }),
    ...{ execType: word, ordStatus: word },
    ...{ symbol: order.terms.symbol, side: order.terms.side, cumQty },
    leavesQty: isOpen ? decimalTextOf(left) : ZERO_TEXT,
    ...defined({ text: isOpen ? undefined : `ended by the venue: ${cause ?? 'no reason given'}` }),
  };
};
