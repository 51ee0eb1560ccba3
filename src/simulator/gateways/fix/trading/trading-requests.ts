import { defined, ownValue } from '../../../../lib/defined.ts';
import { type FixMessage } from '../../../../fix/codec/fix-message.ts';
import { parseDecimal } from '../../../../lib/decimal.ts';
import { err, ok, type Result } from '../../../../lib/result.ts';
import { type EpochMs, parseUtcTimestamp } from '../../../../lib/time.ts';
import {
  type CancelOrder,
  type CancelOrders,
  type PlaceOrder,
  type EditOrder,
} from '../../../exchange/model/commands.ts';
import { type FixOrder } from './trading-reports.ts';

/** SessionRejectReason(373): value incorrect for this tag. */
const VALUE_INCORRECT = 5;
const REQUIRED_TAG_MISSING = 1;

/** Refused by the gateway's format checks: Reject(3). */
export interface FormatRefusal {
  readonly tag: number;
  readonly reason: number;
  readonly text: string;
}

/** The sender of a request: the account of the CompID, and the `owner` of its orders. */
export interface Requester {
  readonly account: string;
  readonly owner: string;
}

/** NewOrderSingle(D) as a command of the exchange; format checks as in [fix 5, 11]. */
export const parseNewOrder = (
  message: FixMessage,
  who: Requester,
  now: EpochMs,
): Result<PlaceOrder, FormatRefusal> => {
  const problem = orderProblem(message, now);
  if (problem !== undefined) return err(problem);
  const execInst = execInstOf(message);
  const orderType = orderTypeOf(message, execInst);
  const clOrdID = text(message, 11);
  const price = isOneOf(LIMIT_TYPES, text(message, 40)) ? message.get(44) : undefined;
  const processBefore = validUntilOf(message);
  const stopPx = message.get(99);
  return ok({
    type: 'PlaceOrder',
    requestId: clOrdID,
    account: who.account,
    owner: who.owner,
    cliOrdId: clOrdID,
    symbol: text(message, 55),
    side: text(message, 54) === '1' ? 'buy' : 'sell',
    orderType,
    size: text(message, 38),
    ...defined({ limitPrice: price }),
    ...(execInst.includes('E') ? { reduceOnly: true } : {}),
    ...(execInst.includes('P') ? { postOnly: true } : {}),
    ...(text(message, 59) === '3' ? { immediate: true } : {}),
    ...defined({ processBefore }),
    ...triggerOf(message, orderType, stopPx),
  });
};

const orderProblem = (message: FixMessage, now: EpochMs): FormatRefusal | undefined => {
  const clOrdID = clOrdIDProblem(text(message, 11), now);
  if (clOrdID !== undefined) return { tag: 11, reason: VALUE_INCORRECT, text: clOrdID };
  const execInst = execInstOf(message);
  const isForeign = execInst.some((each) => !isOneOf('EPs', each));
  if (isForeign || !execInst.includes('s')) return badValue(18, 'ExecInst');
  if (!isOneOf('1234RTU', text(message, 40))) return badValue(40, 'OrderType');
  if (!isOneOf('13', text(message, 59))) return badValue(59, 'TimeInForce');
  const terms = { ordType: text(message, 40), timeInForce: text(message, 59) };
  if (execInst.includes('P') && mustTake(terms)) return badValue(18, 'ExecInst');
  return amountProblem(message) ?? conditionalProblem(message) ?? dialectProblem(message, now);
};

/**
 * Order types with a limit price. On other types Price(44) is ignored: a stop must not become a
 * stop-limit.
 */
const LIMIT_TYPES = '24T';

/**
 * Whether the order can only take liquidity. Post-only on it is refused: ignoring the P would make
 * the client a taker against its will (assumed, [fix 5.2]).
 */
const mustTake = (terms: { readonly ordType: string; readonly timeInForce: string }): boolean =>
  terms.timeInForce === '3' || !isOneOf(LIMIT_TYPES, terms.ordType);

/**
 * Fields of spot orders. That derivatives refuse them is assumed: ignoring them would be worse
 * [fix 5.2].
 */
