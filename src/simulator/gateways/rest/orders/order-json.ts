import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { type OrderView } from '../../../exchange/model/views.ts';
import { type TriggerSignal } from '../../../exchange/model/vocabulary.ts';
import { defined } from '../../../../lib/defined.ts';
import { double, iso, plain } from '../json.ts';

/** The order type that the engine reports: a market order is an IOC [rest 6.3]. */
const orderType = ({ orderType: type, limitPrice, trigger }: OrderView): string => {
  if (trigger !== undefined) return limitPrice === undefined ? 'ioc' : 'lmt';
  if (type === 'mkt') return 'ioc';
  const isSpentTrigger = type === 'stp' || type === 'take_profit' || type === 'trailing_stop';
  return isSpentTrigger ? (limitPrice === undefined ? 'ioc' : 'lmt') : type;
};

const EVENT_SIGNAL: Readonly<Record<TriggerSignal, string>> = {
  mark: 'mark_price',
  index: 'spot_price',
  last: 'last_price',
};

/** `Order` of order events [rest 3.3]. `quantity` is the open remainder. */
export const eventOrder = (order: OrderView, price: 'plain' | 'double' = 'plain'): JsonObject =>
  defined({
    orderId: order.orderId,
    cliOrdId: order.cliOrdId ?? null,
    type: orderType(order),
    symbol: order.symbol,
    side: order.side,
    quantity: plain(order.remaining),
    filled: plain(order.filled),
    limitPrice:
      order.limitPrice === undefined
        ? null
        : price === 'plain'
          ? plain(order.limitPrice)
          : double(order.limitPrice),
    reduceOnly: order.reduceOnly,
    timestamp: iso(order.placedAt),
    lastUpdateTimestamp: iso(order.updatedAt),
    algoId: order.algoId,
  });

/** `OrderTrigger` of order events [rest 3.3]. */
export const eventTrigger = (order: OrderView): JsonObject => {
  const { trigger } = order;
  return defined({
    uid: order.orderId,
    clientId: order.cliOrdId ?? null,
    type: orderType(order),
    symbol: order.symbol,
    side: order.side,
    quantity: plain(order.remaining),
    limitPrice: order.limitPrice === undefined ? null : double(order.limitPrice),
    triggerPrice: trigger === undefined ? null : double(trigger.stopPrice),
    triggerSide: trigger?.side ?? null,
    triggerSignal: trigger === undefined ? null : EVENT_SIGNAL[trigger.signal],
    reduceOnly: order.reduceOnly,
    timestamp: iso(order.placedAt),
    lastUpdateTimestamp: iso(order.updatedAt),
    startTime: null,
    algoId: order.algoId,
  });
};

const OPEN_TYPE: Readonly<Record<string, string>> = {
  stp: 'stop',
  take_profit: 'take_profit',
  trailing_stop: 'trailing_stop',
};
const OPEN_SIGNAL: Readonly<Record<TriggerSignal, string>> = {
  mark: 'mark',
  index: 'spot',
  last: 'last',
};

/** One row of `openorders` [rest 2.1]. */
export const openOrder = (order: OrderView): JsonObject =>
  defined({
    order_id: order.orderId,
    cliOrdId: order.cliOrdId,
    symbol: order.symbol,
    side: order.side,
    orderType: (order.trigger === undefined ? undefined : OPEN_TYPE[order.orderType]) ?? 'lmt',
    limitPrice: order.limitPrice === undefined ? undefined : plain(order.limitPrice),
    stopPrice: order.trigger === undefined ? undefined : plain(order.trigger.stopPrice),
    unfilledSize: plain(order.remaining),
    receivedTime: iso(order.placedAt),
    status: order.filled === '0' ? 'untouched' : 'partiallyFilled',
    filledSize: plain(order.filled),
    reduceOnly: order.reduceOnly,
    triggerSignal: order.trigger === undefined ? undefined : OPEN_SIGNAL[order.trigger.signal],
    lastUpdateTime: iso(order.updatedAt),
    algoId: order.algoId,
  });

const STATUS_SIGNAL: Readonly<Record<TriggerSignal, string>> = {
  mark: 'MARK_PRICE',
  index: 'SPOT_PRICE',
  last: 'LAST_PRICE',
};

/** The `order` of one row of `orders/status` [rest 2.1]. */
export const statusOrder = (order: OrderView): JsonObject => {
  const { trigger } = order;
  const trailing = trigger?.trailingStop;
  return defined({
    type: trigger === undefined ? 'ORDER' : 'TRIGGER_ORDER',
    orderId: order.orderId,
    cliOrdId: order.cliOrdId ?? null,
    symbol: order.symbol,
    side: order.side,
    quantity: plain(order.remaining),
    filled: plain(order.filled),
    limitPrice: order.limitPrice === undefined ? null : plain(order.limitPrice),
    reduceOnly: order.reduceOnly,
    timestamp: iso(order.placedAt),
    lastUpdateTimestamp: iso(order.updatedAt),
    algoId: order.algoId,
    priceTriggerOptions:
      trigger === undefined
        ? undefined
        : defined({
            triggerPrice: plain(trigger.stopPrice),
            triggerSide: trigger.side.toUpperCase(),
            triggerSignal: STATUS_SIGNAL[trigger.signal],
            trailingStopOptions:
              trailing === undefined
                ? undefined
                : { maxDeviation: plain(trailing.maxDeviation), unit: trailing.unit },
          }),
  });
};
