import { type EpochMs, parseUtcTimestamp } from '../../lib/time.ts';

/** A line of a message log or event log, ours or QuickFIX's. */
export interface FixLogLine {
  readonly at: EpochMs | undefined;
  readonly direction: 'received' | 'sent' | undefined;
  /** The message with SOH between its fields, or the event's text. */
  readonly body: string;
}

// QuickFIX writes `20261122-13:00:00.123 : 8=FIX…` (C++) or `20261122-13:00:00.123: 8=FIX…`
// (QuickFIX/J).
const HEAD = /^(\d{8}-\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?) ?: ?(?:([<>]) )?/;

/**
 * Reads a line (latin1). A line without a time is all body: bare messages, one a line, are logs as
 * well.
 */
export const parseFixLogLine = (line: string): FixLogLine => {
  const head = HEAD.exec(line);
  if (head === null) return { at: undefined, direction: undefined, body: line };
  const [all, time = '', marker] = head;
  return {
    at: parseUtcTimestamp(time),
    direction: marker === undefined ? undefined : marker === '>' ? 'sent' : 'received',
    body: line.slice(all.length),
  };
};
