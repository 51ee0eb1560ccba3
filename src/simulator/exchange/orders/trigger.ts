import { err, ok, type Result } from '../../../lib/result.ts';
import { listOrder } from '../model/account.ts';
import { retire } from '../trading/closing.ts';
import { type PlaceOrder } from '../model/commands.ts';
import { ceilToSteps, floorToSteps, stepsToMoney } from '../model/instruments/grid.ts';
import { applyLimitOffset, readLimitOffset, setLimitByOffset } from './limit-offset.ts';
import { type Market } from '../model/market.ts';
import {
  maxMoney,
  minMoney,
  type Money,
  moneyToText,
  ONE,
  parseMoney,
  times,
} from '../model/money.ts';
import { Order, toView, type Trigger } from '../model/order.ts';
import { checkMarketState, protectionTicks, readPrice, reserveCliOrdId } from './validation.ts';
import { emit, type Venue } from '../model/venue.ts';
import {
  type DeviationUnit,
  type OrderError,
  type OrderType,
  type Side,
  type TriggerSide,
  type TriggerSignal,
} from '../model/vocabulary.ts';
import { FILL } from '../model/executed-trade.ts';
import { submit } from './submission.ts';

export const isTriggerType = (type: OrderType): boolean =>
  type === 'stp' || type === 'take_profit' || type === 'trailing_stop';

/** The price of a signal now; 0 when there is none yet. */
const signalPrice = (market: Market, signal: TriggerSignal): Money => {
  switch (signal) {
    case 'mark':
      return market.mark;
    case 'index':
      return market.index;
    case 'last':
      return stepsToMoney(market.lastTicks, market.instrument.priceGrid);
  }
};

/**
 * A stop buys at or above and sells at or below its price; a take-profit the other way round
 * [rest 6.3].
 */
const triggerSide = (type: OrderType, side: Side): TriggerSide =>
  (type === 'take_profit') === (side === 'sell') ? 'trigger_above' : 'trigger_below';

/** Reads the trigger of a placement and fixes the order's limit when it is given as an offset. */
export const makeTrigger = (
  market: Market,
  command: PlaceOrder,
  order: Order,
): Result<Trigger, OrderError> => {
  const signal = command.triggerSignal ?? 'last';
  const side = triggerSide(command.orderType, command.side);
  const limitOffset = readLimitOffset(market, command);
  if (!limitOffset.ok) return limitOffset;
  const trigger: Trigger = {
    stopTicks: 0,
    side,
    signal,
    trailing: undefined,
    limitOffset: limitOffset.value,
  };
  if (command.orderType === 'trailing_stop') {
    if (command.limitPrice !== undefined || command.stopPrice !== undefined)
      return err('INVALID_PRICE');
    const refusal = setTrailing(market, trigger, order.side, command.trailingStop);
    if (refusal !== undefined) return err(refusal);
  } else {
    const stopTicks =
      command.stopPrice === undefined ? undefined : readPrice(market.instrument, command.stopPrice);
    if (stopTicks === undefined) return err('INVALID_PRICE');
    trigger.stopTicks = stopTicks;
  }
  const refusal = setLimitByOffset(market, trigger, order);
  return refusal === undefined ? ok(trigger) : err(refusal);
};

const PERCENT_MIN = ONE / 10n;
const PERCENT_MAX = 50n * ONE;
const PERCENT_STEP = ONE / 100n;

const checkDeviation = (
  market: Market,
  deviation: Money,
  unit: DeviationUnit,
): OrderError | undefined => {
  if (unit === 'QUOTE_CURRENCY') {
    if (deviation <= 0n) return 'TRAILING_STOP_MAX_DEVIATION_TOO_SMALL';
    return deviation % market.instrument.priceGrid.step === 0n
      ? undefined
      : 'TRAILING_STOP_QUOTE_DEVIATION_NOT_MULTIPLE_OF_TICK_SIZE';
  }
  if (deviation < PERCENT_MIN) return 'TRAILING_STOP_MAX_DEVIATION_TOO_SMALL';
  if (deviation > PERCENT_MAX) return 'TRAILING_STOP_MAX_DEVIATION_TOO_LARGE';
  return deviation % PERCENT_STEP === 0n
    ? undefined
    : 'TRAILING_STOP_PERCENT_DEVIATION_EXCEEDS_MAX_DECIMAL_PLACES';
};

/** Sets deviation and trigger price of a trailing stop from the signal's price now. */
export const setTrailing = (
  market: Market,
  trigger: Trigger,
  side: Side,
  options: { readonly maxDeviation: string; readonly unit: DeviationUnit } | undefined,
): OrderError | undefined => {
  const deviation = options === undefined ? undefined : parseMoney(options.maxDeviation);
  if (options === undefined || deviation === undefined)
    return 'TRAILING_STOP_MAX_DEVIATION_TOO_SMALL';
  const refusal = checkDeviation(market, deviation, options.unit);
  if (refusal !== undefined) return refusal;
  const best = signalPrice(market, trigger.signal);
  if (best === 0n)
    return 'NO_REFERENCE_PRICE_AVAILABLE_FOR_CALCULATING_TRAILING_STOP_TRIGGER_PRICE';
  const trailing = { deviation, unit: options.unit, best };
  const stopTicks = trailingTicks(market, trailing, side);
  if (stopTicks <= 0) return 'TRAILING_STOP_MAX_DEVIATION_TOO_LARGE';
  trigger.trailing = trailing;
  trigger.stopTicks = stopTicks;
  return undefined;
};

