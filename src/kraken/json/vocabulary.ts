import { ownValue } from '../../lib/defined.ts';
import { type ClOrdID, type TradingSymbol, type VenueOrderID } from '../../domain/ids.ts';
import { type Side } from '../../domain/order.ts';
import { toDecimalText } from '../../lib/decimal-text.ts';
import { JsonNumber, type JsonValue } from '../../lib/lossless-json.ts';
import {
  amount,
  type Field,
  mapped,
  optionalUnless,
  type Reader,
  text,
  turned,
  upperText,
  word,
} from './readers.ts';

/**
 * The venue's words for orders, fills and positions, in our terms. REST, WebSocket and history
 * spell many of them differently; each table holds every spelling, so that a word means the same
 * wherever it comes from. A word that no table holds has no meaning: never look one up with a
 * default.
 */

/** Names are never numbers, and an empty one is none. */
const name =
  <T extends string>(read: Reader<T>): Reader<T> =>
  (value, path, notes) =>
    read(typeof value === 'string' && value !== '' ? value : null, path, notes);

/** In upper case: symbols were lower case until 2023 [rest 6.1]. */
export const symbol: Reader<TradingSymbol> = name(upperText<TradingSymbol>());
export const venueOrderID: Reader<VenueOrderID> = name(text<VenueOrderID>());

/** The client's id of an order. An empty one is none [rest 4]. */
export const clOrdIDField = (key: string): Field<ClOrdID | undefined> =>
  optionalUnless(key, text<ClOrdID>(), (value) => value === '');

/** A price of an order. 0 means that the order has none [websocket 8.1]. */
export const priceField = (key: string): Field<ReturnType<typeof amount>> =>
  optionalUnless(key, amount, isZero);

const isZero = (value: JsonValue): boolean => {
  const digits = value instanceof JsonNumber ? value.text : value;
  return typeof digits === 'string' && toDecimalText(digits) === '0';
};

/** `direction` of the order feeds is 0 or 1; `direction` of history is `Buy` or `Sell`. */
const SIDES: Readonly<Record<string, Side>> = {
  buy: 'Buy',
  sell: 'Sell',
  Buy: 'Buy',
  Sell: 'Sell',
  '0': 'Buy',
  '1': 'Sell',
};
export const side: Reader<Side> = mapped(SIDES);

/** Post-only and time in force are not visible in the order feeds. */
export type OrderKind = 'Limit' | 'Stop' | 'TakeProfit' | 'TrailingStop' | 'Unknown';

/** Words of `openorders` [rest 2.1] and of the order feeds [websocket 8]. */
const ORDER_KINDS: Readonly<Record<string, OrderKind>> = {
  lmt: 'Limit',
  limit: 'Limit',
  post: 'Limit',
  ioc: 'Limit',
  stp: 'Stop',
  stop: 'Stop',
  take_profit: 'TakeProfit',
  trailing_stop: 'TrailingStop',
};
/** An unknown kind is noted, and is no other kind. */
export const orderKind: Reader<OrderKind> = mapped<OrderKind>(ORDER_KINDS, 'Unknown');

/** `type` of the orders in events and of triggers, which say what they become [rest 3.3]. */
export const orderType = word(
  ...['liquidation', 'assignment', 'unwind', 'block', 'fok', ...Object.keys(ORDER_KINDS)],
);

/** How an order left the book. `Unknown`: it is gone without a reason. */
export type CloseCause = 'Filled' | 'Canceled' | 'Rejected' | 'Expired' | 'Triggered' | 'Unknown';

/** `status` of orders/status [rest 2.1]: still open, or the end. */
export const ORDER_STATUSES: Readonly<Record<string, 'Open' | CloseCause>> = {
  ENTERED_BOOK: 'Open',
  TRIGGER_PLACED: 'Open',
  FULLY_EXECUTED: 'Filled',
  CANCELLED: 'Canceled',
  REJECTED: 'Rejected',
  TRIGGER_ACTIVATION_FAILURE: 'Rejected',
};

/** Events in the history of orders and triggers: what they say of the order [rest 2.12]. */
export const HISTORY_EVENTS: Readonly<Record<string, 'Open' | 'NoChange' | CloseCause>> = {
  OrderPlaced: 'Open',
  OrderUpdated: 'Open',
  OrderTriggerPlaced: 'Open',
  OrderTriggerUpdated: 'Open',
  OrderCancelled: 'Canceled',
  OrderTriggerCancelled: 'Canceled',
  OrderRejected: 'Rejected',
  OrderTriggerActivated: 'Triggered',
  // A refused edit may come after the end of the order.
  OrderEditRejected: 'NoChange',
  OrderTriggerEditRejected: 'NoChange',
  OrderNotFound: 'NoChange',
};

