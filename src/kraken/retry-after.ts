/** A venue that says "later" is not asked again sooner, but nothing makes us wait longer. */
export const RETRY_AFTER_MS_MAX = 600_000;

/**
 * How long an answer asks us to wait (`retry-after`, RFC 9110 section 10.2.3), in milliseconds and
 * at most `RETRY_AFTER_MS_MAX`: seconds, or a date, which is compared with the venue's own clock in
 * `date`. Without that clock a date says nothing. `undefined` when the answer names no time that
 * can be read. The names of `headers` are in lower case.
 */
export const retryAfterMs = (
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): number | undefined => {
  const retryAfter = headerOf(headers['retry-after']);
  const date = headerOf(headers['date']);
  const ms = secondsToMs(retryAfter) ?? msUntil(retryAfter, date);
  return ms === undefined ? undefined : Math.min(ms, RETRY_AFTER_MS_MAX);
};

/** A count of seconds, with decimals perhaps, as milliseconds. */
export const secondsToMs = (seconds: string | undefined): number | undefined =>
  seconds !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(seconds)
    ? Number(seconds) * 1_000
    : undefined;

const msUntil = (until: string | undefined, date: string | undefined): number | undefined => {
  if (until === undefined || date === undefined) return undefined;
  const ms = Date.parse(until) - Date.parse(date);
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
};

const headerOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value;
