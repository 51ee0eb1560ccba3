import {
  type ClientCancelReject,
  type ClientExecutionReport,
  type ClientMassCancelReport,
  type UnreadableOrderReport,
} from '../../core/effect.ts';
import {
  execTypeToCode,
  ordStatusToCode,
  ordTypeToCode,
  sideToCode,
  timeInForceToCode,
} from '../../domain/fix-codes.ts';
import { type FixField, type OutboundMessage } from '../../fix/codec/fix-message.ts';
import { toLatin1 } from '../../lib/plain-text.ts';
import { toUtcTimestamp } from '../../lib/time.ts';

/**
 * FIX 4.4 has no ExecType(150)=L, and its clients refuse it: an order whose trigger fired is
 * restated and works from then on. ExecRestatementReason(378) has no word for it but 99, other.
 */
const TRIGGERED_IN_FIX44 = {
  execType: execTypeToCode.Restated,
  restatementReason: '99',
  workingIndicator: 'Y',
} as const;

/** Custom tags of FATHOM-FIX44.xml. */
const ROUTE_TAG = 20001;
export const REASON_CODE_TAG = 20002;

/**
 * ExecutionReport(8) for a client: OrderID(37) and ExecID(17) are ours; the venue's order id is
 * SecondaryOrderID(198), its trade id TradeID(1003), its ExecID SecondaryExecID(527). (docs:
 * FATHOM-FIX44.xml)
 */
export const executionReport = (report: ClientExecutionReport): OutboundMessage => {
  const { terms } = report;
  // A ClOrdID used before is refused with the state of its first order (FIX 4.4 matrix F.1.a); with
  // PossResend(97)=Y and the same order it is answered by a status (F.1.b), without a reason.
  const { duplicate } = report;
  const isRefusedDuplicate =
    duplicate !== undefined && !(duplicate.samePayload && duplicate.possResend);
  const triggered = report.execType === 'Triggered' ? TRIGGERED_IN_FIX44 : undefined;
  return {
    msgType: '8',
    fields: present([
      [6, report.avgPx],
      [11, report.clientOrderID],
      [14, report.cumQty],
      [17, report.execID],
      [19, report.execRefID],
      [31, report.lastPx],
      [32, report.lastQty],
      [37, report.orderID],
      [38, terms.orderQty],
      [39, ordStatusToCode[report.ordStatus]],
      [40, ordTypeToCode[terms.ordType]],
      [41, report.origClientOrderID],
      [44, terms.price],
      [54, sideToCode[terms.side]],
      [55, terms.symbol],
      [58, latin1(textOf(report))],
      [59, timeInForceToCode[terms.timeInForce]],
      [60, toUtcTimestamp(report.transactTime)],
      [99, terms.stopPx],
      [1, report.account],
      [103, report.ordRejReason?.toString()],
      ...commission(report),
      [378, report.execRestatementReason?.toString() ?? triggered?.restatementReason],
      [636, triggered?.workingIndicator],
      [
        150,
        isRefusedDuplicate
          ? execTypeToCode.Rejected
          : (triggered?.execType ?? execTypeToCode[report.execType]),
      ],
      [151, report.leavesQty],
      [198, report.venueOrderID],
      [526, report.secondaryClientOrderID],
      [527, report.venueExecID],
      [583, report.strategy],
      [851, liquidityCode(report)],
      [1003, report.tradeID],
      [ROUTE_TAG, report.route],
      [REASON_CODE_TAG, report.code],
    ]),
  };
};

/**
 * ExecutionReport(8) with OrdStatus(39)=8 for an order that has no terms of ours; it repeats the
 * client's own values.
 */
