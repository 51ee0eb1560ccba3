import { err, ok, type Result } from '../../../lib/result.ts';
import { type PlaceOrder } from '../model/commands.ts';
import { ceilToSteps, floorToSteps, stepsToMoney } from '../model/instruments/grid.ts';
import { type Market } from '../model/market.ts';
import { ONE, parseMoney, times, type Money } from '../model/money.ts';
import { type Order, type Trigger } from '../model/order.ts';
import { type DeviationUnit, type OrderError } from '../model/vocabulary.ts';

type Offset = Trigger['limitOffset'];

/**
 * Percents have two decimals, like those of trailing stops. The venue does not publish how many
 * [rest 3.5, 6.3].
 */
const PERCENT_STEP = ONE / 100n;
/**
 * A limit may be half the trigger price away. The venue publishes no bound; this is the one of a
 * trailing stop's deviation.
 */
const PERCENT_MAX = 50n;

const isUnit = (unit: string): unit is DeviationUnit =>
  unit === 'PERCENT' || unit === 'QUOTE_CURRENCY';

/**
 * Reads the limit of a trigger as a distance from its price. Each fault has its own error [rest
 * 3.5].
 */
export const readLimitOffset = (
  market: Market,
  { limitPriceOffset, limitPrice }: PlaceOrder,
): Result<Offset, OrderError> => {
  if (limitPriceOffset === undefined) return ok(undefined);
  if (limitPrice !== undefined) return err('LIMIT_PRICE_SET_AS_ABSOLUTE_AND_RELATIVE');
  const { value: text, unit } = limitPriceOffset;
  if (text === undefined || unit === undefined)
    return err('LIMIT_PRICE_OFFSET_MUST_HAVE_VALUE_AND_UNIT');
  if (!isUnit(unit)) return err('LIMIT_PRICE_OFFSET_UNIT_INVALID');
  const value = parseMoney(text);
  if (value === undefined) return err('LIMIT_PRICE_OFFSET_VALUE_INVALID');
  if (unit === 'PERCENT' && value % PERCENT_STEP !== 0n)
    return err('LIMIT_PRICE_OFFSET_PERCENT_VALUE_TOO_MANY_DECIMAL_PLACES');
  if (unit === 'QUOTE_CURRENCY' && value % market.instrument.priceGrid.step !== 0n)
    return err('LIMIT_PRICE_OFFSET_QUOTE_CURRENCY_VALUE_MUST_BE_MULTIPLE_OF_TICK_SIZE');
  return ok({ value, unit });
};

/**
 * Sets the limit when a client places or moves a trigger. A trailing stop moves by itself, and its
 * limit follows at any distance.
 */
export const setLimitByOffset = (
  market: Market,
  trigger: Trigger,
  order: Order,
): OrderError | undefined =>
  checkDistance(market, trigger) ?? applyLimitOffset(market, trigger, order);

const checkDistance = (market: Market, trigger: Trigger): OrderError | undefined => {
  if (trigger.limitOffset === undefined) return undefined;
  const stop = stopOf(market, trigger);
  const distance = distanceOf(trigger.limitOffset, stop);
  const most = (stop * PERCENT_MAX) / 100n;
  if (distance > most) return 'LIMIT_PRICE_OFFSET_TOO_HIGH';
  return distance < -most ? 'LIMIT_PRICE_OFFSET_TOO_LOW' : undefined;
};

/**
 * Limit = trigger price + offset; a sell stop at 79000 with -0.5 PERCENT gets 78605 [rest 6.3]. Cut
 * towards the trigger price.
 */
export const applyLimitOffset = (
  market: Market,
  trigger: Trigger,
  order: Order,
): OrderError | undefined => {
  const offset = trigger.limitOffset;
  if (offset === undefined) return undefined;
  const { priceGrid } = market.instrument;
  const stop = stopOf(market, trigger);
  const distance = distanceOf(offset, stop);
  const limit = stop + distance;
  const ticks = distance >= 0n ? floorToSteps(limit, priceGrid) : ceilToSteps(limit, priceGrid);
  if (ticks <= 0) return 'LIMIT_PRICE_OFFSET_VALUE_INVALID';
  order.ticks = ticks;
  return undefined;
};

const stopOf = (market: Market, trigger: Trigger): Money =>
  stepsToMoney(trigger.stopTicks, market.instrument.priceGrid);

const distanceOf = ({ value, unit }: NonNullable<Offset>, stop: Money): Money =>
  unit === 'PERCENT' ? times(stop, value / 100n) : value;
