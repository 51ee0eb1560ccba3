import { type RolloverSettings } from '../../src/fix/session/schedule.ts';

/** The venue's day as the configuration has it by default [fix 1.5]. */
export const KRAKEN_ROLLOVER: RolloverSettings = {
  atMsOfDay: 22 * 3_600_000,
  stopBeforeMs: 30_000,
  logoutBeforeMs: 5_000,
  logonAfterMs: 45_000,
  toleranceMs: 120_000,
};
