import { err, ok, type Result } from '../../lib/result.ts';
import { beginsWithDay, epochMs, type EpochMs, parseUtcTimestamp } from '../../lib/time.ts';
import { type LogEntry, type MessageEntry } from '../../fix/log/log-entry.ts';

/** What the command line asks for; texts as they were typed. */
export interface FilterOptions {
  readonly session?: string;
  readonly clOrdId?: string;
  readonly msgType?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

export type EntryFilter = (entry: LogEntry) => boolean;

const SOH = '\u0001';
/** ClOrdID(11), OrigClOrdID(41). */
const ORDER_TAGS = [11, 41];

/**
 * Which entries to show. Events are of no session, order or message type: a filter by one of those
 * leaves them out. Garbled lines pass, they are always reported.
 */
export const makeFilter = (options: FilterOptions): Result<EntryFilter, string> => {
  const from = parseTime(options.from, 'from');
  if (!from.ok) return from;
  const to = parseTime(options.to, 'to');
  if (!to.ok) return to;
  const { session, clOrdId, msgType } = options;
  const tests: ((entry: MessageEntry) => boolean)[] = [];
  if (session !== undefined) tests.push((entry) => isOfSession(entry, session));
  if (clOrdId !== undefined) tests.push((entry) => isOfOrder(entry, clOrdId));
  if (msgType !== undefined) {
    const wanted = msgType.flatMap((text) => text.split(',')).map((text) => text.trim());
    tests.push(({ message, name }) => wanted.includes(message.msgType) || wanted.includes(name));
  }
  return ok((entry) => {
    if (entry.type === 'Garbled') return true;
    if (!isWithin(entry.at, from.value, to.value)) return false;
    return entry.type === 'Message' ? tests.every((test) => test(entry)) : tests.length === 0;
  });
};

const isOfSession = ({ senderCompID, targetCompID }: MessageEntry, session: string): boolean =>
  [
    senderCompID,
    targetCompID,
    `${senderCompID}-${targetCompID}`,
    `${targetCompID}-${senderCompID}`,
  ].includes(session);

/** Anywhere in the message: lists have orders in groups. */
const isOfOrder = ({ message }: MessageEntry, clOrdID: string): boolean =>
  ORDER_TAGS.some((tag) => message.raw.includes(`${SOH}${tag}=${clOrdID}${SOH}`, 0, 'latin1'));

const isWithin = (
  at: EpochMs | undefined,
  from: EpochMs | undefined,
  to: EpochMs | undefined,
): boolean => {
  if (from === undefined && to === undefined) return true;
  return (
    at !== undefined &&
    (from === undefined || at >= from) &&
    (to === undefined || Math.floor(at) <= to)
  );
};

const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;

/** A FIX UTCTimestamp, or ISO 8601 (UTC unless it says otherwise). */
const parseTime = (text: string | undefined, name: string): Result<EpochMs | undefined, string> => {
  if (text === undefined) return ok(undefined);
  const fix = parseUtcTimestamp(text);
  if (fix !== undefined) return ok(fix);
  const hasZone = /T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text);
  const iso = ISO.test(text) ? Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`) : NaN;
  return Number.isNaN(iso) || !beginsWithDay(text)
    ? err(`--${name} ${text}: give YYYYMMDD-HH:MM:SS or an ISO 8601 time`)
    : ok(epochMs(iso));
};
