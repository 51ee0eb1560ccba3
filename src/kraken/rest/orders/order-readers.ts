import {
  amount,
  field,
  flag,
  list,
  type Oddity,
  optional,
  type Reader,
  shape,
  type Shape,
  text,
  time,
  word,
} from '../../json/readers.ts';
import {
  clOrdID,
  ORDER_KIND_WORDS,
  side,
  symbol,
  TRIGGER_SIGNAL_WORDS,
  venueOrderID,
} from '../../json/vocabulary.ts';

const ORDER_TYPES = [
  'lmt',
  'ioc',
  'post',
  'liquidation',
  'assignment',
  'stp',
  'unwind',
  'block',
  'fok',
];
const TRIGGER_SIGNALS = [
  'mark_price',
  'last_price',
  'spot_price',
  'MARK_PRICE',
  'LAST_PRICE',
  'SPOT_PRICE',
];

/** `Order` inside events [rest 3.3]: `quantity` is the open remainder, not the original size. */
const orderObject = shape({
  venueOrderID: field('orderId', venueOrderID),
  clOrdID: optional('cliOrdId', clOrdID),
  ordType: field('type', word(...ORDER_TYPES)),
  symbol: field('symbol', symbol),
  side: field('side', side),
  leavesQty: field('quantity', amount),
  cumQty: field('filled', amount),
  price: optional('limitPrice', amount),
  isReduceOnly: field('reduceOnly', flag),
  enteredAt: field('timestamp', time),
  updatedAt: field('lastUpdateTimestamp', time),
  algoID: optional('algoId', text()),
});

/** `OrderTrigger`: its `uid` is the order id, its `clientId` the client id. */
const triggerObject = shape({
  venueOrderID: field('uid', venueOrderID),
  clOrdID: optional('clientId', clOrdID),
  ordType: field('type', word('lmt', 'ioc')),
  symbol: field('symbol', symbol),
  side: field('side', side),
  leavesQty: field('quantity', amount),
  price: optional('limitPrice', amount),
  stopPx: field('triggerPrice', amount),
  triggerSide: optional('triggerSide', word('trigger_above', 'trigger_below')),
  triggerSignal: optional('triggerSignal', word(...TRIGGER_SIGNALS)),
  isReduceOnly: field('reduceOnly', flag),
  enteredAt: field('timestamp', time),
  updatedAt: field('lastUpdateTimestamp', time),
  startAt: optional('startTime', time),
});

const eventFields = shape({
  type: field('type', word('PLACE', 'EXECUTION', 'EDIT', 'CANCEL', 'REJECT')),
  venueOrderID: optional('uid', venueOrderID),
  order: optional('order', orderObject),
  trigger: optional('orderTrigger', triggerObject),
  reason: optional('reason', text()),
  reducedQty: optional('reducedQuantity', amount),
  executionID: optional('executionId', text()),
  lastPx: optional('price', amount),
  lastQty: optional('amount', amount),
  orderPriorEdit: optional('orderPriorEdit', orderObject),
  orderPriorExecution: optional('orderPriorExecution', orderObject),
  takerReducedQty: optional('takerReducedQuantity', amount),
  oldOrder: optional('old', orderObject),
  newOrder: optional('new', orderObject),
});
export type OrderEvent = Shape<typeof eventFields>;

/** One of `orderEvents` [rest 3.4]. An EXECUTION without its id, price and amount is no event. */
const orderEvent: Reader<OrderEvent> = (value, path, notes) => {
  const event = eventFields(value, path, notes);
  if (event?.type !== 'EXECUTION') return event;
  const { executionID, lastPx, lastQty } = event;
  const isWhole = executionID !== undefined && lastPx !== undefined && lastQty !== undefined;
  return isWhole ? event : incomplete(`${path}.EXECUTION`, notes);
};

const incomplete = (path: string, notes: Oddity[]): OrderEvent | undefined => {
  notes.push({ kind: 'MissingField', path });
  return undefined;
};

/**
 * `sendStatus`, `editStatus` and `cancelStatus` of one order, each with its own spelling of the id.
 */
