import { decimalOf, decimalTextOf } from '../../domain/decimal-text.ts';
import { type OrderTerms } from '../../domain/order.ts';
import { type ReportSource, type VenueExecutionReport } from '../../domain/venue-report.ts';
import { ZERO } from '../../lib/decimal.ts';
import { pendingRequest } from './answer-request.ts';
import { bookCorrection } from './book-correction.ts';
import { commonOf, ILLEGAL, type Booking, type Problem } from './booking.ts';
import { type Draft } from './draft.ts';
import { type OnOrder } from '../facts/order-facts.ts';
import { isClosedStatus } from '../evolve/lifecycle.ts';
import { ORD_REJ } from '../refusal.ts';
import { refusalCode } from '../refusal-text.ts';
import { hasPrice, hasStopPx } from '../risk/check-dialect.ts';
import { type Order } from '../state.ts';

/** Turns one report about one order into facts, or says why it may not be. */
export const bookReport = (
  draft: Draft,
  order: Order,
  report: VenueExecutionReport,
  source: ReportSource,
): Problem => {
  const booking = { draft, order, report, source };
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
  const cumQty = decimalOf(order.cumQty).plus(decimalOf(lastQty));
  const common = commonOf(booking, decimalOf(order.terms.orderQty), cumQty);
  if (common === undefined) return ILLEGAL;
  draft.add({
    type: 'OrderFilled',
    ...common,
    venueExecID: report.execID,
    lastQty,
    lastPx,
    cumQty: decimalTextOf(cumQty),
    ...(report.tradeID === undefined ? {} : { tradeID: report.tradeID }),
    ...(report.liquidity === undefined ? {} : { liquidity: report.liquidity }),
    ...(report.fee === undefined ? {} : { fee: report.fee }),
    ...(report.feeCurrency === undefined ? {} : { feeCurrency: report.feeCurrency }),
  });
  if (isClosedStatus(order.base)) alertLate(booking, 'FILL_AFTER_CLOSE');
  return undefined;
};

const bookNewTerms = (booking: Booking): Problem => {
  const { draft, order, report } = booking;
  const terms = termsAfter(order.terms, report);
  const before = decimalOf(order.cumQty);
  // A corporate action changes quantities without executions (matrix H.1.b); any other difference
  // is a missing fill.
  const isAdjustment = report.execType === 'Restated' && report.execRestatementReason === 0;
  const adjustment = isAdjustment ? decimalOf(report.cumQty).minus(before) : ZERO;
  const common = commonOf(booking, decimalOf(terms.orderQty), before.plus(adjustment));
  if (common === undefined) return ILLEGAL;
  if (report.execType === 'Restated') {
    draft.add({
      type: 'OrderRestated',
      ...common,
      terms,
      cumQtyAdjustment: decimalTextOf(adjustment),
      ...(report.execRestatementReason === undefined
        ? {}
        : { reason: report.execRestatementReason }),
    });
    return undefined;
  }
  const request = pendingRequest(order, report.clOrdID);
  const clOrdID = report.clOrdID ?? order.clOrdID;
  if (clOrdID === undefined) return 'no ClOrdID(11)';
  draft.add({
    type: 'OrderReplaced',
    ...common,
    clOrdID,
    terms,
    ...(request?.clientOrderID === undefined
      ? {}
      : { clientOrderID: request.clientOrderID, origClientOrderID: order.clientOrderID }),
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
    ...(hasPrice(ordType) && price !== undefined ? { price } : {}),
    ...(hasStopPx(ordType) && stopPx !== undefined ? { stopPx } : {}),
    ...(hasStopPx(ordType) && triggerSignal !== undefined ? { triggerSignal } : {}),
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
  const common = commonOf(booking, decimalOf(order.terms.orderQty), decimalOf(order.cumQty));
  if (common === undefined) return ILLEGAL;
  const code = refusalCode(report.text);
  const text = `${code}: ${report.text ?? 'refused by the venue'}`;
  draft.add({ type: 'OrderRejected', ...common, code, ordRejReason: ORD_REJ.other, text });
  return undefined;
};

const bookRequestAcknowledged = (
  booking: Booking,
  execType: 'PendingCancel' | 'PendingReplace',
): Problem => {
  const { draft, order, report } = booking;
  const common = commonOf(booking, decimalOf(order.terms.orderQty), decimalOf(order.cumQty));
  if (common === undefined) return ILLEGAL;
  const request = pendingRequest(order, report.clOrdID);
  // Of nobody's request: the venue is about to act by itself.
  if (request === undefined) draft.add({ type: 'OrderStatusReported', ...common });
  else draft.add({ type: 'RequestAcknowledged', ...common, clOrdID: request.clOrdID, execType });
  return undefined;
};

const bookStatus = (booking: Booking): Problem => {
  const { draft, order, report } = booking;
  const common = commonOf(booking, decimalOf(order.terms.orderQty), decimalOf(order.cumQty));
  if (common === undefined) return ILLEGAL;
  switch (report.execType) {
    case 'New':
      draft.add({ type: 'OrderAcknowledged', ...common });
      if (order.base === 'Rejected') alertLate(booking, 'LIVE_AFTER_REJECT');
      return undefined;
    case 'Canceled':
      bookCancel(booking, common);
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

/** An answer to a question proves that an unacknowledged order is live; it changes nothing else. */
const provenLive = (order: Order, report: VenueExecutionReport): { readonly ordStatus?: 'New' } => {
  const isLive = report.ordStatus === 'New' || report.ordStatus === 'PartiallyFilled';
  return order.base === 'PendingNew' && isLive ? { ordStatus: 'New' } : {};
};

/**
 * A cancel ends every request under way: whoever asked, got it. Only the report that names our
 * request answers it: the venue's own cancel (disconnect, mass cancel) is no evidence that the
 * request ever arrived.
 */
const bookCancel = (booking: Booking, common: OnOrder): void => {
  const { draft, order, report } = booking;
  const answered = pendingRequest(order, report.clOrdID);
  const request = answered ?? order.pending.find(({ kind }) => kind === 'cancel');
  draft.add({
    type: 'OrderCanceled',
    ...common,
    ...(answered === undefined ? {} : { answers: answered.clOrdID }),
    ...(request === undefined || answered !== undefined ? {} : { ends: request.clOrdID }),
    ...(request?.clientOrderID === undefined ? {} : { clientOrderID: request.clientOrderID }),
    unsolicited: request === undefined,
  });
};

const alertLate = ({ draft, order, report }: Booking, code: string): void => {
  const detail = `${report.execType} on order ${order.orderID}, which was ${order.base}`;
  draft.alert('critical', code, detail, order.orderID);
};
