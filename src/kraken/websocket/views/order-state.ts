import { type DecimalText, type TradingSymbol, type VenueOrderID } from '../../../domain/ids.ts';
import { decimal, decimalToText, maxDecimal, ZERO } from '../../../lib/decimal.ts';
import { type EpochMs, type MonotonicMs } from '../../../lib/time.ts';
import { type OrderChange } from '../events/order-reasons.ts';
import { type Fill, type OpenOrder, type OrderUpdate } from '../events/private-events.ts';
import { defined } from '../../../lib/defined.ts';

/** How an order left the book. `Unknown`: it is gone, and nobody said how. */
export type CloseCause = 'Filled' | 'Canceled' | 'Rejected' | 'Expired' | 'Triggered' | 'Unknown';

/**
 * What the private feeds and the polls say about one order. An immutable value; the view replaces
 * it.
 */
export interface OrderState {
  readonly venueOrderID: VenueOrderID;
  readonly clOrdID?: string;
  /** The last body; absent for an order that only fills or id-only frames told of. */
  readonly body?: OpenOrder;
  readonly isOpen: boolean;
  readonly cause?: CloseCause;
  /** Reason text of the feed, where one was given. */
  readonly reason?: string;
  /** True: closed because it vanished, not because the venue said so. */
  readonly isGuess: boolean;
  /** Our time of the last word that it ended. */
  readonly closedAt?: MonotonicMs;
  /** Sum of the fills that are known; every one counted once. */
  readonly filledQty: DecimalText;
  /** The greater of what the bodies and the fills say; never falls. */
  readonly cumQty: DecimalText;
  /** CumQty of the bodies at the time of the last check for missing fills. */
  readonly askedCumQty: DecimalText;
  /** Since when the fills say less than the body, or the body less than the fills. */
  readonly unevenSince?: MonotonicMs;
  /** Venue time of the last thing known. */
  readonly venueTime: EpochMs;
  /** Our time of the last change, for forgetting closed orders. */
  readonly changedAt: MonotonicMs;
}

export const sumOf = (a: DecimalText, b: DecimalText): DecimalText =>
  decimalToText(decimal(a).plus(decimal(b))) as DecimalText;

export const greaterOf = (a: DecimalText, b: DecimalText): DecimalText =>
  decimalToText(maxDecimal(decimal(a), decimal(b))) as DecimalText;

export const isGreater = (a: DecimalText, b: DecimalText): boolean => decimal(a).gt(decimal(b));

/**
 * LeavesQty + CumQty of the last body; `undefined` without one. Reduce-only orders may be shrunk,
 * edits change it.
 */
export const totalQty = ({ body }: OrderState): DecimalText | undefined =>
  body === undefined ? undefined : sumOf(body.leavesQty, body.cumQty);

/** Its fills are as many as its size. */
export const isFilled = (order: OrderState): boolean => {
  const total = totalQty(order);
  return total !== undefined && total !== NOTHING && !isGreater(total, order.filledQty);
};

/**
 * How it ended is known, and nothing comes after that: a trigger that fired may go on as a limit
 * order under the same id.
 */
export const isProvenEnd = ({ isGuess, cause }: OrderState): boolean =>
  !isGuess && cause !== 'Unknown' && cause !== 'Triggered';

/** Every quantity that any channel told of is there as fills. */
export const isEven = (order: OrderState): boolean => {
  const { cumQty, filledQty, cause, body } = order;
  if (isGreater(cumQty, filledQty)) return false;
  if (cause !== 'Filled') return true;
  return body === undefined ? filledQty !== NOTHING : isFilled(order);
};

export const NOTHING = decimalToText(ZERO) as DecimalText;

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
 * What a frame with `is_cancel` says. `Removed` is one word for a resting order taken out and for a
 * new one refused.
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

/** The quantity step of an instrument, where the instrument list gave one. */
export type QtyStepOf = (symbol: TradingSymbol) => DecimalText | undefined;

/** Decimals that no instrument has: binary noise of the venue lies beyond. */
const NOISE_PLACES = 10;

/**
 * The feeds write `0.8600000000000001` for 0.86 [websocket 3.3]: the nearest multiple of the step
 * is meant.
 */
export const roundQty = (qty: DecimalText, step: DecimalText | undefined): DecimalText => {
  if (step === undefined) return decimalToText(decimal(qty).round(NOISE_PLACES)) as DecimalText;
  const unit = decimal(step);
  return decimalToText(decimal(qty).div(unit).round(0).times(unit)) as DecimalText;
};

/** IOC and market orders: what is not executed at once is gone. */
export const neverRests = ({ orderType }: Fill): boolean =>
  orderType === 'ioc' || orderType === 'market';

/** An order of which only an old fill tells: closed, until an order frame says otherwise. */
export const LONG_GONE = { isOpen: false, isGuess: true, cause: 'Unknown' } as const;

/**
 * Who says that an order is open: the first list of a connection, a frame, or REST, which may be
 * behind the feed.
 */
export type OpenClaim = 'Snapshot' | 'Push' | { readonly settleMs: number };

/**
 * Whether an order that has ended here is open after all [websocket 8.1, 11.2]. The first list of a
 * connection is the venue's whole word, and what ended since follows it. A frame undoes what was
 * only believed: an end that nobody explained, or a trigger that fired and goes on as a limit
 * order. REST undoes what it must have seen by now. Nothing undoes fills.
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