export const orderStatus = shape({
  status: field('status', text()),
  order_id: optional('order_id', venueOrderID),
  orderId: optional('orderId', venueOrderID),
  clOrdID: optional('cliOrdId', clOrdID),
  receivedAt: optional('receivedTime', time),
  events: optional('orderEvents', list(orderEvent)),
});

/** `cancelStatus` of cancelallorders. `events` may be empty even when orders were cancelled. */
export const cancelAllStatus = shape({
  status: field('status', text()),
  cancelOnly: optional('cancelOnly', text()),
  cancelled: field(
    'cancelledOrders',
    list(
      shape({
        venueOrderID: field('order_id', venueOrderID),
        clOrdID: optional('cliOrdId', clOrdID),
      }),
    ),
  ),
  events: optional('orderEvents', list(orderEvent)),
  receivedAt: optional('receivedTime', time),
});

/** One of `batchStatus`. */
export const batchLeg = shape({
  status: field('status', text()),
  tag: optional('order_tag', text()),
  venueOrderID: optional('order_id', venueOrderID),
  clOrdID: optional('cliOrdId', clOrdID),
  receivedAt: optional('dateTimeReceived', time),
  events: optional('orderEvents', list(orderEvent)),
});
export type BatchLeg = Shape<typeof batchLeg>;

/** One of `openOrders`. A trigger may come without `unfilledSize` (nautilus_trader issue 4492). */
export const openOrder = shape({
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: optional('cliOrdId', clOrdID),
  symbol: field('symbol', symbol),
  side: field('side', side),
  ordType: field('orderType', word(...ORDER_KIND_WORDS)),
  status: field('status', word('untouched', 'partiallyFilled')),
  price: optional('limitPrice', amount),
  stopPx: optional('stopPrice', amount),
  cumQty: field('filledSize', amount),
  leavesQty: optional('unfilledSize', amount),
  isReduceOnly: field('reduceOnly', flag),
  triggerSignal: optional('triggerSignal', word(...TRIGGER_SIGNAL_WORDS)),
  receivedAt: field('receivedTime', time),
  updatedAt: field('lastUpdateTime', time),
  algoID: optional('algoId', text()),
});
export type RestOpenOrder = Shape<typeof openOrder>;

const priceTriggerOptions = shape({
  stopPx: field('triggerPrice', amount),
  triggerSide: field('triggerSide', word('TRIGGER_ABOVE', 'TRIGGER_BELOW', 'unknown')),
  triggerSignal: field('triggerSignal', word(...TRIGGER_SIGNALS, 'unknown')),
  trailing: optional(
    'trailingStopOptions',
    shape({
      maxDeviation: field('maxDeviation', amount),
      unit: field('unit', word('PERCENT', 'QUOTE_CURRENCY', 'unknown')),
    }),
  ),
});

/**
 * One of `orders` in orders/status. Whether `quantity` is the remainder or the total is not known
 * [rest 9 row 2]: use the own size and the cumulative `cumQty`.
 */
export const orderState = shape({
  order: field(
    'order',
    shape({
      type: field('type', word('ORDER', 'TRIGGER_ORDER')),
      venueOrderID: field('orderId', venueOrderID),
      clOrdID: optional('cliOrdId', clOrdID),
      symbol: field('symbol', symbol),
      side: field('side', side),
      quantity: optional('quantity', amount),
      cumQty: optional('filled', amount),
      price: optional('limitPrice', amount),
      isReduceOnly: field('reduceOnly', flag),
      enteredAt: field('timestamp', time),
      updatedAt: field('lastUpdateTimestamp', time),
      algoID: optional('algoId', text()),
      trigger: optional('priceTriggerOptions', priceTriggerOptions),
      triggeredAt: optional('triggerTime', time),
    }),
  ),
  status: field(
    'status',
    word(
      'ENTERED_BOOK',
      'FULLY_EXECUTED',
      'REJECTED',
      'CANCELLED',
      'TRIGGER_PLACED',
      'TRIGGER_ACTIVATION_FAILURE',
    ),
  ),
  updateReason: optional('updateReason', text()),
  error: optional('error', text()),
});
export type RestOrderState = Shape<typeof orderState>;
