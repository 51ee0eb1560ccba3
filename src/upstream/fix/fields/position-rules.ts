import { type FixMessage } from '../../../fix/codec/fix-message.ts';
import {
  type FieldRules,
  ignored,
  limited,
  matched,
  read,
  refused,
  returned,
  rulesOf,
} from './field-rule.ts';
import { TRADED_INSTRUMENT } from './instrument-rules.ts';

const DAY_MS = 86_400_000;

/** 20261130-09:00:00 or 20261130 as the day that it names. */
const dayOf = (text: string | undefined): number | undefined => {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})(?:-|$)/.exec(text ?? '') ?? [];
  return year === undefined ? undefined : Date.UTC(Number(year), Number(month) - 1, Number(day));
};

/** The venue's day and a clearing day need not begin at midnight UTC. */
const isToday = (value: string, message: FixMessage): boolean => {
  const [day, today] = [dayOf(value), dayOf(message.get(60))];
  return day !== undefined && today !== undefined && Math.abs(day - today) <= DAY_MS;
};

const hasSymbol = (_: string, message: FixMessage): boolean => message.has(55);
const BESIDE_SYMBOL = ['beside Symbol(55)', hasSymbol] as const;
const NARROWS = 'cannot narrow a request for positions';

/** RequestForPositions(AN): what becomes of each field. */
export const POSITION_RULES: FieldRules = rulesOf(
  returned(710, 'PosReqID', 'yours, in every message of the answer'),
  limited([724, 'PosReqType'], ['0'], 'positions alone are told, no trades and no exercises'),
  limited([263, 'SubscriptionRequestType'], ['0'], 'the answer is a snapshot'),
  read(1, 'Account', 'only this account: Account(1) of your orders, or the name of your session'),
  read(55, 'Symbol', 'only this contract; all without it'),
  read(60, 'TransactTime', 'a time; the positions are those of the moment of the answer'),
  ...TRADED_INSTRUMENT,
  matched([167, 'SecurityType'], BESIDE_SYMBOL, NARROWS),
  matched([460, 'Product'], BESIDE_SYMBOL, NARROWS),
  matched([461, 'CFICode'], BESIDE_SYMBOL, NARROWS),
  matched(
    [715, 'ClearingBusinessDate'],
    ['the day of TransactTime(60), or one beside it', isToday],
    'positions of the past are not told',
  ),
  limited([725, 'ResponseTransportType'], ['0'], 'answers come on this session'),
  returned(581, 'AccountType', 'yours, in every message of the answer'),
  ...refused(
    NARROWS,
    [15, 'Currency'],
    [386, 'NoTradingSessions'],
    [555, 'NoLegs'],
    [573, 'MatchStatus'],
    [711, 'NoUnderlyings'],
    [716, 'SettlSessID'],
    [717, 'SettlSessSubID'],
  ),
  ...refused('answers come on this session', [726, 'ResponseDestination']),
  ...ignored('the session says whose positions are asked for', [453, 'NoPartyIDs']),
  ...ignored('Account(1) is your own name of it', [660, 'AcctIDSource']),
  ...ignored('no report has it', [58, 'Text'], [354, 'EncodedTextLen'], [355, 'EncodedText']),
);
