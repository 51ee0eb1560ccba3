import { epochMs, type EpochMs } from '../../../lib/time.ts';
import { fireDeadMen, nextDeadMan } from '../orders/dead-man-switch.ts';
import { endFundingPeriod } from './funding-period.ts';
import { nextRelease, releaseDue } from '../orders/maker-protection.ts';
import { settleExpired } from './settlement.ts';
import { type Venue } from '../model/venue.ts';

/** The next time at which the exchange acts without a command. */
export const nextDueAt = (venue: Venue): EpochMs =>
  epochMs(
    Math.min(
      venue.nextFundingAt,
      nextRelease(venue) ?? Number.POSITIVE_INFINITY,
      nextDeadMan(venue) ?? Number.POSITIVE_INFINITY,
      venue.nextExpiryAt,
    ),
  );

/**
 * Moves time to `at`, stopping at every instant at which something is due. Calls `settle` after
 * each.
 */
export const passTime = (venue: Venue, at: EpochMs, settle: () => void): void => {
  for (;;) {
    const due = nextDueAt(venue);
    if (due > at) break;
    if (due > venue.at) venue.at = due;
    releaseDue(venue);
    fireDeadMen(venue);
    if (venue.nextFundingAt <= venue.at) endFundingPeriod(venue);
    if (venue.nextExpiryAt <= venue.at) settleExpired(venue);
    settle();
  }
  if (at > venue.at) venue.at = at;
};
