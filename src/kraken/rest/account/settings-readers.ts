import { symbol } from '../../json/vocabulary.ts';
import {
  amount,
  field,
  flag,
  optional,
  shape,
  type Shape,
  text,
  time,
  word,
} from '../../json/readers.ts';

export const leveragePreference = shape({
  symbol: field('symbol', symbol),
  leverageMax: field('maxLeverage', amount),
});
export type LeveragePreference = Shape<typeof leveragePreference>;

export const pnlPreference = shape({
  symbol: field('symbol', symbol),
  currency: field('pnlCurrency', text()),
});
export type PnlPreference = Shape<typeof pnlPreference>;

const SELF_TRADE_STRATEGIES = [
  'REJECT_TAKER',
  'CANCEL_MAKER_SELF',
  'CANCEL_MAKER_CHILD',
  'CANCEL_MAKER_ANY',
] as const;
export type SelfTradeStrategy = (typeof SELF_TRADE_STRATEGIES)[number];

export const selfTradeStrategy = word(...SELF_TRADE_STRATEGIES);

/** Absent: no cap. */
export const maxLeverage = shape({ leverageMax: optional('maxLeverage', amount) }, [
  'result',
  'serverTime',
]);
export type MaxLeverage = Shape<typeof maxLeverage>;

const participant = shape({
  contractType: field('contractType', text()),
  symbol: optional('contract', symbol),
  sizeMax: optional('maxSize', amount),
  positionMax: optional('maxPosition', amount),
  acceptsLong: field('acceptLong', flag),
  acceptsShort: field('acceptShort', flag),
  timeFrame: field('timeFrame', word('WEEKDAYS', 'WEEKEND', 'ALL', 'weekdays', 'weekends', 'all')),
  isEnabled: field('enabled', flag),
});

export const assignment = shape({
  id: field('id', text()),
  participant: field('participant', participant),
});
export type Assignment = Shape<typeof assignment>;

export const assignmentChange = shape(
  { id: field('id', text()), participant: field('participant', participant) },
  ['result', 'serverTime'],
);

export const assignmentHistory = shape({
  isDeleted: field('deleted', flag),
  at: optional('timestamp', time),
  participant: field('participant', participant),
});
export type AssignmentHistory = Shape<typeof assignmentHistory>;
