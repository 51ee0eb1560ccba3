import { type EpochMs, epochMs, toUtcDate } from '../lib/time.ts';

/** Kraken's derivatives day begins at 22:00 UTC [fix 1.5]. */
const DAY_BEGINS_BEFORE_MIDNIGHT_MS = 2 * 3_600_000;

/**
 * `YYYYMMDD` of the trading day: the date on which it ends, so 22:00 UTC of the 21st begins the
 * 22nd.
 */
export const tradingDay = (at: EpochMs): string =>
  toUtcDate(epochMs(at + DAY_BEGINS_BEFORE_MIDNIGHT_MS));

/** The same for nanoseconds since the epoch as text; `undefined` when it is none. */
export const tradingDayOfNs = (ns: string): string | undefined =>
  /^\d{1,19}$/.test(ns) ? tradingDay(epochMs(Number(BigInt(ns) / 1_000_000n))) : undefined;
