import { type Side } from '../../../domain/order.ts';
import { defined } from '../../../lib/defined.ts';
import {
  amount,
  elements,
  field,
  flag,
  integer,
  lenient,
  type Reader,
  shape,
  text,
  time,
  turned,
  word,
} from '../../json/readers.ts';
import {
  clOrdID,
  feeCurrency,
  FILL_TYPES,
  fillOrderType,
  liquidityOf,
  orderKind,
  side,
  symbol,
  triggerSignal,
  venueOrderID,
} from '../../json/vocabulary.ts';
import { orderChangeOf } from '../events/order-reasons.ts';
import {
  type Fill,
  type FillsSnapshot,
  type FillsUpdate,
  type OpenOrder,
  type OpenOrdersSnapshot,
  type OrderUpdate,
} from '../events/private-events.ts';

const trailing = shape({
  maxDeviation: lenient('max_deviation', amount),
  unit: lenient('unit', text()),
});

/** A price of 0 means that the order has none. */
const price = turned(amount, (px) => (px === '0' ? undefined : px));

const openOrderFields = shape({
  symbol: field('instrument', symbol),
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: lenient('cli_ord_id', clOrdID),
  side: field('direction', side),
  kind: lenient('type', orderKind, 'Unknown'),
  leavesQty: field('qty', amount),
  cumQty: field('filled', amount),
  limitPx: lenient('limit_price', price),
  stopPx: lenient('stop_price', price),
  triggerSignal: lenient('triggerSignal', triggerSignal),
  trailing: lenient('trailing_stop_options', trailing),
  isReduceOnly: lenient('reduce_only', flag, false),
  maxFixedLeverage: lenient('max_fixed_leverage', amount),
  placedAt: field('time', time),
  updatedAt: lenient('last_update_time', time),
});

const openOrder: Reader<OpenOrder> = turned(openOrderFields, (order) => ({
  updatedAt: order.placedAt,
  ...order,
}));

export const openOrdersSnapshot: Reader<OpenOrdersSnapshot> = turned(
  shape({ orders: elements('orders', openOrder), account: lenient('account', text()) }, ['feed']),
  ({ orders, account }) => ({
    type: 'OpenOrdersSnapshot',
    orders: orders.elements,
    isComplete: orders.isComplete,
    ...defined({ account }),
  }),
);

const orderIDs = {
  venueOrderID: lenient('order_id', venueOrderID),
  clOrdID: lenient('cli_ord_id', clOrdID),
};
const idsOfBody = shape(orderIDs);

/** The ids outlive a body that could not be read. */
const orderBody: Reader<ReturnType<typeof idsOfBody> & { readonly order?: OpenOrder }> = (
  value,
  path,
  notes,
) => {
  const order = openOrder(value, path, notes);
  const ids = idsOfBody(value, path, []);
  return ids === undefined ? undefined : { ...ids, ...defined({ order }) };
};

/** Both shapes, with an order body or with ids only, whatever the reason. */
export const orderUpdate: Reader<OrderUpdate> = (value, path, notes) => {
  const update = orderUpdateFields(value, path, notes);
  if (update === undefined) return undefined;
  const { body, reason, isCancel = false } = update;
  const { venueOrderID: id = '', clOrdID: clientID } = body ?? update;
  if (id === '') {
    notes.push({ kind: 'MissingField', path: `${path}.order_id` });
    return undefined;
  }
  return {
    type: 'OrderUpdate',
    venueOrderID: id,
    isCancel,
    change: orderChangeOf(reason),
    ...defined({ clOrdID: clientID, order: body?.order, reason }),
  };
};

const orderUpdateFields = shape(
  {
    ...orderIDs,
    body: lenient('order', orderBody),
    reason: lenient('reason', text()),
    isCancel: lenient('is_cancel', flag),
  },
  ['feed', 'account'],
);

const fill: Reader<Fill> = turned(
  shape({
    fillID: field('fill_id', text()),
    symbol: field('instrument', symbol),
    venueOrderID: field('order_id', venueOrderID),
    clOrdID: lenient('cli_ord_id', clOrdID),
    side: field(
      'buy',
      turned(flag, (isBuy): Side => (isBuy ? 'Buy' : 'Sell')),
    ),
    lastPx: field('price', amount),
    lastQty: field('qty', amount),
    leavesQty: lenient('remaining_order_qty', amount),
    at: field('time', time),
    seq: lenient('seq', integer),
    fillType: lenient('fill_type', word(...FILL_TYPES), ''),
    fee: lenient('fee_paid', amount),
    feeCurrency: lenient('fee_currency', feeCurrency),
    orderType: lenient('order_type', fillOrderType),
    takerOrderType: lenient('taker_order_type', fillOrderType),
  }),
  (execution) => ({ liquidity: liquidityOf(execution.fillType), ...execution }),
);

const fills: Reader<Omit<FillsUpdate, 'type'>> = turned(
  shape(
    {
      fills: elements('fills', fill),
      account: lenient('account', text()),
      username: lenient('username', text()),
    },
    ['feed'],
  ),
  ({ fills: list, account, username }) => ({
    fills: list.elements,
    isComplete: list.isComplete,
    // Updates say `username` where snapshots say `account`.
    ...defined({ account: account ?? username }),
  }),
);

export const fillsSnapshot: Reader<FillsSnapshot> = turned(fills, (frame) => ({
  type: 'FillsSnapshot',
  ...frame,
}));

export const fillsUpdate: Reader<FillsUpdate> = turned(fills, (frame) => ({
  type: 'FillsUpdate',
  ...frame,
}));
