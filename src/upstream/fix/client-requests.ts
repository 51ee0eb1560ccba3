import { defined } from '../../lib/defined.ts';
import {
  type ClientName,
  type ClientOrderID,
  type DecimalText,
  type TradingSymbol,
} from '../../domain/ids.ts';
import {
  type CancelRequest,
  type OrderRequest,
  type OrderTerms,
  type TimeInForce,
} from '../../domain/order.ts';
import { ordTypeByCode, sideByCode } from '../../domain/fix-codes.ts';
import { type OrderRefusalRequest } from '../../core/input.ts';
import { parseFixDecimalText } from '../../domain/decimal-text.ts';
import { type FixMessage } from '../../fix/codec/fix-message.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { refusedFields, type RefusedFields } from './fields/check-fields.ts';
import { type AgeLimits } from './order-age.ts';

/** OrdRejReason(103) of FIX 4.4 for what is refused before the core. */
const UNSUPPORTED_ORDER_CHARACTERISTIC = 11;
const INCORRECT_QUANTITY = 13;
const OTHER = 99;

const timesInForce: ReadonlyMap<string, TimeInForce> = new Map([
  ['1', 'GTC'],
  ['3', 'IOC'],
]);
const DAY = '0';

/** What a session's configuration says about orders. */
export interface OrderPolicy {
  /** Account of an order without Account(1). */
  readonly account?: string | undefined;
  /** Day orders, which the venue does not have: refused, or taken as GTC. */
  readonly dayOrders: 'refuse' | 'gtc';
  readonly staleOrders: AgeLimits;
}

export interface Problem {
  readonly ordRejReason: number;
  readonly reasonCode: string;
  readonly text: string;
}

/**
 * Reads a client's NewOrderSingle(D) that passed the dictionary. What the engine cannot express
 * comes back as a refusal, which the core records and answers with ExecutionReport(8)
 * OrdStatus(39)=8.
 */
export const parseNewOrderSingle = (
  client: ClientName,
  message: FixMessage,
  { dayOrders, account }: Pick<OrderPolicy, 'dayOrders' | 'account'>,
): Result<OrderRequest, OrderRefusalRequest> => {
  const terms = parseTerms(message, dayOrders);
  if (!terms.ok) return err({ ...orderAsWritten(client, message), ...terms.error });
  const fields = refusedFields(message);
  if (fields !== undefined) {
    return err({ ...orderAsWritten(client, message), ...unsupportedFields(fields) });
  }
  return ok({
    client,
    clientOrderID: (message.get(11) ?? '') as ClientOrderID,
    terms: terms.value,
    possResend: message.get(97) === 'Y',
    ...defined({
      account: message.get(1) ?? account,
      secondaryClientOrderID: message.get(526),
      clientText: message.get(58),
      strategy: message.get(583),
    }),
  });
};

/** The client's own values, for the report that refuses its order. */
export const orderAsWritten = (
  client: ClientName,
  message: FixMessage,
): Omit<OrderRefusalRequest, keyof Problem> => ({
  client,
  clientOrderID: (message.get(11) ?? '') as ClientOrderID,
  symbol: message.get(55) ?? '',
  side: message.get(54) ?? '',
  ordType: message.get(40) ?? '',
  orderQty: message.get(38) ?? '0',
  ...defined({
    price: message.get(44),
    stopPx: message.get(99),
    timeInForce: message.get(59),
    account: message.get(1),
    secondaryClientOrderID: message.get(526),
  }),
});

const unsupportedFields = ({ text }: RefusedFields): Problem => ({
  ordRejReason: UNSUPPORTED_ORDER_CHARACTERISTIC,
  reasonCode: 'UNSUPPORTED_FIELD',
  text: `UNSUPPORTED_FIELD: ${text}`,
});

const parseTerms = (
  message: FixMessage,
  dayOrders: OrderPolicy['dayOrders'],
): Result<OrderTerms, Problem> => {
  const side = sideByCode.get(message.get(54) ?? '');
  if (side === undefined) return unsupported('UNSUPPORTED_SIDE', 54, message);
  const ordType = ordTypeByCode.get(message.get(40) ?? '');
  if (ordType === undefined) return unsupported('UNSUPPORTED_ORD_TYPE', 40, message);
  const timeInForce = parseTimeInForce(message, dayOrders);
  if (!timeInForce.ok) return timeInForce;
  const execInst = parseExecInst(message);
  if (execInst === undefined) return unsupported('UNSUPPORTED_EXEC_INST', 18, message);
  const trigger = parseTriggerSignal(message);
  if (trigger === undefined) return unsupported('UNSUPPORTED_DISCRETION_INST', 388, message);
  const amounts = parseAmounts(message);
  if (!amounts.ok) return amounts;
  return ok({
    symbol: (message.get(55) ?? '') as TradingSymbol,
    side,
    ordType,
    timeInForce: timeInForce.value,
    ...execInst,
    ...amounts.value,
    ...trigger,
  });
};

