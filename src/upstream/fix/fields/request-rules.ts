import { type FieldRules, ignored, read, refused, returned, rulesOf } from './field-rule.ts';
import {
  CONFIRMED_INSTRUMENT,
  FINANCING,
  scopedInstrument,
  UNDERLYING,
} from './instrument-rules.ts';
import { ORDER_RULES } from './order-rules.ts';

const NAMED = 'OrigClOrdID(41) or OrderID(37) names the order';
const WHOLE = 'a cancel takes all that is left';

/** OrderCancelRequest(F): what becomes of each field. */
export const CANCEL_RULES: FieldRules = rulesOf(
  read(11, 'ClOrdID', 'names the request; it may not name an order or another request'),
  read(41, 'OrigClOrdID', 'the order to cancel, by your id'),
  read(
    37,
    'OrderID',
    'the order to cancel, by ours; with 41 both must name the same, else ORDER_MISMATCH',
  ),
  read(55, 'Symbol', 'must be the order’s, else ORDER_MISMATCH'),
  read(54, 'Side', 'must be the order’s, else ORDER_MISMATCH'),
  read(60, 'TransactTime', 'a time; a cancel is never too old'),
  returned(526, 'SecondaryClOrdID', 'yours, in the answer to this request'),
  ...CONFIRMED_INSTRUMENT,
  ...ignored(
    WHOLE,
    [38, 'OrderQty'],
    [152, 'CashOrderQty'],
    [468, 'RoundingDirection'],
    [469, 'RoundingModulus'],
    [516, 'OrderPercent'],
  ),
  ...ignored(
    NAMED,
    [1, 'Account'],
    [66, 'ListID'],
    [453, 'NoPartyIDs'],
    [581, 'AccountType'],
    [583, 'ClOrdLinkID'],
    [586, 'OrigOrdModTime'],
    [660, 'AcctIDSource'],
    [711, 'NoUnderlyings'],
    ...FINANCING,
  ),
  ...ignored('for your own supervision', [376, 'ComplianceID']),
  ...ignored('no report has it', [58, 'Text'], [354, 'EncodedTextLen'], [355, 'EncodedText']),
);

const CANCEL_NARROWS = 'cannot narrow a mass cancel';

/** OrderMassCancelRequest(q): what becomes of each field. */
export const MASS_CANCEL_RULES: FieldRules = rulesOf(
  read(11, 'ClOrdID', 'names the request'),
  read(530, 'MassCancelRequestType', '`1` orders of Symbol(55), `7` all orders of this session'),
  read(55, 'Symbol', 'needed with type 1, refused with type 7 as AMBIGUOUS_SCOPE'),
  read(54, 'Side', 'only orders of this side'),
  read(1, 'Account', 'only orders with this Account(1)'),
  read(60, 'TransactTime', 'the age of the request, see `staleOrders`'),
  ...scopedInstrument([530, 'MassCancelRequestType'], 'contradicts all orders, AMBIGUOUS_SCOPE'),
  ...refused(
    CANCEL_NARROWS,
    [336, 'TradingSessionID'],
    [526, 'SecondaryClOrdID'],
    [625, 'TradingSessionSubID'],
    ...UNDERLYING,
  ),
  ...ignored('no report has it', [58, 'Text'], [354, 'EncodedTextLen'], [355, 'EncodedText']),
);

/** OrderStatusRequest(H): what becomes of each field. */
export const STATUS_RULES: FieldRules = rulesOf(
  read(11, 'ClOrdID', 'the order, by your id of it, or of a cancel of it'),
  read(37, 'OrderID', 'the order, by ours; where 11 names one as well, it must be the same'),
  returned(790, 'OrdStatusReqID', 'yours, in the answer'),
  read(55, 'Symbol', 'must be the order’s, else ORDER_MISMATCH'),
  read(54, 'Side', 'must be the order’s, else ORDER_MISMATCH'),
  read(1, 'Account', 'must be the order’s when given, else ORDER_MISMATCH'),
  ...CONFIRMED_INSTRUMENT,
  ...ignored(
    'ClOrdID(11) or OrderID(37) names the order',
    [453, 'NoPartyIDs'],
    [526, 'SecondaryClOrdID'],
    [583, 'ClOrdLinkID'],
    [660, 'AcctIDSource'],
    [711, 'NoUnderlyings'],
    ...FINANCING,
  ),
);

const STATUS_NARROWS = 'cannot narrow a mass status request';

/** OrderMassStatusRequest(AF): what becomes of each field. */
export const MASS_STATUS_RULES: FieldRules = rulesOf(
  returned(584, 'MassStatusReqID', 'yours, in every report of the answer'),
  read(585, 'MassStatusReqType', '`1` orders of Symbol(55), `7` all orders of this session'),
  read(55, 'Symbol', 'needed with type 1, refused with type 7 as AMBIGUOUS_SCOPE'),
  read(54, 'Side', 'only orders of this side'),
  read(1, 'Account', 'only orders of this account'),
  ...scopedInstrument([585, 'MassStatusReqType'], 'contradicts all orders'),
  ...ignored('Account(1) is your own name of it', [660, 'AcctIDSource']),
  ...refused(
    STATUS_NARROWS,
    [336, 'TradingSessionID'],
    [453, 'NoPartyIDs'],
    [625, 'TradingSessionSubID'],
    ...UNDERLYING,
  ),
);

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

/** Header and trailer of every message. */
export const HEADER_RULES: FieldRules = rulesOf(
  read(8, 'BeginString', '`FIX.4.4`'),
  read(9, 'BodyLength', 'must be right'),
  read(35, 'MsgType', 'which message it is'),
  read(49, 'SenderCompID', 'must be the session’s TargetCompID'),
  read(56, 'TargetCompID', 'must be the session’s SenderCompID'),
  read(34, 'MsgSeqNum', 'the session’s next number, or a gap is asked for'),
  read(43, 'PossDupFlag', 'a number that was processed before is not processed again'),
  read(97, 'PossResend', 'a request that was answered before is answered again'),
  read(52, 'SendingTime', 'within `sendingTimeToleranceSeconds`; the age of an order'),
  read(122, 'OrigSendingTime', 'the age of an order; required with PossDupFlag(43)=Y'),
  read(10, 'CheckSum', 'must be right'),
  ...ignored(
    'orders belong to the session, whoever is behind it',
    [50, 'SenderSubID'],
    [57, 'TargetSubID'],
    [115, 'OnBehalfOfCompID'],
    [116, 'OnBehalfOfSubID'],
    [142, 'SenderLocationID'],
    [143, 'TargetLocationID'],
    [144, 'OnBehalfOfLocationID'],
    [627, 'NoHops'],
  ),
  ...ignored('encoded texts are not read', [347, 'MessageEncoding']),
  ...ignored('what you have of ours is what you ask again for', [369, 'LastMsgSeqNumProcessed']),
  ...ignored('signatures are not checked', [89, 'Signature'], [93, 'SignatureLength']),
  ...refused(
    'messages are not handed on to other firms',
    [128, 'DeliverToCompID'],
    [129, 'DeliverToSubID'],
    [145, 'DeliverToLocationID'],
  ),
  ...refused(
    'encrypted or embedded messages are not read',
    [90, 'SecureDataLen'],
    [91, 'SecureData'],
    [212, 'XmlDataLen'],
    [213, 'XmlData'],
  ),
);
