import { type FieldRules, ignored, read, refused, returned, rulesOf } from './field-rule.ts';
import {
  CONFIRMED_INSTRUMENT,
  FINANCING,
  scopedInstrument,
  UNDERLYING,
} from './instrument-rules.ts';

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

const NARROWS = 'cannot narrow a mass status request';

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
    NARROWS,
    [336, 'TradingSessionID'],
    [453, 'NoPartyIDs'],
    [625, 'TradingSessionSubID'],
    ...UNDERLYING,
  ),
);
