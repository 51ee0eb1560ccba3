import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { type OrderView } from '../../../exchange/model/views.ts';
import { type TriggerSignal } from '../../../exchange/model/vocabulary.ts';
import { accountUid } from '../../../account-uid.ts';
import { defined } from '../../../../lib/defined.ts';
import { whole } from '../json.ts';
import { type OrderHistoryEvent } from './order-history.ts';

const ORDER_TYPES: Readonly<Record<OrderView['orderType'], string>> = {
  lmt: 'Limit',
  post: 'Post',
  ioc: 'IoC',
  fok: 'FillOrKill',
  mkt: 'Market',
  stp: 'Stop',
  take_profit: 'Stop',
  trailing_stop: 'Stop',
  liquidation: 'Liquidation',
  assignment: 'Assignment',
  unwind: 'Unwind',
};

export const ms = (at: EpochMs): ReturnType<typeof whole> => whole(Math.floor(at));

/**
 * HistoricalOrder: numbers as text, times as milliseconds, `quantity` the open remainder
 * [rest 2.12, 3.3].
 */
export const ownOrder = (order: OrderView): JsonObject => ({
  uid: order.orderId,
  accountUid: accountUid(order.account),
  tradeable: order.symbol,
  direction: order.side === 'buy' ? 'Buy' : 'Sell',
  quantity: order.remaining,
  filled: order.filled,
  timestamp: ms(order.placedAt),
  limitPrice: order.limitPrice ?? '0',
  orderType: ORDER_TYPES[order.orderType],
  clientId: order.cliOrdId ?? '',
  reduceOnly: order.reduceOnly,
  lastUpdateTimestamp: ms(order.updatedAt),
});

/** The same order without the fields that identify its owner. */
export const publicOrder = (order: OrderView): JsonObject => ({
  uid: order.orderId,
  tradeable: order.symbol,
  direction: order.side === 'buy' ? 'Buy' : 'Sell',
  quantity: order.remaining,
  timestamp: ms(order.placedAt),
  limitPrice: order.limitPrice ?? '0',
  orderType: ORDER_TYPES[order.orderType],
  reduceOnly: order.reduceOnly,
  lastUpdateTimestamp: ms(order.updatedAt),
});

const SIGNALS: Readonly<Record<TriggerSignal, string>> = {
  mark: 'MarkPrice',
  index: 'SpotPrice',
  last: 'LastPrice',
};

const ownTrigger = (order: OrderView): JsonObject => {
  const { trigger } = order;
  const trailing = trigger?.trailingStop;
  return defined({
    uid: order.orderId,
    accountId: whole(0),
    accountUid: accountUid(order.account),
    clientId: order.cliOrdId ?? '',
    tradeable: order.symbol,
    direction: order.side === 'buy' ? 'Buy' : 'Sell',
    quantity: order.remaining,
    timestamp: ms(order.placedAt),
    limitPrice: order.limitPrice,
    orderType: order.limitPrice === undefined ? 'ioc' : 'lmt',
    reduceOnly: order.reduceOnly,
    lastUpdateTimestamp: ms(order.updatedAt),
    triggerOptions:
      trigger === undefined
        ? undefined
        : defined({
            triggerPrice: trigger.stopPrice,
            triggerSide: trigger.side === 'trigger_above' ? 'Above' : 'Below',
            triggerSignal: SIGNALS[trigger.signal],
            trailingStopOptions:
              trailing === undefined
                ? undefined
                : {
                    maxDeviation: trailing.maxDeviation,
                    unit: trailing.unit === 'PERCENT' ? 'Percent' : 'QuoteCurrency',
                  },
          }),
  });
};

const lower = (reason: string): string => reason.toLowerCase();

/** `{"OrderPlaced": {…}}` and the other events. `view`: the owner's or the public one. */
export const orderEvent = (event: OrderHistoryEvent, view: 'own' | 'public'): JsonObject => {
  const write = event.kind.startsWith('OrderTrigger')
    ? ownTrigger
    : view === 'own'
      ? ownOrder
      : publicOrder;
  return { [event.kind]: orderEventBody(event, write) };
};

type WriteOrder = (order: OrderView) => JsonObject;

const orderEventBody = (event: OrderHistoryEvent, write: WriteOrder): JsonObject => {
  switch (event.kind) {
    case 'OrderPlaced':
      return {
        order: write(event.order),
        reason: lower(event.reason),
        reducedQuantity: event.reducedQuantity ?? '',
        algoId: event.order.algoId ?? '',
      };
    case 'OrderUpdated':
      return {
        oldOrder: write(event.old),
        newOrder: write(event.order),
        reason: lower(event.reason),
        reducedQuantity: event.reducedQuantity ?? '',
      };
    case 'OrderRejected':
      return {
        order: write(event.order),
        orderError: event.orderError,
        reason: lower(event.reason),
      };
    case 'OrderCancelled':
    case 'OrderTriggerPlaced':
    case 'OrderTriggerCancelled':
      return { order: write(event.order), reason: lower(event.reason) };
    case 'OrderTriggerUpdated':
      return {
        oldOrderTrigger: write(event.old),
        newOrderTrigger: write(event.order),
        reason: lower(event.reason),
      };
    case 'OrderTriggerActivated':
      return { order: write(event.order) };
    default:
      return refusedEditBody(event, write);
  }
};

const refusedEditBody = (
  event: Extract<OrderHistoryEvent, { kind: 'OrderEditRejected' | 'OrderTriggerEditRejected' }>,
  write: WriteOrder,
): JsonObject => {
  switch (event.kind) {
    case 'OrderEditRejected':
      return {
        oldOrder: write(event.old),
        attemptedOrder: write(event.old),
        orderError: event.orderError,
      };
    case 'OrderTriggerEditRejected':
      return {
        attemptedOrderTrigger: write(event.old),
        oldOrderTrigger: write(event.old),
        reason: 'edited_by_user',
        orderError: event.orderError,
      };
  }
};
