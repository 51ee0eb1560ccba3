/** Why the venue said no, in one vocabulary for REST, FIX and WebSocket. */
export type RefusalReason =
  | 'Account'
  | 'Argument'
  | 'Authentication'
  | 'ClOrdIDInvalid'
  | 'DeadlinePassed'
  | 'EditNotAllowed'
  | 'Funds'
  | 'IocWouldNotExecute'
  | 'Leverage'
  | 'Liquidation'
  | 'MarketClosed'
  | 'MarketPostOnly'
  | 'NoEffect'
  | 'PositionLimit'
  | 'PostWouldExecute'
  | 'Price'
  | 'PriceCollar'
  | 'PriceDislocation'
  | 'Quantity'
  | 'RateLimit'
  | 'SelfTrade'
  | 'TooManyOrders'
  | 'UnknownInstrument'
  | 'UnknownOrder'
  | 'WouldNotReduce';

/** What a word of the venue proves about the request it answers. */
export type StatusMeaning =
  | { readonly type: 'Confirmed' }
  /**
   * Nothing rests from this request; `mayHaveFilled`: the fills must be read before it counts as
   * nothing.
   */
  | {
      readonly type: 'Refused';
      readonly reason: RefusalReason;
      readonly mayHaveFilled: boolean;
    }
  /** A known word that proves nothing. */
  | { readonly type: 'Unproven' };

const CONFIRMED: StatusMeaning = { type: 'Confirmed' };
const UNPROVEN: StatusMeaning = { type: 'Unproven' };
const no = (reason: RefusalReason): StatusMeaning => ({
  type: 'Refused',
  reason,
  mayHaveFilled: false,
});
const noButRead = (reason: RefusalReason): StatusMeaning => ({
  type: 'Refused',
  reason,
  mayHaveFilled: true,
});

type StatusMeanings = Readonly<Record<string, StatusMeaning>>;

/** Refusals that sends and edits share [rest 3.5]. */
const ORDER_REFUSALS: StatusMeanings = {
  invalidSize: no('Quantity'),
  invalidPrice: no('Price'),
  invalidOrderType: no('Argument'),
  invalidSide: no('Argument'),
  insufficientAvailableFunds: no('Funds'),
  wouldCauseLiquidation: no('Liquidation'),
  maxPositionViolation: no('PositionLimit'),
  fixedLeverageTooHigh: no('Leverage'),
  tooManyOrders: no('TooManyOrders'),
  tooManySmallOrders: no('TooManyOrders'),
  marketSuspended: no('MarketClosed'),
  marketInactive: no('MarketClosed'),
  marketIsPostOnly: no('MarketPostOnly'),
  outsidePriceCollar: no('PriceCollar'),
  wouldIncreasePriceDislocation: no('PriceDislocation'),
  postWouldExecute: no('PostWouldExecute'),
  // A held order that was cancelled before its release answers the same; a cancel may have raced
  // it.
  iocWouldNotExecute: noButRead('IocWouldNotExecute'),
  wouldNotReducePosition: no('WouldNotReduce'),
  clientOrderIdTooBig: no('ClOrdIDInvalid'),
  clientOrderIdTooLong: no('ClOrdIDInvalid'),
  clientOrderIdInvalid: no('ClOrdIDInvalid'),
  wouldProcessAfterSpecifiedTime: no('DeadlinePassed'),
  // Self-trade prevention lets the part through that meets others.
  selfFill: noButRead('SelfTrade'),
  // Our ids are never used twice: this one being in use means that an earlier copy got through.
  clientOrderIdAlreadyExist: UNPROVEN,
  orderForEditNotFound: no('UnknownOrder'),
  orderForEditNotAStop: no('EditNotAllowed'),
  cannotEditTriggerPriceOfTrailingStop: no('EditNotAllowed'),
  cannotEditLimitPriceOfTrailingStop: no('EditNotAllowed'),
  notFound: no('UnknownOrder'),
  requiredArgumentMissing: no('Argument'),
};

/** `sendStatus.status`. */
export const SEND_STATUSES: StatusMeanings = {
  ...ORDER_REFUSALS,
  placed: CONFIRMED,
  partiallyFilled: CONFIRMED,
  filled: CONFIRMED,
  cancelled: CONFIRMED,
  edited: UNPROVEN,
};

