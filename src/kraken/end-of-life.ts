import { epochMs, type EpochMs } from '../lib/time.ts';

/**
 * Derivatives REST and WebSocket v1 are switched off on this day [websocket 1; unified 2.1] (it may
 * move). FIX stays.
 */
export const DERIVATIVES_V1_END = epochMs(Date.UTC(2027, 2, 1));

/** First day of the notice, unless the configuration sets another. */
const END_OF_LIFE_NOTICE_FROM = epochMs(Date.UTC(2027, 0, 1));

const DAY_MS = 86_400_000;
const URGENT_DAYS = 30;

export interface EndOfLifeNotice {
  readonly severity: 'info' | 'warn' | 'error';
  /** Whole days until the end, 0 on the last day, negative after it. */
  readonly daysLeft: number;
  readonly text: string;
}

export interface EndOfLifeDates {
  /** The venue may move the end. */
  readonly endsAt?: EpochMs;
  readonly noticeFrom?: EpochMs;
}

/** The notice of this day. `undefined` before the first day. */
export const endOfLifeNotice = (
  at: EpochMs,
  { endsAt = DERIVATIVES_V1_END, noticeFrom = END_OF_LIFE_NOTICE_FROM }: EndOfLifeDates = {},
): EndOfLifeNotice | undefined => {
  if (at < noticeFrom) return undefined;
  const daysLeft = Math.ceil((endsAt - at) / DAY_MS);
  const day = new Date(endsAt).toISOString().slice(0, 10);
  const subject = 'Kraken Derivatives REST and WebSocket v1';
  if (at >= endsAt)
    return {
      severity: 'error',
      daysLeft,
      text: `${subject} ended on ${day}: order fallback, account, history and market data over them are gone`,
    };
  return {
    severity: daysLeft <= URGENT_DAYS ? 'warn' : 'info',
    daysLeft,
    text: `${subject} end on ${day}, ${daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`}: move to the Unified interfaces before`,
  };
};

/** Reads a day such as `2027-01-01` (UTC). `undefined` for any other text. */
export const parseNoticeDate = (text: string): EpochMs | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return undefined;
  return epochMs(ms);
};
