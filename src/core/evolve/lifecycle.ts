import { type Decimal, ZERO } from '../../lib/decimal.ts';
import { type ExecType, type OrdStatus } from '../../domain/order.ts';
import { type ClosedAs } from '../state.ts';

/** What a report does to the base status: a status, or one of three rules. */
type Cell =
  | OrdStatus
  /** New, PartiallyFilled or Filled, by the sum of executions. */
  | 'ByFills'
  /** Stays as it is. */
  | 'Same'
  /** Stays as it is until nothing is left, then Filled. */
  | 'SameUntilFilled';

type Row = Readonly<Partial<Record<ExecType, Cell>>>;

/**
 * Reports that leave an order alone, whatever its status: an answer to a status request, or a
 * request that the venue has not decided yet.
 */
const ALWAYS = { OrderStatus: 'Same', PendingCancel: 'Same', PendingReplace: 'Same' } as const;

/** An order at rest on the book. */
const LIVE = {
  ...ALWAYS,
  // The report came after that of its outcome.
  PendingNew: 'Same',
  New: 'ByFills',
  Trade: 'ByFills',
  Canceled: 'Canceled',
  Expired: 'Expired',
  Replaced: 'ByFills',
  Restated: 'ByFills',
  Triggered: 'ByFills',
  DoneForDay: 'DoneForDay',
  Suspended: 'Suspended',
  Stopped: 'Stopped',
  Calculated: 'Calculated',
  TradeCorrect: 'ByFills',
  TradeCancel: 'ByFills',
} as const satisfies Row;

/** Held, but neither on the book nor closed. */
const HELD = {
  ...LIVE,
  Trade: 'SameUntilFilled',
  TradeCorrect: 'SameUntilFilled',
  TradeCancel: 'Same',
} as const;

/**
 * Closed by a cancel or an expiry. Fills outrank it (vol. 4, OrdStatus precedence): with nothing
 * left the order is Filled; less does not re-open it (FIX 4.4 matrix J.1.b).
 */
const GONE = {
  ...ALWAYS,
  // The acknowledgement was overtaken by the cancel.
  PendingNew: 'Same',
  New: 'Same',
  // The venue matched before it cancelled, or released an order that it held (Maker Protection):
  // the fill is real.
  Trade: 'SameUntilFilled',
  // A held order is reported cancelled twice: when it was asked, and when it is released.
  Canceled: 'Same',
  Expired: 'Same',
  TradeCorrect: 'SameUntilFilled',
  TradeCancel: 'SameUntilFilled',
} as const satisfies Row;

/**
 * Base status x ExecType(150), after the FIX 4.4 order state change matrices (volume 4, appendix
 * D). Pending Cancel and Pending Replace are no base statuses: they are derived from our open
 * requests, which outrank it. An empty cell is illegal: the report is kept, alerted and asked
 * about, never applied.
 */
const LIFECYCLE: Readonly<Record<OrdStatus, Row>> = {
  PendingNew: {
    ...LIVE,
    Rejected: 'Rejected',
  },
  New: {
    ...LIVE,
    // A broker acknowledges, the exchange rejects.
    Rejected: 'Rejected',
  },
  PartiallyFilled: LIVE,
  Filled: {
    ...ALWAYS,
    // The acknowledgement was overtaken by the fill.
    PendingNew: 'Same',
    New: 'Same',
    // More than was ordered: booked, because it happened, and alerted.
    Trade: 'ByFills',
    Replaced: 'ByFills',
    Restated: 'ByFills',
    TradeCorrect: 'ByFills',
    TradeCancel: 'ByFills',
    DoneForDay: 'DoneForDay',
    Calculated: 'Calculated',
  },
  Canceled: GONE,
  Expired: GONE,
  Rejected: {
    ...ALWAYS,
    Rejected: 'Same',
    // We concluded "never sent" or "absent" and the venue proves us wrong: its evidence is higher.
    // Alerted.
    New: 'ByFills',
    Trade: 'ByFills',
    Canceled: 'Canceled',
  },
  DoneForDay: HELD,
  Suspended: HELD,
  Stopped: HELD,
  Calculated: HELD,
  // Never stored: Replaced is reported with the status that follows from the fills.
  Replaced: {},
  PendingCancel: {},
  PendingReplace: {},
};

export interface Quantities {
  readonly orderQty: Decimal;
  readonly cumQty: Decimal;
}

/**
 * The base status after a report, or `undefined` when the report is illegal now. Quantities are
 * those after it. A bust on an order that was cancelled before it was Filled leaves it cancelled.
 */
export const statusAfter = (
  base: OrdStatus,
  execType: ExecType,
  quantities: Quantities,
  closedAs?: ClosedAs,
): OrdStatus | undefined => {
  const from = base === 'Filled' ? (closedAs ?? base) : base;
  const cell: Cell | undefined = LIFECYCLE[from][execType];
  switch (cell) {
    case 'ByFills':
      return statusByFills(quantities);
    case 'Same':
      return base;
    case 'SameUntilFilled':
      return statusByFills(quantities) === 'Filled' ? 'Filled' : from;
    default:
      return cell;
  }
};

const statusByFills = ({ orderQty, cumQty }: Quantities): OrdStatus => {
  if (cumQty.gte(orderQty)) return 'Filled';
  return cumQty.gt(ZERO) ? 'PartiallyFilled' : 'New';
};

const CLOSED: ReadonlySet<OrdStatus> = new Set(['Filled', 'Canceled', 'Rejected', 'Expired']);

/**
 * No further execution is expected. Closed orders stay in the books, because fills, busts and
 * corrections can still arrive.
 */
export const isClosedStatus = (status: OrdStatus): boolean => CLOSED.has(status);
