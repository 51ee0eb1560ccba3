import { defined, ownValue } from '../../../../lib/defined.ts';
import { err, ok, type Result } from '../../../../lib/result.ts';
import { epochMs, type EpochMs } from '../../../../lib/time.ts';
import {
  type DeviationUnit,
  type Side,
  type TriggerSignal,
} from '../../../exchange/model/vocabulary.ts';
import { type OrderInstruction } from '../exchange-client.ts';
import { readBoolean, readDecimal, readInstant } from '../fields.ts';

/** Parameters by name, of a form or of one instruction of a batch. */
export interface OrderParams {
  readonly get: (name: string) => string | undefined;
}

/** The caller who places the order. Parameters are read before the signature identifies it. */
export interface Orderer {
  readonly account: string;
  readonly algoId: string | undefined;
  /** How far the venue's clock is ahead of ours [rest 13 row 8]. */
  readonly skewMs: number;
}

/** Why parameters make no command: an `error` of the envelope, or a `status` word of the order. */
export type ParamsRefusal = { readonly error: string } | { readonly status: string };

type Sendable = Extract<OrderInstruction, { readonly type: 'PlaceOrder' }>;
type SendableType = Sendable['orderType'];

const SENDABLE: Readonly<Record<SendableType, { readonly needs: readonly string[] }>> = {
  lmt: { needs: ['limitPrice'] },
  post: { needs: ['limitPrice'] },
  ioc: { needs: ['limitPrice'] },
  fok: { needs: ['limitPrice'] },
  mkt: { needs: [] },
  stp: { needs: ['stopPrice'] },
  take_profit: { needs: ['stopPrice'] },
  trailing_stop: { needs: ['trailingStopMaxDeviation', 'trailingStopDeviationUnit'] },
};

const SIGNALS: Readonly<Record<string, TriggerSignal>> = {
  mark: 'mark',
  index: 'index',
  spot: 'index',
  last: 'last',
};

const SEND_REQUIRED = ['orderType', 'symbol', 'side', 'size'] as const;

const isSendable = (type: string): type is SendableType => Object.hasOwn(SENDABLE, type);
const isSide = (side: string): side is Side => side === 'buy' || side === 'sell';
const invalid = (name: string): { readonly error: string } => ({
  error: `invalidArgument: ${name}`,
});
const MISSING: ParamsRefusal = { error: 'requiredArgumentMissing' };

/**
 * Reads the parameters of sendorder; what is missing comes first, then what makes no sense
 * [rest 2.1, 3.2].
 */
export const readSend = (params: OrderParams): Result<Sendable, ParamsRefusal> => {
  const [type, symbol, side, size] = SEND_REQUIRED.map((name) => params.get(name));
  if (type === undefined || symbol === undefined || side === undefined || size === undefined) {
    return err(MISSING);
  }
  if (!isSendable(type)) return err({ status: 'invalidOrderType' });
  if (!isSide(side)) return err({ status: 'invalidSide' });
  if (SENDABLE[type].needs.some((name) => params.get(name) === undefined)) return err(MISSING);
  const quantity = readDecimal(size);
  if (quantity === 'invalid' || quantity.value === undefined) return err(invalid('size'));
  const optional = readOptional(params);
  if (!optional.ok) return optional;
  return ok({
    type: 'PlaceOrder',
    account: '',
    owner: 'rest',
    symbol: symbol.toUpperCase(),
    side,
    orderType: type,
    size: quantity.value,
    ...optional.value,
  });
};

type Optional = Partial<
  Pick<
    Sendable,
    | 'cliOrdId'
    | 'limitPrice'
    | 'stopPrice'
    | 'triggerSignal'
    | 'reduceOnly'
    | 'trailingStop'
    | 'limitPriceOffset'
    | 'processBefore'
  >
>;

const readOptional = (params: OrderParams): Result<Optional, ParamsRefusal> => {
  const prices = readPrices(params);
  if (!prices.ok) return prices;
  const signalText = params.get('triggerSignal');
  const signal = signalText === undefined ? undefined : ownValue(SIGNALS, signalText);
  if (signalText !== undefined && signal === undefined) return err(invalid('triggerSignal'));
  const reduceOnly = readBoolean(params.get('reduceOnly'));
  if (reduceOnly === 'invalid') return err(invalid('reduceOnly'));
  const processBefore = readDeadline(params);
  if (processBefore === 'invalid') return err(invalid('processBefore'));
  const cliOrdId = params.get('cliOrdId');
  return ok({
    ...prices.value,
    ...readLimitOffset(params),
    ...defined({
      cliOrdId,
      triggerSignal: signal,
      reduceOnly: reduceOnly.value,
      processBefore: processBefore.value,
    }),
  });
};

/** The deadline by the venue's clock; batches spell it `ProcessBefore` too [rest 9 row 7]. */
export const readDeadline = (
  params: OrderParams,
): { readonly value: EpochMs | undefined } | 'invalid' =>
  readInstant(params.get('processBefore') ?? params.get('ProcessBefore'));

