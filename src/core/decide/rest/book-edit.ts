import { decimalOf, decimalTextOf } from '../../../domain/decimal-text.ts';
import { type ReportSource } from '../../../domain/venue-report.ts';
import { maxDecimal } from '../../../lib/decimal.ts';
import { defined } from '../../../lib/defined.ts';
import { statusAfter } from '../../evolve/lifecycle.ts';
import { leavesQtyOf } from '../../evolve/order-status.ts';
import { type Order, type PendingRequest } from '../../state.ts';
import { failRequest } from '../answer-request.ts';
import { type Draft } from '../draft.ts';
import { namesOf } from '../replace/continue-replace.ts';

/**
 * The venue has edited its order: it keeps its OrderID(37) and ClOrdID(11) there, and the client's
 * order has the terms of the request.
 */
export const bookEdit = ({ draft, order, source }: BookedEdit, request: PendingRequest): void => {
  const { replace } = request;
  if (replace === undefined) return;
  const cumQty = decimalOf(order.cumQty);
  // What was filled meanwhile is filled: the quantity becomes that (matrix C.3.c).
  const orderQty = maxDecimal(decimalOf(replace.terms.orderQty), cumQty);
  const terms = { ...replace.terms, orderQty: decimalTextOf(orderQty) };
  const ordStatus = statusAfter(order.base, 'Replaced', { orderQty, cumQty }, order.closedAs);
  if (ordStatus === undefined) {
    const text = `TOO_LATE: order ${order.orderID} is ${order.base}`;
    failRequest(draft, order, request, { code: 'TOO_LATE', text, source });
    return;
  }
  draft.add({
    type: 'OrderReplaced',
    ...{ at: draft.at, orderID: order.orderID, execID: draft.newExecID() },
    ...defined({ answers: request.answered ? undefined : request.clOrdID }),
    ...defined({ venueOrderID: order.venueOrderID }),
    ...{ ordStatus, leavesQty: leavesQtyOf(ordStatus, orderQty, cumQty), source },
    clOrdID: order.venueClOrdID ?? request.clOrdID,
    terms,
    ...namesOf(order, request),
  });
};

interface BookedEdit {
  readonly draft: Draft;
  readonly order: Order;
  readonly source: ReportSource;
}