/**
 * A sell trails below the best price seen, a buy above it. Rounded to the grid, away from the
 * price.
 */
const trailingTicks = (
  market: Market,
  trailing: NonNullable<Trigger['trailing']>,
  side: Side,
): number => {
  const { best, deviation, unit } = trailing;
  const { priceGrid } = market.instrument;
  const distance = unit === 'PERCENT' ? times(best, deviation / 100n) : deviation;
  return side === 'sell'
    ? floorToSteps(best - distance, priceGrid)
    : ceilToSteps(best + distance, priceGrid);
};

/** Lists a checked trigger order, which waits from now on. */
export const armTrigger = (venue: Venue, order: Order): void => {
  order.status = 'TriggerPlaced';
  reserveCliOrdId(venue, order);
  emit(venue, { type: 'OrderAccepted', order: toView(order), reducedQuantity: undefined });
  listOrder(order.holder, order);
  order.market.triggers.add(order);
  venue.touched.add(order.market);
  emit(venue, {
    type: 'OrderBooked',
    order: toView(order),
    reason: 'trigger',
    reducedQuantity: undefined,
  });
};

const isDue = (trigger: Trigger, price: Money, market: Market): boolean => {
  const stop = stepsToMoney(trigger.stopTicks, market.instrument.priceGrid);
  return trigger.side === 'trigger_above' ? price >= stop : price <= stop;
};

/**
 * Moves trailing stops with the market and fires the triggers that are due, oldest first. Returns
 * whether any fired.
 */
const fireTriggers = (venue: Venue, market: Market, fire: (order: Order) => void): boolean => {
  if (market.triggers.size === 0 || market.suspended || market.expired || market.postOnly)
    return false;
  let fired = false;
  for (const order of [...market.triggers]) {
    const trigger = order.trigger;
    if (trigger === undefined || !market.triggers.has(order)) continue;
    const price = signalPrice(market, trigger.signal);
    if (price === 0n) continue;
    trail(venue, order, trigger, price);
    if (!isDue(trigger, price, market)) continue;
    fired = true;
    order.updatedAt = venue.at;
    retire(venue, order, 'Triggered');
    fire(order);
  }
  return fired;
};

const trail = (venue: Venue, order: Order, trigger: Trigger, price: Money): void => {
  const { trailing } = trigger;
  if (trailing === undefined) return;
  const best =
    order.side === 'sell' ? maxMoney(trailing.best, price) : minMoney(trailing.best, price);
  if (best === trailing.best) return;
  const old = toView(order);
  trailing.best = best;
  const stopTicks = trailingTicks(order.market, trailing, order.side);
  if (stopTicks === trigger.stopTicks) return;
  trigger.stopTicks = stopTicks;
  order.updatedAt = venue.at;
  applyLimitOffset(order.market, trigger, order);
  emit(venue, { type: 'TriggerUpdated', old, order: toView(order) });
};

const triggerPriceText = (order: Order): string =>
  order.trigger === undefined ? '0' : moneyToText(signalPrice(order.market, order.trigger.signal));

const ROUNDS_MAX = 1_000;

/**
 * Fires triggers until no more are due: an order that one becomes may move the last price and fire
 * others.
 */
export const runTriggers = (venue: Venue, market: Market): void => {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const fired = fireTriggers(venue, market, (order) => {
      activate(venue, order);
    });
    if (!fired) return;
  }
};

const typeAfter = ({ ticks, immediate, postOnly }: Order): 'ioc' | 'post' | 'lmt' => {
  if (ticks === 0 || immediate) return 'ioc';
  return postOnly ? 'post' : 'lmt';
};

/**
 * Turns a trigger into a limit order when it has a limit, otherwise into an IOC at the protection
 * price [rest 3.3]. The order keeps the client order id.
 */
const activate = (venue: Venue, trigger: Order): void => {
  const { market } = trigger;
  const triggerPrice = triggerPriceText(trigger);
  const born = new Order({
    orderId: venue.orderIds.next(),
    holder: trigger.holder,
    owner: trigger.owner,
    cliOrdId: trigger.cliOrdId,
    market,
    side: trigger.side,
    orderType: typeAfter(trigger),
    lots: trigger.lots,
    ticks: trigger.ticks,
    reduceOnly: trigger.reduceOnly,
    at: venue.at,
  });
  born.algoId = trigger.algoId;
  born.triggeredBy = trigger.orderId;
  emit(venue, {
    type: 'TriggerFired',
    order: toView(trigger),
    triggerPrice,
    orderId: born.orderId,
  });
  const protection = trigger.ticks > 0 ? undefined : protectionTicks(venue, market, trigger.side);
  if (protection?.ok === true) born.ticks = protection.value;
  const state = checkMarketState(market, born.orderType === 'post');
  const submitted =
    protection?.ok === false
      ? protection
      : state === undefined
        ? submit(venue, born, { reason: 'limitFromStop', kind: FILL })
        : { ok: false as const, error: state };
  if (submitted.ok) return;
  trigger.status = 'TriggerActivationFailure';
  emit(venue, { type: 'TriggerFailed', order: toView(trigger), reason: submitted.error });
};
