import { type PlaceOrder } from '../model/commands.ts';
import { textToSteps } from '../model/instruments/grid.ts';
import { type Instrument } from '../model/instruments/instrument.ts';
import { type Market } from '../model/market.ts';
import { type OrderError, type Side } from '../model/vocabulary.ts';
import { type Order } from '../model/order.ts';
import { type Venue } from '../model/venue.ts';
import { type Account, ordersOn } from '../model/account.ts';
import { type Result, err, ok } from '../../../lib/result.ts';
import { times } from '../model/money.ts';
import { ceilToSteps, floorToSteps, stepsToMoney } from '../model/instruments/grid.ts';

export const readSize = (instrument: Instrument, text: string): number | undefined => {
  const lots = textToSteps(text, instrument.sizeGrid);
  return lots === undefined || lots === 0 ? undefined : lots;
};

export const readPrice = (instrument: Instrument, text: string): number | undefined => {
  const ticks = textToSteps(text, instrument.priceGrid);
  return ticks === undefined || ticks === 0 ? undefined : ticks;
};

const ID_CHARACTERS = /^[\x21-\x7e]+$/;

export const checkCliOrdId = (
  venue: Venue,
  account: Account,
  cliOrdId: string | undefined,
): OrderError | undefined => {
  if (cliOrdId === undefined) return undefined;
  if (cliOrdId.length > venue.rules.cliOrdIdLengthMax) return 'CLIENT_ORDER_ID_TOO_LONG';
  if (!ID_CHARACTERS.test(cliOrdId)) return 'CLIENT_ORDER_ID_INVALID';
  const isUsed =
    account.orderIdByCliOrdId.has(cliOrdId) ||
    (venue.rules.cliOrdIdScope === 'forever' && account.usedCliOrdIds.has(cliOrdId));
  return isUsed ? 'CLIENT_ORDER_ID_IN_USE' : undefined;
};

/** Remembers a client order id that may not be used again, when ids are unique forever. */
export const reserveCliOrdId = (venue: Venue, order: Order): void => {
  if (order.cliOrdId === undefined || venue.rules.cliOrdIdScope === 'live') return;
  order.holder.usedCliOrdIds.add(order.cliOrdId);
};

/** Market states [rest 11]: suspended, cancel-only, post-only, expired. */
export const checkMarketState = (market: Market, isPost: boolean): OrderError | undefined => {
  if (market.expired) return 'MARKET_INACTIVE';
  if (market.suspended) return 'MARKET_SUSPENDED';
  if (market.cancelOnly) return 'MARKET_IS_CANCEL_ONLY';
  return market.postOnly && !isPost ? 'MARKET_IS_POST_ONLY' : undefined;
};

/** A limit price too far through the mark is refused. */
export const checkCollar = (
  venue: Venue,
  market: Market,
  side: Side,
  ticks: number,
): OrderError | undefined => {
  const price = stepsToMoney(ticks, market.instrument.priceGrid);
  const width = times(market.mark, venue.amounts.priceCollar);
  const outside = side === 'buy' ? price > market.mark + width : price < market.mark - width;
  return outside ? 'PRICE_COLLAR' : undefined;
};

/** In a dislocated market orders that push the price further away are refused [rest 11]. */
export const checkDislocation = (market: Market, side: Side): OrderError | undefined => {
  const worsens =
    (market.dislocation === 'ABOVE_UPPER_BOUND' && side === 'buy') ||
    (market.dislocation === 'BELOW_LOWER_BOUND' && side === 'sell');
  return worsens ? 'PRICE_DISLOCATION' : undefined;
};

export const checkOrderLimits = (
  venue: Venue,
  account: Account,
  command: PlaceOrder,
): OrderError | undefined => {
  if (account.background) return undefined;
  if (account.orders.size >= venue.rules.openOrdersMax) return 'ORDER_LIMIT_EXCEEDED';
  if (command.orderType !== 'trailing_stop') return undefined;
  let trailing = 0;
  for (const order of ordersOn(account, command.symbol))
    if (order.orderType === 'trailing_stop') trailing += 1;
  return trailing >= venue.rules.trailingStopsMax
    ? 'TRAILING_STOP_ORDER_LIMIT_EXCEEDED'
    : undefined;
};

/**
 * A market order is an IOC priced a fraction through the touch [rest 6.3], cut towards the touch to
 * the grid: 66596 gives 67261.
 */
export const protectionTicks = (
  venue: Venue,
  market: Market,
  side: Side,
): Result<number, OrderError> => {
  const touch = market.book.against(side).best;
  if (touch === undefined) return err('IOC_WOULD_NOT_EXECUTE');
  const price = stepsToMoney(touch.ticks, market.instrument.priceGrid);
  const distance = times(price, venue.amounts.marketProtection);
  const { priceGrid } = market.instrument;
  return ok(
    side === 'buy'
      ? floorToSteps(price + distance, priceGrid)
      : Math.max(1, ceilToSteps(price - distance, priceGrid)),
  );
};