type VenueTriggerSignal = 'Last' | 'Mark' | 'Index';

/**
 * REST takes `index`; REST and the order feeds give it back as `spot`. Order events and
 * orders/status write `mark_price` in small and capital letters [rest 3.3].
 */
const TRIGGER_SIGNALS: Readonly<Record<string, VenueTriggerSignal>> = {
  last: 'Last',
  last_price: 'Last',
  LAST_PRICE: 'Last',
  mark: 'Mark',
  mark_price: 'Mark',
  MARK_PRICE: 'Mark',
  spot: 'Index',
  spot_price: 'Index',
  SPOT_PRICE: 'Index',
  index: 'Index',
};
export const triggerSignal: Reader<VenueTriggerSignal> = mapped(TRIGGER_SIGNALS);

/** Side of the trigger price on which the order fires. */
export type TriggerSide = 'Above' | 'Below';

const TRIGGER_SIDES: Readonly<Record<string, TriggerSide>> = {
  trigger_above: 'Above',
  TRIGGER_ABOVE: 'Above',
  trigger_below: 'Below',
  TRIGGER_BELOW: 'Below',
};
export const triggerSide: Reader<TriggerSide> = mapped(TRIGGER_SIDES);

/** `side` of a position over REST; feed and history write a signed quantity instead. */
export type PositionSide = 'long' | 'short';
export const positionSide: Reader<PositionSide> = mapped<PositionSide>({
  long: 'long',
  short: 'short',
});

/** `Forced`: liquidation, assignment, unwind, which the account's owner did not ask for. */
export type FillLiquidity = 'Maker' | 'Taker' | 'Forced';

/** Fill types of REST, of the fills feed and of history (`executionType`) [websocket 8]. */
const FILL_LIQUIDITY: Readonly<Record<string, FillLiquidity>> = {
  maker: 'Maker',
  taker: 'Taker',
  takerAfterEdit: 'Taker',
  liquidation: 'Forced',
  partialLiquidation: 'Forced',
  assignee: 'Forced',
  assignor: 'Forced',
  unwindBankrupt: 'Forced',
  unwindCounterparty: 'Forced',
};
/** The word as it came; an unknown one is noted. */
export const fillType = word(...Object.keys(FILL_LIQUIDITY));
/**
 * A fill of an unknown type counts as forced, so that an alarm makes an operator look at it
 * [websocket 8.3].
 */
export const liquidityOf = (type: string): FillLiquidity =>
  ownValue(FILL_LIQUIDITY, type) ?? 'Forced';

/** `orderType` of history [rest 2.12]. */
export const historyOrderType = word(
  ...['Limit', 'IoC', 'Post', 'Market', 'Liquidation', 'Assignment', 'Unwind', 'Stop', 'Block'],
  ...['CoveredLiquidation', 'HedgeImmediateOrCancel', 'HedgeAssignment', 'FillOrKill', 'Rfq'],
  ...['PartialLiquidation', 'lmt', 'ioc', 'post', 'mkt', 'stp', 'take_profit', 'trailing_stop'],
);

/** Words of position updates in history [rest 2.12]. */
export const positionChange = word('open', 'close', 'increase', 'decrease', 'reverse', 'noChange');
export const positionTradeType = word(
  ...['userExecution', 'liquidation', 'partialLiquidation', 'assignment', 'unwind'],
);
export const positionUpdateReason = word('trade', 'fundingRealisation', 'settlement');

/** Types of the order behind a fill; the feed and recordings of 2021 differ in three words. */
const FILL_ORDER_TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['lmt', 'ioc', 'post', 'market', 'stp', 'liquidation', 'assignment', 'unwind', 'block'],
      ...['coveredLiquidation', 'hedgeImmediateOrCancel', 'hedgeAssignment', 'fillOrKill'],
    ].map((name) => [name, name]),
  ),
  limit: 'lmt',
  mkt: 'market',
  fok: 'fillOrKill',
};
export const fillOrderType: Reader<string> = mapped(FILL_ORDER_TYPES);

/** Bitcoin is XBT in symbols and balances and BTC in fees; here it is XBT. */
export const feeCurrency: Reader<string> = turned(upperText(), (name) =>
  name === 'BTC' ? 'XBT' : name,
);

export const notificationKind = word(
  ...['market', 'general', 'new_feature', 'bug_fix', 'maintenance', 'settlement'],
);
export const notificationPriority = word('low', 'medium', 'high');

/** `type` of public trades; REST and the feed share some. */
export const tradeKind = word(
  ...['fill', 'liquidation', 'termination', 'block', 'partialLiquidation', 'assignment'],
  ...['unwind', 'coveredLiquidation'],
);
export const GREEKS = ['iv', 'delta', 'gamma', 'theta', 'vega', 'rho'] as const;
