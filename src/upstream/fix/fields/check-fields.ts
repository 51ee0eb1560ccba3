import { type FixMessage } from '../../../fix/codec/fix-message.ts';
import { type FieldRule, type FieldRules } from './field-rule.ts';
import { ORDER_RULES } from './order-rules.ts';
import { POSITION_RULES } from './position-rules.ts';
import {
  CANCEL_RULES,
  HEADER_RULES,
  MASS_CANCEL_RULES,
  MASS_STATUS_RULES,
  REPLACE_RULES,
  STATUS_RULES,
} from './request-rules.ts';

/**
 * What becomes of the fields of the messages that a client may send: the one table behind the
 * checks and docs/client-messages.md. A message that has no rules is refused whole.
 */
export const CLIENT_MESSAGES: readonly ClientMessage[] = [
  {
    msgType: 'D',
    rules: ORDER_RULES,
    refusal: 'ExecutionReport(8) with OrdStatus(39)=8 and OrdRejReason(103)=11',
  },
  { msgType: 'F', rules: CANCEL_RULES, refusal: 'OrderCancelReject(9)' },
  {
    msgType: 'G',
    rules: REPLACE_RULES,
    refusal: 'OrderCancelReject(9) with CxlRejResponseTo(434)=2',
  },
  {
    msgType: 'q',
    rules: MASS_CANCEL_RULES,
    refusal: 'OrderMassCancelReport(r) with MassCancelResponse(531)=0',
  },
  {
    msgType: 'H',
    rules: STATUS_RULES,
    refusal: 'ExecutionReport(8) with ExecType(150)=I and OrdStatus(39)=8',
  },
  {
    msgType: 'AF',
    rules: MASS_STATUS_RULES,
    refusal:
      'one ExecutionReport(8) with ExecType(150)=I, OrdStatus(39)=8 and TotNumReports(911)=0',
  },
  {
    msgType: 'AN',
    rules: POSITION_RULES,
    refusal: 'RequestForPositionsAck(AO) with PosReqResult(728)=1 and PosReqStatus(729)=2',
  },
];

interface ClientMessage {
  readonly msgType: string;
  readonly rules?: FieldRules;
  /** How it is refused. */
  readonly refusal: string;
}

const RULES_BY_MSG_TYPE: ReadonlyMap<string, FieldRules | undefined> = new Map(
  CLIENT_MESSAGES.map(({ msgType, rules }) => [msgType, rules]),
);

/** More than this many are not listed in one answer. */
const FIELDS_NAMED_MAX = 8;
const VALUE_LENGTH_MAX = 32;

/** The first field of a message that is refused, and all of them in words. */
export interface RefusedFields {
  readonly tag: number;
  /** `MaxFloor(111)=5: iceberg orders are not available; …`. */
  readonly text: string;
}

/**
 * The fields of an order or a mass cancel that ask for what is not done; `undefined` when there are
 * none. A tag without a rule is refused too: nobody here can tell what it asks for.
 */
export const refusedFields = (message: FixMessage): RefusedFields | undefined => {
  const rules = RULES_BY_MSG_TYPE.get(message.msgType);
  const found: { readonly tag: number; readonly text: string }[] = [];
  for (const [tag, value] of message.entries()) {
    const text = problemOf(message, rules?.get(tag) ?? HEADER_RULES.get(tag), [tag, value]);
    if (text !== undefined) found.push({ tag, text });
  }
  const [first] = found;
  if (first === undefined) return undefined;
  const more = found.length - FIELDS_NAMED_MAX;
  const named = found.slice(0, FIELDS_NAMED_MAX).map(({ text }) => text);
  return {
    tag: first.tag,
    text: [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
  };
};

const problemOf = (
  message: FixMessage,
  rule: FieldRule | undefined,
  [tag, value]: readonly [number, string],
): string | undefined => {
  if (rule === undefined)
    return `tag ${tag}=${shortened(value)}: unknown, so it cannot be honoured`;
  const label = `${rule.name}(${rule.tag})=${shortened(value)}`;
  if (rule.use === 'refused') return `${label}: ${rule.about}`;
  if (rule.use !== 'limited' || rule.takes(value, message)) return undefined;
  return `${label}: ${rule.about}`;
};

const shortened = (value: string): string =>
  value.length > VALUE_LENGTH_MAX ? `${value.slice(0, VALUE_LENGTH_MAX)}...` : value;
