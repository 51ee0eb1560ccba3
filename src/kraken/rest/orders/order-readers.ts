import { type ClOrdID, type VenueOrderID } from '../../../domain/ids.ts';
import {
  amount,
  either,
  expected,
  field,
  flag,
  identified,
  lenient,
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
  clOrdIDField,
  ORDER_STATUSES,
  orderKind,
  orderType,
  priceField,
  side,
  symbol,
  triggerSide,
  triggerSignal,
  venueOrderID,
} from '../../json/vocabulary.ts';
import { orderReason } from '../../json/order-reasons.ts';

/** `Order` inside events [rest 3.3]: `quantity` is the open remainder, not the original size. */
const orderObject = shape({
  venueOrderID: field('orderId', venueOrderID),
  clOrdID: clOrdIDField('cliOrdId'),
  ordType: field('type', orderType),
  symbol: field('symbol', symbol),
  side: field('side', side),
  leavesQty: field('quantity', amount),
  cumQty: field('filled', amount),
  price: priceField('limitPrice'),
  isReduceOnly: field('reduceOnly', flag),
  enteredAt: field('timestamp', time),
  updatedAt: field('lastUpdateTimestamp', time),
  algoID: optional('algoId', text()),
});

/** `OrderTrigger`: its `uid` is the order id, its `clientId` the client id. */
const triggerObject = shape({
  venueOrderID: field('uid', venueOrderID),
  clOrdID: clOrdIDField('clientId'),
  ordType: field('type', orderType),
  symbol: field('symbol', symbol),
  side: field('side', side),
  leavesQty: field('quantity', amount),
  price: priceField('limitPrice'),
  stopPx: field('triggerPrice', amount),
  triggerSide: expected('triggerSide', triggerSide),
  triggerSignal: expected('triggerSignal', triggerSignal),
  isReduceOnly: field('reduceOnly', flag),
  enteredAt: field('timestamp', time),
  updatedAt: field('lastUpdateTimestamp', time),
  startAt: optional('startTime', time),
  algoID: optional('algoId', text()),
});

/** An edit shows the order before and after, or the trigger [rest 3.4]. */
const editedObject = either(orderObject, triggerObject);

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
  oldOrder: optional('old', editedObject),
  newOrder: optional('new', editedObject),
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
  clOrdID: clOrdIDField('cliOrdId'),
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
        clOrdID: clOrdIDField('cliOrdId'),
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
  clOrdID: clOrdIDField('cliOrdId'),
  receivedAt: optional('dateTimeReceived', time),
  events: optional('orderEvents', list(orderEvent)),
});
export type BatchLeg = Shape<typeof batchLeg>;

/** A trigger may come without `unfilledSize` (nautilus_trader issue 4492). */
const openOrder = shape({
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: clOrdIDField('cliOrdId'),
  symbol: field('symbol', symbol),
  side: field('side', side),
  kind: field('orderType', orderKind),
  status: expected('status', word('untouched', 'partiallyFilled')),
  price: priceField('limitPrice'),
  stopPx: priceField('stopPrice'),
  cumQty: field('filledSize', amount),
  leavesQty: optional('unfilledSize', amount),
  isReduceOnly: field('reduceOnly', flag),
  triggerSignal: optional('triggerSignal', triggerSignal),
  receivedAt: field('receivedTime', time),
  updatedAt: field('lastUpdateTime', time),
  algoID: optional('algoId', text()),
});
export type RestOpenOrder = Shape<typeof openOrder>;

/** An order that is listed as open. Without `order` its ids alone could be read. */
export interface ListedOrder {
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: ClOrdID;
  readonly order?: RestOpenOrder;
}

const listedIDs = shape({
  venueOrderID: field('order_id', venueOrderID),
  clOrdID: clOrdIDField('cliOrdId'),
});

/** One of `openOrders`. */
export const listedOrder: Reader<ListedOrder> = identified(listedIDs, openOrder);

const priceTriggerOptions = shape({
  stopPx: expected('triggerPrice', amount),
  triggerSide: expected('triggerSide', triggerSide),
  triggerSignal: expected('triggerSignal', triggerSignal),
  trailing: optional(
    'trailingStopOptions',
    shape({
      maxDeviation: field('maxDeviation', amount),
      unit: field('unit', word('PERCENT', 'QUOTE_CURRENCY')),
    }),
  ),
});

/**
 * One of `orders` in orders/status. Whether `quantity` is the remainder or the total is not known
 * [rest 9 row 2]: use the own size and the cumulative `cumQty`. Id and status alone say whether the
 * order is open, so that nothing else spoils the answer.
 */
export const orderState = shape({
  order: field(
    'order',
    shape({
      type: expected('type', word('ORDER', 'TRIGGER_ORDER')),
      venueOrderID: field('orderId', venueOrderID),
      clOrdID: clOrdIDField('cliOrdId'),
      symbol: expected('symbol', symbol),
      side: expected('side', side),
      quantity: lenient('quantity', amount),
      cumQty: lenient('filled', amount),
      price: { ...priceField('limitPrice'), isLenient: true },
      isReduceOnly: expected('reduceOnly', flag),
      enteredAt: expected('timestamp', time),
      updatedAt: expected('lastUpdateTimestamp', time),
      algoID: lenient('algoId', text()),
      trigger: lenient('priceTriggerOptions', priceTriggerOptions),
      triggeredAt: lenient('triggerTime', time),
    }),
  ),
  status: field('status', word(...Object.keys(ORDER_STATUSES))),
  updateReason: lenient('updateReason', orderReason),
  error: lenient('error', text()),
});
export type RestOrderState = Shape<typeof orderState>;
