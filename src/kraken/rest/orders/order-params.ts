import { type ClOrdID, type DecimalText, type VenueOrderID } from '../../../domain/ids.ts';
import { type OrderTerms } from '../../../domain/order.ts';
import {
  JsonNumber,
  type JsonObject,
  type JsonValue,
  toJsonText,
} from '../../../lib/lossless-json.ts';
import { type ParamsOf } from '../endpoint.ts';
import { type Endpoints } from '../endpoints.ts';

/** Terms that REST can express beyond those of FIX [rest 6.3]. */
export interface RestOrderTerms extends Omit<OrderTerms, 'triggerSignal'> {
  readonly triggerSignal?: 'Index' | 'Last' | 'Mark';
  /** All or nothing; with Limit only. */
  readonly isFillOrKill?: boolean;
  readonly trailing?: Trailing;
}

interface Trailing {
  readonly maxDeviation: DecimalText;
  readonly unit: 'PERCENT' | 'QUOTE_CURRENCY';
}

export interface SendInstruction {
  readonly type: 'send';
  readonly clOrdID: ClOrdID;
  readonly terms: RestOrderTerms;
}

/**
 * Sizes of edits are always ABSOLUTE: the total, fills included. RELATIVE is not idempotent against
 * fills.
 */
export interface EditInstruction {
  readonly type: 'edit';
  readonly target: OrderTarget;
  readonly orderQty?: DecimalText;
  readonly price?: DecimalText;
  readonly stopPx?: DecimalText;
  readonly trailing?: Trailing;
}

interface CancelInstruction {
  readonly type: 'cancel';
  readonly target: OrderTarget;
}

export type OrderTarget = { readonly venueOrderID: VenueOrderID } | { readonly clOrdID: ClOrdID };

export type BatchInstruction = SendInstruction | EditInstruction | CancelInstruction;

type SendParams = Omit<ParamsOf<Endpoints['sendorder']>, 'processBefore' | 'algoId'>;
type EditParams = Omit<ParamsOf<Endpoints['editorder']>, 'processBefore' | 'algoId'>;

export const toSendParams = ({ clOrdID, terms }: SendInstruction): SendParams => ({
  orderType: orderTypeOf(terms),
  symbol: terms.symbol,
  side: terms.side === 'Buy' ? 'buy' : 'sell',
  size: terms.orderQty,
  limitPrice: terms.price,
  stopPrice: terms.stopPx,
  cliOrdId: clOrdID,
  triggerSignal: terms.triggerSignal?.toLowerCase(),
  reduceOnly: terms.reduceOnly ? true : undefined,
  trailingStopMaxDeviation: terms.trailing?.maxDeviation,
  trailingStopDeviationUnit: terms.trailing?.unit,
});

export const toEditParams = (edit: EditInstruction): EditParams => ({
  ...('venueOrderID' in edit.target
    ? { orderId: edit.target.venueOrderID }
    : { cliOrdId: edit.target.clOrdID }),
  size: edit.orderQty,
  limitPrice: edit.price,
  stopPrice: edit.stopPx,
  trailingStopMaxDeviation: edit.trailing?.maxDeviation,
  trailingStopDeviationUnit: edit.trailing?.unit,
  qtyMode: edit.orderQty === undefined ? undefined : 'ABSOLUTE',
});

/** `order_id` on cancels and in batches, `orderId` on edits [rest 3.3]. */
export const toCancelParams = (
  target: OrderTarget,
): { readonly order_id?: string; readonly cliOrdId?: string } =>
  'venueOrderID' in target ? { order_id: target.venueOrderID } : { cliOrdId: target.clOrdID };

const orderTypeOf = (terms: RestOrderTerms): string => {
  switch (terms.ordType) {
    case 'Market':
      return 'mkt';
    case 'Limit':
      if (terms.postOnly) return 'post';
      if (terms.isFillOrKill === true) return 'fok';
      return terms.timeInForce === 'IOC' ? 'ioc' : 'lmt';
    case 'Stop':
    case 'StopLimit':
      return 'stp';
    case 'TakeProfit':
    case 'TakeProfitLimit':
      return 'take_profit';
    case 'TrailingStop':
      return 'trailing_stop';
  }
};

/** The tag of a leg: its position, the only key that maps a refused send back [rest 2.1]. */
export const tagOf = (index: number): string => String(index + 1);

/** The `json` parameter of a batch. Amounts are JSON numbers with exactly their digits. */
export const toBatchJson = (instructions: readonly BatchInstruction[]): string =>
  toJsonText({ batchOrder: instructions.map(toLegJson) });

const toLegJson = (instruction: BatchInstruction, index: number): JsonObject => {
  switch (instruction.type) {
    case 'send':
      return withNumbers({
        order: 'send',
        order_tag: tagOf(index),
        ...toSendParams(instruction),
      });
    case 'edit': {
      const { orderId, ...params } = toEditParams(instruction);
      return withNumbers({ order: 'edit', order_id: orderId, ...params });
    }
    case 'cancel':
      return withNumbers({ order: 'cancel', ...toCancelParams(instruction.target) });
  }
};

const NUMERIC: ReadonlySet<string> = new Set([
  'size',
  'limitPrice',
  'stopPrice',
  'trailingStopMaxDeviation',
]);

type LegValue = string | number | boolean | undefined;

const withNumbers = (leg: Readonly<Record<string, LegValue>>): JsonObject => {
  const members: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(leg)) {
    if (value === undefined) continue;
    members[key] = toMember(value, NUMERIC.has(key));
  }
  return members;
};

const toMember = (value: Exclude<LegValue, undefined>, isNumber: boolean): JsonValue => {
  if (typeof value === 'boolean') return value;
  return isNumber ? new JsonNumber(String(value)) : String(value);
};

/** Why an instruction cannot be expressed here; `undefined` when it can. */
export const faultOfInstruction = (
  instruction: BatchInstruction,
  isBatch: boolean,
): string | undefined => {
  if (instruction.type === 'cancel') return undefined;
  if (instruction.type === 'edit') return faultOfEdit(instruction);
  return faultOfTerms(instruction.terms, isBatch);
};

const faultOfEdit = ({ orderQty, price, stopPx, trailing }: EditInstruction): string | undefined =>
  orderQty === undefined && price === undefined && stopPx === undefined && trailing === undefined
    ? 'an edit that changes nothing'
    : undefined;

const faultOfTerms = (terms: RestOrderTerms, isBatch: boolean): string | undefined => {
  const { ordType, price, stopPx, trailing } = terms;
  const needsPrice = ordType.endsWith('Limit');
  const needsStop = ordType !== 'Market' && ordType !== 'Limit' && ordType !== 'TrailingStop';
  if (needsPrice !== (price !== undefined)) return `${ordType} and its price`;
  if (needsStop !== (stopPx !== undefined)) return `${ordType} and its stop price`;
  if ((ordType === 'TrailingStop') !== (trailing !== undefined)) return `${ordType} and its trail`;
  // Price "required" in batches, optional on sendorder [rest 9 row 10].
  return isBatch && needsStop && !needsPrice ? 'a market stop goes out singly' : undefined;
};
