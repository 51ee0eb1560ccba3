import { decimalOf, decimalTextOf, ZERO_TEXT } from '../../domain/decimal-text.ts';
import { type DecimalText } from '../../domain/ids.ts';
import { type OrdStatus } from '../../domain/order.ts';
import { divideHalfEven, maxDecimal, ZERO, type Decimal } from '../../lib/decimal.ts';
import { isClosedStatus } from './lifecycle.ts';
import { type Order } from '../state.ts';

const AVG_PX_PLACES = 12;

/**
 * OrdStatus(39) by precedence: a request of ours under way outranks the base status (FIX 4.4 vol.
 * 4, OrdStatus precedence). Of a closed order only a client's own request does: its answer follows.
 * Nobody is told of the end of a cancel that serves a mass cancel, so the report of the fill or the
 * refusal would stay the last word, and a wrong one.
 */
export const ordStatusOf = ({ base, pending }: Order): OrdStatus => {
  const shown = isClosedStatus(base)
    ? pending.filter(({ clientOrderID }) => clientOrderID !== undefined)
    : pending;
  if (shown.some(({ kind }) => kind === 'cancel')) return 'PendingCancel';
  return shown.length > 0 ? 'PendingReplace' : base;
};

/** Closed at the venue, and no request of ours is under way for it. */
export const isClosed = (order: Order): boolean =>
  isClosedStatus(order.base) && order.pending.length === 0;

/** AvgPx(6) from our own executions, because the venue sends 0.0. */
export const avgPxOf = (order: Order): DecimalText => {
  const quantity = decimalOf(order.executedQty);
  if (quantity.eq(ZERO)) return ZERO_TEXT;
  return decimalTextOf(divideHalfEven(decimalOf(order.executedNotional), quantity, AVG_PX_PLACES));
};

/** LeavesQty(151): 0 once the order is closed. */
export const leavesQtyOf = (status: OrdStatus, orderQty: Decimal, cumQty: Decimal): DecimalText =>
  isClosedStatus(status) ? ZERO_TEXT : decimalTextOf(maxDecimal(orderQty.minus(cumQty), ZERO));