/** Without TimeInForce(59) an order is a Day order (FIX 4.4). */
export const parseTimeInForce = (
  message: FixMessage,
  dayOrders: OrderPolicy['dayOrders'],
): Result<TimeInForce, Problem> => {
  const code = message.get(59);
  if (code !== undefined && code !== DAY) {
    const timeInForce = timesInForce.get(code);
    return timeInForce === undefined
      ? unsupported('UNSUPPORTED_TIME_IN_FORCE', 59, message)
      : ok(timeInForce);
  }
  if (dayOrders === 'gtc') return ok('GTC');
  const written = code === undefined ? 'no TimeInForce(59), which means Day' : 'TimeInForce(59)=0';
  return err({
    ordRejReason: UNSUPPORTED_ORDER_CHARACTERISTIC,
    reasonCode: 'UNSUPPORTED_TIME_IN_FORCE',
    text: `UNSUPPORTED_TIME_IN_FORCE: ${written}: the venue has no day orders; send 59=1 or 59=3`,
  });
};

type Amounts = Pick<OrderTerms, 'orderQty' | 'price' | 'stopPx'>;

const parseAmounts = (message: FixMessage): Result<Amounts, Problem> => {
  const orderQty = parseFixDecimalText(message.get(38) ?? '');
  if (orderQty === undefined) {
    return err({
      ordRejReason: INCORRECT_QUANTITY,
      reasonCode: 'BAD_QUANTITY',
      text: `BAD_QUANTITY: OrderQty(38) is no plain decimal: ${message.get(38) ?? ''}`,
    });
  }
  const amounts: { orderQty: DecimalText; price?: DecimalText; stopPx?: DecimalText } = {
    orderQty,
  };
  for (const [key, tag] of [
    ['price', 44],
    ['stopPx', 99],
  ] as const) {
    const text = message.get(tag);
    if (text === undefined) continue;
    const value = parseFixDecimalText(text);
    if (value === undefined) {
      return err({
        ordRejReason: OTHER,
        reasonCode: 'BAD_PRICE',
        text: `BAD_PRICE: tag ${tag} is no plain decimal: ${text}`,
      });
    }
    amounts[key] = value;
  }
  return ok(amounts);
};

/**
 * ExecInst(18), both spellings: the venue's E (reduce only), P (post-only), s (single fee, added by
 * us anyway) and FIX 4.4's 6 (participate don't initiate) for post-only.
 */
export const parseExecInst = (
  message: FixMessage,
): { postOnly: boolean; reduceOnly: boolean } | undefined => {
  const values = (message.get(18) ?? '').split(' ').filter((value) => value !== '');
  if (values.some((value) => !['E', 'P', 's', '6'].includes(value))) return undefined;
  return {
    postOnly: values.includes('P') || values.includes('6'),
    reduceOnly: values.includes('E'),
  };
};

/** DiscretionInst(388), as on the venue: 1 index price, 5 last trade (the default). */
export const parseTriggerSignal = (
  message: FixMessage,
): Pick<OrderTerms, 'triggerSignal'> | undefined => {
  switch (message.get(388)) {
    case undefined:
      return {};
    case '1':
      return { triggerSignal: 'Index' };
    case '5':
      return { triggerSignal: 'Last' };
    default:
      return undefined;
  }
};

const unsupported = (
  reasonCode: string,
  tag: number,
  message: FixMessage,
): Result<never, Problem> =>
  err({
    ordRejReason: UNSUPPORTED_ORDER_CHARACTERISTIC,
    reasonCode,
    text: `${reasonCode}: tag ${tag}=${message.get(tag) ?? ''} is not available on this venue`,
  });

/**
 * Reads a client's OrderCancelRequest(F): by OrigClOrdID(41), or by our OrderID(37) when 41 is
 * absent.
 */
export const parseOrderCancelRequest = (client: ClientName, message: FixMessage): CancelRequest => {
  const origClientOrderID = message.get(41) as ClientOrderID | undefined;
  const orderID = message.get(37);
  return {
    client,
    clientOrderID: (message.get(11) ?? '') as ClientOrderID,
    ...defined({
      origClientOrderID,
      orderID,
      symbol: message.get(55),
      side: sideByCode.get(message.get(54) ?? ''),
      secondaryClientOrderID: message.get(526),
      possResend: message.get(97) === 'Y' ? true : undefined,
    }),
  };
};
