import { createHash } from 'node:crypto';
import { type SeenOrder, type SeenPosition } from '../../domain/evidence.ts';
import { type ClOrdID, type VenueOrderID } from '../../domain/ids.ts';
import { type ReportSource, type VenueFill } from '../../domain/venue-report.ts';
import { type EpochMs } from '../../lib/time.ts';
import { type CloseCause } from '../json/vocabulary.ts';
import { type RestOrderCalls } from '../rest/orders/order-calls.ts';
import { type NotConfirmed } from '../rest/reading.ts';
import { type CallOptions } from '../rest/transport.ts';
import { type PrivateState } from '../websocket/views/private-state.ts';
import { type AccountReaders } from './read-deps.ts';

/** What a round asks of the venue; ids as the venue may know the orders. */
export interface ViewQuestion {
  readonly since: EpochMs;
  readonly venueOrderIDs: readonly VenueOrderID[];
  readonly clOrdIDs: readonly ClOrdID[];
  /** Orders that are cancelled once more. */
  readonly cancels: readonly (VenueOrderID | ClOrdID)[];
}

/** What a view answered. It is complete when it was read to its end and understood. */
export interface ViewReading {
  readonly channel: ReportSource['channel'];
  readonly asOf?: EpochMs;
  readonly complete: boolean;
  /** Why it is not complete. */
  readonly why?: string;
  /** SHA-256 of what was read, in hexadecimal. */
  readonly hash?: string;
  readonly orders: readonly SeenOrder[];
  readonly fills: readonly VenueFill[];
  readonly positions?: readonly SeenPosition[];
}

export interface ViewReaders extends AccountReaders {
  readonly orders: Pick<RestOrderCalls, 'openOrders' | 'orderStates' | 'cancelOrder'>;
  /** The private feeds; `undefined` while they are not current. */
  readonly feeds: () => PrivateState | undefined;
}

/** Look-ups that end a doubt may use the reserve of the budget, and wait for it. */
export const DOUBT_CALL: CallOptions = { purpose: 'safety', startWithinMs: 10_000 };

export const hashOf = (read: unknown): string =>
  createHash('sha256').update(JSON.stringify(read)).digest('hex');

export const failedReading = (what: string, error: NotConfirmed): ViewReading => ({
  ...{ channel: 'rest', complete: false, orders: [], fills: [] },
  why: `${what}: ${error.type} ${error.text}`,
});

/** An element that cannot be read may be the very order: the view proves no absence then. */
export const UNREAD = 'an element could not be read';

/** Whether a row may be about an order of the question: by its ids, or because it has none. */
export const isWanted = (
  { venueOrderID, clOrdID }: Pick<SeenOrder, 'venueOrderID' | 'clOrdID'>,
  { venueOrderIDs, clOrdIDs }: ViewQuestion,
): boolean =>
  clOrdID === undefined ||
  venueOrderIDs.includes(venueOrderID) ||
  clOrdIDs.includes(clOrdID as ClOrdID);

export const statusOf = (cause: CloseCause | undefined): SeenOrder['status'] => {
  switch (cause) {
    case 'Filled':
      return 'filled';
    case 'Canceled':
      return 'canceled';
    case 'Expired':
      return 'expired';
    case 'Rejected':
      return 'rejected';
    default:
      return 'known';
  }
};
