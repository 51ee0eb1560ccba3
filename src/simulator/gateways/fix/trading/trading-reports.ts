import {
  type FixField,
  type FixMessage,
  type OutboundMessage,
} from '../../../../fix/codec/fix-message.ts';
import { type Decimal, decimal, decimalToText, ZERO } from '../../../../lib/decimal.ts';
import { type EpochMs, toUtcTimestamp } from '../../../../lib/time.ts';
import { type FillView, type OrderView, type TradeView } from '../../../exchange/model/views.ts';
import { type OrderError } from '../../../exchange/model/vocabulary.ts';

/** A FIX order as the gateway remembers it: the client's own values, which the reports repeat. */
export interface FixOrder {
  readonly clOrdID: string;
  readonly ordType: string;
  readonly timeInForce: string;
  readonly price: string | undefined;
  readonly stopPx: string | undefined;
  /** Sum of quantity times price over the fills, for GrossTradeAmt(381). */
  readonly grossTradeAmt: Decimal;
  /** OrderID(37) of its reports; `undefined` until it is accepted. */
  readonly orderId: string | undefined;
}

export const fixOrderOf = (message: FixMessage): FixOrder => ({
  clOrdID: message.get(11) ?? '',
  ordType: message.get(40) ?? '',
  timeInForce: message.get(59) ?? '',
  price: message.get(44),
  stopPx: message.get(99),
  grossTradeAmt: ZERO,
  orderId: undefined,
});

/**
 * The values of an execution report. Body fields are in ascending tag order, as Kraken sends them
 * [fix 3, 4.8].
 */
interface ReportParts {
  readonly execType: string;
  readonly ordStatus: string;
  readonly execID: string;
  readonly clOrdID: string;
  readonly view: OrderView;
  readonly order: FixOrder;
  readonly leavesQty: string;
  readonly at: EpochMs;
  readonly avgPx: string;
  readonly extra: readonly (readonly [number, string | undefined])[];
}

const report = (parts: ReportParts): OutboundMessage => {
  const { view, order } = parts;
  const fields: (readonly [number, string | undefined])[] = [
    [6, parts.avgPx],
    [11, parts.clOrdID],
    [14, view.filled],
    [17, parts.execID],
    [37, order.orderId ?? view.orderId],
    [38, view.size],
    [39, parts.ordStatus],
    [40, order.ordType],
    // Another channel may have edited the order since.
    [44, order.price === undefined ? undefined : (view.limitPrice ?? order.price)],
    [54, view.side === 'buy' ? '1' : '2'],
    [55, view.symbol],
    [59, order.timeInForce],
    [60, toUtcTimestamp(parts.at)],
    [99, order.stopPx],
    [150, parts.execType],
    [151, parts.leavesQty],
    [381, decimalToText(order.grossTradeAmt)],
    ...parts.extra,
  ];
  return { msgType: '8', fields: ascending(fields) };
};

/** MiscFees group members must follow their count; every other field is sorted by tag. */
const ascending = (fields: readonly (readonly [number, string | undefined])[]): FixField[] =>
  fields
    .filter((field): field is readonly [number, string] => field[1] !== undefined)
    .sort(([a], [b]) => a - b);

interface ReportContext {
  readonly view: OrderView;
  readonly order: FixOrder;
  readonly execID: string;
  readonly at: EpochMs;
}

/** Accepted: 150=0, Text(58) describes the order. */
export const newReport = (context: ReportContext): OutboundMessage => {
  const { view, order } = context;
  const kind = order.price === undefined ? 'market' : `limit ${order.price}`;
  return report({
    ...context,
    execType: '0',
    ordStatus: '0',
    clOrdID: order.clOrdID,
    leavesQty: view.size,
    avgPx: '0',
    extra: [[58, `${view.side} ${view.size} ${view.symbol} @ ${kind}`]],
  });
};

/**
 * A fill: 150=F. AvgPx(6) is 0.0 as seen in production, unless the toggle asks for the real
 * average.
 */
export const tradeReport = (
  context: ReportContext & {
    readonly fill: FillView;
    readonly trade: TradeView;
    readonly realAvgPx: boolean;
  },
): OutboundMessage => {
  const { view, order, fill, trade } = context;
  const netMoney = decimalToText(decimal(trade.size).times(decimal(trade.price)));
  const average = order.grossTradeAmt.div(decimal(view.filled)).round(10);
  return report({
    ...context,
    execType: 'F',
    ...standingOf(view),
    clOrdID: order.clOrdID,
    avgPx: context.realAvgPx ? decimalToText(average) : '0.0',
    extra: [
      [31, trade.price],
      [32, trade.size],
      [118, netMoney],
      ...miscFee(fill),
      [1003, fill.fillId],
      [5050, fill.fillType === 'maker' ? '0' : '1'],
    ],
  });
};

/**
 * The report before a late trade: 150=D with 378=3. It shows the order after the trade, as REST
 * does [fix 6.1].
 */
export const lateTradeReport = (context: ReportContext): OutboundMessage =>
  report({
    ...context,
    execType: 'D',
    ...standingOf(context.view),
    clOrdID: context.order.clOrdID,
    avgPx: '0.0',
    extra: [[378, '3']],
  });

/**
 * OrdStatus(39) and LeavesQty(151) of an order that has traded. An order canceled before the report
 * stays canceled.
 */
const standingOf = (
  view: OrderView,
): { readonly ordStatus: string; readonly leavesQty: string } => {
  switch (view.status) {
    case 'Filled':
      return { ordStatus: '2', leavesQty: '0' };
    case 'Canceled':
      return { ordStatus: '4', leavesQty: '0' };
    default:
      return { ordStatus: view.filled === '0' ? '0' : '1', leavesQty: view.remaining };
  }
};

