import { type Brand } from './brand.ts';

/** Milliseconds since the Unix epoch, UTC; may carry a fraction (microseconds). */
export type EpochMs = Brand<number, 'EpochMs'>;
/** Milliseconds of a clock that never jumps; only differences mean anything. */
export type MonotonicMs = Brand<number, 'MonotonicMs'>;

/** The two clocks. Only the shell has one; pure code gets times as arguments. */
export interface Clock {
  readonly wall: () => EpochMs;
  readonly monotonic: () => MonotonicMs;
}

/** Timers by the monotonic clock. `cancel` of a fired timer does nothing. */
export interface Timers {
  readonly set: (afterMs: number, fire: () => void) => { readonly cancel: () => void };
}

/** Time as a dependency: what waits or measures takes both. */
export interface TimeDeps {
  readonly clock: Clock;
  readonly timers: Timers;
}

export const epochMs = (value: number): EpochMs => value as EpochMs;
export const monotonicMs = (value: number): MonotonicMs => value as MonotonicMs;

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

let cachedDay = Number.NaN;
let cachedDayText = '';

/**
 * FIX UTCDateOnly, `YYYYMMDD`. The day's text is kept, since a session writes many times within a
 * day.
 */
export const toUtcDate = (at: EpochMs): string => {
  const day = Math.floor(at / 86_400_000);
  if (day !== cachedDay) {
    cachedDay = day;
    cachedDayText = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  }
  return cachedDayText;
};

/** FIX UTCTimestamp with milliseconds, `YYYYMMDD-HH:MM:SS.sss`. */
export const toUtcTimestamp = (at: EpochMs): string => {
  const date = toUtcDate(at);
  const ms = Math.floor(at) - Math.floor(at / 86_400_000) * 86_400_000;
  const h = Math.floor(ms / 3_600_000);
  const m = Math.floor(ms / 60_000) % 60;
  const s = Math.floor(ms / 1_000) % 60;
  return `${date}-${pad(h, 2)}:${pad(m, 2)}:${pad(s, 2)}.${pad(ms % 1_000, 3)}`;
};

/**
 * Whether a text that begins with YYYY-MM-DD begins with a day that there is: Date.parse makes 2
 * March of 30 February.
 */
export const beginsWithDay = (text: string): boolean => {
  const midnight = Date.parse(text.slice(0, 10));
  return (
    !Number.isNaN(midnight) && new Date(midnight).toISOString().slice(0, 10) === text.slice(0, 10)
  );
};

const UTC_TIMESTAMP = /^\d{8}-\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$/;
/** Decimals begin here in `YYYYMMDD-HH:MM:SS.sss`, behind the point. */
const FRACTION_AT = 18;

let parsedDate = '';
let parsedMidnight: number | undefined;

/** Midnight of `YYYYMMDD`; the last one is kept, since a session reads many times of one day. */
const midnightOf = (date: string): number | undefined => {
  if (date === parsedDate) return parsedMidnight;
  const month = Number(date.slice(4, 6)) - 1;
  const day = Number(date.slice(6, 8));
  const midnight = Date.UTC(Number(date.slice(0, 4)), month, day);
  const read = new Date(midnight);
  const isDay = read.getUTCMonth() === month && read.getUTCDate() === day;
  parsedDate = date;
  parsedMidnight = isDay ? midnight : undefined;
  return parsedMidnight;
};

/** The number that two digits make. */
const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

/**
 * Reads a FIX UTCTimestamp with 0 to 9 decimals of a second; `undefined` when it is not one. Second
 * 60 is read as the next minute.
 */
export const parseUtcTimestamp = (text: string): EpochMs | undefined => {
  if (!UTC_TIMESTAMP.test(text)) return undefined;
  const [h, mi, s] = [twoDigits(text, 9), twoDigits(text, 12), twoDigits(text, 15)];
  if (h > 23 || mi > 59 || s > 60) return undefined;
  const midnight = midnightOf(text.slice(0, 8));
  if (midnight === undefined) return undefined;
  const fraction = text.length > FRACTION_AT ? Number(`0.${text.slice(FRACTION_AT)}`) * 1_000 : 0;
  return epochMs(midnight + h * 3_600_000 + mi * 60_000 + s * 1_000 + fraction);
};
