import { type ClOrdID, type DecimalText } from '../../domain/ids.ts';
import { type ReportSource, type VenueExecutionReport } from '../../domain/venue-report.ts';
import { type Decimal } from '../../lib/decimal.ts';
import { pendingRequest } from './answer-request.ts';
import { type Draft } from './draft.ts';
import { type OnOrder } from '../facts/order-facts.ts';
import { statusAfter } from '../evolve/lifecycle.ts';
import { leavesQtyOf } from '../evolve/order-status.ts';
import { type Order } from '../state.ts';

/**
 * Why a report cannot be booked now; 'quarantined' when it was put aside to wait for another one.
 */
export type Problem = string | undefined;

export interface Booking {
  readonly draft: Draft;
  readonly order: Order;
  readonly report: VenueExecutionReport;
  readonly source: ReportSource;
}

/** The lifecycle has an empty cell here. */
export const ILLEGAL = 'illegal in this state';

/** What every booked report carries; `undefined` when the lifecycle has no cell for it. */
export const commonOf = (
  { draft, order, report, source }: Booking,
  orderQty: Decimal,
  cumQty: Decimal,
): OnOrder | undefined => {
  const ordStatus = statusAfter(order.base, report.execType, { orderQty, cumQty });
  if (ordStatus === undefined) return undefined;
  const leavesQty: DecimalText = leavesQtyOf(ordStatus, orderQty, cumQty);
  const answers = answeredBy(order, report);
  return {
    at: draft.at,
    orderID: order.orderID,
    execID: draft.newExecID(),
    ...(answers === undefined ? {} : { answers }),
    venueExecID: report.execID,
    venueOrderID: report.venueOrderID,
    ordStatus,
    leavesQty,
    ...(report.transactTime === undefined ? {} : { transactTime: report.transactTime }),
    ...(report.text === undefined ? {} : { text: report.text }),
    source,
  };
};

/** The request of ours that this report is the first answer to. */
const answeredBy = (order: Order, report: VenueExecutionReport): ClOrdID | undefined => {
  const request = pendingRequest(order, report.clOrdID);
  if (request !== undefined) return request.answered ? undefined : request.clOrdID;
  return order.attempt?.answered === false ? order.attempt.clOrdID : undefined;
};
