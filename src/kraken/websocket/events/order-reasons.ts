/**
 * The change that a frame of `open_orders` reports [websocket 8.1]. With `Unknown` the caller asks
 * REST and the fills before it reports anything. `Removed` means a cancel for a resting order and a
 * refusal for a new one.
 */
export type OrderChange =
  | 'Placed'
  | 'Edited'
  | 'PartiallyFilled'
  | 'Filled'
  | 'Triggered'
  | 'Canceled'
  | 'Expired'
  | 'Rejected'
  | 'Removed'
  | 'EditRejected'
  | 'Unknown';

const CHANGE_BY_REASON: Readonly<Record<string, OrderChange>> = {
  new_placed_order_by_user: 'Placed',
  limit_order_from_stop: 'Placed',
  loading_market: 'Placed',
  edited_by_user: 'Edited',
  trailing_stop_price_updated: 'Edited',
  partial_fill: 'PartiallyFilled',
  full_fill: 'Filled',
  stop_order_triggered: 'Triggered',
  cancelled_by_user: 'Canceled',
  cancelled_by_admin: 'Canceled',
  dead_man_switch: 'Canceled',
  not_enough_margin: 'Canceled',
  market_inactive: 'Canceled',
  liquidation: 'Canceled',
  cancelled_by_self_trade: 'Canceled',
  trailing_stop_cancelled_and_replaced_by_admin: 'Canceled',
  contract_expired: 'Expired',
  expired: 'Expired',
  would_execute_self: 'Removed',
  would_not_reduce_position: 'Removed',
  order_for_edit_not_found: 'EditRejected',
};

/** Each is known in two spellings and in shortened forms. */
const REJECTED_PREFIXES = ['ioc_order_failed', 'post_order_failed'];

export const orderChangeOf = (reason: string | undefined): OrderChange => {
  if (reason === undefined) return 'Unknown';
  const word = reason.trim().toLowerCase();
  if (Object.hasOwn(CHANGE_BY_REASON, word)) return CHANGE_BY_REASON[word] ?? 'Unknown';
  return REJECTED_PREFIXES.some((prefix) => word.startsWith(prefix)) ? 'Rejected' : 'Unknown';
};

/** A reason for an alarm: the venue, not the user, removed the order. */
export const isForcedReason = (reason: string | undefined): boolean =>
  ['liquidation', 'cancelled_by_admin', 'not_enough_margin'].includes(reason ?? '');
