import { type Order } from './order.ts';
import { type Venue } from './venue.ts';
import { type OrderError } from './vocabulary.ts';
export const checkMargin = (_venue: Venue, _order: Order, _lots: number): OrderError | undefined =>
  undefined;