/** The command with the caller's account, and its deadline converted to the simulator's clock. */
export const orderedBy = <C extends OrderInstruction>(
  command: C,
  { account, algoId, skewMs }: Orderer,
): C => ({
  ...command,
  account,
  ...(command.type === 'PlaceOrder' && algoId !== undefined ? { algoId } : {}),
  ...(command.processBefore === undefined
    ? {}
    : { processBefore: epochMs(command.processBefore - skewMs) }),
});

/**
 * Reads the offset without checking it: a bad offset refuses the order with its own status word
 * [rest 3.5], not the request.
 */
const readLimitOffset = (params: OrderParams): Pick<Optional, 'limitPriceOffset'> => {
  const text = params.get('limitPriceOffsetValue');
  const unit = params.get('limitPriceOffsetUnit');
  if (text === undefined && unit === undefined) return {};
  const read = readDecimal(text);
  const value = read === 'invalid' ? text : read.value;
  return {
    limitPriceOffset: {
      ...defined({ value, unit }),
    },
  };
};

type Prices = Pick<Optional, 'limitPrice' | 'stopPrice' | 'trailingStop'>;

const readPrices = (params: OrderParams): Result<Prices, ParamsRefusal> => {
  const numbers: Record<string, string> = {};
  for (const name of NUMBERS) {
    const read = readDecimal(params.get(name));
    if (read === 'invalid') return err(invalid(name));
    if (read.value !== undefined) numbers[name] = read.value;
  }
  const trailing = pair(params, numbers, TRAILING);
  if (!trailing.ok) return trailing;
  const { limitPrice, stopPrice } = numbers;
  return ok({
    ...defined({ limitPrice, stopPrice }),
    ...(trailing.value === undefined
      ? {}
      : { trailingStop: { maxDeviation: trailing.value.number, unit: trailing.value.unit } }),
  });
};

const TRAILING = { number: 'trailingStopMaxDeviation', unit: 'trailingStopDeviationUnit' } as const;
const NUMBERS = ['limitPrice', 'stopPrice', TRAILING.number] as const;
const isUnit = (unit: string): unit is DeviationUnit =>
  unit === 'PERCENT' || unit === 'QUOTE_CURRENCY';

/** A number that needs its unit, and a unit that needs its number. */
const pair = (
  params: OrderParams,
  numbers: Readonly<Record<string, string>>,
  names: { readonly number: string; readonly unit: string },
): Result<{ readonly number: string; readonly unit: DeviationUnit } | undefined, ParamsRefusal> => {
  const number = numbers[names.number];
  const unit = params.get(names.unit);
  if (number === undefined && unit === undefined) return ok(undefined);
  if (number === undefined) return err(invalid(names.number));
  return unit !== undefined && isUnit(unit) ? ok({ number, unit }) : err(invalid(names.unit));
};

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * `orderId` in editorder, `order_id` in cancelorder and batches; either is understood [rest 3.3].
 */
const readNamed = (
  params: OrderParams,
): Result<{ readonly orderId?: string; readonly cliOrdId?: string }, ParamsRefusal> => {
  const orderId = params.get('orderId') ?? params.get('order_id');
  const cliOrdId = params.get('cliOrdId');
  if (orderId === undefined && cliOrdId === undefined) return err(MISSING);
  if (orderId !== undefined && !UUID.test(orderId)) return err(invalid('order_id'));
  return ok({
    ...defined({ orderId: orderId?.toLowerCase(), cliOrdId }),
  });
};

type Editable = Extract<OrderInstruction, { readonly type: 'EditOrder' }>;

export const readEdit = (params: OrderParams): Result<Editable, ParamsRefusal> => {
  const named = readNamed(params);
  if (!named.ok) return named;
  const prices = readPrices(params);
  if (!prices.ok) return prices;
  const size = readDecimal(params.get('size'));
  if (size === 'invalid') return err(invalid('size'));
  const mode = params.get('qtyMode');
  if (mode !== undefined && mode !== 'RELATIVE' && mode !== 'ABSOLUTE')
    return err(invalid('qtyMode'));
  const processBefore = readDeadline(params);
  if (processBefore === 'invalid') return err(invalid('processBefore'));
  return ok({
    type: 'EditOrder',
    account: '',
    ...named.value,
    ...prices.value,
    ...defined({ size: size.value, qtyMode: mode, processBefore: processBefore.value }),
  });
};

type Cancelable = Extract<OrderInstruction, { readonly type: 'CancelOrder' }>;

export const readCancel = (params: OrderParams): Result<Cancelable, ParamsRefusal> => {
  const named = readNamed(params);
  if (!named.ok) return named;
  const processBefore = readDeadline(params);
  if (processBefore === 'invalid') return err(invalid('processBefore'));
  return ok({
    type: 'CancelOrder',
    account: '',
    ...named.value,
    ...defined({ processBefore: processBefore.value }),
  });
};
