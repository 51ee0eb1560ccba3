import { err, ok, type Result } from '../../lib/result.ts';
import { listOrder } from './account.ts';
import { restInBook } from './book-change.ts';
import { cancel, remember, retire } from './closing.ts';
import { type PlaceOrder } from './commands.ts';
import { type ExecutionKind, FILL } from './execution.ts';
import { type Market } from './market.ts';
import { checkMargin } from './margin-check.ts';
import { match } from './matching.ts';
import { Order, toView } from './order.ts';
import { stepsToText } from './grid.ts';
import { keepReducing, reducible } from './reduce-only.ts';
import { fillable, meet } from './self-trade.ts';
import { armTrigger, isTriggerType, makeTrigger } from './trigger.ts';
import {
  checkCliOrdId,
  checkCollar,
  checkDislocation,
  checkMarketState,
  checkOrderLimits,
  protectionTicks,
  readPrice,
  readSize,
} from './validation.ts';
import { emit, type Venue } from './venue.ts';
import { type OrderError } from './vocabulary.ts';
import { hold } from './maker-protection.ts';

const reject = (
  venue: Venue,
  command: PlaceOrder,
  reason: OrderError,
  order: Order | undefined,
): void => {
  if (order !== undefined) {
    order.status = 'Rejected';
    order.updatedAt = venue.at;
    remember(venue, order);
  }
  emit(venue, {
    type: 'OrderRejected',
    account: command.account,
    owner: command.owner,
    cliOrdId: command.cliOrdId,
    symbol: command.symbol,
    reason,
    order: order === undefined ? undefined : toView(order),
  });
};

/** Checks a placement, holds it where the market protects makers, and enters it. */
export const place = (venue: Venue, command: PlaceOrder): void => {
  const made = makeOrder(venue, command);
  if (!made.ok) {
    reject(venue, command, made.error, undefined);
    return;
  }
  const order = made.value;
  const isHeld =
    order.market.makerProtectionMillis > 0 &&
    command.orderType !== 'post' &&
    order.trigger === undefined;
  if (!isHeld) {
    enter(venue, command, order);
  } else if (
    !hold(venue, order, (canceled) => {
      release(venue, command, order, canceled);
    })
  ) {
    reject(venue, command, 'HELD_ORDER_LIMIT_EXCEEDED', order);
  }
};

/** After a hold the deadline is judged again; a placement cancelled meanwhile is an IOC now (rest 10). */
const release = (venue: Venue, command: PlaceOrder, order: Order, canceled: boolean): void => {
  order.released = true;
  order.updatedAt = venue.at;
  if (canceled && order.orderType === 'lmt') order.orderType = 'ioc';
  enter(venue, command, order);
};

const enter = (venue: Venue, command: PlaceOrder, order: Order): void => {
  const { processBefore } = command;
  const isLate = processBefore !== undefined && venue.at > processBefore;
  const refusal = isLate
    ? 'WOULD_PROCESS_AFTER_SPECIFIED_TIME'
    : checkIntake(venue, command, order);
  if (refusal !== undefined) {
    reject(venue, command, refusal, order);
    return;
  }
  if (order.trigger !== undefined) {
    armTrigger(venue, order);
    return;
  }
  const submitted = submit(venue, order, { reason: 'new', kind: FILL });
  if (!submitted.ok) reject(venue, command, submitted.error, order);
};

/** Refusals that need no book: id, market state, account state, limits. */
const checkIntake = (venue: Venue, command: PlaceOrder, order: Order): OrderError | undefined =>
  checkCliOrdId(venue, order.holder, order.cliOrdId) ??
  checkMarketState(order.market, command.orderType === 'post' || order.trigger !== undefined) ??
  checkOrderLimits(venue, order.holder, command);

const makeOrder = (venue: Venue, command: PlaceOrder): Result<Order, OrderError> => {
  const account = venue.accounts.get(command.account);
  const market = venue.markets.get(command.symbol);
  if (market === undefined) return err('MARKET_NOT_FOUND');
  if (account?.tradingEnabled !== true) return err('ACCOUNT_INACTIVE');
  const lots = readSize(market.instrument, command.size);
  if (lots === undefined) return err('INVALID_QUANTITY');
  const ticks = readLimit(venue, market, command);
  if (!ticks.ok) return ticks;
  const order = new Order({
    orderId: venue.orderIds.next(),
    holder: account,
    owner: command.owner,
    cliOrdId: command.cliOrdId,
    market,
    side: command.side,
    orderType: command.orderType,
    lots,
    ticks: ticks.value,
    reduceOnly: command.reduceOnly ?? false,
    at: venue.at,
  });
  order.algoId = command.algoId;
  if (!isTriggerType(command.orderType)) return ok(order);
  const trigger = makeTrigger(market, command, order);
  if (!trigger.ok) return trigger;
  order.trigger = trigger.value;
  return ok(order);
};

