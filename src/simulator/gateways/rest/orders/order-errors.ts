import { type CancelReason, type OrderError } from '../../../exchange/model/vocabulary.ts';

/** Status word of a refused placement or edit ([rest 3.5], "usual status"). */
export const STATUS_OF_ERROR: Readonly<Record<OrderError, string>> = {
  MARKET_SUSPENDED: 'marketSuspended',
  MARKET_NOT_FOUND: 'marketInactive',
  MARKET_INACTIVE: 'marketInactive',
  MARKET_IS_POST_ONLY: 'marketIsPostOnly',
  MARKET_IS_CANCEL_ONLY: 'marketSuspended',
  ACCOUNT_INACTIVE: 'accountInactive',
  INVALID_ORDER_TYPE: 'invalidOrderType',
  INVALID_PRICE: 'invalidPrice',
  INVALID_QUANTITY: 'invalidSize',
  LIMIT_PRICE_SET_AS_ABSOLUTE_AND_RELATIVE: 'invalidPrice',
  LIMIT_PRICE_OFFSET_MUST_HAVE_VALUE_AND_UNIT: 'invalidPrice',
  LIMIT_PRICE_OFFSET_VALUE_INVALID: 'invalidPrice',
  LIMIT_PRICE_OFFSET_UNIT_INVALID: 'invalidPrice',
  LIMIT_PRICE_OFFSET_PERCENT_VALUE_TOO_MANY_DECIMAL_PLACES: 'invalidPrice',
  LIMIT_PRICE_OFFSET_TOO_HIGH: 'invalidPrice',
  LIMIT_PRICE_OFFSET_TOO_LOW: 'invalidPrice',
  LIMIT_PRICE_OFFSET_QUOTE_CURRENCY_VALUE_MUST_BE_MULTIPLE_OF_TICK_SIZE: 'invalidPrice',
  SMALL_ORDER_LIMIT_EXCEEDED: 'tooManySmallOrders',
  ORDER_LIMIT_EXCEEDED: 'tooManyOrders',
  TRAILING_STOP_ORDER_LIMIT_EXCEEDED: 'tooManyOrders',
  HELD_ORDER_LIMIT_EXCEEDED: 'tooManyOrders',
  MAX_POSITION_EXCEEDED: 'maxPositionViolation',
  PRICE_COLLAR: 'outsidePriceCollar',
  PRICE_DISLOCATION: 'wouldIncreasePriceDislocation',
  INSUFFICIENT_MARGIN: 'insufficientAvailableFunds',
  WOULD_CAUSE_LIQUIDATION: 'wouldCauseLiquidation',
  FIXED_LEVERAGE_TOO_HIGH: 'fixedLeverageTooHigh',
  CLIENT_ORDER_ID_IN_USE: 'clientOrderIdAlreadyExist',
  CLIENT_ORDER_ID_TOO_LONG: 'clientOrderIdTooBig',
  CLIENT_ORDER_ID_INVALID: 'clientOrderIdInvalid',
  POST_WOULD_EXECUTE: 'postWouldExecute',
  IOC_WOULD_NOT_EXECUTE: 'iocWouldNotExecute',
  WOULD_EXECUTE_SELF: 'selfFill',
  WOULD_NOT_REDUCE_POSITION: 'wouldNotReducePosition',
  REJECTED_AFTER_EXECUTION: 'selfFill',
  EDIT_HAS_NO_EFFECT: 'edited',
  ORDER_FOR_CANCELLATION_NOT_FOUND: 'notFound',
  ORDER_FOR_EDIT_NOT_FOUND: 'orderForEditNotFound',
  ORDER_CANNOT_HAVE_TRIGGER_PRICE: 'orderForEditNotAStop',
  CANNOT_EDIT_TRIGGER_PRICE_OF_TRAILING_STOP: 'cannotEditTriggerPriceOfTrailingStop',
  CANNOT_EDIT_LIMIT_PRICE_OF_TRAILING_STOP: 'cannotEditLimitPriceOfTrailingStop',
  TRAILING_STOP_MAX_DEVIATION_TOO_LARGE: 'invalidPrice',
  TRAILING_STOP_MAX_DEVIATION_TOO_SMALL: 'invalidPrice',
  TRAILING_STOP_QUOTE_DEVIATION_NOT_MULTIPLE_OF_TICK_SIZE: 'invalidPrice',
  TRAILING_STOP_PERCENT_DEVIATION_EXCEEDS_MAX_DECIMAL_PLACES: 'invalidPrice',
  NO_REFERENCE_PRICE_AVAILABLE_FOR_CALCULATING_TRAILING_STOP_TRIGGER_PRICE: 'invalidPrice',
  WOULD_PROCESS_AFTER_SPECIFIED_TIME: 'wouldProcessAfterSpecifiedTime',
};

/** Refusal words of the venue that the exchange names more finely than the venue does. */
export const wireError = (error: OrderError): string =>
  error === 'HELD_ORDER_LIMIT_EXCEEDED' ? 'ORDER_LIMIT_EXCEEDED' : error;

/** `updateReason` of an order that left the book [rest 3.5]. */
export const wireReason = (reason: CancelReason): string =>
  reason === 'LIQUIDATION' ? 'LIQUIDATION_ORDER' : reason;
