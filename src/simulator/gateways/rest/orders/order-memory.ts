import { type ExchangeEvent } from '../../../exchange/model/events.ts';
import { type OrderView } from '../../../exchange/model/views.ts';
import { wireError, wireReason } from './order-errors.ts';

interface OrderEnd {
  readonly updateReason: string | null;
  readonly error: string | null;
}

const BACKGROUND = 'background';
const REMEMBERED_MAX = 20_000;

/**
 * Why orders last changed: `updateReason` and `error` of orders/status [rest 2.1], which an order's
 * view does not carry.
 */
export class OrderMemory {
  readonly #ends = new Map<string, OrderEnd>();

  onEvent(event: ExchangeEvent): void {
    // The background market places most orders and never reads their status.
    if (!('order' in event) || event.order?.owner !== BACKGROUND) this.#remember(event);
  }

  #remember(event: ExchangeEvent): void {
    switch (event.type) {
      case 'OrderCanceled':
        this.#put(event.order.orderId, wireReason(event.reason), null);
        break;
      case 'OrderRejected':
        if (event.order !== undefined)
          this.#put(event.order.orderId, null, wireError(event.reason));
        break;
      case 'OrderEdited':
        this.#put(event.order.orderId, 'EDITED_BY_USER', null);
        break;
      case 'TriggerFired':
        this.#put(event.order.orderId, 'STOP_ORDER_TRIGGERED', null);
        break;
      case 'TriggerUpdated':
        this.#put(event.order.orderId, 'TRAILING_STOP_PRICE_UPDATED', null);
        break;
      case 'TriggerFailed':
        this.#put(event.order.orderId, null, wireError(event.reason));
        break;
      case 'Trade':
        this.#traded(event.maker.order);
        this.#traded(event.taker.order);
        break;
      case 'OrderBooked':
        if (event.reason === 'limitFromStop')
          this.#put(event.order.orderId, 'LIMIT_FROM_STOP', null);
        break;
      default:
        break;
    }
  }

  of(orderId: string): OrderEnd {
    return this.#ends.get(orderId) ?? { updateReason: null, error: null };
  }

  #traded({ orderId, status, owner }: OrderView): void {
    if (owner === BACKGROUND) return;
    this.#put(orderId, status === 'Filled' ? 'FULL_FILL' : 'PARTIAL_FILL', null);
  }

  #put(orderId: string, updateReason: string | null, error: string | null): void {
    this.#ends.delete(orderId);
    this.#ends.set(orderId, { updateReason, error });
    if (this.#ends.size <= REMEMBERED_MAX) return;
    const oldest = this.#ends.keys().next();
    if (oldest.done !== true) this.#ends.delete(oldest.value);
  }
}
