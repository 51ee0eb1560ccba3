import { decimalTextOf, ZERO_TEXT } from '../../../domain/decimal-text.ts';
import { type DecimalText, type VenueOrderID } from '../../../domain/ids.ts';
import { decimal, maxDecimal } from '../../../lib/decimal.ts';
import { type EpochMs, type MonotonicMs } from '../../../lib/time.ts';
import { type OrderChange } from '../../json/order-reasons.ts';
import { type CloseCause } from '../../json/vocabulary.ts';
import { type Fill, type OpenOrder, type OrderUpdate } from '../events/private-events.ts';
import { defined } from '../../../lib/defined.ts';

/** One order as the private feeds and the polls show it. Immutable: the view replaces it. */
export interface OrderState {
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
  /** The last body. Absent for an order known from fills or id-only frames only. */
  readonly body?: OpenOrder;
  readonly isOpen: boolean;
  readonly cause?: CloseCause;
  /** Reason text of the feed, if any. */
  readonly reason?: string;
  /** True when it was closed because it vanished, without a word of the venue. */
  readonly isGuess: boolean;
  /** Our time of the last report of its end. */
  readonly closedAt?: MonotonicMs;
  /** Sum of the known fills, each counted once. */
  readonly filledQty: DecimalText;
  /** The greater quantity of bodies and fills. Never falls. */
  readonly cumQty: DecimalText;
  /** CumQty of the bodies at the time of the last check for missing fills. */
  readonly askedCumQty: DecimalText;
  /** Since when fills and body disagree. */
  readonly unevenSince?: MonotonicMs;
  /** Venue time of the last report. */
  readonly venueTime: EpochMs;
  /** Our time of the last change, after which closed orders are forgotten. */
  readonly changedAt: MonotonicMs;
}

export const sumOf = (a: DecimalText, b: DecimalText): DecimalText =>
  decimalTextOf(decimal(a).plus(decimal(b)));

export const greaterOf = (a: DecimalText, b: DecimalText): DecimalText =>
  decimalTextOf(maxDecimal(decimal(a), decimal(b)));

export const isGreater = (a: DecimalText, b: DecimalText): boolean => decimal(a).gt(decimal(b));

/**
 * LeavesQty + CumQty of the last body; `undefined` without one. Edits change it, and the venue may
 * shrink reduce-only orders.
 */
export const totalQty = ({ body }: OrderState): DecimalText | undefined =>
  body === undefined ? undefined : sumOf(body.leavesQty, body.cumQty);

/** Whether its fills reach its size. */
export const isFilled = (order: OrderState): boolean => {
  const total = totalQty(order);
  return total !== undefined && total !== NOTHING && !isGreater(total, order.filledQty);
};

/**
 * Whether its end is known and final. A trigger that fired is not final: it may continue as a limit
 * order under the same id.
 */
export const isProvenEnd = ({ isGuess, cause }: OrderState): boolean =>
  !isGuess && cause !== 'Unknown' && cause !== 'Triggered';

/** Whether the fills cover every quantity that any channel reported. */
export const isEven = (order: OrderState): boolean => {
  const { cumQty, filledQty, cause, body } = order;
  if (isGreater(cumQty, filledQty)) return false;
  if (cause !== 'Filled') return true;
  return body === undefined ? filledQty !== NOTHING : isFilled(order);
};

export const NOTHING = ZERO_TEXT;

const CAUSE_BY_CHANGE: Readonly<Record<OrderChange, CloseCause>> = {
  Filled: 'Filled',
  Canceled: 'Canceled',
  Rejected: 'Rejected',
  Expired: 'Expired',
  Triggered: 'Triggered',
  Removed: 'Canceled',
  Placed: 'Unknown',
  Edited: 'Unknown',
  PartiallyFilled: 'Unknown',
  EditRejected: 'Unknown',
  Unknown: 'Unknown',
};

/**
 * The cause in a frame with `is_cancel`. `Removed` means a cancel for a resting order and a refusal
 * for a new one.
 */
export const causeOf = ({ change }: OrderUpdate, isNew: boolean): CloseCause =>
  change === 'Removed' && isNew ? 'Rejected' : CAUSE_BY_CHANGE[change];

export const newOrder = (
  venueOrderID: VenueOrderID,
  venueTime: EpochMs,
  changedAt: MonotonicMs,
): OrderState => ({
  venueOrderID,
  isOpen: true,
  isGuess: false,
  filledQty: NOTHING,
  cumQty: NOTHING,
  askedCumQty: NOTHING,
  venueTime,
  changedAt,
});

export const later = (a: EpochMs, b: EpochMs): EpochMs => (a > b ? a : b);

const EXACT_DIGITS = 15;
/** More decimals than any instrument has. */
const PLACES_MAX = 10;
const PERHAPS_NOISY = /\.\d{11}|^-?[\d.]{17}/;

/**
 * A quantity without the noise of binary floats, which is beyond 15 digits or 10 decimals: the
 * feeds write `0.8600000000000001` for 0.86 [websocket 3.3]. It is never rounded to a step.
 */
export const withoutNoise = (qty: DecimalText): DecimalText =>
  PERHAPS_NOISY.test(qty) ? decimalTextOf(decimal(qty).prec(EXACT_DIGITS).round(PLACES_MAX)) : qty;

export const exactFill = (fill: Fill): Fill => ({
  ...fill,
  lastQty: withoutNoise(fill.lastQty),
  ...(fill.leavesQty === undefined ? {} : { leavesQty: withoutNoise(fill.leavesQty) }),
});

export const exactOrder = (order: OpenOrder): OpenOrder => ({
  ...order,
  leavesQty: withoutNoise(order.leavesQty),
  cumQty: withoutNoise(order.cumQty),
});

/** IOC and market orders: the rest is cancelled at once. */
export const neverRests = ({ orderType }: Fill): boolean =>
  orderType === 'ioc' || orderType === 'market';

/** State of an order known from an old fill only: closed, until an order frame says otherwise. */
export const LONG_GONE = { isOpen: false, isGuess: true, cause: 'Unknown' } as const;

/**
 * The source that calls an order open: the first list of a connection, a frame, or REST, which may
 * lag behind the feed.
 */
export type OpenClaim = 'Snapshot' | 'Push' | { readonly settleMs: number };

/**
 * Whether an order that has ended in the view is open after all [websocket 8.1, 11.2]. The first
 * list of a connection decides; ends that came since follow in frames. A frame reopens an end
 * without an explanation, and a trigger that fired and continues as a limit order. REST reopens an
 * end that it must have seen by now. A completely filled order stays closed.
 */
export const reopens = (
  old: OrderState,
  order: OpenOrder | undefined,
  { word, at }: { readonly word: OpenClaim; readonly at: MonotonicMs },
): boolean => {
  if (order !== undefined && !isGreater(sumOf(order.leavesQty, order.cumQty), old.filledQty))
    return false;
  if (word === 'Snapshot') return true;
  if (word === 'Push') return old.isGuess || (!isProvenEnd(old) && !isBefore(order, old));
  const isNews = old.isGuess && order !== undefined && order.updatedAt > old.venueTime;
  return isNews || (old.closedAt !== undefined && at - old.closedAt > word.settleMs);
};

const isBefore = (order: OpenOrder | undefined, old: OrderState): boolean =>
  order === undefined || order.updatedAt < old.venueTime;

export const reopened = (order: OrderState): OrderState =>
  defined({
    ...order,
    isOpen: true,
    isGuess: false,
    cause: undefined,
    reason: undefined,
    closedAt: undefined,
  });
