import { isJsonObject, JsonNumber, type JsonValue } from '../../lib/lossless-json.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { classifyReply } from '../outcome.ts';
import { type NotConfirmed } from '../rest/reading.ts';
import { type Reply } from '../rest/reply.ts';

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
  /** `len` of the page, when it said one: a cut page shows here. */
  readonly announced?: number;
}

export type FetchPage = (cursor: Cursor) => Promise<Result<Page, NotConfirmed>>;

/** The body of a good answer, or why there is none. */
export const bodyOf = (reply: Reply): Result<JsonValue, NotConfirmed> => {
  const outcome = classifyReply(reply, 'read');
  if (outcome.type !== 'Confirmed') return err(outcome);
  const json = reply.type === 'Answered' ? reply.json : undefined;
  return json === undefined ? err(unreadable('no JSON')) : ok(json);
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
