import { type TradingSymbol } from '../../../domain/ids.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { classifyReply } from '../../outcome/rest-outcome.ts';
import { defined } from '../../../lib/defined.ts';
import {
  accountLog,
  type ExecutionEvent,
  executionsPage,
  type HistoryOrderEvent,
  type HistoryPage,
  type RestLogEntry,
  type RestMarkPrice,
  markPricesPage,
  ordersPage,
  type PositionUpdate,
  positionsPage,
} from './history-readers.ts';
import { type Reader } from '../../json/readers.ts';
import { type RawClient } from '../raw-client.ts';
import { type NotConfirmed, type Read, readReply } from '../reading.ts';
import { type Reply } from '../reply.ts';
import { type CallOptions } from '../transport.ts';

/** One page of a walk. The same `sort` must stay for the whole walk [rest 7]. */
export interface HistoryQuery {
  readonly since?: EpochMs;
  readonly before?: EpochMs;
  readonly sort?: 'asc' | 'desc';
  readonly continuationToken?: string;
  readonly count?: number;
  readonly symbol?: TradingSymbol;
}

interface LogQuery {
  readonly since?: EpochMs;
  readonly before?: EpochMs;
  /** Entry ids, inclusive; they start at 1. */
  readonly fromID?: number;
  readonly toID?: number;
  readonly sort?: 'asc' | 'desc';
  readonly count?: number;
  readonly info?: readonly string[];
}

/** History over REST [rest 2.12, 2.13]. It lags behind trading by an unpublished time. */
export interface RestHistoryGateway {
  /** The only place, with the account log, that carries the fee of each execution. */
  readonly executions: (
    query: HistoryQuery,
    options?: CallOptions,
  ) => Read<HistoryPage<ExecutionEvent>>;
  readonly orders: (
    query: HistoryQuery,
    options?: CallOptions,
  ) => Read<HistoryPage<HistoryOrderEvent>>;
  readonly triggers: (
    query: HistoryQuery,
    options?: CallOptions,
  ) => Read<HistoryPage<HistoryOrderEvent>>;
  readonly positions: (
    query: HistoryQuery,
    options?: CallOptions,
  ) => Read<HistoryPage<PositionUpdate>>;
  readonly accountLog: (
    query: LogQuery,
    options?: CallOptions,
  ) => Read<{ readonly entries: readonly RestLogEntry[] }>;
  /** At most the 500,000 newest rows, as text. */
  readonly accountLogCsv: (options?: CallOptions) => Promise<Result<string, NotConfirmed>>;
  readonly publicExecutions: (
    symbol: TradingSymbol,
    query: Omit<HistoryQuery, 'symbol'>,
  ) => Read<HistoryPage<ExecutionEvent>>;
  readonly publicOrders: (
    symbol: TradingSymbol,
    query: Omit<HistoryQuery, 'symbol'>,
  ) => Read<HistoryPage<HistoryOrderEvent>>;
  readonly markPrices: (
    symbol: TradingSymbol,
    query: Omit<HistoryQuery, 'symbol'>,
  ) => Read<HistoryPage<RestMarkPrice>>;
}

export const makeRestHistoryGateway = (client: RawClient): RestHistoryGateway => ({
  executions: async (query, options) =>
    readPage(
      await client.historyExecutions(toParams(query), options),
      executionsPage,
      'history-executions',
    ),
  orders: async (query, options) =>
    readPage(await client.historyOrders(toParams(query), options), ordersPage, 'history-orders'),
  triggers: async (query, options) =>
    readPage(
      await client.historyTriggers(toParams(query), options),
      ordersPage,
      'history-triggers',
    ),
  positions: async (query, options) =>
    readPage(
      await client.historyPositions(toParams(query), options),
      positionsPage,
      'history-positions',
    ),
  accountLog: async (query, options) =>
    readReply(
      await client.historyAccountLog(
        {
          ...wholeSpan(query),
          from: query.fromID,
          to: query.toID,
          sort: query.sort,
          info: query.info,
          count: query.count,
        },
        options,
      ),
      accountLog,
      'history-account-log',
    ),
  accountLogCsv: async (options) => {
    const reply = await client.historyAccountlogcsv({}, options);
    const outcome = classifyReply(reply, 'read');
    if (outcome.type !== 'Confirmed') return err(outcome);
    return ok(reply.type === 'Answered' ? reply.bodyText : '');
  },
  publicExecutions: async (symbol, query) =>
    readPage(
      await client.marketExecutions({ tradeable: symbol, ...toPublicParams(query) }),
      executionsPage,
      'market-executions',
    ),
  publicOrders: async (symbol, query) =>
    readPage(
      await client.marketOrders({ tradeable: symbol, ...toPublicParams(query) }),
      ordersPage,
      'market-orders',
    ),
  markPrices: async (symbol, query) =>
    readPage(
      await client.marketPrice({ tradeable: symbol, ...toPublicParams(query) }),
      markPricesPage,
      'market-price',
    ),
});

/**
 * The link to the next page is in the body or, alone, in a header [rest 7]. An empty one is none.
 */
const readPage = <T>(
  reply: Reply,
  reader: Reader<HistoryPage<T>>,
  path: string,
): Awaited<Read<HistoryPage<T>>> => {
  const read = readReply(reply, reader, path);
  if (!read.ok) return read;
  const { continuationToken: inBody, ...page } = read.value.value;
  const inHeader = reply.type === 'Answered' ? reply.headers['next-continuation-token'] : undefined;
  const continuationToken = [inBody, inHeader].find((token) => token !== undefined && token !== '');
  return ok({ ...read.value, value: defined({ ...page, continuationToken }) });
};

/**
 * The venue takes whole milliseconds; our times may carry a fraction. The span grows, never
 * shrinks.
 */
const wholeSpan = ({ since, before }: Pick<HistoryQuery, 'since' | 'before'>) => ({
  since: since === undefined ? undefined : Math.floor(since),
  before: before === undefined ? undefined : Math.ceil(before),
});

const toPublicParams = (query: Omit<HistoryQuery, 'symbol'>) => ({
  ...wholeSpan(query),
  sort: query.sort,
  continuation_token: query.continuationToken,
  count: query.count,
});

const toParams = (query: HistoryQuery) => ({
  ...toPublicParams(query),
  tradeable: query.symbol,
});