const SPOT_ONLY = [1138, 126, 168, 5001, 7928];
const TAG_NOT_DEFINED = 2;
const [VALID_UNTIL_MIN_MS, VALID_UNTIL_MAX_MS] = [2_000, 60_000];

const dialectProblem = (message: FixMessage, now: EpochMs): FormatRefusal | undefined => {
  const foreign = SPOT_ONLY.find((tag) => message.has(tag));
  if (foreign !== undefined) {
    const refusal = { tag: foreign, reason: TAG_NOT_DEFINED };
    return { ...refusal, text: 'Tag not defined for this message type' };
  }
  const validUntil = validUntilOf(message);
  if (validUntil === undefined) return undefined;
  const aheadMs = validUntil - now;
  return aheadMs < VALID_UNTIL_MIN_MS || aheadMs > VALID_UNTIL_MAX_MS
    ? badValue(62, 'ValidUntilTime')
    : undefined;
};

const validUntilOf = (message: FixMessage): EpochMs | undefined =>
  parseUtcTimestamp(text(message, 62));

const amountProblem = (message: FixMessage): FormatRefusal | undefined => {
  for (const [tag, name] of [
    [38, 'OrderQty'],
    [44, 'Price'],
    [99, 'StopPx'],
  ] as const) {
    const value = message.get(tag);
    if (value === undefined) continue;
    const amount = parseDecimal(value);
    if (amount?.gt('0') !== true) return badValue(tag, name);
  }
  return undefined;
};

const conditionalProblem = (message: FixMessage): FormatRefusal | undefined => {
  const ordType = text(message, 40);
  if (isOneOf(LIMIT_TYPES, ordType) && !message.has(44)) return missing(44, 'Price');
  if (isOneOf('34RTU', ordType) && !message.has(99)) return missing(99, 'StopPx');
  return undefined;
};

const orderTypeOf = (message: FixMessage, execInst: readonly string[]): PlaceOrder['orderType'] => {
  const byCode: Readonly<Record<string, PlaceOrder['orderType']>> = {
    '1': 'mkt',
    '3': 'stp',
    '4': 'stp',
    R: 'take_profit',
    T: 'take_profit',
    U: 'trailing_stop',
  };
  const triggerOrMarket = ownValue(byCode, text(message, 40));
  if (triggerOrMarket !== undefined) return triggerOrMarket;
  if (text(message, 59) === '3') return 'ioc';
  return execInst.includes('P') ? 'post' : 'lmt';
};

const triggerOf = (
  message: FixMessage,
  orderType: PlaceOrder['orderType'],
  stopPx: string | undefined,
): Partial<PlaceOrder> => {
  if (stopPx === undefined) return {};
  const triggerSignal = message.get(388) === '1' ? 'index' : 'last';
  // StopPx(99) of a trailing stop is a distance, not a level [fix 5.2].
  return orderType === 'trailing_stop'
    ? { triggerSignal, trailingStop: { maxDeviation: stopPx, unit: 'QUOTE_CURRENCY' } }
    : { triggerSignal, stopPrice: stopPx };
};

/**
 * OrderCancelReplaceRequest(G) as UAT accepts it: 41 names the order, and 37 must be that order's.
 * OrderQty(38) is the whole quantity, fills included [fix 4.8, 11].
 */
export const parseAmend = (
  message: FixMessage,
  target: {
    readonly account: string;
    /** The exchange's present id of the order. */
    readonly orderId: string;
    readonly order: FixOrder;
  },
  now: EpochMs,
): Result<EditOrder, FormatRefusal> => {
  const clOrdID = text(message, 11);
  const problem = clOrdIDProblem(clOrdID, now);
  if (problem !== undefined) return err({ tag: 11, reason: VALUE_INCORRECT, text: problem });
  const amount = amountProblem(message);
  if (amount !== undefined) return err(amount);
  const { order, account, orderId } = target;
  const isPostOnly = execInstOf(message).includes('P');
  if (isPostOnly && mustTake(order)) return err(badValue(18, 'ExecInst'));
  const [price, stopPx] = [message.get(44), message.get(99)];
  return ok({
    type: 'EditOrder',
    requestId: clOrdID,
    account,
    orderId,
    newCliOrdId: clOrdID,
    size: text(message, 38),
    qtyMode: 'ABSOLUTE',
    ...(order.price !== undefined && price !== undefined ? { limitPrice: price } : {}),
    ...stopOf(order, stopPx),
    ...(isPostOnly ? { postOnly: true } : {}),
  });
};

