import { err, ok, type Result } from '../../../lib/result.ts';
import { leaveBook, shrinkInBook } from '../trading/book-change.ts';
import { findOrder } from './cancellation.ts';
import { type EditOrder } from '../model/commands.ts';
import { FILL_AFTER_EDIT } from '../model/executed-trade.ts';
import { setLimitByOffset } from './limit-offset.ts';
import { hold } from './maker-protection.ts';
import { Order, toView, type Trigger } from '../model/order.ts';
import { checkSubmission, cutText, cutToPosition, run } from './submission.ts';
import { setTrailing } from './trigger.ts';
import {
  checkCliOrdId,
  checkMarketState,
  readPrice,
  readSize,
  reserveCliOrdId,
} from './validation.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type OrderError } from '../model/vocabulary.ts';

/**
 * Changes a resting order or a waiting trigger. A refused edit leaves it as it was
 * [rest 2.1 editorder].
 */
export const edit = (venue: Venue, command: EditOrder): void => {
  const order = livingOrder(venue, command);
  const { batchReleaseAt } = venue;
  const isTaking =
    order !== undefined &&
    order.market.makerProtectionMillis > 0 &&
    order.orderType !== 'post' &&
    command.postOnly !== true &&
    order.trigger === undefined;
  if (order === undefined || (!isTaking && batchReleaseAt === undefined)) {
    attempt(venue, command);
    return;
  }
  const isHeld = hold(venue, {
    order,
    notBefore: batchReleaseAt,
    release: () => {
      attempt(venue, command);
    },
  });
  if (!isHeld) refuse(venue, command, 'HELD_ORDER_LIMIT_EXCEEDED');
};

const livingOrder = (venue: Venue, command: EditOrder): Order | undefined => {
  const account = venue.accounts.get(command.account);
  return account === undefined ? undefined : findOrder(account, command);
};

const refuse = (venue: Venue, command: EditOrder, reason: OrderError): void => {
  const order = livingOrder(venue, command);
  emit(venue, {
    type: 'EditRejected',
    account: command.account,
    orderId: order?.orderId ?? command.orderId,
    cliOrdId: order?.cliOrdId ?? command.cliOrdId,
    reason,
    order: order === undefined ? undefined : toView(order),
  });
};

const attempt = (venue: Venue, command: EditOrder): void => {
  const order = livingOrder(venue, command);
  const { processBefore } = command;
  const isLate = processBefore !== undefined && venue.at > processBefore;
  const refusal = isLate
    ? 'WOULD_PROCESS_AFTER_SPECIFIED_TIME'
    : order === undefined
      ? 'ORDER_FOR_EDIT_NOT_FOUND'
      : applyEdit(venue, command, order);
  if (refusal !== undefined) refuse(venue, command, refusal);
};

const applyEdit = (venue: Venue, command: EditOrder, order: Order): OrderError | undefined => {
  const state = checkMarketState(
    order.market,
    order.orderType === 'post' || order.trigger !== undefined,
  );
  const id =
    command.newCliOrdId === undefined
      ? undefined
      : checkCliOrdId(venue, order.holder, command.newCliOrdId);
  const refusal = state ?? id;
  if (refusal !== undefined) return refusal;
  const lots = newLots(command, order);
  if (lots === undefined) return 'INVALID_QUANTITY';
  return order.trigger === undefined
    ? editResting(venue, command, { order, lots })
    : editTrigger(venue, command, { order, lots, trigger: order.trigger });
};

/** RELATIVE: the new open remainder. ABSOLUTE: the total, which must leave something open. */
const newLots = (command: EditOrder, order: Order): number | undefined => {
  if (command.size === undefined) return order.lots;
  const size = readSize(order.market.instrument, command.size);
  if (size === undefined) return undefined;
  const lots = command.qtyMode === 'ABSOLUTE' ? size : order.filled + size;
  return lots > order.filled ? lots : undefined;
};

interface Change {
  readonly order: Order;
  readonly lots: number;
}

const editResting = (venue: Venue, command: EditOrder, change: Change): OrderError | undefined => {
  const { order } = change;
  if ((command.stopPrice ?? command.trailingStop) !== undefined) {
    return 'ORDER_CANNOT_HAVE_TRIGGER_PRICE';
  }
  const draft = draftOf(command, change);
  if (draft === undefined) return 'INVALID_PRICE';
  const cut = cutToPosition(draft);
  if (isSame(draft, order) && command.newCliOrdId === undefined) return 'EDIT_HAS_NO_EFFECT';
  const refusal = checkSubmission(venue, draft, order);
  if (refusal !== undefined) return refusal;
  replace(venue, order, { draft, cut, cliOrdId: command.newCliOrdId });
  return undefined;
};

const isSame = (a: Order, b: Order): boolean =>
  a.lots === b.lots && a.ticks === b.ticks && a.orderType === b.orderType;

interface Replacement {
  readonly draft: Order;
  /** Lots that reduce-only cut off the draft. */
  readonly cut: number;
  readonly cliOrdId: string | undefined;
}

