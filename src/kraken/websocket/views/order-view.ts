import { type VenueOrderID } from '../../../domain/ids.ts';
import { epochMs, type EpochMs, type MonotonicMs } from '../../../lib/time.ts';
import { defined } from '../../../lib/defined.ts';
import { alarm, type Finding } from '../events/finding.ts';
import { isForcedReason } from '../../json/order-reasons.ts';
import { type CloseCause } from '../../json/vocabulary.ts';
import {
  causeOf,
  exactOrder,
  greaterOf,
  isGreater,
  isProvenEnd,
  later,
  LONG_GONE,
  neverRests,
  newOrder,
  NOTHING,
  type OpenClaim,
  type OrderState,
  reopened,
  reopens,
  sumOf,
  totalQty,
} from './order-state.ts';
import {
  type Fill,
  type OpenOrder,
  type OrderIDs,
  type OrderUpdate,
} from '../events/private-events.ts';

export interface OrderViewLimits {
  /**
   * A fill and its order frame come in either order. After this time REST is asked for the missing
   * one.
   */
  readonly counterpartMs: number;
  /** Closed orders stay addressable by late frames for this long. */
  readonly closedKeptMs: number;
  readonly ordersMax: number;
}

const DEFAULT_ORDER_VIEW_LIMITS: OrderViewLimits = {
  counterpartMs: 2_000,
  closedKeptMs: 3_600_000,
  ordersMax: 100_000,
};

/** The open orders of one account, and those that closed lately [websocket 8.1, 9, 10.2, 11.2]. */
export class OrdersView {
  readonly #orders = new Map<VenueOrderID, OrderState>();
  readonly #limits: OrderViewLimits;

  constructor(limits = DEFAULT_ORDER_VIEW_LIMITS) {
    this.#limits = limits;
  }

  get(venueOrderID: VenueOrderID): OrderState | undefined {
    return this.#orders.get(venueOrderID);
  }

  byClOrdID(clOrdID: string): readonly OrderState[] {
    return this.all().filter((order) => order.clOrdID === clOrdID);
  }

  open(): readonly OrderState[] {
    return this.all().filter(({ isOpen }) => isOpen);
  }