export const unreadableOrderReport = (report: UnreadableOrderReport): OutboundMessage => ({
  msgType: '8',
  fields: present([
    [6, '0'],
    [11, report.clientOrderID],
    [14, '0'],
    [17, report.execID],
    [37, report.orderID],
    [38, report.orderQty],
    [39, ordStatusToCode.Rejected],
    [40, report.ordType],
    [44, report.price],
    [54, report.side],
    [55, report.symbol],
    [58, latin1(report.text)],
    [59, report.timeInForce],
    [60, toUtcTimestamp(report.transactTime)],
    [99, report.stopPx],
    [1, report.account],
    [103, String(report.ordRejReason)],
    [150, execTypeToCode.Rejected],
    [151, '0'],
    [526, report.secondaryClientOrderID],
    [REASON_CODE_TAG, report.code],
  ]),
});

/** OrderCancelReject(9). */
export const orderCancelReject = (report: ClientCancelReject): OutboundMessage => ({
  msgType: '9',
  fields: present([
    [37, report.orderID ?? 'NONE'],
    [11, report.clientOrderID],
    [41, report.origClientOrderID ?? 'NONE'],
    [39, ordStatusToCode[report.ordStatus]],
    [60, toUtcTimestamp(report.transactTime)],
    [434, String(report.cxlRejResponseTo)],
    [102, String(report.cxlRejReason)],
    [58, latin1(report.text)],
    [1, report.account],
    [526, report.secondaryClientOrderID],
    [REASON_CODE_TAG, report.code],
  ]),
});

/**
 * OrderMassCancelReport(r): an acknowledgement or a refusal. ExecutionReport(8) reports the outcome
 * of each order.
 */
export const orderMassCancelReport = (report: ClientMassCancelReport): OutboundMessage => ({
  msgType: 'r',
  fields: present([
    [11, report.clientOrderID],
    [37, report.massCancelID ?? 'NONE'],
    [530, report.massCancelRequestType],
    [531, report.massCancelResponse],
    [532, report.massCancelRejectReason?.toString()],
    [533, report.totalAffectedOrders?.toString()],
    [55, latin1(report.symbol)],
    [1, report.account],
    [54, report.side === undefined ? undefined : sideToCode[report.side]],
    [60, toUtcTimestamp(report.transactTime)],
    [58, latin1(report.text)],
    [REASON_CODE_TAG, report.code],
  ]),
});

/** BusinessMessageReject(j). */
export const businessMessageReject = (reject: {
  readonly refMsgType: string;
  readonly refSeqNum: number;
  readonly refID?: string;
  /** BusinessRejectReason(380). */
  readonly reason: number;
  readonly text: string;
}): OutboundMessage => ({
  msgType: 'j',
  fields: present([
    [45, String(reject.refSeqNum)],
    [372, reject.refMsgType],
    [379, reject.refID],
    [380, String(reject.reason)],
    [58, latin1(reject.text)],
  ]),
});

/** Reports of what was asked for: they need no word of venue or engine. */
const PLAIN: ReadonlySet<ClientExecutionReport['execType']> = new Set([
  'PendingNew',
  'New',
  'Trade',
  'PendingCancel',
]);

/** The client's own Text(58), unless the report has a reason to give. */
const textOf = ({ code, execType, text, clientText }: ClientExecutionReport) =>
  code === undefined && PLAIN.has(execType) ? (clientText ?? text) : (text ?? clientText);

/** Commission(12) as an absolute amount (CommType 3) with its currency. */
const commission = (report: ClientExecutionReport): [number, string | undefined][] =>
  report.fee === undefined
    ? []
    : [
        [12, report.fee],
        [13, '3'],
        [479, report.feeCurrency],
      ];

/** LastLiquidityInd(851): 1 added, 2 removed. */
const liquidityCode = ({ liquidity }: ClientExecutionReport): string | undefined => {
  if (liquidity === undefined) return undefined;
  return liquidity === 'Maker' ? '1' : '2';
};

/** Leaves out what has no value. */
export const present = (fields: readonly (readonly [number, string | undefined])[]): FixField[] =>
  fields.filter((field): field is [number, string] => field[1] !== undefined && field[1] !== '');

/** Venue texts go to clients. */
const latin1 = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : toLatin1(text);
