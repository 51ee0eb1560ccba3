import { epochMs } from '../../../lib/time.ts';
import { type Account } from '../model/account.ts';
import { cancelMatching } from './cancellation.ts';
import { heldOrders } from './maker-protection.ts';
import { emit, type Venue } from '../model/venue.ts';

/** Arms the account's one timer; 0 disarms [rest 2.1 cancelallordersafter]. */
export const setDeadManSwitch = (venue: Venue, account: Account, timeoutSeconds: number): void => {
  account.deadManAt = timeoutSeconds > 0 ? epochMs(venue.at + timeoutSeconds * 1_000) : undefined;
  if (account.deadManAt === undefined) venue.armed.delete(account);
  else venue.armed.add(account);
  emit(venue, { type: 'DeadManSwitchSet', account: account.uid, triggerAt: account.deadManAt });
};

/** When the next switch fires. */
export const nextDeadMan = (venue: Venue): number | undefined => {
  let next: number | undefined;
  for (const { deadManAt } of venue.armed) {
    if (deadManAt !== undefined && (next === undefined || deadManAt < next)) next = deadManAt;
  }
  return next;
};

/**
 * Cancels every order of the accounts whose timer ran out, triggers included. Held orders become
 * IOC.
 */
export const fireDeadMen = (venue: Venue): void => {
  for (const account of venue.armed) {
    if (account.deadManAt === undefined || account.deadManAt > venue.at) continue;
    account.deadManAt = undefined;
    venue.armed.delete(account);
    for (const request of heldOrders(venue, (order) => order.holder === account))
      request.canceled = true;
    const orders = cancelMatching(venue, account.uid, {
      isMeant: () => true,
      reason: 'DEAD_MAN_SWITCH',
    });
    emit(venue, { type: 'DeadManSwitchFired', account: account.uid, canceled: orders.length });
  }
};
