import { defined } from '../../../../lib/defined.ts';
import { type OrderStatus } from '../../../exchange/model/vocabulary.ts';
import { type OrderView } from '../../../exchange/model/views.ts';
import { type JsonObject } from '../../../../lib/lossless-json.ts';
import { epochMs } from '../../../../lib/time.ts';
import { failure, success } from '../answer.ts';
import {
  accountOf,
  costs,
  type ServedEndpoint,
  type RestVenue,
  V3,
} from '../endpoints/endpoint.ts';
import { iso } from '../json.ts';
import { cancelEvent } from './order-answer.ts';
import { openOrder, statusOrder } from './order-json.ts';
import { readInteger } from '../fields.ts';

export const openorders: ServedEndpoint = {
  id: 'openorders',
  method: 'GET',
  paths: [`${V3}/openorders`],
  service: 'derivatives',
  access: 'general-read',
  cost: costs(2),
  answer: (call, venue) =>
    success(call.at, {
      openOrders: [...venue.queries.openOrders(accountOf(call))]
        .reverse()
        .sort((a, b) => b.placedAt - a.placedAt)
        .map(openOrder),
    }),
};

const STATUS_TEXTS: Readonly<Partial<Record<OrderStatus, string>>> = {
  Open: 'ENTERED_BOOK',
  Filled: 'FULLY_EXECUTED',
  Rejected: 'REJECTED',
  Canceled: 'CANCELLED',
  Triggered: 'CANCELLED',
  TriggerPlaced: 'TRIGGER_PLACED',
  TriggerActivationFailure: 'TRIGGER_ACTIVATION_FAILURE',
};

const statusRow = (venue: RestVenue, order: OrderView): readonly JsonObject[] => {
  const status = STATUS_TEXTS[order.status];
  return status === undefined
    ? []
    : [{ order: statusOrder(order), status, ...venue.memory.of(order.orderId) }];
};

/** ccxt reads this view by GET, so GET is served as well as POST. */
const ordersStatusBy = (method: 'GET' | 'POST'): ServedEndpoint => ({
  id: 'orders-status',
  method,
  paths: [`${V3}/orders/status`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(1),
  answer: (call, venue) => {
    const account = accountOf(call);
    const { queries } = venue;
    const at = epochMs(call.at - venue.skewMs());
    const found = [
      ...call.fields.all('orderIds').map((id) => queries.order(id.toLowerCase(), at)),
      ...call.fields.all('cliOrdIds').map((id) => queries.orderByCliOrdId(account, id, at)),
    ];
    const own = new Map<string, OrderView>();
    for (const order of found) {
      if (order?.account === account) own.set(order.orderId, order);
    }
    return success(call.at, {
      orders: [...own.values()].flatMap((order) => statusRow(venue, order)),
    });
  },
});

export const ordersStatus = ordersStatusBy('POST');
export const ordersStatusByGet = ordersStatusBy('GET');

export const cancelallorders: ServedEndpoint = {
  id: 'cancelallorders',
  method: 'POST',
  paths: [`${V3}/cancelallorders`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(25),
  answer: async (call, venue) => {
    const symbol = call.fields.get('symbol')?.toUpperCase();
    if (symbol !== undefined && !venue.queries.hasInstrument(symbol)) {
      return failure(call.at, 'invalidArgument: symbol');
    }
    const events = await venue.exchange.ask({
      type: 'CancelOrders',
      account: accountOf(call),
      ...defined({ symbol }),
    });
    if (events === undefined) return failure(call.at, 'Unavailable');
    const orders = events.flatMap((event) => (event.type === 'OrdersCanceled' ? event.orders : []));
    return success(venue.now(), {
      cancelStatus: {
        receivedTime: iso(call.at),
        cancelOnly: symbol ?? 'all',
        status: orders.length === 0 ? 'noOrdersToCancel' : 'cancelled',
        cancelledOrders: orders.map(({ orderId, cliOrdId }) => ({
          order_id: orderId,
          ...defined({ cliOrdId }),
        })),
        orderEvents: orders.map(cancelEvent),
      },
    });
  },
};

const TIMEOUT_SECONDS_MAX = 4_294_967_295;

export const cancelallordersafter: ServedEndpoint = {
  id: 'cancelallordersafter',
  method: 'POST',
  paths: [`${V3}/cancelallordersafter`],
  service: 'derivatives',
  access: 'general-full',
  cost: costs(25),
  check: ({ fields, at }) => {
    const timeout = readInteger(fields.get('timeout'));
    const isWrong =
      timeout === 'invalid' ||
      (timeout.value ?? 0) < 0 ||
      (timeout.value ?? 0) > TIMEOUT_SECONDS_MAX;
    return isWrong ? failure(at, 'invalidArgument: timeout') : undefined;
  },
  answer: async (call, venue) => {
    const timeout = readInteger(call.fields.get('timeout'));
    const timeoutSeconds = timeout === 'invalid' ? 0 : (timeout.value ?? 0);
    const events = await venue.exchange.ask({
      type: 'SetDeadManSwitch',
      account: accountOf(call),
      timeoutSeconds,
    });
    if (events === undefined) return failure(call.at, 'Unavailable');
    const set = events.find((event) => event.type === 'DeadManSwitchSet');
    const triggerAt = set?.triggerAt;
    const at = epochMs((set?.at ?? call.at) + venue.skewMs());
    return success(venue.now(), {
      status: {
        currentTime: iso(at),
        triggerTime: triggerAt === undefined ? '0' : iso(epochMs(triggerAt + venue.skewMs())),
      },
    });
  },
};
