import { type Side } from '../../../domain/order.ts';
import { defined } from '../../../lib/defined.ts';
import {
  amount,
  elements,
  expected,
  field,
  flag,
  identified,
  integer,
  lenient,
  optional,
  type Reader,
  shape,
  text,
  time,
  turned,
} from '../../json/readers.ts';
import {
  clOrdIDField,
  feeCurrency,
  fillOrderType,
  fillType,
  liquidityOf,
  orderKind,
  priceField,
  side,
  symbol,
  triggerSignal,
  venueOrderID,
} from '../../json/vocabulary.ts';
import { orderChangeOf, orderReason } from '../../json/order-reasons.ts';
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

const openOrder: Reader<OpenOrder> = shape({
  symbol: field('instrument', symbol),
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: clOrdIDField('cli_ord_id'),
  side: field('direction', side),
  kind: field('type', orderKind),
  leavesQty: field('qty', amount),
  cumQty: field('filled', amount),
  limitPx: priceField('limit_price'),
  stopPx: priceField('stop_price'),
  triggerSignal: optional('triggerSignal', triggerSignal),
  trailing: lenient('trailing_stop_options', trailing),
  isReduceOnly: field('reduce_only', flag),
  maxFixedLeverage: lenient('max_fixed_leverage', amount),
  placedAt: field('time', time),
  updatedAt: field('last_update_time', time),
});

const listedIDs = shape({
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: clOrdIDField('cli_ord_id'),
});

export const openOrdersSnapshot: Reader<OpenOrdersSnapshot> = turned(
  shape(
    {
      orders: elements('orders', identified(listedIDs, openOrder)),
      account: lenient('account', text()),
    },
    ['feed'],
  ),
  ({ orders: { elements: listed, isComplete: hasEveryOrder }, account }) => ({
    type: 'OpenOrdersSnapshot',
    orders: listed.flatMap(({ order }) => order ?? []),
    unread: listed.filter(({ order }) => order === undefined),
    hasEveryOrder,
    isComplete: hasEveryOrder && listed.every(({ order }) => order !== undefined),
    ...defined({ account }),
  }),
);

const orderIDs = {
  venueOrderID: lenient('order_id', venueOrderID),
  clOrdID: clOrdIDField('cli_ord_id'),
};
const orderBody = identified(shape(orderIDs), openOrder);

/** Both shapes, with an order body or with ids only, whatever the reason. */
export const orderUpdate: Reader<OrderUpdate> = (value, path, notes) => {
  const update = orderUpdateFields(value, path, notes);
  if (update === undefined) return undefined;
  const { body, reason, isCancel } = update;
  const { venueOrderID: id = '', clOrdID: clientID } = body ?? update;
  if (id === '') {
    notes.push({ kind: 'MissingField', path: `${path}.order_id` });
    return undefined;
  }
  return {
    type: 'OrderUpdate',
    venueOrderID: id,
    isCancel: isCancel === true,
    change: orderChangeOf(reason),
    ...defined({
      clOrdID: clientID,
      // Whether the order has left the book cannot be read: REST is asked.
      order: isCancel === undefined ? undefined : body?.order,
      reason,
    }),
  };
};

const orderUpdateFields = shape(
  {
    ...orderIDs,
    body: lenient('order', orderBody),
    reason: lenient('reason', orderReason),
    isCancel: expected('is_cancel', flag),
  },
  ['feed', 'account'],
);

const fill: Reader<Fill> = turned(
  shape({
    fillID: field('fill_id', text()),
    symbol: field('instrument', symbol),
    venueOrderID: field('order_id', venueOrderID),
    clOrdID: clOrdIDField('cli_ord_id'),
    side: field(
      'buy',
      turned(flag, (isBuy): Side => (isBuy ? 'Buy' : 'Sell')),
    ),
    lastPx: field('price', amount),
    lastQty: field('qty', amount),
    leavesQty: optional('remaining_order_qty', amount),
    at: field('time', time),
    seq: lenient('seq', integer),
    fillType: expected('fill_type', fillType, ''),
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
