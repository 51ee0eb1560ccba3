import { decimalOf, decimalTextOf } from '../../../domain/decimal-text.ts';
import { type DecimalText } from '../../../domain/ids.ts';
import { type OrderTerms } from '../../../domain/order.ts';
import { type VenueExecutionReport } from '../../../domain/venue-report.ts';
import { ZERO } from '../../../lib/decimal.ts';
import { defined } from '../../../lib/defined.ts';
import { isClosedStatus } from '../../evolve/lifecycle.ts';
import { earlierVenueOrder, sentReplacement } from '../../evolve/venue-orders.ts';
import { type OnOrder } from '../../facts/order-facts.ts';
import { isInScope } from '../../mass-cancel-scope.ts';
import { codedText, KILL_SWITCH, ORD_REJ, refusalCode } from '../../refusal.ts';
import { hasPrice, hasStopPx } from '../../risk/check-dialect.ts';
import { type Execution, type Order } from '../../state.ts';
import { failReplaces, type NegativeAnswer, pendingRequest } from '../answer-request.ts';
import { bookedElsewhere, linkReport } from './apply-fill.ts';
import { type Booking, commonOf, ILLEGAL, type Problem } from './booking.ts';
import { type Draft } from '../draft.ts';
import { quarantine } from './quarantine.ts';
import {
  acknowledgeReplacement,
  cancelProven,
  endSentReplacement,
  isProofForReplace,
  type ReplaceDeps,
} from '../replace/continue-replace.ts';

/** Turns one report about one order into facts, or says why it may not be. */
export const bookReport = (booking: Booking, deps: ReplaceDeps): Problem => {
  const { order, report } = booking;
  if (earlierVenueOrder(order, report.venueOrderID) !== undefined) return bookEarlier(booking);
  if (sentReplacement(order) === undefined) return bookCurrent(booking, deps);
  // The first answer to the new order of a replace.
  if (ENDS.has(report.execType)) {
    endSentReplacement(booking);
    return undefined;
  }
  const problem = acknowledgeReplacement(booking);
  const after = booking.draft.order(order.orderID);
  if (problem !== undefined || after === undefined || report.execType === 'New') return problem;
  return bookCurrent({ ...booking, order: after }, deps);
};

const ENDS: ReadonlySet<string> = new Set(['Canceled', 'Expired', 'Rejected']);

/** A venue order that a replace has ended: its executions count, nothing else of it does. */
const bookEarlier = (booking: Booking): Problem => {
  const { draft, order, report, source } = booking;
  switch (report.execType) {
    case 'Trade':
      alertLate(booking, 'FILL_AFTER_REPLACE');
      return bookTrade(booking);
    case 'TradeCorrect':
    case 'TradeCancel':
      return bookCorrection(booking);
    default: {
      const ids = { orderID: order.orderID, venueExecID: report.execID };
      const reason = `${report.execType} of venue order ${report.venueOrderID}, which was replaced`;
      draft.add({ type: 'ReportIgnored', at: draft.at, ...ids, reason, report, source });
      return undefined;
    }
  }
};

const bookCurrent = (booking: Booking, deps: ReplaceDeps): Problem => {
  const { report } = booking;
  switch (report.execType) {
    case 'Trade':
      return bookTrade(booking);
    case 'TradeCorrect':
    case 'TradeCancel':
      return bookCorrection(booking);
    case 'Replaced':
    case 'Restated':
      return bookNewTerms(booking);
    case 'Rejected':
      return bookRejection(booking);
    case 'PendingCancel':
    case 'PendingReplace':
      return bookRequestAcknowledged(booking, report.execType);
    case 'Canceled':
      return isProofForReplace(booking) ? cancelProven(booking, deps) : bookStatus(booking);
    default:
      return bookStatus(booking);
  }
};

const bookTrade = (booking: Booking): Problem => {
  const { draft, order, report } = booking;
  const { lastQty, lastPx } = report;
  if (lastQty === undefined || lastPx === undefined || !decimalOf(lastQty).gt(ZERO)) {
    return 'a trade needs LastQty(32) above 0 and LastPx(31)';
  }
  const elsewhere = bookedElsewhere(draft, order, report);
  if (elsewhere !== undefined) {
    linkReport(draft, elsewhere, report, booking.source);
    return undefined;
  }
  const cumQty = decimalOf(order.cumQty).plus(decimalOf(lastQty));
  const common = commonOf(booking, { orderQty: decimalOf(order.terms.orderQty), cumQty });
  if (common === undefined) return ILLEGAL;
  draft.add({
    type: 'OrderFilled',
    ...common,
    venueExecID: report.execID,
    lastQty,
    lastPx,
    cumQty: decimalTextOf(cumQty),
    ...defined({
      tradeID: report.tradeID,
      liquidity: report.liquidity,
      fee: report.fee,
      feeCurrency: report.feeCurrency,
    }),
  });
  if (isClosedStatus(order.base)) alertLate(booking, 'FILL_AFTER_CLOSE');
  return undefined;
};