const miscFee = (fill: FillView): (readonly [number, string])[] =>
  decimal(fill.fee).eq(ZERO)
    ? []
    : [
        [136, '1'],
        [137, fill.fee],
        [138, fill.feeCurrency],
        [139, '4'],
      ];

/** Canceled: 150=4. In answer to a request, 11 is the request's id and 41 the order's. */
export const canceledReport = (
  context: ReportContext & { readonly requestClOrdID: string | undefined; readonly text: string },
): OutboundMessage =>
  report({
    ...context,
    execType: '4',
    ordStatus: '4',
    clOrdID: context.requestClOrdID ?? context.order.clOrdID,
    leavesQty: '0',
    avgPx: '0',
    extra: [
      [41, context.requestClOrdID === undefined ? undefined : context.order.clOrdID],
      [58, context.text],
    ],
  });

/** The trigger fired: 150=D, OrdType(40) becomes 1 or 2, TriggerPrice(1102). [fix 6.1] */
export const triggeredReport = (
  context: ReportContext & { readonly triggerPrice: string },
): OutboundMessage =>
  report({
    ...context,
    execType: 'D',
    ordStatus: '0',
    clOrdID: context.order.clOrdID,
    leavesQty: context.view.remaining,
    avgPx: '0',
    extra: [[1102, context.triggerPrice]],
  });

/**
 * Replaced: 150=5, answering OrderCancelReplaceRequest(G). 11 is the new id, 41 the old one, 37
 * stays. [fix 6.1]
 */
export const replacedReport = (
  context: ReportContext & { readonly origClOrdID: string },
): OutboundMessage =>
  report({
    ...context,
    execType: '5',
    ordStatus: '5',
    clOrdID: context.order.clOrdID,
    leavesQty: context.view.remaining,
    avgPx: '0',
    extra: [[41, context.origClOrdID]],
  });

/**
 * Refused by rule before an order id exists: BusinessMessageReject(j) with RefSeqNum(45)=0.
 * [fix 4.8, 6.4]
 */
export const ruleRefusal = (
  clOrdID: string,
  reason: OrderError,
  refMsgType = 'D',
): OutboundMessage => ({
  msgType: 'j',
  fields: [
    [45, '0'],
    [58, refusalText(clOrdID, reason)],
    [372, refMsgType],
    [379, clOrdID],
    [380, reason === 'MARKET_NOT_FOUND' ? '2' : '0'],
  ],
});

const refusalText = (clOrdID: string, reason: OrderError): string =>
  reason === 'IOC_WOULD_NOT_EXECUTE'
    ? 'IOC_WOULD_ENTER_BOOK'
    : `ClOrdID ${clOrdID} : EGeneral:Other:${reason}`;

export const unknownOrder = (
  requestClOrdID: string,
  refMsgType: 'F' | 'G' = 'F',
): OutboundMessage => ({
  msgType: 'j',
  fields: [
    [45, '0'],
    [58, 'EOrder:Unknown order'],
    [372, refMsgType],
    [379, requestClOrdID],
    [380, '101'],
  ],
});

/**
 * Refuses a request beyond the session's rate limit. The text for derivatives is not published;
 * this is the one of spot [fix 1.8].
 */
export const rateLimitRefusal = (message: FixMessage): OutboundMessage => ({
  msgType: 'j',
  fields: [
    [45, '0'],
    [58, 'EOrder:Rate limit exceeded'],
    [372, message.msgType],
    [379, message.get(11) ?? 'NONE'],
    [380, '0'],
  ],
});

/** G and H: off in production. [fix 4] */
export const unsupportedMessage = (message: FixMessage): OutboundMessage => ({
  msgType: 'j',
  fields: [
    [45, '0'],
    [58, 'Unsupported message type'],
    [372, message.msgType],
    [379, message.get(11) ?? 'NONE'],
    [380, '3'],
  ],
});

/** Reject(3) for what the gateway's format checks refuse. */
export const formatReject = (
  message: FixMessage,
  refusal: { readonly tag: number; readonly reason: number; readonly text: string },
): OutboundMessage => ({
  msgType: '3',
  fields: [
    [45, String(message.msgSeqNum ?? 0)],
    [371, String(refusal.tag)],
    [372, message.msgType],
    [373, String(refusal.reason)],
    [58, refusal.text],
  ],
});

/**
 * A bust (150=H) or a correction (150=G), with ExecRefID(19) of the report that it changes. Kraken
 * documents both in the generic guide only [fix 6.1], so the layout is that of a fill, with FIX
 * 4.4's reference. A bust repeats the quantity and price that it takes back.
 */
export const tradeChangeReport = (
  context: ReportContext & {
    readonly execType: 'G' | 'H';
    readonly execRefID: string;
    readonly fill: FillView;
    readonly trade: TradeView;
    readonly realAvgPx: boolean;
  },
): OutboundMessage => {
  const { view, order, fill, trade } = context;
  const filled = decimal(view.filled);
  const average = filled.eq(ZERO) ? ZERO : order.grossTradeAmt.div(filled).round(10);
  return report({
    ...context,
    ...standingOf(view),
    clOrdID: order.clOrdID,
    avgPx: context.realAvgPx ? decimalToText(average) : '0.0',
    extra: [
      [19, context.execRefID],
      [31, trade.price],
      [32, trade.size],
      [58, context.execType === 'H' ? 'Trade busted' : 'Trade corrected'],
      [118, decimalToText(decimal(trade.size).times(decimal(trade.price)))],
      ...(context.execType === 'H' ? [] : miscFee(fill)),
      [1003, fill.fillId],
      [5050, fill.fillType === 'maker' ? '0' : '1'],
    ],
  });
};
