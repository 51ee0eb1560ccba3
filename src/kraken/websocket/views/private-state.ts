import { type EpochMs, type MonotonicMs } from '../../../lib/time.ts';
import { BalancesView, PositionsView } from './account-view.ts';
import { FillsView, type FillResult } from './fill-view.ts';
import { type Finding } from '../events/finding.ts';
import { type QtyStepOf } from './order-state.ts';
import { OrdersView, type OrderViewLimits } from './order-view.ts';
import { type FeedEvent } from '../parse/parse-frame.ts';
import {
  type Fill,
  type OpenOrder,
  type OrderUpdate,
  type VenueNotification,
} from '../events/private-events.ts';

export interface PrivateStateOptions {
  readonly orderLimits?: OrderViewLimits;
  readonly stepOf?: QtyStepOf;
  /** The newest fill that was processed before this process started. */
  readonly lastFillID?: string;
}

/** At most so many order updates wait for the order snapshot. */
const BUFFERED_MAX = 10_000;

/**
 * Orders, fills, positions and balances of one account, from the private feeds and from REST polls.
 * The newer venue time wins, whatever the source. What is not proven is returned as a finding.
 * Pure.
 */
export class PrivateState {
  readonly orders: OrdersView;
  readonly fills: FillsView;
  readonly positions = new PositionsView();
  readonly balances = new BalancesView();
  readonly #notifications = new Map<number, VenueNotification>();
  #buffered: OrderUpdate[] | undefined = [];
  #hasFillsSnapshot = false;

  constructor({ orderLimits, stepOf, lastFillID }: PrivateStateOptions = {}) {
    this.orders = new OrdersView(orderLimits, stepOf);
    this.fills = new FillsView(lastFillID);
  }

  /** True once this connection has brought fills and open orders. */
  get isReady(): boolean {
    return this.#hasFillsSnapshot && this.#buffered === undefined;
  }

  notifications(): readonly VenueNotification[] {
    return [...this.#notifications.values()];
  }

  /** Makes order state uncertain until the snapshots of the next connection. */
  connectionLost(): void {
    this.#buffered = [];
    this.#hasFillsSnapshot = false;
    this.fills.restart();
    this.balances.restart();
  }

  apply(event: FeedEvent, at: MonotonicMs): readonly Finding[] {
    switch (event.type) {
      case 'OrderUpdate':
        return this.#onOrder(event, at);
      case 'OpenOrdersSnapshot': {
        const snapshot = this.orders.applySnapshot(event.orders, event.isComplete, at);
        const buffered = this.#buffered ?? [];
        this.#buffered = undefined;
        return [...snapshot, ...buffered.flatMap((update) => this.orders.applyUpdate(update, at))];
      }
      case 'FillsSnapshot':
        this.#hasFillsSnapshot = true;
        return this.#onFills(this.fills.applySnapshot(event.fills, event.isComplete), at, true);
      case 'FillsUpdate':
        return this.#onFills(this.fills.applyUpdate(event.fills, event.isComplete), at, false);
      case 'Positions':
        this.positions.apply(event);
        return [];
      case 'Balances':
        return this.balances.apply(event);
      case 'Notifications':
        return event.notifications.flatMap((notification) => this.#onNotification(notification));
      default:
        return [];
    }
  }

  /**
   * Takes open orders of REST as of the venue's time. Absence becomes a question after `settleMs`.
   */
  applyOpenOrdersPoll(
    orders: readonly OpenOrder[],
    poll: { readonly asOf: EpochMs; readonly settleMs: number },
    at: MonotonicMs,
  ): readonly Finding[] {
    return this.orders.applyPoll(orders, poll, at);
  }

  /** Takes fills of REST or executions of history, in any order. */
  applyFillsPoll(fills: readonly Fill[], at: MonotonicMs): readonly Finding[] {
    return this.#onFills(this.fills.applyPoll(fills), at, true);
  }

  /** What is overdue. */
  check(at: MonotonicMs): readonly Finding[] {
    return this.orders.check(at);
  }

  #onOrder(update: OrderUpdate, at: MonotonicMs): readonly Finding[] {
    if (this.#buffered === undefined) return this.orders.applyUpdate(update, at);
    if (this.#buffered.length < BUFFERED_MAX) {
      this.#buffered.push(update);
      return [];
    }
    return [{ type: 'CheckOpenOrders', reason: 'BufferFull' }];
  }

  #onFills(
    { fresh, findings }: FillResult,
    at: MonotonicMs,
    fromSnapshot: boolean,
  ): readonly Finding[] {
    return [...findings, ...fresh.flatMap((fill) => this.orders.applyFill(fill, at, fromSnapshot))];
  }

  #onNotification(notification: VenueNotification): readonly Finding[] {
    const isNew = !this.#notifications.has(notification.id);
    this.#notifications.set(notification.id, notification);
    if (!isNew || !notification.announcesDowntime) return [];
    return [{ type: 'Alarm', code: 'DOWNTIME_ANNOUNCED', text: notification.note }];
  }
}