  all(): readonly OrderState[] {
    return [...this.#orders.values()];
  }

  applyUpdate(update: OrderUpdate, at: MonotonicMs): readonly Finding[] {
    const { order, isCancel, reason, change } = update;
    const isNew = !this.#orders.has(update.venueOrderID);
    if (change === 'EditRejected') return [checkOrder(update, 'EditRejected')];
    if (!isCancel)
      return order === undefined ? unreadBody(update) : this.#upsert(order, 'Push', at);
    if (order !== undefined) this.#merge(order, at);
    const cause = causeOf(update, isNew);
    this.#close(update, { cause, isGuess: false, at });
    const findings: Finding[] = [];
    if (cause === 'Unknown') {
      const isPartial = change === 'PartiallyFilled';
      findings.push(checkOrder(update, isPartial ? 'ClosedPartlyFilled' : 'UnknownReason'));
    }
    if (isForcedReason(reason))
      findings.push(alarm('FORCED_CANCEL', `${update.venueOrderID}: ${reason ?? ''}`));
    return findings;
  }

  /**
   * Takes the first full list of a connection. An order that is not in it is closed for an unknown
   * reason, unless the list has an order without a readable id.
   */
  applySnapshot(
    { orders, unread, hasEveryOrder }: OrderList & { readonly hasEveryOrder: boolean },
    at: MonotonicMs,
  ): readonly Finding[] {
    const findings = this.#takeList({ orders, unread }, 'Snapshot', at);
    if (!hasEveryOrder || unread.length > 0)
      findings.push({ type: 'CheckOpenOrders', reason: 'SnapshotIncomplete' });
    if (!hasEveryOrder) return findings;
    const present = idsOf({ orders, unread });
    for (const order of this.open()) {
      if (present.has(order.venueOrderID)) continue;
      const isFilled = order.filledQty === totalQty(order);
      this.#close(order, { cause: isFilled ? 'Filled' : 'Unknown', isGuess: true, at });
      if (!isFilled) findings.push(checkOrder(order, 'GoneFromSnapshot'));
    }
    return findings;
  }

  /**
   * REST open orders as of the venue's time `asOf`. The newer venue time wins. Absence closes
   * nothing, because REST may lag behind the feed, and an order that filled at once is never
   * listed. An absent order older than `settleMs` becomes a question.
   */
  applyPoll(
    list: OrderList,
    poll: { readonly asOf: EpochMs; readonly settleMs: number },
    at: MonotonicMs,
  ): readonly Finding[] {
    const findings = this.#takeList(list, { settleMs: poll.settleMs }, at);
    const present = idsOf(list);
    for (const order of this.open())
      if (!present.has(order.venueOrderID) && order.venueTime <= poll.asOf - poll.settleMs)
        findings.push(checkOrder(order, 'AbsentFromPoll'));
    return findings;
  }

  /** Closes an order with the cause that REST gave, after a guess or without any frame. */
  resolve(venueOrderID: VenueOrderID, cause: CloseCause, at: MonotonicMs): void {
    this.#close({ venueOrderID }, { cause, isGuess: false, at });
  }

  /**
   * Reopens an order that REST lists as open. False while REST may lag behind the end, or when the
   * order is completely filled.
   */
  reopen(venueOrderID: VenueOrderID, settleMs: number, at: MonotonicMs): boolean {
    const order = this.#orders.get(venueOrderID);
    if (order === undefined || !reopens(order, order.body, { word: { settleMs }, at }))
      return false;
    this.#orders.set(venueOrderID, reopened(order));
    return true;
  }

  /**
   * Takes a new fill. A closed order takes it too, because the venue matched before it cancelled. A
   * fill `fromSnapshot` of an unknown order does not make the order open; the order snapshot that
   * follows tells.
   */
  applyFill(fill: Fill, at: MonotonicMs, fromSnapshot = false): readonly Finding[] {
    const fresh = newOrder(fill.venueOrderID, fill.at, at);
    const unknown = fromSnapshot ? { ...fresh, ...LONG_GONE } : fresh;
    const old = this.#orders.get(fill.venueOrderID) ?? unknown;
    const filledQty = sumOf(old.filledQty, fill.lastQty);
    const findings = fillAlarms(old, fill);
    const next: OrderState = {
      ...old,
      ...defined({ clOrdID: fill.clOrdID ?? old.clOrdID }),
      filledQty,
      cumQty: greaterOf(old.cumQty, filledQty),
      venueTime: later(old.venueTime, fill.at),
      changedAt: at,
    };
    this.#put(next, at);
    const isOpenOrGuess = old.isOpen || old.isGuess;
    if (fill.leavesQty === '0' && isOpenOrGuess)
      this.#close(next, { cause: 'Filled', isGuess: false, at });
    // The rest of an order that cannot rest is cancelled without a frame [websocket 9].
    else if (old.isOpen && neverRests(fill))
      this.#close(next, { cause: 'Canceled', isGuess: true, at });
    return findings;
  }

  /** Executions of which a fill or an order frame is overdue. Each is reported once. */
  check(at: MonotonicMs): readonly Finding[] {
    const findings: Finding[] = [];
    for (const order of this.#orders.values()) {
      const { venueOrderID, body, unevenSince, isOpen, changedAt } = order;
      if (!isOpen && at - changedAt > this.#limits.closedKeptMs) this.#orders.delete(venueOrderID);
      if (unevenSince === undefined || at - unevenSince < this.#limits.counterpartMs) continue;
      const askedCumQty = body?.cumQty ?? NOTHING;
      this.#orders.set(venueOrderID, defined({ ...order, unevenSince: undefined, askedCumQty }));
      findings.push(...missingHalf(order));
    }
    return findings;
  }

  #takeList({ orders, unread }: OrderList, word: OpenClaim, at: MonotonicMs): Finding[] {
    return [
      ...orders.flatMap((order) => this.#upsert(order, word, at)),
      ...unread.flatMap((ids) => this.#openUnread(ids, word, at)),
    ];
  }

  /** Takes an order that is listed as open, with a body that could not be read. */
  #openUnread(ids: OrderIDs, word: OpenClaim, at: MonotonicMs): readonly Finding[] {
    const old = this.#orders.get(ids.venueOrderID);
    if (old === undefined) {
      const bare = newOrder(ids.venueOrderID, epochMs(0), at);
      this.#put({ ...bare, ...defined({ clOrdID: ids.clOrdID }) }, at);
      return [checkOrder(ids, 'BodyUnreadable')];
    }
    if (old.isOpen || !reopens(old, old.body, { word, at })) return [];
    this.#orders.set(ids.venueOrderID, reopened(old));
    return isProvenEnd(old) ? [checkOrder(old, 'OpenAfterClose')] : [];
  }

  /** Takes an order body that says "open". */
  #upsert(order: OpenOrder, word: OpenClaim, at: MonotonicMs): readonly Finding[] {
    const old = this.#orders.get(order.venueOrderID);
    if (old?.isOpen !== false) {
      this.#merge(order, at);
      return [];
    }
    if (reopens(old, order, { word, at })) {
      this.#orders.set(order.venueOrderID, reopened(old));
      this.#merge(order, at);
      return isProvenEnd(old) ? [checkOrder(old, 'OpenAfterClose')] : [];
    }
    this.#merge(order, at);
    // A body with fewer executions than the known ones is late.
    const isNews = order.updatedAt > old.venueTime && !isGreater(old.cumQty, order.cumQty);
    return isNews ? [checkOrder(old, 'OpenAfterClose')] : [];
  }

  /**
   * Takes the body unless it is older than the known one. `filled` never falls, then the venue's
   * time decides.
   */
  #merge(received: OpenOrder, at: MonotonicMs): void {
    const order = exactOrder(received);
    const old =
      this.#orders.get(order.venueOrderID) ?? newOrder(order.venueOrderID, order.updatedAt, at);
    const { body } = old;
    const isOlder =
      body !== undefined &&
      (isGreater(body.cumQty, order.cumQty) ||
        (body.cumQty === order.cumQty && body.updatedAt > order.updatedAt));
    if (isOlder) return;
    const next: OrderState = {
      ...old,
      ...defined({ clOrdID: order.clOrdID ?? old.clOrdID }),
      body: order,
      cumQty: greaterOf(old.cumQty, order.cumQty),
      venueTime: later(old.venueTime, order.updatedAt),
      changedAt: at,
    };
    this.#put(next, at);
  }

  #close(
    ids: {
      readonly venueOrderID: VenueOrderID;
      readonly clOrdID?: string;
      readonly reason?: string;
    },
    close: { readonly cause: CloseCause; readonly isGuess: boolean; readonly at: MonotonicMs },
  ): void {
    const old =
      this.#orders.get(ids.venueOrderID) ?? newOrder(ids.venueOrderID, epochMs(0), close.at);
    // An unproven cause does not replace a proven one.
    const isProven = !old.isOpen && !old.isGuess && old.cause !== 'Unknown';
    const cause = isProven && close.cause === 'Unknown' ? old.cause : close.cause;
    const next: OrderState = {
      ...old,
      ...defined({ clOrdID: ids.clOrdID ?? old.clOrdID, reason: ids.reason ?? old.reason, cause }),
      isOpen: false,
      isGuess: close.isGuess,
      changedAt: close.at,
      closedAt: close.at,
    };
    this.#put(next, close.at);
  }

