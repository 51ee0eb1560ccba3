import { decimalOf, decimalTextOf, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type OrderID, type VenueExecID } from '../../../domain/ids.ts';
import {
  type ReportSource,
  type VenueExecutionReport,
  type VenueFill,
} from '../../../domain/venue-report.ts';
import { defined } from '../../../lib/defined.ts';
import { maxDecimal, ZERO } from '../../../lib/decimal.ts';
import { isClosedStatus, statusAfter } from '../../evolve/lifecycle.ts';
import { routeOfOrder } from '../../evolve/order-route.ts';
import { leavesQtyOf } from '../../evolve/order-status.ts';
import { earlierVenueOrder, venueCumQty } from '../../evolve/venue-orders.ts';
import { type ExecutionLinked } from '../../fact.ts';
import { type SeenFill } from '../../input.ts';
import { type Execution, EXTERNAL, type Order } from '../../state.ts';
import { type Draft } from '../draft.ts';
import { adoptFilled, isInOpening } from './external-order.ts';
import { quarantineFill, releaseFills } from './quarantine.ts';

/**
 * One execution is booked once, whichever channel tells it first. A fill that FIX has reported is
 * linked to that execution; one that FIX owes is left alone for a while, then booked when the
 * venue's own sum says that it is missing; what fits nothing waits in quarantine. Of executions of
 * one order with the same quantity and price each is as good as the other: they are linked in
 * the order of their time. [routing 6]
 */
export const applyFills = (
  draft: Draft,
  fills: readonly SeenFill[],
  source: ReportSource,
): void => {
  for (const { fill, isLasting } of [...fills].sort((a, b) => a.fill.at - b.fill.at)) {
    applyFill(draft, fill, source, isLasting);
  }
};

const applyFill = (
  draft: Draft,
  fill: VenueFill,
  source: ReportSource,
  isLasting: boolean,
): void => {
  const linked = draft.executionOfFill(fill.fillID);
  if (linked !== undefined) {
    attach(draft, linked, fill, source);
    return;
  }
  const order = orderOf(draft, fill);
  if (order === undefined || order.client === EXTERNAL) {
    // The report that teaches the id may be on its way.
    if (isLasting || order !== undefined) bookExternal(draft, order, fill, source);
    return;
  }
  const conflict = conflictOf(order, fill);
  if (conflict !== undefined) {
    quarantineFill(draft, fill, source, conflict);
    return;
  }
  if (linkFill(draft, order, fill, source) || !isLasting) return;
  const why = whyNotMissing(order, fill);
  if (why === undefined) bookFill(draft, order, fill, source);
  else quarantineFill(draft, fill, source, why);
};

/** A fill of an order that was placed elsewhere: it changes the account's position. */
const bookExternal = (
  draft: Draft,
  known: Order | undefined,
  fill: VenueFill,
  source: ReportSource,
): void => {
  if (known !== undefined && linkFill(draft, known, fill, source)) return;
  if (isInOpening(draft.state, source.session, fill.at)) return;
  const order = known ?? adoptFilled(draft, fill, source);
  if (order === undefined) return;
  const { lastQty, lastPx, fillID } = fill;
  const executed = decimalOf(order.executedQty).plus(decimalOf(lastQty));
  const cumQty = maxDecimal(decimalOf(order.cumQty), executed);
  const left = maxDecimal(decimalOf(order.terms.orderQty).minus(cumQty), ZERO);
  draft.add({
    type: 'OrderFilled',
    ...{ at: draft.at, orderID: order.orderID, execID: draft.newExecID() },
    ...{ venueExecID: execIDOfFill(fillID), venueOrderID: fill.venueOrderID },
    // How the order stands the view of the account tells.
    ordStatus: order.base,
    cumQty: decimalTextOf(cumQty),
    leavesQty: isClosedStatus(order.base) ? ZERO_TEXT : decimalTextOf(left),
    transactTime: fill.at,
    ...{ lastQty, lastPx, fillID, tradeID: fillID, source },
    ...detailsOf(fill),
  });
};

/** Links a fill to the oldest booked execution that it can be; false when there is none. */
const linkFill = (draft: Draft, order: Order, fill: VenueFill, source: ReportSource): boolean => {
  const open = draft
    .executionsOf(order.orderID)
    .filter((one) => one.fillID === undefined && !one.canceled && isSame(one, fill));
  const found = open.find(({ tradeID }) => tradeID === fill.fillID) ?? open[0];
  if (found === undefined) return false;
  attach(draft, found, fill, source);
  return true;
};

/**
 * The execution that another channel booked and that this FIX report is about; `undefined` when
 * the report is of a new one. The venue's CumQty(14) tells: with what is booked already it closes.
 */
