import { type OrderID, type VenueOrderID } from '../../../domain/ids.ts';
import {
  type ReportSource,
  type VenueExecutionReport,
  type VenueFill,
} from '../../../domain/venue-report.ts';
import { type Order } from '../../state.ts';
import { type Draft } from '../draft.ts';

/**
 * Beyond this many a report is alerted with its ids and not kept: something is badly wrong, and
 * memory is finite.
 */
const QUARANTINED_REPORTS_MAX = 10_000;

interface Kept {
  readonly report: VenueExecutionReport;
  readonly source: ReportSource;
}

/** Keeps a report that belongs to nothing we know yet. The same report again changes nothing. */
export const quarantine = (
  draft: Draft,
  report: VenueExecutionReport,
  source: ReportSource,
  reason: string,
): void => {
  const key: string = report.execID;
  if (draft.state.quarantine.has(key)) return;
  const ids = `OrderID(37) ${report.venueOrderID}, ClOrdID(11) ${report.clOrdID ?? 'none'}, ExecID(17) ${key}`;
  if (draft.state.quarantine.size >= QUARANTINED_REPORTS_MAX) {
    draft.alert('critical', 'QUARANTINE_FULL', `${report.execType} ${ids}: ${reason}`);
    return;
  }
  draft.add({ type: 'ReportQuarantined', at: draft.at, key, report, source });
  draft.alert('error', 'REPORT_QUARANTINED', `${report.execType} ${ids}: ${reason}`);
};

/**
 * The next report that waited for what is known now: the venue's OrderID(37), and the execution it
 * refers to if any. Asked again after each one is booked, because one release can make the next
 * possible.
 */
export const takeQuarantined = (
  draft: Draft,
  orderID: OrderID,
  venueOrderID: VenueOrderID,
  taken: Set<string>,
): Kept | undefined => {
  for (const { key, report, source } of draft.state.quarantine.values()) {
    if (taken.has(key) || report.type !== 'ExecutionReport') continue;
    if (report.venueOrderID !== venueOrderID) continue;
    const { execRefID } = report;
    if (execRefID !== undefined && draft.rootExecution(execRefID) === undefined) continue;
    taken.add(key);
    draft.add({ type: 'QuarantineReleased', at: draft.at, key, orderID });
    return { report, source };
  }
  return undefined;
};

/** Keeps a fill that fits no execution and no order as it is now; once. */
export const quarantineFill = (
  draft: Draft,
  fill: VenueFill,
  source: ReportSource,
  reason: string,
): void => {
  const key = keyOfFill(fill);
  if (draft.state.quarantine.has(key)) return;
  const { lastQty, lastPx, symbol, side, fillID, venueOrderID } = fill;
  const what = `${side} ${lastQty} ${symbol} at ${lastPx}, fill ${fillID}, OrderID(37) ${venueOrderID}`;
  if (draft.state.quarantine.size >= QUARANTINED_REPORTS_MAX) {
    draft.alert('critical', 'QUARANTINE_FULL', `${what}: ${reason}`);
    return;
  }
  draft.add({ type: 'ReportQuarantined', at: draft.at, key, report: fill, source });
  draft.alert('error', 'EXECUTION_UNMATCHED', `${what}: ${reason}`);
};

const keyOfFill = ({ fillID }: VenueFill): string => `fill:${fillID}`;

/** Hands the fills of an order that wait to `take`, and releases each that it takes. */
export const releaseFills = (
  draft: Draft,
  { orderID, venueOrderID }: Order,
  take: (fill: VenueFill, source: ReportSource) => boolean,
): void => {
  for (const { key, report, source } of draft.state.quarantine.values()) {
    if (report.type !== 'Fill' || report.venueOrderID !== venueOrderID) continue;
    if (draft.executionOfFill(report.fillID) !== undefined || take(report, source)) {
      draft.add({ type: 'QuarantineReleased', at: draft.at, key, orderID });
    }
  }
};
