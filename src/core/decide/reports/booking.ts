import { type ClOrdID, type VenueExecID, type VenueOrderID } from '../../../domain/ids.ts';
import { type ExecType } from '../../../domain/order.ts';
import { type ReportSource, type VenueExecutionReport } from '../../../domain/venue-report.ts';
import { type Decimal } from '../../../lib/decimal.ts';
import { defined } from '../../../lib/defined.ts';
import { statusAfter } from '../../evolve/lifecycle.ts';
import { leavesQtyOf } from '../../evolve/order-status.ts';
import { earlierVenueOrder } from '../../evolve/venue-orders.ts';
import { type OnOrder } from '../../facts/order-facts.ts';
import { type Order } from '../../state.ts';
import { pendingRequest } from '../answer-request.ts';
import { type Draft } from '../draft.ts';

/**
 * Why a report cannot be booked now; 'quarantined' when it was put aside to wait for another one.
 */
export type Problem = string | undefined;

/** One report about one order, on its way into facts. */
export interface Booking {
  readonly draft: Draft;
  readonly order: Order;
  readonly report: VenueExecutionReport;
  readonly source: ReportSource;
}

/** Stands for ExecID(17) of a report that evidence of another channel made. */
export const evidenceExecID = (
  venueOrderID: VenueOrderID,
  execType: ExecType,
  request?: ClOrdID,
): VenueExecID =>
  `evidence:${venueOrderID}:${execType}${request === undefined ? '' : `:${request}`}` as VenueExecID;

export const isEvidence = ({ execID }: VenueExecutionReport): boolean =>
  execID.startsWith('evidence:');

/** The lifecycle has an empty cell here. */
export const ILLEGAL = 'illegal in this state';

/** The order's quantity and the sum of its executions, after the report. */
export interface SumsAfter {
  readonly orderQty: Decimal;
  readonly cumQty: Decimal;
}

/** What every booked report carries; `undefined` when the lifecycle has no cell for it. */
export const commonOf = (
  { draft, order, report, source }: Booking,
  { orderQty, cumQty }: SumsAfter,
  execType: ExecType = report.execType,
): OnOrder | undefined => {
  const quantities = { orderQty, cumQty };
  const ordStatus = statusAfter(order.base, execType, quantities, order.closedAs);
  if (ordStatus === undefined) return undefined;
  return {
    at: draft.at,
    orderID: order.orderID,
    execID: draft.newExecID(),
    ...defined({ answers: answeredBy(order, report) }),
    venueExecID: report.execID,
    venueOrderID: report.venueOrderID,
    ordStatus,
    leavesQty: leavesQtyOf(ordStatus, orderQty, cumQty),
    ...defined({ transactTime: report.transactTime, text: report.text }),
    source,
  };
};

/** The request of ours that this report is the first answer to. */
const answeredBy = (order: Order, report: VenueExecutionReport): ClOrdID | undefined => {
  const request = pendingRequest(order, report.clOrdID);
  if (request !== undefined) return request.answered ? undefined : request.clOrdID;
  if (earlierVenueOrder(order, report.venueOrderID) !== undefined) return undefined;
  return order.attempt?.answered === false ? order.attempt.clOrdID : undefined;
};
