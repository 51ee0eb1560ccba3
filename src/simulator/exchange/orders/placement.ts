import { err, ok, type Result } from '../../../lib/result.ts';
import { remember } from '../trading/closing.ts';
import { type PlaceOrder } from '../model/commands.ts';
import { FILL } from '../model/executed-trade.ts';
import { hold } from './maker-protection.ts';
import { type Market } from '../model/market.ts';
import { Order, toView } from '../model/order.ts';
import { submit } from './submission.ts';
import { armTrigger, isTriggerType, makeTrigger } from './trigger.ts';
import {
  checkCliOrdId,
  checkMarketState,
  checkOrderLimits,
  protectionTicks,
  readPrice,
  readSize,
} from './validation.ts';
import { emit, type Venue } from '../model/venue.ts';
import { type OrderError } from '../model/vocabulary.ts';

/** Checks a placement, holds it where the market protects makers, and enters it. */
export const place = (venue: Venue, command: PlaceOrder): void => {
  const made = makeOrder(venue, command);
  if (!made.ok) {
    reject(venue, command, made.error, undefined);
    return;
  }
  const order = made.value;
  const { batchReleaseAt } = venue;
  if (!isTaking(order) && batchReleaseAt === undefined) {
    enter(venue, command, order);
    return;
  }
  order.status = 'Held';
  const isHeld = hold(venue, {
    order,
    notBefore: batchReleaseAt,
    release: (canceled) => {
      release(venue, command, order, canceled);
    },
  });
  if (!isHeld) reject(venue, command, 'HELD_ORDER_LIMIT_EXCEEDED', order);
};

/**
 * The type decides, not the outcome: an order that is not post-only waits where the market protects
 * makers. Waiting triggers are off the book.
 */
const isTaking = (order: Order): boolean =>
  order.market.makerProtectionMillis > 0 &&
  order.orderType !== 'post' &&
  order.trigger === undefined;

/**
 * Checks the deadline again after a hold. A placement that was canceled meanwhile is an IOC [rest
 * 10].
 */
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
    : (checkIntake(venue, command, order) ?? protect(venue, order));
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

/** A market order gets its price when it is processed, after every hold. */
const protect = (venue: Venue, order: Order): OrderError | undefined => {
  if (order.orderType !== 'mkt') return undefined;
  const ticks = protectionTicks(venue, order.market, order.side);
  if (!ticks.ok) return ticks.error;
  order.ticks = ticks.value;
  return undefined;
};

const makeOrder = (venue: Venue, command: PlaceOrder): Result<Order, OrderError> => {
  const account = venue.accounts.get(command.account);
  const market = venue.markets.get(command.symbol);
  if (market === undefined) return err('MARKET_NOT_FOUND');
  if (account?.tradingEnabled !== true) return err('ACCOUNT_INACTIVE');
  const lots = readSize(market.instrument, command.size);
  if (lots === undefined) return err('INVALID_QUANTITY');
  const ticks = readLimit(market, command);
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
  if (!isTriggerType(command.orderType)) {
    // There is no trigger price that it could be relative to.
    return command.limitPriceOffset === undefined ? ok(order) : err('INVALID_PRICE');
  }
  const trigger = makeTrigger(market, command, order);
  if (!trigger.ok) return trigger;
  order.trigger = trigger.value;
  order.postOnly = command.postOnly ?? false;
  order.immediate = command.immediate ?? false;
  return ok(order);
};

const NO_LIMIT = ok(0);

const readLimit = (market: Market, command: PlaceOrder): Result<number, OrderError> => {
  const { orderType, limitPrice } = command;
  if (orderType === 'mkt') return limitPrice === undefined ? NO_LIMIT : err('INVALID_PRICE');
  if (limitPrice === undefined) return isTriggerType(orderType) ? NO_LIMIT : err('INVALID_PRICE');
  const ticks = readPrice(market.instrument, limitPrice);
  return ticks === undefined ? err('INVALID_PRICE') : ok(ticks);
};

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
