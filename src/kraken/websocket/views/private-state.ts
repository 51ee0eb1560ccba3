import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { decimal, isMultipleOf } from '../../../lib/decimal.ts';
import { type EpochMs, type MonotonicMs } from '../../../lib/time.ts';
import { BalancesView, PositionsView } from './account-view.ts';
import { FillsView, type FillResult } from './fill-view.ts';
import { alarm, type Finding } from '../events/finding.ts';
import { exactFill, withoutNoise } from './order-state.ts';
import { type OrderList, OrdersView, type OrderViewLimits } from './order-view.ts';
import { type FeedEvent } from '../parse/parse-frame.ts';
import { type Fill, type OrderUpdate, type VenueNotification } from '../events/private-events.ts';

export interface PrivateStateOptions {
  readonly orderLimits?: OrderViewLimits;
  /** The configured quantity step of an instrument. Quantities are never rounded to it. */
  readonly stepOf?: QtyStepOf;
  /** The newest fill that was processed before this process started. */
  readonly lastFillID?: string;
}

export type QtyStepOf = (symbol: TradingSymbol) => DecimalText | undefined;

/** A view that lacks something that could not be read. */
export type UnreadView = 'openOrders' | 'positions' | 'balances';

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
  #isOrdersRead = true;
  readonly #stepOf: QtyStepOf;
  readonly #finerThanStep = new Set<TradingSymbol>();

  constructor({ orderLimits, stepOf, lastFillID }: PrivateStateOptions = {}) {
    this.#stepOf = stepOf ?? (() => undefined);
    this.orders = new OrdersView(orderLimits);
    this.fills = new FillsView(lastFillID);
  }

  /** True once this connection has brought fills and open orders. */
  get isReady(): boolean {
    return this.#hasFillsSnapshot && this.#buffered === undefined;
  }

  /** Views whose last answer could not be read whole. */
  get unread(): readonly UnreadView[] {
    return [
      ...(this.#isOrdersRead ? [] : (['openOrders'] as const)),
      ...(this.positions.isComplete ? [] : (['positions'] as const)),
      ...(this.balances.isComplete ? [] : (['balances'] as const)),
    ];
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
        this.#isOrdersRead = event.isComplete;
        const snapshot = [
          ...this.orders.applySnapshot(event, at),
          ...event.orders.flatMap((order) =>
            this.#checkStep(order.symbol, withoutNoise(order.leavesQty)),
          ),
        ];
        const buffered = this.#buffered ?? [];
        this.#buffered = undefined;
        return [...snapshot, ...buffered.flatMap((update) => this.orders.applyUpdate(update, at))];
      }
      case 'FillsSnapshot':
        this.#hasFillsSnapshot = true;
        return this.#onFills(
          this.fills.applySnapshot(event.fills.map(exactFill), event.isComplete),
          at,
          true,
        );
      case 'FillsUpdate':
        return this.#onFills(
          this.fills.applyUpdate(event.fills.map(exactFill), event.isComplete),
          at,
          false,
        );
      case 'Positions':
        this.positions.apply(event);
        return event.isComplete ? [] : [{ type: 'CheckPositions' }];
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
    list: OrderList,
    poll: { readonly asOf: EpochMs; readonly settleMs: number; readonly isComplete: boolean },
    at: MonotonicMs,
  ): readonly Finding[] {
    this.#isOrdersRead = poll.isComplete;
    return this.orders.applyPoll(list, poll, at);
  }

  /** Takes fills of REST or executions of history, in any order. */
  applyFillsPoll(fills: readonly Fill[], at: MonotonicMs): readonly Finding[] {
    return this.#onFills(this.fills.applyPoll(fills.map(exactFill)), at, true);
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
    const applied = fresh.flatMap((fill) => [
      ...this.orders.applyFill(fill, at, fromSnapshot),
      ...this.#checkStep(fill.symbol, fill.lastQty),
    ]);
    return [...findings, ...applied];
  }

  /** Tells once of an instrument which the venue trades in finer steps than the configured one. */
  #checkStep(symbol: TradingSymbol, qty: DecimalText): readonly Finding[] {
    const step = this.#stepOf(symbol);
    if (step === undefined || isMultipleOf(decimal(qty), decimal(step))) return [];
    if (this.#finerThanStep.has(symbol)) return [];
    this.#finerThanStep.add(symbol);
    const text = `${symbol}: the venue has quantities finer than the configured qtyStep ${step}`;
    return [alarm('QTY_STEP_DIFFERS', text)];
  }

  #onNotification(notification: VenueNotification): readonly Finding[] {
    const isNew = !this.#notifications.has(notification.id);
    this.#notifications.set(notification.id, notification);
    if (!isNew || !notification.announcesDowntime) return [];
    return [{ type: 'Alarm', code: 'DOWNTIME_ANNOUNCED', text: notification.note ?? '' }];
  }
}
