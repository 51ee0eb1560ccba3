import { type Reader, text } from './readers.ts';

/**
 * The change that a reason reports, in the words of the order feeds [websocket 8.1], of
 * orders/status and of history, which write some of them in another way [rest 3.5]. With `Unknown`
 * the caller asks REST and the fills before it reports anything. `Removed` means a cancel for a
 * resting order and a refusal for a new one.
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
  new_user_order: 'Placed',
  limit_order_from_stop: 'Placed',
  limit_from_stop: 'Placed',
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
  liquidation_order: 'Canceled',
  cancelled_by_self_trade: 'Canceled',
  trailing_stop_cancelled_and_replaced_by_admin: 'Canceled',
  contract_expired: 'Expired',
  expired: 'Expired',
  would_execute_self: 'Removed',
  would_execute_self_reason: 'Removed',
  would_not_reduce_position: 'Removed',
  order_for_edit_not_found: 'EditRejected',
  order_for_edit_not_found_reason: 'EditRejected',
  ioc_would_not_execute_reason: 'Rejected',
  post_would_execute_reason: 'Rejected',
};

/** Each is known in two spellings and in shortened forms. */
const REJECTED_PREFIXES = ['ioc_order_failed', 'post_order_failed'];

/** The reason as it came; an unknown one is noted. */
export const orderReason: Reader<string> = (value, path, notes) => {
  const reason = text()(value, path, notes);
  if (reason !== undefined && orderChangeOf(reason) === 'Unknown')
    notes.push({ kind: 'UnknownValue', path, value: reason.slice(0, 40) });
  return reason;
};

export const orderChangeOf = (reason: string | undefined): OrderChange => {
  if (reason === undefined) return 'Unknown';
  const word = reason.trim().toLowerCase();
  if (Object.hasOwn(CHANGE_BY_REASON, word)) return CHANGE_BY_REASON[word] ?? 'Unknown';
  return REJECTED_PREFIXES.some((prefix) => word.startsWith(prefix)) ? 'Rejected' : 'Unknown';
};

const FORCED_REASONS = [
  'liquidation',
  'liquidation_order',
  'cancelled_by_admin',
  'not_enough_margin',
];

/** A reason for an alarm: the venue, not the user, removed the order. */
export const isForcedReason = (reason: string | undefined): boolean =>
  reason !== undefined && FORCED_REASONS.includes(reason.trim().toLowerCase());
