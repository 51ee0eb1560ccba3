import { type CancelReason, type OrderError } from '../../../exchange/model/vocabulary.ts';

/** Where the gateway's Text(58) on 150=4 is not the engine's own word [fix 6.4]. */
const BY_REASON: Partial<Record<CancelReason, string>> = {
  CANCELLED_BY_USER: 'Order canceled by user',
  // The engine tells REST and WebSocket apart what met somebody and what met nobody; the list for
  // 58 has one word.
  PARTIAL_FILL: 'IOC_WOULD_NOT_EXECUTE_REASON',
};

/**
 * A refusal after the acknowledgement is a cancel: it has the words of one, where the list has
 * them.
 */
const BY_REFUSAL: Partial<Record<OrderError, string>> = {
  POST_WOULD_EXECUTE: 'POST_WOULD_EXECUTE_REASON',
  IOC_WOULD_NOT_EXECUTE: 'IOC_WOULD_NOT_EXECUTE_REASON',
  WOULD_EXECUTE_SELF: 'WOULD_EXECUTE_SELF_REASON',
  INSUFFICIENT_MARGIN: 'NOT_ENOUGH_MARGIN',
  WOULD_CAUSE_LIQUIDATION: 'NOT_ENOUGH_MARGIN',
  MARKET_SUSPENDED: 'MARKET_INACTIVE',
};

export const cancelText = (reason: CancelReason): string => BY_REASON[reason] ?? reason;

export const lateRefusalText = (reason: OrderError): string => BY_REFUSAL[reason] ?? reason;
