import { DEFAULT_ROWS_MAX } from './exchange/model/venue.ts';

/** How many rows of each growing list a venue keeps in memory. The oldest are dropped first. */
export interface RowLimits {
  /** Of each private history. */
  readonly privateRows: number;
  /** Of each public history. */
  readonly publicRows: number;
  readonly accountLogOfOne: number;
  readonly accountLogOfAll: number;
  readonly ledgerEntries: number;
  /** Sent messages that a FIX session can send again. */
  readonly fixMessagesOfOne: number;
  /** Ended orders, requests and fills of a FIX session that later reports may refer to. */
  readonly fixEndedOfOne: number;
}

const MESSAGES_OF_ONE_MIN = 1_000;
const ENDED_OF_ONE_MAX = 20_000;

/**
 * Derives all limits from one number. FIX sessions share theirs: hundreds of them must not take
 * hundreds of times the memory of one.
 */
export const rowLimitsOf = (rowsMax = DEFAULT_ROWS_MAX, fixSessions = 1): RowLimits => {
  const fixMessagesOfOne = Math.max(
    MESSAGES_OF_ONE_MIN,
    Math.min(rowsMax, Math.floor((2 * rowsMax) / Math.max(1, fixSessions))),
  );
  return {
    privateRows: rowsMax,
    publicRows: 2 * rowsMax,
    accountLogOfOne: 2 * rowsMax,
    accountLogOfAll: 4 * rowsMax,
    ledgerEntries: 2 * rowsMax,
    fixMessagesOfOne,
    fixEndedOfOne: Math.min(ENDED_OF_ONE_MAX, fixMessagesOfOne),
  };
};
