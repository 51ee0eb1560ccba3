import { type RefusalReason } from './status-meanings.ts';

type Refusals = Readonly<Record<string, RefusalReason>>;

/**
 * The engine's words in Text(58) that end an order or leave it as it was ([fix 6.4; rest 3.5]:
 * OrderError).
 */
export const ENGINE_REFUSALS: Refusals = {
  MARKET_SUSPENDED: 'MarketClosed',
  MARKET_NOT_FOUND: 'UnknownInstrument',
  MARKET_INACTIVE: 'MarketClosed',
  LOADING_MARKET: 'MarketClosed',
  MARKET_IS_POST_ONLY: 'MarketPostOnly',
  INVALID_PRICE: 'Price',
  LIMIT_PRICE_SET_AS_ABSOLUTE_AND_RELATIVE: 'Price',
  LIMIT_PRICE_OFFSET_VALUE_INVALID: 'Price',
  LIMIT_PRICE_OFFSET_UNIT_INVALID: 'Price',
  LIMIT_PRICE_OFFSET_MUST_HAVE_VALUE_AND_UNIT: 'Price',
  LIMIT_PRICE_OFFSET_QUOTE_CURRENCY_VALUE_MUST_BE_MULTIPLE_OF_TICK_SIZE: 'Price',
  LIMIT_PRICE_OFFSET_PERCENT_VALUE_TOO_MANY_DECIMAL_PLACES: 'Price',
  LIMIT_PRICE_OFFSET_TOO_HIGH: 'Price',
  LIMIT_PRICE_OFFSET_TOO_LOW: 'Price',
  TRAILING_STOP_PERCENT_DEVIATION_EXCEEDS_MAX_DECIMAL_PLACES: 'Price',
  TRAILING_STOP_QUOTE_DEVIATION_NOT_MULTIPLE_OF_TICK_SIZE: 'Price',
  TRAILING_STOP_MAX_DEVIATION_TOO_LARGE: 'Price',
  TRAILING_STOP_MAX_DEVIATION_TOO_SMALL: 'Price',
  INSUFFICIENT_HEADROOM_AROUND_CURRENT_PRICE_TO_EDIT_TRAILING_STOP: 'Price',
  NO_REFERENCE_PRICE_AVAILABLE_FOR_CALCULATING_TRAILING_STOP_TRIGGER_PRICE: 'Price',
  INVALID_QUANTITY: 'Quantity',
  SMALL_ORDER_LIMIT_EXCEEDED: 'TooManyOrders',
  TRAILING_STOP_ORDER_LIMIT_EXCEEDED: 'TooManyOrders',
  ORDER_LIMIT_EXCEEDED: 'TooManyOrders',
  MAX_POSITION_EXCEEDED: 'PositionLimit',
  PRICE_COLLAR: 'PriceCollar',
  PRICE_DISLOCATION: 'PriceDislocation',
  INSUFFICIENT_MARGIN: 'Funds',
  INSUFFICIENT_CLOSING_MARGIN: 'Funds',
  WOULD_CAUSE_LIQUIDATION: 'Liquidation',
  FIXED_LEVERAGE_TOO_HIGH: 'Leverage',
  CLIENT_ORDER_ID_TOO_LONG: 'ClOrdIDInvalid',
  POST_WOULD_EXECUTE: 'PostWouldExecute',
  IOC_WOULD_NOT_EXECUTE: 'IocWouldNotExecute',
  IOC_WOULD_ENTER_BOOK: 'IocWouldNotExecute',
  WOULD_EXECUTE_SELF: 'SelfTrade',
  CANCELLED_BY_SELF_TRADE: 'SelfTrade',
  WOULD_NOT_REDUCE_POSITION: 'WouldNotReduce',
  REJECTED_AFTER_EXECUTION: 'SelfTrade',
  EDIT_HAS_NO_EFFECT: 'NoEffect',
  ORDER_FOR_CANCELLATION_NOT_FOUND: 'UnknownOrder',
  ORDER_FOR_EDIT_NOT_FOUND: 'UnknownOrder',
  ORDER_CANNOT_HAVE_TRIGGER_PRICE: 'EditNotAllowed',
  CANNOT_EDIT_TRIGGER_PRICE_OF_TRAILING_STOP: 'EditNotAllowed',
  CANNOT_EDIT_LIMIT_PRICE_OF_TRAILING_STOP: 'EditNotAllowed',
};

/** The gateway's texts, without their category [fix 4.8, 6.4; unified 8, 13.1]. */
export const GATEWAY_REFUSALS: Refusals = {
  'Open Order to cancel not found': 'UnknownOrder',
  'Unknown order': 'UnknownOrder',
  'Insufficient funds': 'Funds',
  'Order minimum not met': 'Quantity',
  'Rate limit exceeded': 'RateLimit',
  'Domain rate limit exceeded': 'RateLimit',
  'Too many requests': 'RateLimit',
  'Exceeded msg rate': 'RateLimit',
  'Invalid order': 'Argument',
  'Post only order': 'PostWouldExecute',
  'Price(s) not found': 'Price',
  'Invalid token': 'Authentication',
  'Invalid session': 'Authentication',
  'Invalid key': 'Authentication',
  'Invalid signature': 'Authentication',
  'Invalid nonce': 'Authentication',
  'Permission denied': 'Authentication',
  'Temporary lockout': 'Authentication',
  'Symbol(s) not found': 'UnknownInstrument',
  // BusinessRejectReason(380)=3 by its name [fix 4.8].
  'Unsupported message type': 'Argument',
};

/** The order is not open now, or the refusal came after executions: read the fills. */
export const MAY_HAVE_FILLED: readonly string[] = [
  'WOULD_EXECUTE_SELF',
  'CANCELLED_BY_SELF_TRADE',
  'REJECTED_AFTER_EXECUTION',
  'ORDER_FOR_CANCELLATION_NOT_FOUND',
  'ORDER_FOR_EDIT_NOT_FOUND',
  'Open Order to cancel not found',
  'Unknown order',
  'Invalid order',
  'IOC_WOULD_NOT_EXECUTE',
  'IOC_WOULD_ENTER_BOOK',
];

/** Known texts that prove nothing about an order. */
export const UNPROVEN_TEXTS: readonly string[] = [
  'CLIENT_ORDER_ID_IN_USE',
  'EService:Unavailable',
  'EService:Busy',
  'EService:Timeout',
  'EGeneral:Internal error',
  'EGeneral:Unknown error',
];
