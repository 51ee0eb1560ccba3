import { type EpochMs } from '../../../../lib/time.ts';

const COMB_WINDOW_MS = 120_000;
const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/**
 * What the gateway says of a ClOrdID(11) that it does not take [fix 5.1]; `undefined` when it is
 * good.
 */
export const clOrdIDProblem = (clOrdID: string, now: EpochMs): string | undefined => {
  if (!UUID_V4.test(clOrdID)) return 'COMB UUIDv4 required for ClOrdID on derivatives';
  // The first 48 bits are Unix time in units of 10 microseconds.
  const madeAtMs = Number.parseInt(clOrdID.slice(0, 8) + clOrdID.slice(9, 13), 16) / 100;
  return Math.abs(madeAtMs - now) <= COMB_WINDOW_MS
    ? undefined
    : 'ClOrdID invalid value (timestamp is out of date)';
};