export const bookedElsewhere = (
  draft: Draft,
  order: Order,
  report: VenueExecutionReport,
): Execution | undefined => {
  const { lastQty, lastPx } = report;
  if (lastQty === undefined || lastPx === undefined) return undefined;
  if (decimalOf(report.cumQty).gt(venueCumQty(order, report.venueOrderID))) return undefined;
  return draft
    .executionsOf(order.orderID)
    .find((one) => isUnseenByFix(one) && isSame(one, { lastQty, lastPx }));
};

/** The FIX report of an execution that is booked: its ids, and nothing more. */
export const linkReport = (
  draft: Draft,
  execution: Execution,
  report: VenueExecutionReport,
  source: ReportSource,
): void => {
  draft.add({
    type: 'ExecutionLinked',
    ...{ at: draft.at, orderID: execution.orderID, rootExecID: execution.venueExecID },
    venueExecID: report.execID,
    execID: draft.newExecID(),
    ...news(execution, report),
    source,
  });
};

/** Lets a fill in quarantine try again, once an order learned an id or an execution. */
export const retryFills = (draft: Draft, orderID: OrderID): void => {
  const order = draft.order(orderID);
  if (order === undefined) return;
  releaseFills(draft, order, (fill, source) => linkFill(draft, order, fill, source));
};

const isUnseenByFix = ({ channel, fixExecID, canceled }: Execution): boolean =>
  channel !== undefined && channel !== 'fix' && fixExecID === undefined && !canceled;

const isSame = (
  execution: Execution,
  { lastQty, lastPx }: Pick<VenueFill, 'lastQty' | 'lastPx'>,
): boolean =>
  decimalOf(execution.lastQty).eq(decimalOf(lastQty)) &&
  decimalOf(execution.lastPx).eq(decimalOf(lastPx));

const orderOf = (draft: Draft, { venueOrderID, clOrdID }: VenueFill): Order | undefined => {
  const { state } = draft;
  const byVenueOrderID = state.orderIDByVenueOrderID.get(venueOrderID);
  if (byVenueOrderID !== undefined) return draft.order(byVenueOrderID);
  const request = clOrdID === undefined ? undefined : state.requests.get(clOrdID as never);
  return request !== undefined && 'orderID' in request ? draft.order(request.orderID) : undefined;
};

const conflictOf = (order: Order, fill: VenueFill): string | undefined => {
  const { terms, venueOrderID } = order;
  const isKnown =
    venueOrderID === undefined ||
    venueOrderID === fill.venueOrderID ||
    earlierVenueOrder(order, fill.venueOrderID) !== undefined;
  if (!isKnown) {
    return `its order is ${fill.venueOrderID}, ours ${venueOrderID}`;
  }
  if (terms.symbol === fill.symbol && terms.side === fill.side) return undefined;
  return `our order is ${terms.side} ${terms.symbol}, the fill ${fill.side} ${fill.symbol}`;
};

/** The venue's sum must lack this fill in our books, and the order must have room for it. */
const whyNotMissing = (order: Order, fill: VenueFill): string | undefined => {
  const { venueCumQty: venueSum, lastQty, venueOrderID } = fill;
  const after = decimalOf(order.cumQty).plus(decimalOf(lastQty));
  const withIt = `with it ${decimalTextOf(after)} of ${order.terms.orderQty} would be filled`;
  const isOverfill = after.gt(decimalOf(order.terms.orderQty));
  // Of an order by REST FIX reports nothing that this fill could be: its id makes it a new one.
  if (routeOfOrder(order) === 'REST') return isOverfill ? withIt : undefined;
  if (venueSum === undefined) return 'the venue has not said what the order filled in all';
  // Busts are no missing fills: the feeds go on counting them.
  const takenBack = decimalOf(order.reportedQty).minus(decimalOf(order.executedQty));
  const booked = venueCumQty(order, venueOrderID).plus(maxDecimal(takenBack, ZERO));
  if (decimalOf(venueSum).minus(booked).lt(decimalOf(lastQty))) {
    return `the venue filled ${venueSum} in all, and ${decimalTextOf(booked)} are booked in other executions`;
  }
  return isOverfill ? withIt : undefined;
};