/** An order keeps its place in the queue when its price stays and its quantity does not grow. */
const replace = (venue: Venue, order: Order, replacement: Replacement): void => {
  const { draft, cut, cliOrdId } = replacement;
  const old = toView(order);
  const reducedQuantity = cutText(order, cut);
  const less = order.lots - draft.lots;
  const keepsPlace = draft.ticks === order.ticks && less >= 0;
  if (!keepsPlace) leaveBook(venue, order);
  rename(venue, order, cliOrdId);
  order.lots = draft.lots;
  order.ticks = draft.ticks;
  order.orderType = draft.orderType;
  order.updatedAt = venue.at;
  emit(venue, { type: 'OrderEdited', old, order: toView(order), reducedQuantity });
  if (!keepsPlace) run(venue, order, { reason: 'edit', kind: FILL_AFTER_EDIT, reducedQuantity });
  else if (less > 0) shrinkInBook(venue, order, less);
};

/**
 * The order as edited, to check it against the rules; `undefined` when its price is off the grid.
 */
const draftOf = (command: EditOrder, { order, lots }: Change): Order | undefined => {
  const { limitPrice } = command;
  const ticks =
    limitPrice === undefined ? order.ticks : readPrice(order.market.instrument, limitPrice);
  if (ticks === undefined) return undefined;
  const orderType = command.postOnly === true ? 'post' : order.orderType;
  return copyOf(order, { lots, ticks, orderType });
};

const copyOf = (order: Order, change: Pick<Order, 'lots' | 'ticks' | 'orderType'>): Order => {
  const draft = new Order({
    orderId: order.orderId,
    holder: order.holder,
    owner: order.owner,
    cliOrdId: order.cliOrdId,
    market: order.market,
    side: order.side,
    reduceOnly: order.reduceOnly,
    at: order.placedAt,
    ...change,
  });
  draft.filled = order.filled;
  draft.released = order.released;
  return draft;
};

const rename = (venue: Venue, order: Order, cliOrdId: string | undefined): void => {
  if (cliOrdId === undefined) return;
  const { holder } = order;
  if (order.cliOrdId !== undefined) holder.orderIdByCliOrdId.delete(order.cliOrdId);
  order.cliOrdId = cliOrdId;
  holder.orderIdByCliOrdId.set(cliOrdId, order.orderId);
  reserveCliOrdId(venue, order);
};

const editTrigger = (
  venue: Venue,
  command: EditOrder,
  change: Change & { readonly trigger: Trigger },
): OrderError | undefined => {
  const { order, lots, trigger } = change;
  const old = toView(order);
  const moved =
    trigger.trailing === undefined
      ? movePrices(command, order, trigger)
      : moveTrailing(command, order, trigger);
  if (!moved.ok) return moved.error;
  const isSame = lots === order.lots && !moved.value && command.newCliOrdId === undefined;
  if (isSame) return 'EDIT_HAS_NO_EFFECT';
  rename(venue, order, command.newCliOrdId);
  order.postOnly ||= command.postOnly ?? false;
  order.lots = lots;
  order.updatedAt = venue.at;
  venue.touched.add(order.market);
  emit(venue, { type: 'OrderEdited', old, order: toView(order), reducedQuantity: undefined });
  return undefined;
};

/** Returns whether anything changed. */
const movePrices = (
  command: EditOrder,
  order: Order,
  trigger: Trigger,
): Result<boolean, OrderError> => {
  const { instrument } = order.market;
  if (command.trailingStop !== undefined) return err('ORDER_CANNOT_HAVE_TRIGGER_PRICE');
  const stopTicks =
    command.stopPrice === undefined ? trigger.stopTicks : readPrice(instrument, command.stopPrice);
  const ticks =
    command.limitPrice === undefined ? order.ticks : readPrice(instrument, command.limitPrice);
  if (stopTicks === undefined || ticks === undefined) return err('INVALID_PRICE');
  const changed = stopTicks !== trigger.stopTicks || ticks !== order.ticks;
  const before = trigger.stopTicks;
  trigger.stopTicks = stopTicks;
  if (command.limitPrice === undefined) {
    const refusal = setLimitByOffset(order.market, trigger, order);
    if (refusal !== undefined) {
      trigger.stopTicks = before;
      return err(refusal);
    }
  } else {
    order.ticks = ticks;
  }
  return ok(changed);
};

/**
 * Price fields of a trailing stop cannot be edited; its deviation, even unchanged, recomputes the
 * trigger [rest 6.3].
 */
const moveTrailing = (
  command: EditOrder,
  order: Order,
  trigger: Trigger,
): Result<boolean, OrderError> => {
  if (command.stopPrice !== undefined) return err('CANNOT_EDIT_TRIGGER_PRICE_OF_TRAILING_STOP');
  if (command.limitPrice !== undefined) return err('CANNOT_EDIT_LIMIT_PRICE_OF_TRAILING_STOP');
  if (command.trailingStop === undefined) return ok(false);
  const refusal = setTrailing(order.market, trigger, order.side, command.trailingStop);
  return refusal === undefined ? ok(true) : err(refusal);
};