  /** Stores the order, with the time since when its fills and its body disagree. */
  #put(order: OrderState, at: MonotonicMs): void {
    const { body, filledQty, askedCumQty, isOpen, cause } = order;
    const awaitsFill =
      body !== undefined && isGreater(body.cumQty, greaterOf(filledQty, askedCumQty));
    const awaitsBody = isOpen && isGreater(filledQty, body?.cumQty ?? NOTHING);
    const isBare = cause === 'Filled' && body === undefined && filledQty === NOTHING;
    const isUneven = awaitsFill || awaitsBody || isBare;
    const unevenSince = isUneven ? (order.unevenSince ?? at) : undefined;
    this.#orders.set(order.venueOrderID, defined({ ...order, unevenSince }));
    if (this.#orders.size > this.#limits.ordersMax) this.#forgetOldestClosed();
  }

  #forgetOldestClosed(): void {
    for (const { venueOrderID, isOpen } of this.#orders.values())
      if (!isOpen) {
        this.#orders.delete(venueOrderID);
        return;
      }
  }
}

/** Open orders as a list of the venue has them. */
export interface OrderList {
  readonly orders: readonly OpenOrder[];
  /** Listed, with a body that could not be read. */
  readonly unread: readonly OrderIDs[];
}

const idsOf = ({ orders, unread }: OrderList): ReadonlySet<VenueOrderID> =>
  new Set([...orders, ...unread].map(({ venueOrderID }) => venueOrderID));

const checkOrder = (
  { venueOrderID, clOrdID }: OrderIDs,
  reason: Extract<Finding, { type: 'CheckOrder' }>['reason'],
): Finding => ({ type: 'CheckOrder', venueOrderID, reason, ...defined({ clOrdID }) });

/** A frame that closes nothing and cannot be read: the order may be in any state. */
const unreadBody = (ids: OrderIDs): readonly Finding[] => [
  checkOrder(ids, 'BodyUnreadable'),
  { type: 'CheckOpenOrders', reason: 'FrameIncomplete' },
];

/** An execution shows in a fill and in an order frame. One of the two is overdue. */
const missingHalf = (order: OrderState): readonly Finding[] => {
  const { venueOrderID, body, filledQty, isOpen } = order;
  const lacksFill = filledQty === NOTHING || isGreater(body?.cumQty ?? NOTHING, filledQty);
  if (lacksFill) return [{ type: 'CheckFills', reason: 'NoFillYet', venueOrderID }];
  return isOpen ? [checkOrder(order, 'NoOrderChangeYet')] : [];
};

/** Alarms for an operator about a fill. `order` is the state before the fill. */
const fillAlarms = (order: OrderState, fill: Fill): readonly Finding[] => {
  const findings: Finding[] = [];
  const id = fill.venueOrderID;
  if (fill.liquidity === 'Forced')
    findings.push(alarm('FORCED_FILL', `${id}: ${fill.fillType || 'unknown type'}`));
  const total = totalQty(order);
  const sum = sumOf(order.filledQty, fill.lastQty);
  // Only an alarm, because the execution is real in any case. An edit that crosses is filled before
  // it is announced.
  const isKnown = total !== undefined && fill.fillType !== 'takerAfterEdit';
  if (isKnown && isGreater(sum, total))
    findings.push(alarm('OVERFILL', `${id}: ${sum} filled of ${total}`));
  return findings;
};
