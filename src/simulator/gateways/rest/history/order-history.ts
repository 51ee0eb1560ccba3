import { type EventOf, type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type FillView, type OrderView } from '../../../exchange/model/views.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { wireError, wireReason } from '../orders/order-errors.ts';

interface Stamp {
  readonly at: EpochMs;
}

/**
 * Events of the history service [rest 2.12]; reasons in the venue's upper-case words, written in
 * lower case later.
 */
export type OrderHistoryEvent = Stamp &
  (
    | {
        readonly kind: 'OrderPlaced';
        readonly order: OrderView;
        readonly reason: string;
        readonly reducedQuantity: string | undefined;
      }
    | {
        readonly kind: 'OrderUpdated';
        readonly old: OrderView;
        readonly order: OrderView;
        readonly reason: string;
        readonly reducedQuantity: string | undefined;
      }
    | { readonly kind: 'OrderCancelled'; readonly order: OrderView; readonly reason: string }
    | {
        readonly kind: 'OrderRejected';
        readonly order: OrderView;
        readonly orderError: string;
        readonly reason: string;
      }
    | {
        readonly kind: 'OrderEditRejected';
        readonly old: OrderView;
        readonly orderError: string;
      }
    | { readonly kind: 'OrderTriggerPlaced'; readonly order: OrderView; readonly reason: string }
    | { readonly kind: 'OrderTriggerCancelled'; readonly order: OrderView; readonly reason: string }
    | {
        readonly kind: 'OrderTriggerUpdated';
        readonly old: OrderView;
        readonly order: OrderView;
        readonly reason: string;
      }
    | { readonly kind: 'OrderTriggerActivated'; readonly order: OrderView }
    | {
        readonly kind: 'OrderTriggerEditRejected';
        readonly old: OrderView;
        readonly orderError: string;
      }
  );

const PLACED_REASON = {
  new: 'NEW_USER_ORDER',
  limitFromStop: 'LIMIT_FROM_STOP',
  trigger: 'NEW_USER_ORDER',
  edit: 'EDITED_BY_USER',
} as const;

/**
 * Writes the events of orders as the history service does. An order is "placed" when its first
 * matching is over [rest 2.12 history-orders].
 */
export class OrderHistory {
  readonly #tell: (order: OrderView, event: OrderHistoryEvent) => void;
  /** Accepted, still being matched. */
  readonly #arriving = new Map<string, { readonly reducedQuantity: string | undefined }>();

  constructor(tell: (order: OrderView, event: OrderHistoryEvent) => void) {
    this.#tell = tell;
  }

  onEvent(event: ExchangeEvent): void {
    switch (event.type) {
      case 'OrderAccepted':
        this.#arriving.set(event.order.orderId, { reducedQuantity: event.reducedQuantity });
        break;
      case 'OrderBooked':
        this.#booked(event);
        break;
      case 'Trade':
        this.#filled(event.at, event.maker);
        this.#filled(event.at, event.taker);
        break;
      case 'OrderCanceled':
        this.#canceled(event);
        break;
      case 'OrderEdited':
      case 'OrderReduced':
      case 'TriggerUpdated':
        this.#updated(event);
        break;
      default:
        this.#other(event);
    }
  }

  #other(event: ExchangeEvent): void {
    const { at } = event;
    switch (event.type) {
      case 'OrderRejected': {
        const { order, reason } = event;
        if (order === undefined) break;
        const orderError = wireError(reason);
        this.#tell(order, { kind: 'OrderRejected', at, order, orderError, reason: orderError });
        break;
      }
      case 'EditRejected': {
        const { order: old, reason } = event;
        if (old === undefined) break;
        const kind = old.trigger === undefined ? 'OrderEditRejected' : 'OrderTriggerEditRejected';
        this.#tell(old, { kind, at, old, orderError: wireError(reason) });
        break;
      }
      case 'TriggerFired':
        this.#tell(event.order, { kind: 'OrderTriggerActivated', at, order: event.order });
        break;
      case 'TriggerFailed':
        this.#tell(event.order, {
          kind: 'OrderTriggerCancelled',
          at,
          order: event.order,
          reason: wireError(event.reason),
        });
        break;
      default:
        break;
    }
  }

  #booked({ at, order, reason, reducedQuantity }: EventOf<'OrderBooked'>): void {
    if (order.trigger !== undefined) {
      this.#arriving.delete(order.orderId);
      this.#tell(order, { kind: 'OrderTriggerPlaced', at, order, reason: PLACED_REASON[reason] });
      return;
    }
    if (!this.#arriving.delete(order.orderId)) return;
    this.#placed(at, order, { reason: PLACED_REASON[reason], reducedQuantity });
  }

  #placed(
    at: EpochMs,
    order: OrderView,
    why: { readonly reason: string; readonly reducedQuantity: string | undefined },
  ): void {
    this.#tell(order, { kind: 'OrderPlaced', at, order, ...why });
  }

  #filled(at: EpochMs, { order, orderPrior }: FillView): void {
    const arriving = this.#arriving.get(order.orderId);
    const isFilled = order.status === 'Filled';
    if (arriving === undefined) {
      const reason = isFilled ? 'FULL_FILL' : 'PARTIAL_FILL';
      this.#tell(order, {
        kind: 'OrderUpdated',
        at,
        old: orderPrior,
        order,
        reason,
        reducedQuantity: undefined,
      });
      return;
    }
    if (!isFilled) return;
    this.#arriving.delete(order.orderId);
    const reason = order.triggeredBy === undefined ? 'NEW_USER_ORDER' : 'LIMIT_FROM_STOP';
    this.#placed(at, order, { reason, ...arriving });
  }

  #canceled({ at, order, reason }: EventOf<'OrderCanceled'>): void {
    const arriving = this.#arriving.get(order.orderId);
    if (arriving !== undefined) {
      this.#arriving.delete(order.orderId);
      this.#placed(at, order, { reason: 'NEW_USER_ORDER', ...arriving });
    }
    const kind = order.trigger === undefined ? 'OrderCancelled' : 'OrderTriggerCancelled';
    this.#tell(order, { kind, at, order, reason: wireReason(reason) });
  }

  #updated(
    event: EventOf<'OrderEdited'> | EventOf<'OrderReduced'> | EventOf<'TriggerUpdated'>,
  ): void {
    const { at, old, order } = event;
    const reason = UPDATE_REASON[event.type];
    if (order.trigger !== undefined) {
      this.#tell(order, { kind: 'OrderTriggerUpdated', at, old, order, reason });
      return;
    }
    const reducedQuantity = event.type === 'OrderEdited' ? event.reducedQuantity : undefined;
    this.#tell(order, { kind: 'OrderUpdated', at, old, order, reason, reducedQuantity });
  }
}

const UPDATE_REASON = {
  OrderEdited: 'EDITED_BY_USER',
  OrderReduced: 'WOULD_NOT_REDUCE_POSITION',
  TriggerUpdated: 'TRAILING_STOP_PRICE_UPDATED',
} as const;
