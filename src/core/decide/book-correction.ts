import { decimalOf, decimalTextOf } from '../../domain/decimal-text.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { type VenueExecutionReport } from '../../domain/venue-report.ts';
import { type Draft } from './draft.ts';
import { commonOf, ILLEGAL, type Booking, type Problem } from './booking.ts';
import { quarantine } from './quarantine.ts';
import { type Execution, type Order } from '../state.ts';

/**
 * A bust (H) or a correction (G) of an execution that we booked. ExecRefID(19) chains lead to the
 * first one.
 */
export const bookCorrection = (booking: Booking): Problem => {
  const { draft, order, report, source } = booking;
  if (report.execRefID === undefined) return 'a correction needs ExecRefID(19)';
  const execution = draft.rootExecution(report.execRefID);
  if (execution === undefined) {
    quarantine(draft, report, source, `it refers to execution ${report.execRefID}`);
    return 'quarantined';
  }
  const problem = problemOf(order, execution);
  if (problem !== undefined) return problem;
  const trade = tradeOf(report);
  if (trade === undefined) return 'a correction needs LastQty(32) and LastPx(31)';
  const cumQty = decimalOf(order.cumQty)
    .minus(decimalOf(execution.lastQty))
    .plus(trade === 'none' ? '0' : decimalOf(trade.lastQty));
  const common = commonOf(booking, decimalOf(order.terms.orderQty), cumQty);
  if (common === undefined) return ILLEGAL;
  const about = {
    ...common,
    venueExecID: report.execID,
    rootExecID: execution.venueExecID,
    cumQty: decimalTextOf(cumQty),
  };
  if (trade === 'none') draft.add({ type: 'TradeCanceled', ...about });
  else draft.add({ type: 'TradeCorrected', ...about, ...trade });
  alertChanged(draft, order, execution, report);
  return undefined;
};

const problemOf = (order: Order, execution: Execution): Problem => {
  if (execution.orderID !== order.orderID) return 'ExecRefID(19) belongs to another order';
  return execution.canceled ? 'the execution was cancelled before' : undefined;
};

interface Trade {
  readonly lastQty: DecimalText;
  readonly lastPx: DecimalText;
}

/** What the execution is now; 'none' after a bust. */
const tradeOf = (report: VenueExecutionReport): Trade | 'none' | undefined => {
  if (report.execType === 'TradeCancel') return 'none';
  const { lastQty, lastPx } = report;
  return lastQty === undefined || lastPx === undefined ? undefined : { lastQty, lastPx };
};

const alertChanged = (
  draft: Draft,
  { orderID }: Order,
  { execID }: Execution,
  { execType }: VenueExecutionReport,
): void => {
  draft.alert('error', 'TRADE_CHANGED', `${execType} of ${execID} on order ${orderID}`, orderID);
};
