/**
 * The vocabulary of the venue [rest 3.4, 3.5, 6.3; websocket 8.1]. The simulator is the oracle of
 * the tests, so it deliberately shares no order vocabulary with `src/core`.
 */
export type Side = 'buy' | 'sell';

/** The venue alone makes orders of the last three types; clients cannot send them. */
export type OrderType =
  | 'lmt'
  | 'post'
  | 'ioc'
  | 'fok'
  | 'mkt'
  | 'stp'
  | 'take_profit'
  | 'trailing_stop'
  | 'liquidation'
  | 'assignment'
  | 'unwind';

export type TriggerSignal = 'mark' | 'index' | 'last';
export type TriggerSide = 'trigger_above' | 'trigger_below';
export type DeviationUnit = 'PERCENT' | 'QUOTE_CURRENCY';

export type SelfTradeStrategy =
  'REJECT_TAKER' | 'CANCEL_MAKER_SELF' | 'CANCEL_MAKER_CHILD' | 'CANCEL_MAKER_ANY';

/**
 * Status of an order. A `Held` order waits in front of the engine (maker protection, [rest 10]).
 */
export type OrderStatus =
  | 'Held'
  | 'TriggerPlaced'
  | 'Open'
  | 'Filled'
  | 'Canceled'
  | 'Rejected'
  | 'Triggered'
  | 'TriggerActivationFailure';

/** OrderError of the venue [rest 3.5]: the reason word of a refusal. */
export type OrderError =
  | 'MARKET_SUSPENDED'
  | 'MARKET_NOT_FOUND'
  | 'MARKET_INACTIVE'
  | 'MARKET_IS_POST_ONLY'
  | 'MARKET_IS_CANCEL_ONLY'
  | 'ACCOUNT_INACTIVE'
  | 'INVALID_ORDER_TYPE'
  | 'INVALID_PRICE'
  | 'INVALID_QUANTITY'
  | 'LIMIT_PRICE_SET_AS_ABSOLUTE_AND_RELATIVE'
  | 'LIMIT_PRICE_OFFSET_MUST_HAVE_VALUE_AND_UNIT'
  | 'LIMIT_PRICE_OFFSET_VALUE_INVALID'
  | 'LIMIT_PRICE_OFFSET_UNIT_INVALID'
  | 'LIMIT_PRICE_OFFSET_PERCENT_VALUE_TOO_MANY_DECIMAL_PLACES'
  | 'LIMIT_PRICE_OFFSET_TOO_HIGH'
  | 'LIMIT_PRICE_OFFSET_TOO_LOW'
  | 'LIMIT_PRICE_OFFSET_QUOTE_CURRENCY_VALUE_MUST_BE_MULTIPLE_OF_TICK_SIZE'
  | 'SMALL_ORDER_LIMIT_EXCEEDED'
  | 'ORDER_LIMIT_EXCEEDED'
  | 'TRAILING_STOP_ORDER_LIMIT_EXCEEDED'
  | 'HELD_ORDER_LIMIT_EXCEEDED'
  | 'MAX_POSITION_EXCEEDED'
  | 'PRICE_COLLAR'
  | 'PRICE_DISLOCATION'
  | 'INSUFFICIENT_MARGIN'
  | 'WOULD_CAUSE_LIQUIDATION'
  | 'FIXED_LEVERAGE_TOO_HIGH'
  | 'CLIENT_ORDER_ID_IN_USE'
  | 'CLIENT_ORDER_ID_TOO_LONG'
  | 'CLIENT_ORDER_ID_INVALID'
  | 'POST_WOULD_EXECUTE'
  | 'IOC_WOULD_NOT_EXECUTE'
  | 'WOULD_EXECUTE_SELF'
  | 'WOULD_NOT_REDUCE_POSITION'
  | 'REJECTED_AFTER_EXECUTION'
  | 'EDIT_HAS_NO_EFFECT'
  | 'ORDER_FOR_CANCELLATION_NOT_FOUND'
  | 'ORDER_FOR_EDIT_NOT_FOUND'
  | 'ORDER_CANNOT_HAVE_TRIGGER_PRICE'
  | 'CANNOT_EDIT_TRIGGER_PRICE_OF_TRAILING_STOP'
  | 'CANNOT_EDIT_LIMIT_PRICE_OF_TRAILING_STOP'
  | 'TRAILING_STOP_MAX_DEVIATION_TOO_LARGE'
  | 'TRAILING_STOP_MAX_DEVIATION_TOO_SMALL'
  | 'TRAILING_STOP_QUOTE_DEVIATION_NOT_MULTIPLE_OF_TICK_SIZE'
  | 'TRAILING_STOP_PERCENT_DEVIATION_EXCEEDS_MAX_DECIMAL_PLACES'
  | 'NO_REFERENCE_PRICE_AVAILABLE_FOR_CALCULATING_TRAILING_STOP_TRIGGER_PRICE'
  | 'WOULD_PROCESS_AFTER_SPECIFIED_TIME';

/** Why an accepted order left the book ([rest 3.5] `updateReason`, [fix 6.4]). */
export type CancelReason =
  | 'CANCELLED_BY_USER'
  | 'CANCELLED_BY_ADMIN'
  | 'DEAD_MAN_SWITCH'
  | 'CONTRACT_EXPIRED'
  | 'NOT_ENOUGH_MARGIN'
  | 'MARKET_INACTIVE'
  | 'LIQUIDATION'
  /** The remainder of an IOC, market or liquidation order that filled in part. */
  | 'PARTIAL_FILL'
  | 'IOC_WOULD_NOT_EXECUTE_REASON'
  | 'WOULD_EXECUTE_SELF_REASON'
  | 'WOULD_NOT_REDUCE_POSITION'
  | 'CANCELLED_BY_SELF_TRADE'
  | 'STOP_ORDER_TRIGGERED';

export type FillType =
  | 'maker'
  | 'taker'
  | 'takerAfterEdit'
  | 'liquidation'
  | 'assignor'
  | 'assignee'
  | 'unwindBankrupt'
  | 'unwindCounterparty';

/** Public trade type [websocket 7.2]. */
export type TradeType = 'fill' | 'liquidation' | 'assignment' | 'unwind' | 'termination' | 'block';

/** Wallet names of `accounts` [rest 2.4]: `cash`, `flex`, `fi_xbtusd`, … */
export type WalletName = string;
/** Upper-case asset name: USD, XBT, ETH, … */
export type Currency = string;

export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');
