import { type FieldRules, ignored, read, returned, rulesOf } from './field-rule.ts';
import { ORDER_RULES } from './order-rules.ts';

const REPEATED = 'the order’s when it is left out; another value is refused as IMMUTABLE_FIELD';

/** IOIID, ProcessCode, QuoteID, PrevClosePx, NoStipulations: no fields of a replace. */
const ORDERS_ONLY: ReadonlySet<number> = new Set([23, 81, 117, 140, 232]);

/**
 * OrderCancelReplaceRequest(G): what becomes of each field. What an order may not ask for, a
 * replace may not ask for either.
 */
export const REPLACE_RULES: FieldRules = new Map([
  ...[...ORDER_RULES].filter(([tag]) => !ORDERS_ONLY.has(tag)),
  ...rulesOf(
    read(11, 'ClOrdID', 'names the request, and the order once it is replaced'),
    read(
      41,
      'OrigClOrdID',
      'the order, by the last ClOrdID that was accepted for it, or by that of a replace under way, which this one then follows',
    ),
    read(37, 'OrderID', 'the order, by ours; with 41 both must name the same, else ORDER_MISMATCH'),
    read(55, 'Symbol', 'must be the order’s, else ORDER_MISMATCH'),
    read(54, 'Side', 'must be the order’s, else ORDER_MISMATCH'),
    read(1, 'Account', 'must be the order’s when given, else ORDER_MISMATCH'),
    read(
      38,
      'OrderQty',
      'the new total, what is filled included; at or below what is filled the rest is cancelled. None: as it is',
    ),
    read(44, 'Price', 'the new limit price; none: as it is'),
    read(99, 'StopPx', 'the new trigger price or distance; none: as it is'),
    read(40, 'OrdType', REPEATED),
    read(59, 'TimeInForce', REPEATED),
    read(18, 'ExecInst', REPEATED),
    read(388, 'DiscretionInst', REPEATED),
    read(60, 'TransactTime', 'the age of the request, see `staleOrders`'),
    returned(526, 'SecondaryClOrdID', 'yours, in the answer and in the reports of the new order'),
    ...ignored(
      'OrigClOrdID(41) or OrderID(37) names the order',
      [66, 'ListID'],
      [586, 'OrigOrdModTime'],
    ),
    ...ignored('the Text(58) of the order comes back', [58, 'Text']),
  ),
]);
