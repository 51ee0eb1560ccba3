import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { accountUid } from '../../../account-uid.ts';
import { type FillView, type OrderView, type TradeView } from '../../../exchange/model/views.ts';
import {
  type CancelReason,
  type Currency,
  type OrderType,
  type TriggerSignal,
} from '../../../exchange/model/vocabulary.ts';
import { defined } from '../../../../lib/defined.ts';
import { type FeedSettings } from '../connection/feed-settings.ts';
import { javaReal, noisyDifference, real, whole } from '../wire-number.ts';

/**
 * The order feeds. The second one also reports post-only orders that would have crossed
 * [websocket 8.2].
 */
export const ORDER_FEEDS = ['open_orders', 'open_orders_verbose'] as const;
export type OrderFeed = (typeof ORDER_FEEDS)[number];

const TYPE: Readonly<Partial<Record<OrderType, string>>> = {
  stp: 'stop',
  take_profit: 'take_profit',
  trailing_stop: 'trailing_stop',
};

const SIGNAL: Readonly<Record<TriggerSignal, string>> = {
  mark: 'mark',
  index: 'spot',
  last: 'last',
};

/** `order` of the order feeds [websocket 8.1]: `qty` is what remains. */
export const orderBody = (order: OrderView, settings: FeedSettings): JsonObject => {
  const { trigger } = order;
  const trailing = trigger?.trailingStop;
  return defined({
    instrument: order.symbol,
    time: whole(order.placedAt),
    last_update_time: whole(order.updatedAt),
    qty: remainder(order, settings),
    filled: real(order.filled),
    limit_price: order.limitPrice === undefined ? undefined : real(order.limitPrice),
    stop_price: real(trigger?.stopPrice ?? '0'),
    type: (trigger === undefined ? undefined : TYPE[order.orderType]) ?? 'limit',
    order_id: order.orderId,
    cli_ord_id: order.cliOrdId,
    direction: whole(order.side === 'buy' ? 0 : 1),
    reduce_only: order.reduceOnly,
    triggerSignal: trigger === undefined ? undefined : SIGNAL[trigger.signal],
    trailing_stop_options:
      trailing === undefined
        ? undefined
        : { max_deviation: real(trailing.maxDeviation), unit: trailing.unit.toLowerCase() },
  });
};

/**
 * `size` changes with every edit, so the difference is right while the order is open; `remaining`
 * is the rest of a closed order.
 */
const remainder = (order: OrderView, { floatNoise }: FeedSettings): JsonObject[string] =>
  real(floatNoise ? noisyDifference(order.size, order.filled) : order.remaining);

export const orderUpdate = (
  feed: OrderFeed,
  order: JsonObject,
  end: { readonly isCancel: boolean; readonly reason: string },
): JsonObject => ({ feed, order, is_cancel: end.isCancel, reason: end.reason });

/** The id-only shape of a closed order. */
export const orderGone = (feed: OrderFeed, order: OrderView, reason: string): JsonObject =>
  defined({
    feed,
    order_id: order.orderId,
    cli_ord_id: order.cliOrdId,
    is_cancel: true,
    reason,
  });

export const orderSnapshot = (
  feed: OrderFeed,
  account: string,
  orders: readonly JsonObject[],
): JsonObject => ({ feed: `${feed}_snapshot`, account: accountUid(account), orders });

const REASON: Readonly<Partial<Record<CancelReason, string>>> = {
  IOC_WOULD_NOT_EXECUTE_REASON: 'ioc_order_failed_because_it_would_not_be_executed',
  PARTIAL_FILL: 'ioc_order_failed_because_it_would_not_be_executed',
  WOULD_EXECUTE_SELF_REASON: 'would_execute_self',
};

/** The feeds' word for why an order left [websocket 8.1]. */
export const wireReason = (reason: CancelReason): string => REASON[reason] ?? reason.toLowerCase();

const FILL_ORDER_TYPE: Readonly<Partial<Record<OrderType, string>>> = {
  mkt: 'market',
  fok: 'fillOrKill',
};
/**
 * A market order that a trigger placed is reported as `stp`, though the engine makes it an IOC
 * ([websocket 9], inferred).
 */
export const toldType = ({ orderType, triggeredBy }: OrderView): OrderType =>
  triggeredBy !== undefined && orderType === 'ioc' ? 'stp' : orderType;

const fillOrderType = (type: OrderType): string => FILL_ORDER_TYPE[type] ?? type;

/** The feeds write XBT everywhere but in fee currencies. */
const feeCurrency = (currency: Currency): string => (currency === 'XBT' ? 'BTC' : currency);

interface FillParts {
  readonly trade: TradeView;
  readonly fill: FillView;
  /** As this subscription shows it. */
  readonly seq: number;
  /** `undefined` once it has been forgotten. */
  readonly takerOrderType: OrderType | undefined;
}

/** One element of `fills` [websocket 8.3]. */
export const fillBody = (parts: FillParts, settings: FeedSettings): JsonObject => {
  const { trade, fill, seq } = parts;
  const { order } = fill;
  const rest = settings.floatNoise ? noisyDifference(order.size, order.filled) : order.remaining;
  return defined({
    instrument: trade.symbol,
    time: whole(trade.at),
    price: javaReal(trade.price),
    seq: whole(seq),
    buy: fill.side === 'buy',
    qty: javaReal(trade.size),
    remaining_order_qty: javaReal(rest),
    order_id: order.orderId,
    cli_ord_id: order.cliOrdId,
    fill_id: fill.fillId,
    fill_type: fill.fillType,
    fee_paid: javaReal(fill.fee),
    fee_currency: feeCurrency(fill.feeCurrency),
    taker_order_type:
      parts.takerOrderType === undefined ? undefined : fillOrderType(parts.takerOrderType),
    order_type: fillOrderType(toldType(order)),
  });
};

/** The snapshot names the `account`, an update the `username` (sic). */
export const fillsSnapshot = (account: string, fills: readonly JsonObject[]): JsonObject => ({
  feed: 'fills_snapshot',
  account: accountUid(account),
  fills,
});

export const fillsUpdate = (account: string, fill: JsonObject): JsonObject => ({
  feed: 'fills',
  username: accountUid(account),
  fills: [fill],
});
