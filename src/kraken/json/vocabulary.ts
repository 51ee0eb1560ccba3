import { ownValue } from '../../lib/defined.ts';
import { type ClOrdID, type TradingSymbol, type VenueOrderID } from '../../domain/ids.ts';
import { type Side } from '../../domain/order.ts';
import { mapped, type Reader, text, turned, upperText } from './readers.ts';

/**
 * The venue's words for orders, fills and positions, in our terms. REST, WebSocket and history
 * spell many of them differently; each table holds every spelling, so that a word means the same
 * wherever it comes from.
 */

/** Names are never numbers, and an empty one is none. */
const name =
  <T extends string>(read: Reader<T>): Reader<T> =>
  (value, path, notes) =>
    read(typeof value === 'string' && value !== '' ? value : null, path, notes);

/** In upper case: symbols were lower case until 2023 [rest 6.1]. */
export const symbol: Reader<TradingSymbol> = name(upperText<TradingSymbol>());
export const venueOrderID: Reader<VenueOrderID> = name(text<VenueOrderID>());
export const clOrdID: Reader<ClOrdID> = text<ClOrdID>();

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
export const ORDER_KIND_WORDS = Object.keys(ORDER_KINDS);
export const orderKind: Reader<OrderKind> = mapped<OrderKind>(ORDER_KINDS, 'Unknown');
export const orderKindOf = (word: string): OrderKind => ownValue(ORDER_KINDS, word) ?? 'Unknown';

type VenueTriggerSignal = 'Last' | 'Mark' | 'Index';

/** REST takes `index`; REST and the order feeds give it back as `spot`. */
const TRIGGER_SIGNALS: Readonly<Record<string, VenueTriggerSignal>> = {
  last: 'Last',
  mark: 'Mark',
  spot: 'Index',
  index: 'Index',
};
export const TRIGGER_SIGNAL_WORDS = Object.keys(TRIGGER_SIGNALS);
export const triggerSignal: Reader<VenueTriggerSignal> = mapped(TRIGGER_SIGNALS);
export const triggerSignalOf = (word: string): VenueTriggerSignal | undefined =>
  ownValue(TRIGGER_SIGNALS, word);

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
export const FILL_TYPES = Object.keys(FILL_LIQUIDITY);
/** A fill of an unknown type counts as forced, so that an operator looks at it. */
export const liquidityOf = (fillType: string): FillLiquidity =>
  ownValue(FILL_LIQUIDITY, fillType) ?? 'Forced';

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

export const NOTIFICATION_KINDS = [
  ...['market', 'general', 'new_feature', 'bug_fix', 'maintenance', 'settlement'],
];
export const NOTIFICATION_PRIORITIES = ['low', 'medium', 'high'];
export const GREEKS = ['iv', 'delta', 'gamma', 'theta', 'vega', 'rho'] as const;
