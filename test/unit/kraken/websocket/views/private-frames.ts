import { type VenueOrderID } from '../../../../../src/domain/ids.ts';
import { type Finding } from '../../../../../src/kraken/websocket/events/finding.ts';
import { type OrderState } from '../../../../../src/kraken/websocket/views/order-state.ts';
import {
  parseFrame,
  type FeedEvent,
} from '../../../../../src/kraken/websocket/parse/parse-frame.ts';
import { type Fill } from '../../../../../src/kraken/websocket/events/private-events.ts';
import { type OrderList } from '../../../../../src/kraken/websocket/views/order-view.ts';
import {
  PrivateState,
  type PrivateStateOptions,
} from '../../../../../src/kraken/websocket/views/private-state.ts';
import { monotonicMs } from '../../../../../src/lib/time.ts';

export const eventOf = (frame: object | string): FeedEvent => {
  const { event } = parseFrame(typeof frame === 'string' ? frame : JSON.stringify(frame));
  return event as FeedEvent;
};

export const id = (name: string): VenueOrderID => name as VenueOrderID;

export const orderBody = (name: string, qty: number, filled: number, time = 1_000): object => ({
  instrument: 'PF_SOLUSD',
  time: 1_000,
  last_update_time: time,
  qty,
  filled,
  limit_price: 174.6,
  stop_price: 0,
  type: 'limit',
  order_id: name,
  cli_ord_id: `cl-${name}`,
  direction: 1,
  reduce_only: false,
});

export const orderFrame = (body: object, reason: string, isCancel = false): object => ({
  feed: 'open_orders_verbose',
  order: body,
  is_cancel: isCancel,
  reason,
});

export const placed = (name: string, qty = 1): object =>
  orderFrame(orderBody(name, qty, 0), 'new_placed_order_by_user');

export const goneFrame = (name: string, reason: string): object => ({
  feed: 'open_orders_verbose',
  order_id: name,
  cli_ord_id: `cl-${name}`,
  is_cancel: true,
  reason,
});

export const ordersSnapshot = (...orders: object[]): object => ({
  feed: 'open_orders_verbose_snapshot',
  account: 'A',
  orders,
});

/** A fill of `name`: quantity and what remains. `more` replaces fields. */
export const fillBody = (
  name: string,
  fillID: string,
  [qty, remaining]: readonly [qty: number, remaining: number],
  more = {},
): object => ({
  instrument: 'PF_SOLUSD',
  time: 2_000,
  price: 174.6,
  seq: 1,
  buy: false,
  qty,
  remaining_order_qty: remaining,
  order_id: name,
  cli_ord_id: `cl-${name}`,
  fill_id: fillID,
  fill_type: 'maker',
  fee_paid: 0.01,
  fee_currency: 'USD',
  ...more,
});

export const fillsFrame = (...fills: object[]): object => ({ feed: 'fills', username: 'A', fills });
export const fillsSnapshot = (...fills: object[]): object => ({
  feed: 'fills_snapshot',
  account: 'A',
  fills,
});

/** The order objects of an order feed frame, as a REST poll would hand them in. */
export const polledOrders = (...bodies: object[]): OrderList => {
  const event = eventOf(ordersSnapshot(...bodies));
  return event.type === 'OpenOrdersSnapshot' ? event : { orders: [], unread: [] };
};
export const polledFills = (...bodies: object[]): readonly Fill[] => {
  const event = eventOf(fillsSnapshot(...bodies));
  return event.type === 'FillsSnapshot' ? event.fills : [];
};

/** A private state that is fed frames at times of the test's choice. */
export class Account {
  readonly state: PrivateState;
  now = 0;
  found: Finding[] = [];

  constructor(options: PrivateStateOptions = {}) {
    this.state = new PrivateState(options);
  }

  /** Both snapshots empty: ready. */
  ready(): this {
    this.frame(fillsSnapshot()).frame(ordersSnapshot());
    this.found = [];
    return this;
  }

  frame(frame: object | string): this {
    this.found.push(...this.state.apply(eventOf(frame), monotonicMs(this.now)));
    return this;
  }

  pass(ms: number): this {
    this.now += ms;
    this.found.push(...this.state.check(monotonicMs(this.now)));
    return this;
  }

  order(name: string): OrderState | undefined {
    return this.state.orders.get(id(name));
  }

  /** `open 0.4`, `Canceled 0.4` … with a question mark when it is a guess. */
  shown(name: string): string {
    const order = this.order(name);
    if (order === undefined) return 'unknown';
    const status = order.isOpen ? 'open' : (order.cause ?? '');
    return `${status}${order.isGuess ? '?' : ''} ${order.cumQty}`;
  }

  findings(): string[] {
    const found = this.found;
    this.found = [];
    return found.map((finding) =>
      [
        finding.type,
        'reason' in finding ? finding.reason : '',
        'code' in finding ? finding.code : '',
      ]
        .filter((part) => part !== '')
        .join(' '),
    );
  }
}
