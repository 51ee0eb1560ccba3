import { defined } from '../../lib/defined.ts';
import { type JsonValue } from '../../lib/lossless-json.ts';
import { invariant } from '../../lib/invariant.ts';
import { err, ok } from '../../lib/result.ts';
import { type RawClient } from '../rest/raw-client.ts';
import { type Reply } from '../rest/reply.ts';
import { type CallOptions } from '../rest/transport.ts';
import { fetchAnalytics, fetchCandles } from './fetch-series.ts';
import { bodyOf, type FetchPage, listAt, textAt, timeOf, unreadable } from './history-page.ts';
import { type HistoryRequest } from './history-request.ts';

/** Rows asked for per page; the venue caps silently at 1000 [rest 7]. */
const PAGE_ROWS = 1_000;
/** 5000 rows cost 6 tokens, 1000 cost 3 [rest 5]: larger pages are cheaper. */
const LOG_PAGE_ROWS = 5_000;

/** The paging of each kind, always in ascending order. */
export const makeFetchPage = (
  client: RawClient,
  request: HistoryRequest,
  options: CallOptions,
): FetchPage => {
  invariant(request.kind !== 'account-log-csv', 'the CSV of the account log has no pages');
  switch (request.kind) {
    case 'account-log':
      return byEntryID(client, request, options);
    case 'funding-rates':
      return wholeFunding(client, request, options);
    case 'candles':
      return fetchCandles(client, request, options);
    case 'analytics':
      return fetchAnalytics(client, request, options);
    default:
      return byToken(tokenCall(client, request, options));
  }
};

type TokenCall = (token: string | undefined) => Promise<Reply>;

const tokenCall = (client: RawClient, request: HistoryRequest, options: CallOptions): TokenCall => {
  const query = {
    since: Math.floor(request.since),
    before: Math.ceil(request.until),
    sort: 'asc',
    count: PAGE_ROWS,
  };
  const own = (token: string | undefined) => ({
    ...query,
    continuation_token: token,
    tradeable: request.symbol,
  });
  const market = (token: string | undefined) => ({
    ...query,
    continuation_token: token,
    tradeable: request.symbol ?? '',
  });
  switch (request.kind) {
    case 'executions':
      return (token) => client.historyExecutions(own(token), options);
    case 'orders':
      return (token) => client.historyOrders(own(token), options);
    case 'triggers':
      return (token) => client.historyTriggers(own(token), options);
    case 'positions':
      return (token) => client.historyPositions(own(token), options);
    case 'public-executions':
      return (token) => client.marketExecutions(market(token), options);
    case 'public-orders':
      return (token) => client.marketOrders(market(token), options);
    default:
      return (token) => client.marketPrice(market(token), options);
  }
};

/**
 * Pages linked by `continuationToken`, in the body or the header; absent or empty in both on the
 * last page [rest 7].
 */
const byToken =
  (call: TokenCall): FetchPage =>
  async (cursor) => {
    const token = cursor.type === 'Token' ? cursor.token : undefined;
    const reply = await call(token);
    const body = bodyOf(reply);
    if (!body.ok) return body;
    const elements = listAt(body.value, 'elements');
    if (elements === undefined) return err(unreadable('a page without elements'));
    const next = linkOf(reply, body.value);
    if (next !== undefined && next === token) return err(unreadable('the page links to itself'));
    const len = textAt(body.value, 'len');
    const announced = len === undefined ? undefined : Number(len);
    if (announced !== undefined && !Number.isSafeInteger(announced))
      return err(unreadable(`a page whose len is no number: ${len?.slice(0, 40) ?? ''}`));
    return ok({
      elements,
      ...(next === undefined ? {} : { next: { type: 'Token', token: next } }),
      ...defined({ announced }),
    });
  };

const linkOf = (reply: Reply, body: JsonValue): string | undefined => {
  const inHeader = reply.type === 'Answered' ? reply.headers['next-continuation-token'] : undefined;
  const links = [textAt(body, 'continuationToken'), inHeader];
  return links.find((link) => link !== undefined && link !== '');
};

/**
 * The account log has no token: pages are linked by entry ids, and only an empty one is the last.
 */
const byEntryID =
  (client: RawClient, request: HistoryRequest, options: CallOptions): FetchPage =>
  async (cursor) => {
    const fromID = cursor.type === 'EntryID' ? cursor.fromID : undefined;
    const reply = await client.historyAccountLog(
      {
        since: Math.floor(request.since),
        before: Math.ceil(request.until),
        from: fromID,
        sort: 'asc',
        count: LOG_PAGE_ROWS,
      },
      options,
    );
    const body = bodyOf(reply);
    if (!body.ok) return body;
    const logs = listAt(body.value, 'logs');
    if (logs === undefined) return err(unreadable('an account log without logs'));
    const ids = logs.map((entry) => Number(textAt(entry, 'id')));
    if (ids.some((id) => !Number.isSafeInteger(id))) return err(unreadable('an entry without id'));
    const last = ids.at(-1);
    const elements = [...logs].sort((a, b) => Number(textAt(a, 'id')) - Number(textAt(b, 'id')));
    if (last === undefined) return ok({ elements });
    return ok({ elements, next: { type: 'EntryID', fromID: Math.max(...ids) + 1 } });
  };

/** One answer holds every rate; v4 first, v3 as fallback [rest 9 row 11]. */
const wholeFunding =
  (client: RawClient, request: HistoryRequest, options: CallOptions): FetchPage =>
  async () => {
    const symbol = request.symbol ?? '';
    const v4 = bodyOf(await client.historicalfundingratesV4({ symbol }, options));
    const body = v4.ok ? v4 : bodyOf(await client.historicalFundingRates({ symbol }, options));
    if (!body.ok) return body;
    const rates = listAt(body.value, 'rates');
    if (rates === undefined) return err(unreadable('an answer without rates'));
    return ok({ elements: rates.filter((rate) => !isOutside(rate, request)) });
  };

/** A row without a time that can be read stays, and is a finding of the download. */
const isOutside = (element: JsonValue, { since, until }: HistoryRequest): boolean => {
  const at = timeOf(element);
  return at !== undefined && (at < since || at >= until);
};
