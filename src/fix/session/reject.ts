import { type FixField, type FixMessage } from '../codec/fix-message.ts';
import { SESSION_REJECT_TEXT } from '../dictionary/session-reject-reason.ts';
import { type MessageProblem } from './model/settings.ts';
import { emit, notice, textField, type Turn } from './turn.ts';

/** SessionRejectReason(373), as far as the session layer itself finds them. */
export const REASON = {
  requiredTagMissing: 1,
  tagWithoutValue: 4,
  valueIncorrect: 5,
  incorrectFormat: 6,
  compIDProblem: 9,
  sendingTimeAccuracy: 10,
  invalidMsgType: 11,
  other: 99,
} as const;

/** The last reason of FIX 4.2; later ones go into Text(58) alone. */
const REASON_MAX_FIX42 = 11;

export const textOf = (problem: MessageProblem): string => {
  const texts: Readonly<Record<number, string>> = SESSION_REJECT_TEXT;
  return problem.text ?? texts[problem.reason] ?? `SessionRejectReason(373) ${problem.reason}`;
};

/** What a Reject(3) needs to know of the message. */
type Rejected = Pick<FixMessage, 'msgType' | 'get'>;

/** Refuses a message with Reject(3); the caller decides whether its number is consumed. */
export const reject = (turn: Turn, message: Rejected, problem: MessageProblem): void => {
  const { beginString } = turn.config.settings;
  const fields: FixField[] = [[45, refSeqNum(message)]];
  if (problem.refTagID !== undefined) fields.push([371, String(problem.refTagID)]);
  fields.push([372, message.msgType]);
  if (beginString !== 'FIX.4.2' || problem.reason <= REASON_MAX_FIX42) {
    fields.push([373, String(problem.reason)]);
  }
  fields.push(...textField(textOf(problem)));
  emit(turn, '3', fields, reverseRoute(message));
  const where = problem.refTagID === undefined ? '' : `, tag ${problem.refTagID}`;
  notice(
    turn,
    'warn',
    'REJECT_SENT',
    `${message.msgType} ${message.get(34) ?? ''}: ${textOf(problem)}${where}`,
  );
};

/** BusinessMessageReject(j) with BusinessRejectReason(380)=3, unsupported message type. */
export const rejectUnsupported = (turn: Turn, message: FixMessage): void => {
  const fields: FixField[] = [
    [45, refSeqNum(message)],
    [58, 'Unsupported Message Type'],
    [372, message.msgType],
    [380, '3'],
  ];
  emit(turn, 'j', fields, reverseRoute(message));
  notice(turn, 'warn', 'UNSUPPORTED', `MsgType(35) ${message.msgType} is not supported`);
};

const refSeqNum = (message: Rejected): string => {
  const text = message.get(34) ?? '';
  return text === '' ? '0' : text;
};

const REVERSED: readonly (readonly [from: number, to: number])[] = [
  [128, 115],
  [129, 116],
  [145, 144],
  [115, 128],
  [116, 129],
  [144, 145],
];

/** FIX 4.4 vol. 1, third-party routing: an answer goes back the way the message came. */
const reverseRoute = (message: Rejected): readonly FixField[] => {
  const route: FixField[] = [];
  for (const [from, to] of REVERSED) {
    const value = message.get(from);
    if (value !== undefined && value !== '') route.push([to, value]);
  }
  return route;
};
