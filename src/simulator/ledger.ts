import { type ExchangeEvent } from './exchange/model/events.ts';
import { toEntries } from './ledger-entries.ts';
import { type EntryBody, type LedgerEntry } from './ledger-entry.ts';
import { rowLimitsOf } from './row-limits.ts';

export { type LedgerEntry, type OrderLedgerEvent } from './ledger-entry.ts';

export interface Ledger {
  /** Takes in what the exchange said, in order. */
  readonly record: (events: readonly ExchangeEvent[]) => void;
  /** Everything kept, oldest first. */
  readonly entries: () => readonly LedgerEntry[];
  /** Entries ever made: the number of the last line. */
  readonly lines: () => number;
  readonly ofAccount: (account: string) => readonly LedgerEntry[];
}

export interface LedgerOptions {
  /** Called with every entry; a file or an endpoint writes it as one JSON line. */
  readonly onEntry?: (entry: LedgerEntry) => void;
  /** Accounts to leave out, e.g. the background market's. */
  readonly without?: readonly string[];
  /** Oldest entries are dropped from memory beyond this; `onEntry` has seen them all. */
  readonly entriesMax?: number;
}

export const makeLedger = (options: LedgerOptions = {}): Ledger => {
  const without = new Set(options.without ?? []);
  const entriesMax = options.entriesMax ?? rowLimitsOf().ledgerEntries;
  const entries: LedgerEntry[] = [];
  let lines = 0;
  const add = (event: ExchangeEvent, body: EntryBody): void => {
    if ('account' in body && without.has(body.account)) return;
    lines += 1;
    const entry: LedgerEntry = { line: lines, at: event.at, seq: event.seq, ...body };
    entries.push(entry);
    if (entries.length > entriesMax) entries.splice(0, Math.ceil(entriesMax / 10));
    options.onEntry?.(entry);
  };
  return {
    record: (events) => {
      for (const event of events) {
        if (isOnlyOf(event, without)) continue;
        for (const body of toEntries(event)) add(event, body);
      }
    },
    entries: () => entries,
    lines: () => lines,
    ofAccount: (account) => entries.filter((entry) => entry.account === account),
  };
};

/**
 * Whether nobody else has part in it; seen before entries are made, since the background market
 * makes most events.
 */
const isOnlyOf = (event: ExchangeEvent, without: ReadonlySet<string>): boolean => {
  if ('order' in event) return event.order !== undefined && without.has(event.order.account);
  return (
    event.type === 'Trade' && without.has(event.maker.account) && without.has(event.taker.account)
  );
};
