import { type VenueOrderID } from '../../../domain/ids.ts';
import { defined } from '../../../lib/defined.ts';
import { alarm, type Finding } from '../events/finding.ts';
import { isGreater, NOTHING, type OrderState, sumOf, totalQty } from './order-state.ts';
import { type Fill } from '../events/private-events.ts';

interface OrderIDs {
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
}

export const checkOrder = (
  { venueOrderID, clOrdID }: OrderIDs,
  reason: Extract<Finding, { type: 'CheckOrder' }>['reason'],
): Finding => ({ type: 'CheckOrder', venueOrderID, reason, ...defined({ clOrdID }) });

/** A frame that closes nothing and cannot be read: anything may have become of the order. */
export const unreadBody = (ids: OrderIDs): readonly Finding[] => [
  checkOrder(ids, 'BodyUnreadable'),
  { type: 'CheckOpenOrders', reason: 'FrameIncomplete' },
];

/** An execution is told by its fill and by the order; one of the two is overdue. */
export const missingHalf = (order: OrderState): readonly Finding[] => {
  const { venueOrderID, body, filledQty, isOpen } = order;
  const lacksFill = filledQty === NOTHING || isGreater(body?.cumQty ?? NOTHING, filledQty);
  if (lacksFill) return [{ type: 'CheckFills', reason: 'NoFillYet', venueOrderID }];
  return isOpen ? [checkOrder(order, 'NoOrderChangeYet')] : [];
};

/** What an operator has to see about a fill of the order as it was before. */
export const fillAlarms = (order: OrderState, fill: Fill): readonly Finding[] => {
  const findings: Finding[] = [];
  const id = fill.venueOrderID;
  if (fill.liquidity === 'Forced')
    findings.push(alarm('FORCED_FILL', `${id}: ${fill.fillType || 'unknown type'}`));
  const total = totalQty(order);
  const sum = sumOf(order.filledQty, fill.lastQty);
  // Only an alarm: the execution is real whatever we believed the order to be. An edit that crosses
  // is filled before it is announced.
  const isKnown = total !== undefined && fill.fillType !== 'takerAfterEdit';
  if (isKnown && isGreater(sum, total))
    findings.push(alarm('OVERFILL', `${id}: ${sum} filled of ${total}`));
  return findings;
};