/** StopPx(99) of a trailing stop is a distance. */
const stopOf = (order: FixOrder, stopPx: string | undefined): Partial<EditOrder> => {
  if (stopPx === undefined || order.stopPx === undefined) return {};
  return order.ordType === 'U'
    ? { trailingStop: { maxDeviation: stopPx, unit: 'QUOTE_CURRENCY' } }
    : { stopPrice: stopPx };
};

/**
 * OrderCancelRequest(F): OrderID(37) takes precedence over OrigClOrdID(41). It reaches orders of
 * the same CompID only.
 */
export const parseCancel = (
  message: FixMessage,
  who: Requester,
  now: EpochMs,
): Result<CancelOrder, FormatRefusal> => {
  const clOrdID = text(message, 11);
  const problem = clOrdIDProblem(clOrdID, now);
  if (problem !== undefined) return err({ tag: 11, reason: VALUE_INCORRECT, text: problem });
  const orderId = message.get(37);
  const origClOrdID = message.get(41);
  if (orderId === undefined && origClOrdID === undefined) return err(missing(41, 'OrigClOrdID'));
  return ok({
    type: 'CancelOrder',
    requestId: clOrdID,
    account: who.account,
    owner: who.owner,
    ...defined({ orderId }),
    ...(orderId === undefined && origClOrdID !== undefined ? { cliOrdId: origClOrdID } : {}),
  });
};

/**
 * OrderMassCancelRequest(q): 1 one symbol, 6 this session, 7 this CompID; 6 and 7 are the same set
 * here [fix 4.7].
 */
export const parseMassCancel = (
  message: FixMessage,
  who: Requester,
  now: EpochMs,
): Result<CancelOrders, FormatRefusal> => {
  const clOrdID = text(message, 11);
  const problem = clOrdIDProblem(clOrdID, now);
  if (problem !== undefined) return err({ tag: 11, reason: VALUE_INCORRECT, text: problem });
  const scope = text(message, 530);
  if (!isOneOf('167', scope)) return err(badValue(530, 'MassCancelRequestType'));
  const symbol = message.get(55);
  if (scope === '1' && symbol === undefined) return err(missing(55, 'Symbol'));
  return ok({
    type: 'CancelOrders',
    requestId: clOrdID,
    account: who.account,
    owner: who.owner,
    ...(scope === '1' && symbol !== undefined ? { symbol } : {}),
  });
};

const text = (message: FixMessage, tag: number): string => message.get(tag) ?? '';

/** Whether `value` is one of these one-letter codes. */
const isOneOf = (codes: string, value: string): boolean =>
  value.length === 1 && codes.includes(value);

const execInstOf = (message: FixMessage): readonly string[] => text(message, 18).split(' ');

const badValue = (tag: number, name: string): FormatRefusal => ({
  tag,
  reason: VALUE_INCORRECT,
  text: `Invalid value for tag ${tag}: ${name}`,
});

const missing = (tag: number, name: string): FormatRefusal => ({
  tag,
  reason: REQUIRED_TAG_MISSING,
  text: `Missing mandatory field: ${name} (${tag})`,
});

const COMB_WINDOW_MS = 120_000;
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The gateway's text for a ClOrdID(11) that it refuses [fix 5.1]; `undefined` when it is valid. */
const clOrdIDProblem = (clOrdID: string, now: EpochMs): string | undefined => {
  if (!UUID_V4.test(clOrdID)) return 'COMB UUIDv4 required for ClOrdID on derivatives';
  // The first 48 bits are Unix time in units of 10 microseconds.
  const madeAtMs = Number.parseInt(clOrdID.slice(0, 8) + clOrdID.slice(9, 13), 16) / 100;
  return Math.abs(madeAtMs - now) <= COMB_WINDOW_MS
    ? undefined
    : 'ClOrdID invalid value (timestamp is out of date)';
};
