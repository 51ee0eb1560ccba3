import { type DecimalText, type TradingSymbol, type VenueOrderID } from './ids.ts';
import { type Side } from './order.ts';
import { type EpochMs } from '../lib/time.ts';

/**
 * The views that one resolution round asks, in this order: the cheapest and strongest first.
 * [routing 4]
 */
export const EVIDENCE_VIEWS = [
  'cancelorder',
  'websocket',
  'orders-status',
  'openorders',
  'fills',
  'history-orders',
  'history-executions',
  'history-triggers',
  'openpositions',
] as const;

export type EvidenceView = (typeof EVIDENCE_VIEWS)[number];

/** Only together, and each complete, they show that the venue has no trace of an order. */
export const ABSENCE_VIEWS = [
  'orders-status',
  'openorders',
  'fills',
  'history-orders',
  'history-executions',
  'history-triggers',
] as const satisfies readonly EvidenceView[];

/** What a view says of an order. `known`: the venue had it, and how it stands now is not said. */
export type SeenStatus = 'open' | 'filled' | 'canceled' | 'expired' | 'rejected' | 'known';

/** One order as one view shows it. Amounts are of the whole order; absent: the view has none. */
export interface SeenOrder {
  readonly venueOrderID: VenueOrderID;
  /** The id that its sender gave it, where the view shows it. */
  readonly clOrdID?: string;
  readonly symbol?: TradingSymbol;
  readonly side?: Side;
  readonly status: SeenStatus;
  readonly cumQty?: DecimalText;
  readonly leavesQty?: DecimalText;
  readonly price?: DecimalText;
  readonly stopPx?: DecimalText;
  /** The venue's time of what is said. */
  readonly at?: EpochMs;
  readonly text?: string;
}

/** A position as the venue shows it; signed, negative is short. */
export interface SeenPosition {
  readonly symbol: TradingSymbol;
  readonly qty: DecimalText;
}
