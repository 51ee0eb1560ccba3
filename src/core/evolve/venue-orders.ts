import { decimalOf } from '../../domain/decimal-text.ts';
import { type VenueOrderID } from '../../domain/ids.ts';
import { type Decimal } from '../../lib/decimal.ts';
import { type EarlierVenueOrder, type Order, type PendingRequest } from '../state.ts';

/** The earlier venue order with this OrderID(37), if it is one of the client's order. */
export const earlierVenueOrder = (
  { earlier }: Order,
  venueOrderID: VenueOrderID | undefined,
): EarlierVenueOrder | undefined => earlier?.find((before) => before.venueOrderID === venueOrderID);

/** CumQty(14) as the venue counts it for one of its orders: the current one, or an earlier one. */
export const venueCumQty = (order: Order, venueOrderID?: VenueOrderID): Decimal => {
  const one = earlierVenueOrder(order, venueOrderID);
  if (one !== undefined) return decimalOf(one.cumQty);
  return (order.earlier ?? []).reduce(
    (left, { cumQty }) => left.minus(decimalOf(cumQty)),
    decimalOf(order.cumQty),
  );
};

/** The replace whose new order was sent and is unanswered: the old one is cancelled. */
export const sentReplacement = (order: Order): PendingRequest | undefined =>
  order.attempt?.answered === false
    ? order.pending.find(({ replace }) => replace?.step === 'sent')
    : undefined;

/** The last order-creating request has no answer: the first of an order, or a replacement. */
export const isAttemptOpen = (order: Order): boolean =>
  order.attempt?.answered === false &&
  (order.base === 'PendingNew' || sentReplacement(order) !== undefined);