const NO_LIMIT = ok(0);

const readLimit = (
  venue: Venue,
  market: Market,
  command: PlaceOrder,
): Result<number, OrderError> => {
  const { orderType, limitPrice } = command;
  if (orderType === 'mkt') {
    if (limitPrice !== undefined) return err('INVALID_PRICE');
    return protectionTicks(venue, market, command.side);
  }
  if (limitPrice === undefined) return isTriggerType(orderType) ? NO_LIMIT : err('INVALID_PRICE');
  const ticks = readPrice(market.instrument, limitPrice);
  return ticks === undefined ? err('INVALID_PRICE') : ok(ticks);
};

export interface Submission {
  readonly reason: 'new' | 'limitFromStop' | 'edit';
  readonly kind: ExecutionKind;
}

/** Brings a checked order to the book: cut, margin, match, rest or drop the remainder. A refusal leaves no trace. */
export const submit = (
  venue: Venue,
  order: Order,
  submission: Submission,
): Result<undefined, OrderError> => {
  const { holder, market } = order;
  const reducedLots = cutToPosition(order);
  if (order.leaves === 0) return err('WOULD_NOT_REDUCE_POSITION');
  const refusal =
    checkPrice(venue, order) ?? checkBook(order) ?? checkMargin(venue, order, order.leaves);
  if (refusal !== undefined) {
    order.lots += reducedLots;
    return err(refusal);
  }
  const reducedQuantity =
    reducedLots === 0 ? undefined : stepsToText(reducedLots, market.instrument.sizeGrid);
  order.status = 'Open';
  if (order.cliOrdId !== undefined) holder.usedCliOrdIds.add(order.cliOrdId);
  emit(venue, { type: 'OrderAccepted', order: toView(order), reducedQuantity });
  listOrder(holder, order);
  const { stopped } = match(venue, order, submission.kind);
  finish(venue, order, { ...submission, stopped, reducedQuantity });
  return ok(undefined);
};

const cutToPosition = (order: Order): number => {
  if (!order.reduceOnly) return 0;
  const excess = Math.max(0, order.leaves - reducible(order.holder, order.market, order.side));
  order.lots -= excess;
  return excess;
};

const checkPrice = (venue: Venue, order: Order): OrderError | undefined => {
  if (order.holder.background || order.orderType === 'liquidation') return undefined;
  return (
    checkCollar(venue, order.market, order.side, order.ticks) ??
    checkDislocation(order.market, order.side)
  );
};

/** Refusals that the state of the book decides. */
const checkBook = (order: Order): OrderError | undefined => {
  const { market, side, ticks } = order;
  const crosses = market.book.crosses(side, ticks);
  switch (order.orderType) {
    case 'post':
      return crosses ? 'POST_WOULD_EXECUTE' : undefined;
    case 'fok':
      return fillable(order, order.leaves) < order.leaves ? 'IOC_WOULD_NOT_EXECUTE' : undefined;
    case 'ioc':
    case 'mkt':
    case 'liquidation':
      return crosses ? checkFirstMaker(order) : 'IOC_WOULD_NOT_EXECUTE';
    default:
      return crosses ? checkFirstMaker(order) : undefined;
  }
};

/** Meeting an own order before anything was filled is a refusal; later it is a cancel of the rest. */
const checkFirstMaker = (order: Order): OrderError | undefined => {
  const maker = order.market.book.against(order.side).best?.head;
  return maker !== undefined && meet(order, maker) === 'stopTaker'
    ? 'WOULD_EXECUTE_SELF'
    : undefined;
};

const RESTS = new Set<string>(['lmt', 'post', 'stp', 'take_profit', 'trailing_stop']);

const finish = (
  venue: Venue,
  order: Order,
  outcome: Submission & { readonly stopped: boolean; readonly reducedQuantity: string | undefined },
): void => {
  if (order.leaves === 0) {
    retire(venue, order, 'Filled');
  } else if (outcome.stopped) {
    cancel(venue, order, 'WOULD_EXECUTE_SELF_REASON');
  } else if (RESTS.has(order.orderType)) {
    restInBook(venue, order);
    const { reason, reducedQuantity } = outcome;
    emit(venue, { type: 'OrderBooked', order: toView(order), reason, reducedQuantity });
    if (order.reduceOnly) keepReducing(venue, order.holder, order.market);
  } else {
    cancel(venue, order, order.filled > 0 ? 'PARTIAL_FILL' : 'IOC_WOULD_NOT_EXECUTE_REASON');
  }
};
