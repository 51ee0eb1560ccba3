import { type ClOrdID, type TradingSymbol, type VenueOrderID } from '../../../domain/ids.ts';
import { type OrderTerms, type Side } from '../../../domain/order.ts';
import { type FixField, type OutboundMessage } from '../../../fix/codec/fix-message.ts';
import { type EpochMs, toUtcTimestamp } from '../../../lib/time.ts';
import { ordTypeToCode, sideToCode, timeInForceToCode } from '../../../domain/fix-codes.ts';

/**
 * NewOrderSingle(D). ExecInst(18) always carries `s` (single fee), which derivatives demand.
 * [fix 4.5]
 */
export const newOrderSingle = (
  clOrdID: ClOrdID,
  terms: OrderTerms,
  at: EpochMs,
): OutboundMessage => {
  const fields: FixField[] = [
    [11, clOrdID],
    [55, terms.symbol],
    [54, sideToCode[terms.side]],
    [40, ordTypeToCode[terms.ordType]],
  ];
  if (terms.price !== undefined) fields.push([44, terms.price]);
  if (terms.stopPx !== undefined) fields.push([99, terms.stopPx]);
  fields.push(
    [38, terms.orderQty],
    [59, timeInForceToCode[terms.timeInForce]],
    [18, execInst(terms)],
  );
  if (terms.triggerSignal !== undefined)
    fields.push([388, terms.triggerSignal === 'Index' ? '1' : '5']);
  fields.push([60, toUtcTimestamp(at)]);
  return { msgType: 'D', fields };
};

const execInst = (terms: OrderTerms): string =>
  [terms.reduceOnly ? 'E' : undefined, terms.postOnly ? 'P' : undefined, 's']
    .filter((value) => value !== undefined)
    .join(' ');

export interface CancelTarget {
  /** Id of the cancel request itself. */
  readonly clOrdID: ClOrdID;
  readonly origClOrdID: ClOrdID;
  readonly venueOrderID?: VenueOrderID | undefined;
  readonly symbol: TradingSymbol;
  readonly side: Side;
}

/**
 * OrderCancelRequest(F). It may be sent before the order's New report, because OrigClOrdID(41)
 * alone identifies the order. [fix 4.6]
 */
export const orderCancelRequest = (target: CancelTarget, at: EpochMs): OutboundMessage => {
  const fields: FixField[] = [[11, target.clOrdID]];
  if (target.venueOrderID !== undefined) fields.push([37, target.venueOrderID]);
  fields.push(
    [41, target.origClOrdID],
    [54, sideToCode[target.side]],
    [55, target.symbol],
    [60, toUtcTimestamp(at)],
  );
  return { msgType: 'F', fields };
};

export interface ReplaceTarget extends CancelTarget {
  readonly venueOrderID: VenueOrderID;
  /** The whole order as it is to be. */
  readonly terms: OrderTerms;
}

/**
 * OrderCancelReplaceRequest(G). Both OrderID(37) and OrigClOrdID(41) are required, and must name
 * the same order. [fix 4]
 */
export const orderCancelReplaceRequest = (
  { clOrdID, origClOrdID, venueOrderID, terms }: ReplaceTarget,
  at: EpochMs,
): OutboundMessage => {
  const order = newOrderSingle(clOrdID, terms, at);
  const fields = order.fields.filter(([tag]) => tag !== DISCRETION_INST);
  return { msgType: 'G', fields: [...fields, [37, venueOrderID], [41, origClOrdID]] };
};

/** DiscretionInst(388) is no field of the message: the trigger's price stays what it is. */
const DISCRETION_INST = 388;

/**
 * OrderMassCancelRequest(q): the orders made in this session, on one symbol (530=1) or all (530=6).
 * Not 530=7, which may reach orders of the account that are not ours. No answer at all when there
 * is nothing to cancel. [fix 4.7]
 */
export const orderMassCancelRequest = (
  clOrdID: ClOrdID,
  symbol: TradingSymbol | undefined,
  at: EpochMs,
): OutboundMessage => ({
  msgType: 'q',
  fields:
    symbol === undefined
      ? [
          [11, clOrdID],
          [60, toUtcTimestamp(at)],
          [530, '6'],
        ]
      : [
          [11, clOrdID],
          [55, symbol],
          [60, toUtcTimestamp(at)],
          [530, '1'],
        ],
});
