import { type JsonObject, type JsonValue, toJsonText } from '../../../../lib/lossless-json.ts';
import { text, type RestAnswer } from '../answer.ts';
import { free, type RestCall, type RestVenue, HISTORY } from '../endpoints/endpoint.ts';
import { type Fields, readInteger } from '../fields.ts';
import { ms } from './history-order-json.ts';
import { defined } from '../../../../lib/defined.ts';
import { whole } from '../json.ts';
import { type LogRow, type Page, type PagedLog } from './paged-log.ts';

/** Rows of one page at most, whatever was asked for [rest 7]. */
const COUNT_MAX = 1_000;

export const paths = (rest: string): readonly string[] => HISTORY.map((base) => `${base}/${rest}`);

export const number = (fields: Fields, name: string): number | undefined => {
  const read = readInteger(fields.get(name));
  return read === 'invalid' ? undefined : read.value;
};

export const checkNumbers = ({ fields }: Pick<RestCall, 'fields'>): RestAnswer | undefined => {
  for (const name of ['since', 'before', 'count', 'from', 'to']) {
    if (readInteger(fields.get(name)) === 'invalid') return text(`Invalid value for ${name}`, 400);
  }
  // From one row on [rest 2.12, 2.13]; the price list of the account log begins there too.
  if ((number(fields, 'count') ?? 1) < 1) return text('Invalid value for count', 400);
  const sort = fields.get('sort');
  const isSort = sort === undefined || sort === 'asc' || sort === 'desc';
  return isSort ? undefined : text('Invalid value for sort', 400);
};

export const page = <T>(
  log: PagedLog<T>,
  call: RestCall,
  venue: RestVenue,
  isWanted: (item: T) => boolean,
): Page<T> =>
  log.page({
    since: number(call.fields, 'since'),
    before: number(call.fields, 'before'),
    sort: call.fields.get('sort') === 'asc' ? 'asc' : 'desc',
    count: Math.min(COUNT_MAX, number(call.fields, 'count') ?? COUNT_MAX),
    token: call.fields.get('continuation_token'),
    visibleUntil: venue.history.visibleUntil(call.at),
    isWanted,
  });

/** The token travels in the body and in a header [rest 7]. */
export const paged = <T>(
  { rows, token }: Page<T>,
  head: Readonly<Record<string, JsonValue | undefined>>,
  element: (row: LogRow<T>) => JsonObject,
): RestAnswer => ({
  status: 200,
  contentType: 'application/json; charset=utf-8',
  body: toJsonText(
    defined({
      ...head,
      len: whole(rows.length),
      elements: rows.map(element),
      continuationToken: token,
    }),
  ),
  headers: token === undefined ? {} : { 'next-continuation-token': token, 'is-truncated': 'true' },
});

export const element = (row: LogRow<unknown>, uid: string, event: JsonObject): JsonObject => ({
  uid,
  timestamp: ms(row.at),
  event,
});

export const PRIVATE = { method: 'GET', service: 'history', access: 'general-read' } as const;
export const PUBLIC = { method: 'GET', service: 'history', access: 'public', cost: free } as const;
