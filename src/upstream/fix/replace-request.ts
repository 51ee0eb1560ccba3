import { CXL_REJ, refusal, type Refusal } from '../../core/refusal.ts';
import { parseDecimalText } from '../../domain/decimal-text.ts';
import { ordTypeByCode, sideByCode } from '../../domain/fix-codes.ts';
import { type ClientName, type ClientOrderID } from '../../domain/ids.ts';
import { type ReplaceRequest, type UnchangedTerms } from '../../domain/order.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { defined } from '../../lib/defined.ts';
import {
  type OrderPolicy,
  parseExecInst,
  parseTimeInForce,
  parseTriggerSignal,
} from './client-requests.ts';
import { refusedFields } from './fields/check-fields.ts';

/** The request as far as it can be read, and the first thing in it that cannot be done. */
interface ParsedReplace {
  readonly request: ReplaceRequest;
  readonly problem?: Refusal;
}

/**
 * Reads a client's OrderCancelReplaceRequest(G) that passed the dictionary. It names the order by
 * OrigClOrdID(41), or by our OrderID(37) when 41 is absent; a field that it leaves out stays as the
 * order has it.
 */
export const parseOrderCancelReplaceRequest = (
  client: ClientName,
  message: FixMessage,
  policy: Pick<OrderPolicy, 'dayOrders'>,
): ParsedReplace => {
  const unchanged = parseUnchanged(message, policy);
  const amounts = parseAmounts(message);
  const request: ReplaceRequest = {
    client,
    clientOrderID: (message.get(11) ?? '') as ClientOrderID,
    ...amounts.values,
    unchanged: unchanged.values,
    ...defined({
      origClientOrderID: message.get(41) as ClientOrderID | undefined,
      orderID: message.get(37),
      account: message.get(1),
      secondaryClientOrderID: message.get(526),
      possResend: message.get(97) === 'Y' ? true : undefined,
    }),
  };
  const fields = refusedFields(message);
  const unsupported =
    fields === undefined ? undefined : refusal('UNSUPPORTED_FIELD', CXL_REJ.other, fields.text);
  return { request, ...defined({ problem: amounts.problem ?? unchanged.problem ?? unsupported }) };
};

interface Read<T> {
  readonly values: T;
  readonly problem?: Refusal;
}

const AMOUNTS = [
  ['orderQty', 38, 'OrderQty', 'BAD_QUANTITY'],
  ['price', 44, 'Price', 'BAD_PRICE'],
  ['stopPx', 99, 'StopPx', 'BAD_PRICE'],
] as const;

const parseAmounts = (
  message: FixMessage,
): Read<Pick<ReplaceRequest, 'orderQty' | 'price' | 'stopPx'>> => {
  const values: { -readonly [K in 'orderQty' | 'price' | 'stopPx']?: ReplaceRequest[K] } = {};
  for (const [key, tag, name, code] of AMOUNTS) {
    const text = message.get(tag);
    if (text === undefined) continue;
    const value = parseDecimalText(text);
    if (value === undefined) {
      const detail = `${name}(${tag}) is no plain decimal: ${text}`;
      return { values: {}, problem: refusal(code, CXL_REJ.other, detail) };
    }
    values[key] = value;
  }
  return { values };
};

/** Fields that must repeat the order's; a value that no order here has is refused by name. */
const parseUnchanged = (
  message: FixMessage,
  { dayOrders }: Pick<OrderPolicy, 'dayOrders'>,
): Read<UnchangedTerms> => {
  const side = sideByCode.get(message.get(54) ?? '');
  const ordType = ordTypeByCode.get(message.get(40) ?? '');
  const timeInForce = message.has(59) ? parseTimeInForce(message, dayOrders) : undefined;
  const execInst = message.has(18) ? parseExecInst(message) : {};
  const trigger = parseTriggerSignal(message);
  const unknown = [
    [54, side, 'UNSUPPORTED_SIDE'],
    [40, ordType, 'UNSUPPORTED_ORD_TYPE'],
    [18, execInst, 'UNSUPPORTED_EXEC_INST'],
    [388, trigger, 'UNSUPPORTED_DISCRETION_INST'],
  ] as const;
  for (const [tag, value, code] of unknown) {
    if (value !== undefined || !message.has(tag)) continue;
    const detail = `tag ${tag}=${message.get(tag) ?? ''} is not available on this venue`;
    return { values: {}, problem: refusal(code, CXL_REJ.other, detail) };
  }
  if (timeInForce?.ok === false) {
    const { reasonCode: code, text } = timeInForce.error;
    return { values: {}, problem: { code, reason: CXL_REJ.other, text } };
  }
  return {
    values: {
      ...execInst,
      ...trigger,
      ...defined({ symbol: message.get(55), side, ordType, timeInForce: timeInForce?.value }),
    },
  };
};
