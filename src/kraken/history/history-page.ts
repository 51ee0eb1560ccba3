import { isJsonObject, JsonNumber, type JsonValue } from '../../lib/lossless-json.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type EpochMs, epochMs } from '../../lib/time.ts';
import { parseIsoTime } from '../json/readers.ts';
import { classifyReply } from '../outcome/rest-outcome.ts';
import { type NotConfirmed } from '../rest/reading.ts';
import { type Answered, type Reply } from '../rest/reply.ts';

/** Where the next page starts. Plain JSON: it is kept in the state file. */
export type Cursor =
  | { readonly type: 'Token'; readonly token?: string }
  /** Account log: the next entry id; absent on the first page. */
  | { readonly type: 'EntryID'; readonly fromID?: number }
  /** Candles and analytics. */
  | { readonly type: 'Seconds'; readonly fromSeconds: number };

export interface Page {
  /** In ascending order, every number as it was written. */
  readonly elements: readonly JsonValue[];
  /** Absent: this was the last page. */
  readonly next?: Cursor;
  /** `len` of the page, if given: a truncated page differs from it. */
  readonly announced?: number;
}

export type FetchPage = (cursor: Cursor) => Promise<Result<Page, NotConfirmed>>;

/** The body of a good answer, or why there is none. */
export const bodyOf = (reply: Reply): Result<JsonValue, NotConfirmed> => {
  const outcome = classifyReply(reply, 'read');
  if (outcome.type !== 'Confirmed')
    return err(reply.type === 'Answered' ? inCharts(reply, outcome) : outcome);
  const json = reply.type === 'Answered' ? reply.json : undefined;
  return json === undefined ? err(unreadable('no JSON')) : ok(json);
};

const TEXT_LENGTH_MAX = 200;

/**
 * Charts have refusals of their own form [rest 2.14, 3.1]: plain text, or an envelope whose errors
 * have `msg` and `field` instead of `code` and `message`.
 */
const inCharts = (reply: Answered, outcome: NotConfirmed): NotConfirmed => {
  const { httpStatus, headers, bodyText } = reply;
  const isRefusal = httpStatus === 400 || httpStatus === 404;
  if (isRefusal && headers['content-type']?.startsWith('text/plain') === true)
    return refused(`${httpStatus} ${bodyText}`);
  const reason = reasonOf(reply.json);
  if (reason === '') return outcome;
  const text = `${httpStatus} ${reason}`.slice(0, TEXT_LENGTH_MAX);
  return isRefusal ? refused(text) : { ...outcome, text };
};

const refused = (text: string): NotConfirmed => ({
  type: 'Refused',
  reason: 'Argument',
  text: text.slice(0, TEXT_LENGTH_MAX),
  mayHaveFilled: false,
});

/** `analytics_type: unknown analytics type`; empty when the errors are no charts errors. */
const reasonOf = (json: JsonValue | undefined): string => {
  const errors = json === undefined ? undefined : listAt(json, 'errors');
  const texts = (errors ?? []).map((error) => {
    const why = textAt(error, 'msg') ?? textAt(error, 'type') ?? textAt(error, 'error_class');
    const where = textAt(error, 'field');
    return why === undefined || where === undefined ? why : `${where}: ${why}`;
  });
  return texts.filter((text) => text !== undefined).join('; ');
};

export const unreadable = (text: string): NotConfirmed => ({
  type: 'Unknown',
  cause: 'Unparsable',
  text,
  isNovel: true,
});

export const listAt = (body: JsonValue, key: string): readonly JsonValue[] | undefined => {
  const value = isJsonObject(body) ? body[key] : undefined;
  return Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;
};

export const textAt = (body: JsonValue | undefined, key: string): string | undefined => {
  const value = isJsonObject(body) ? body[key] : undefined;
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' ? value : undefined;
};

/** Names of an element's time: history and analytics, account log, candles. */
const TIME_KEYS = ['timestamp', 'date', 'time'];

/**
 * The time of an element, ISO text or milliseconds; `undefined` without a readable one.
 */
export const timeOf = (element: JsonValue): EpochMs | undefined => {
  if (!isJsonObject(element)) return undefined;
  const written = TIME_KEYS.map((key) => textAt(element, key)).find((text) => text !== undefined);
  return written === undefined ? positionTime(element['event']) : toTime(written);
};

const toTime = (written: string): EpochMs | undefined =>
  /^\d{1,15}(?:\.\d+)?$/.test(written) ? epochMs(Number(written)) : parseIsoTime(written);

/** A position event without an envelope has its time in `PositionUpdate`. */
const positionTime = (event: JsonValue | undefined): EpochMs | undefined => {
  const update = isJsonObject(event) ? event['PositionUpdate'] : undefined;
  const written = textAt(update, 'timestamp');
  return written === undefined ? undefined : toTime(written);
};
