import { err, ok, type Result } from '../../../../lib/result.ts';
import { type OrderInstruction } from '../exchange-client.ts';
import { readDecimal } from '../fields.ts';
import {
  invalid,
  MISSING,
  type OrderParams,
  type ParamsRefusal,
  readDeadline,
  readPrices,
} from './order-request.ts';

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
    ...(orderId === undefined ? {} : { orderId: orderId.toLowerCase() }),
    ...(cliOrdId === undefined ? {} : { cliOrdId }),
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
    ...(size.value === undefined ? {} : { size: size.value }),
    ...(mode === undefined ? {} : { qtyMode: mode }),
    ...(processBefore.value === undefined ? {} : { processBefore: processBefore.value }),
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
    ...(processBefore.value === undefined ? {} : { processBefore: processBefore.value }),
  });
};