/**
 * A bust (H) or a correction (G) of an execution that we booked. ExecRefID(19) chains lead to the
 * first one.
 */
const bookCorrection = (booking: Booking): Problem => {
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
  const common = commonOf(booking, { orderQty: decimalOf(order.terms.orderQty), cumQty });
  if (common === undefined) return ILLEGAL;
  const about = {
    ...common,
    venueExecID: report.execID,
    rootExecID: execution.venueExecID,
    execRefID: execution.lastExecID ?? execution.execID,
    cumQty: decimalTextOf(cumQty),
  };
  if (trade === 'none') draft.add({ type: 'TradeCanceled', ...about });
  else draft.add({ type: 'TradeCorrected', ...about, ...trade });
  const text = `${report.execType} of ${execution.execID} on order ${order.orderID}`;
  draft.alert('error', 'TRADE_CHANGED', text, order.orderID);
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

const bookNewTerms = (booking: Booking): Problem => {
  const { draft, order, report } = booking;
  const terms = termsAfter(order.terms, report);
  const before = decimalOf(order.cumQty);
  // A corporate action changes quantities without executions (matrix H.1.b); any other difference
  // is a missing fill.
  const isAdjustment = report.execType === 'Restated' && report.execRestatementReason === 0;
  const adjustment = isAdjustment ? decimalOf(report.cumQty).minus(before) : ZERO;
  const common = commonOf(booking, {
    orderQty: decimalOf(terms.orderQty),
    cumQty: before.plus(adjustment),
  });
  if (common === undefined) return ILLEGAL;
  if (report.execType === 'Restated') {
    draft.add({
      type: 'OrderRestated',
      ...common,
      terms,
      cumQtyAdjustment: decimalTextOf(adjustment),
      ...defined({ reason: report.execRestatementReason }),
    });
    return undefined;
  }
  const request = pendingRequest(order, report.clOrdID);
  const clOrdID = report.clOrdID ?? order.venueClOrdID;
  if (clOrdID === undefined) return 'no ClOrdID(11)';
  draft.add({
    type: 'OrderReplaced',
    ...common,
    clOrdID,
    terms,
    ...(request?.clientOrderID === undefined
      ? {}
      : { clientOrderID: request.clientOrderID, origClientOrderID: order.clientOrderID }),
    ...defined({ secondaryClientOrderID: request?.secondaryClientOrderID }),
  });
  return undefined;
};

/** What the report says the order is now; a price that the new order type has not is dropped. */
const termsAfter = (terms: OrderTerms, report: VenueExecutionReport): OrderTerms => {
  const ordType = report.ordType ?? terms.ordType;
  const { price: oldPrice, stopPx: oldStopPx, triggerSignal, ...rest } = terms;
  const price = report.price ?? oldPrice;
  const stopPx = report.stopPx ?? oldStopPx;
  return {
    ...rest,
    ordType,
    orderQty: report.orderQty ?? terms.orderQty,
    ...(hasPrice(ordType) ? defined({ price }) : {}),
    ...(hasStopPx(ordType) ? defined({ stopPx, triggerSignal }) : {}),
  };
};

const bookRejection = (booking: Booking): Problem => {
  const { draft, order, report, source } = booking;
  if (report.ordStatus !== 'Rejected') {
    // The venue refuses a second message under this ClOrdID; the order itself is untouched (matrix
    // F.1.a).
    const reason = `Rejected with OrdStatus ${report.ordStatus}: refuses a message, not the order`;
    const { at } = draft;
    const ids = { orderID: order.orderID, venueExecID: report.execID };
    draft.add({ type: 'ReportIgnored', at, ...ids, reason, report, source });
    draft.alert('error', 'DUPLICATE_AT_VENUE', `order ${order.orderID}: ${reason}`, order.orderID);
    return undefined;
  }
  const common = commonOf(booking, {
    orderQty: decimalOf(order.terms.orderQty),
    cumQty: decimalOf(order.cumQty),
  });
  if (common === undefined) return ILLEGAL;
  const code = refusalCode(report.text);
  const text = codedText(code, report.text ?? 'refused by the venue');
  draft.add({ type: 'OrderRejected', ...common, code, ordRejReason: ORD_REJ.other, text });
  return undefined;
};

const bookRequestAcknowledged = (
  booking: Booking,
  execType: 'PendingCancel' | 'PendingReplace',
): Problem => {
  const { draft, order, report } = booking;
  const common = commonOf(booking, {
    orderQty: decimalOf(order.terms.orderQty),
    cumQty: decimalOf(order.cumQty),
  });
  if (common === undefined) return ILLEGAL;
  const request = pendingRequest(order, report.clOrdID);
  // It names no request of ours: the venue is about to act by itself.
  if (request === undefined) draft.add({ type: 'OrderStatusReported', ...common });
  else draft.add({ type: 'RequestAcknowledged', ...common, clOrdID: request.clOrdID, execType });
  return undefined;
};

const bookStatus = (booking: Booking): Problem => {
  const { draft, order, report } = booking;
  const common = commonOf(booking, {
    orderQty: decimalOf(order.terms.orderQty),
    cumQty: decimalOf(order.cumQty),
  });
  if (common === undefined) return ILLEGAL;
  switch (report.execType) {
    case 'New':
      draft.add({ type: 'OrderAcknowledged', ...common });
      if (order.base === 'Rejected') alertLate(booking, 'LIVE_AFTER_REJECT');
      return undefined;
    case 'Canceled':
      if (isToldBefore(booking)) ignoreAgain(booking);
      else bookCancel(booking, common);
      return undefined;
    case 'Expired':
      draft.add({ type: 'OrderExpired', ...common });
      return undefined;
    case 'OrderStatus':
      draft.add({ type: 'OrderStatusReported', ...common, ...provenLive(order, report) });
      return undefined;
    default:
      draft.add({
        type: 'OrderStatusChanged',
        ...common,
        execType: report.execType,
        ...(report.execType === 'DoneForDay' ? { leavesQty: report.leavesQty } : {}),
      });
      return undefined;
  }
};

/** FIX tells of a cancel that REST or the feeds have told: the client knows. */
const isToldBefore = ({ order, source }: Booking): boolean =>
  source.channel === 'fix' && order.base === 'Canceled' && order.isClosedBeforeFix === true;

const ignoreAgain = ({ draft, order, report, source }: Booking): void => {
  const ids = { orderID: order.orderID, venueExecID: report.execID };
  const reason = 'the cancel was told by REST or the private feeds before';
  draft.add({ type: 'ReportIgnored', at: draft.at, ...ids, reason, report, source });
};

/** An answer to a question proves that an unacknowledged order is live; it changes nothing else. */
const provenLive = (order: Order, report: VenueExecutionReport): { readonly ordStatus?: 'New' } => {
  const isLive = report.ordStatus === 'New' || report.ordStatus === 'PartiallyFilled';
  return order.base === 'PendingNew' && isLive ? { ordStatus: 'New' } : {};
};

/**
 * A cancel ends every request under way. It answers a request only when it names it: the venue's
 * own cancel (disconnect, mass cancel) is no evidence that our request ever arrived.
 */
const bookCancel = (booking: Booking, common: OnOrder): void => {
  const { draft, order, report } = booking;
  const answered = pendingRequest(order, report.clOrdID);
  const request = answered ?? order.pending.find(({ kind }) => kind === 'cancel');
  draft.add({
    type: 'OrderCanceled',
    ...common,
    ...(request?.clientOrderID === undefined ? killTextOf(draft, order) : {}),
    ...defined({
      answers: answered?.clOrdID,
      ends: answered === undefined ? request?.clOrdID : undefined,
      clientOrderID: request?.clientOrderID,
    }),
    unsolicited: request === undefined,
    ...defined({ reason: report.execRestatementReason }),
  });
  failReplaces(draft, order, tooLate(order));
};

/** A kill switch is cancelling the order, and its client did not ask for that. */
const killTextOf = (
  draft: Draft,
  order: Order,
): { readonly code?: string; readonly text?: string } => {
  for (const active of draft.state.activeMassCancels.values()) {
    const { orderText: text } = active;
    if (text !== undefined && isInScope(order, active)) return { code: KILL_SWITCH, text };
  }
  return {};
};
const tooLate = ({ orderID }: Order): NegativeAnswer => ({
  code: 'TOO_LATE',
  text: `TOO_LATE: order ${orderID} is Canceled`,
});

const alertLate = ({ draft, order, report }: Booking, code: string): void => {
  const detail = `${report.execType} on order ${order.orderID}, which was ${order.base}`;
  draft.alert('critical', code, detail, order.orderID);
};