const bookFill = (draft: Draft, order: Order, fill: VenueFill, source: ReportSource): void => {
  const { lastQty, lastPx, fillID } = fill;
  const orderQty = decimalOf(order.terms.orderQty);
  const cumQty = decimalOf(order.cumQty).plus(decimalOf(lastQty));
  const ordStatus = statusAfter(order.base, 'Trade', { orderQty, cumQty }, order.closedAs);
  if (ordStatus === undefined) {
    quarantineFill(
      draft,
      fill,
      source,
      `illegal on order ${order.orderID}, which is ${order.base}`,
    );
    return;
  }
  const answers = order.attempt?.answered === false ? order.attempt.clOrdID : undefined;
  draft.add({
    type: 'OrderFilled',
    ...{ at: draft.at, orderID: order.orderID, execID: draft.newExecID() },
    ...defined({ answers }),
    venueExecID: execIDOfFill(fillID),
    venueOrderID: fill.venueOrderID,
    ordStatus,
    cumQty: decimalTextOf(cumQty),
    leavesQty: leavesQtyOf(ordStatus, orderQty, cumQty),
    transactTime: fill.at,
    ...{ lastQty, lastPx, fillID, tradeID: fillID, source },
    ...detailsOf(fill),
  });
  if (routeOfOrder(order) === 'FIX') {
    const detail = `order ${order.orderID}: FIX did not report ${lastQty} at ${lastPx}; booked from ${source.channel}, fill ${fillID}`;
    draft.alert('warning', 'FILL_WITHOUT_FIX', detail, order.orderID);
  }
  settleByFill(draft, order.orderID);
  // It waited for this: the venue's sum was not known.
  const key = `fill:${fillID}`;
  if (draft.state.quarantine.has(key)) {
    draft.add({ type: 'QuarantineReleased', at: draft.at, key, orderID: order.orderID });
  }
};

/** A doubt about whether the venue has the order ends with a fill that completes it. */
const settleByFill = (draft: Draft, orderID: OrderID): void => {
  const order = draft.order(orderID);
  if (order?.base !== 'Filled' || !draft.state.doubts.has(orderID)) return;
  const { session } = order;
  const doubt = draft.state.doubts.get(orderID) ?? 'D2';
  const evidence = [`executions ${order.cumQty} of ${order.terms.orderQty}`];
  const resolved = { orderID, session, doubt, verdict: 'CLOSED-FILLED', evidence } as const;
  draft.add({ type: 'DoubtResolved', at: draft.at, ...resolved });
};

/** Stands for ExecID(17) of an execution that FIX has not reported. */
const execIDOfFill = (fillID: string): VenueExecID => `fill:${fillID}` as VenueExecID;

type Details = Pick<ExecutionLinked, 'fee' | 'feeCurrency' | 'liquidity' | 'tradeID'>;

const detailsOf = ({ fee, feeCurrency, liquidity }: Details): Details =>
  defined({ fee, feeCurrency, liquidity });

/** What the execution lacked. */
const news = (execution: Execution, told: Details): Details =>
  defined({
    fee: execution.fee === undefined ? told.fee : undefined,
    feeCurrency: execution.fee === undefined ? told.feeCurrency : undefined,
    liquidity: execution.liquidity === undefined ? told.liquidity : undefined,
    tradeID: execution.tradeID === undefined ? told.tradeID : undefined,
  });

/** Adds the id and what was not known; the client hears of fee, liquidity and trade id alone. */
const attach = (
  draft: Draft,
  execution: Execution,
  fill: VenueFill,
  source: ReportSource,
): void => {
  alertDifference(draft, execution, fill, source);
  const isNewLink = execution.fillID === undefined;
  const details = news(execution, { ...fill, tradeID: fill.fillID });
  const isNews = Object.keys(details).length > 0;
  if (!isNewLink && !isNews) return;
  draft.add({
    type: 'ExecutionLinked',
    ...{ at: draft.at, orderID: execution.orderID, rootExecID: execution.venueExecID },
    ...defined({ fillID: isNewLink ? fill.fillID : undefined }),
    ...defined({ execID: isNews ? draft.newExecID() : undefined }),
    ...details,
    source,
  });
};

/** Told when the ids meet, once: two channels say different things about one execution. */
const alertDifference = (
  draft: Draft,
  execution: Execution,
  fill: VenueFill,
  { channel }: ReportSource,
): void => {
  if (execution.fillID !== undefined) return;
  const differs = (['fee', 'feeCurrency', 'liquidity'] as const).filter((name) => {
    const [ours, theirs] = [execution[name], fill[name]];
    return ours !== undefined && theirs !== undefined && ours !== theirs;
  });
  if (differs.length === 0) return;
  const said = differs.map(
    (name) => `${name} ${execution[name] ?? ''} booked, ${fill[name] ?? ''} by ${channel}`,
  );
  const detail = `execution ${execution.execID}, fill ${fill.fillID}: ${said.join('; ')}`;
  draft.alert('error', 'EXECUTION_DIFFERS', detail, execution.orderID);
};