/**
 * `editStatus.status`: a refused edit leaves the old order as it was, unless it filled meanwhile.
 */
export const EDIT_STATUSES: StatusMeanings = {
  ...ORDER_REFUSALS,
  edited: CONFIRMED,
  orderForEditNotFound: noButRead('UnknownOrder'),
  notFound: noButRead('UnknownOrder'),
  placed: UNPROVEN,
  cancelled: UNPROVEN,
};

/** `cancelStatus.status` of one order. `notFound` says only that the order is not open now. */
export const CANCEL_STATUSES: StatusMeanings = {
  cancelled: CONFIRMED,
  filled: noButRead('UnknownOrder'),
  notFound: noButRead('UnknownOrder'),
  wouldProcessAfterSpecifiedTime: no('DeadlinePassed'),
  requiredArgumentMissing: no('Argument'),
};

/** `cancelStatus.status` of cancelallorders. */
export const CANCEL_ALL_STATUSES: StatusMeanings = {
  cancelled: CONFIRMED,
  noOrdersToCancel: CONFIRMED,
};

/** The `error` string of the envelope, for calls that create or change orders [rest 3.2, 3.5]. */
export const ERROR_TEXTS: StatusMeanings = {
  requiredArgumentMissing: no('Argument'),
  invalidArgument: no('Argument'),
  'Json Parse Error': no('Argument'),
  authenticationError: no('Authentication'),
  accountInactive: no('Account'),
  contractNotFound: no('UnknownInstrument'),
  notFound: no('UnknownOrder'),
  marketUnavailable: no('MarketClosed'),
  insufficientFunds: no('Funds'),
  insufficientPrivileges: no('Authentication'),
  apiLimitExceeded: no('RateLimit'),
  // No order from these bytes, but if anything repeated the request, the first copy may have
  // worked.
  nonceBelowThreshold: UNPROVEN,
  nonceDuplicate: UNPROVEN,
  'Server Error': UNPROVEN,
  unknownError: UNPROVEN,
  Unavailable: UNPROVEN,
  unavailable: UNPROVEN,
  'Bad Request': UNPROVEN,
  // Words of `sendStatus` that are no plain refusal, should they come as an error.
  clientOrderIdAlreadyExist: UNPROVEN,
  CLIENT_ORDER_ID_IN_USE: UNPROVEN,
  selfFill: UNPROVEN,
  WOULD_EXECUTE_SELF: UNPROVEN,
  REJECTED_AFTER_EXECUTION: UNPROVEN,
  iocWouldNotExecute: UNPROVEN,
  invalidAccount: UNPROVEN,
  invalidAmount: UNPROVEN,
  invalidUnit: UNPROVEN,
  rfqAssignmentMaxLeverageOutOfBounds: UNPROVEN,
  rfqAssignmentMaxLeverageDisabled: UNPROVEN,
};

/**
 * The same for calls about an order that is there. `notFound` says only that it is not open now.
 */
export const TARGET_ERROR_TEXTS: StatusMeanings = {
  ...ERROR_TEXTS,
  notFound: noButRead('UnknownOrder'),
};

/** The same for transfers, withdrawals and settings, which have refusals of their own. */
export const FUNDS_ERROR_TEXTS: StatusMeanings = {
  ...ERROR_TEXTS,
  invalidAccount: no('Account'),
  invalidAmount: no('Quantity'),
  invalidUnit: no('Argument'),
  rfqAssignmentMaxLeverageOutOfBounds: no('Leverage'),
  rfqAssignmentMaxLeverageDisabled: no('Leverage'),
};

/** Numbers in `errors[].code` [rest 3.2]. 0 is the generic one of 400 and 404. */
export const ERROR_CODES: StatusMeanings = {
  '10': no('RateLimit'),
  '11': no('Argument'),
  '18': no('Authentication'),
  '41': no('Liquidation'),
  '87': no('UnknownInstrument'),
  '88': no('Argument'),
  '89': no('Argument'),
  '90': no('Argument'),
  '92': no('Funds'),
};
