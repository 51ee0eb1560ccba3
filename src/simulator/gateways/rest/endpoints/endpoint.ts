import { type EpochMs } from '../../../../lib/time.ts';
import { type ExchangeQueries } from '../../../exchange/reads/exchange-queries.ts';
import { type RestAnswer } from '../answer.ts';
import { type CandleStore } from '../stores/candle-store.ts';
import { type ExchangeClient } from '../exchange-client.ts';
import { type Fields } from '../fields.ts';
import { type HistoryStore } from '../history/history-store.ts';
import { type AnalyticsStore } from '../stores/analytics-store.ts';
import { type OrderMemory } from '../orders/order-memory.ts';
import { type Access, type RestKey } from '../rest-key.ts';
import { type AccountSettings } from '../stores/account-settings.ts';
import { type NoticeStore } from '../stores/notice-store.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Which service answers: each has its own failure shapes and its own budget [rest 1.1, 3.1, 5]. */
export type Service = 'derivatives' | 'history' | 'charts' | 'auth' | 'stats';

/** One request, checked, as its endpoint sees it. */
export interface RestCall {
  /** By the venue's clock. */
  readonly at: EpochMs;
  readonly fields: Fields;
  readonly path: Readonly<Record<string, string>>;
  readonly algoId: string | undefined;
  /** The caller's key; `undefined` on public calls. */
  readonly key: RestKey | undefined;
  /** Set for endpoints with `prepare`. */
  readonly prepared?: Prepared;
}

/** The venue as endpoints use it. */
export interface RestVenue {
  readonly queries: ExchangeQueries;
  readonly exchange: ExchangeClient;
  readonly memory: OrderMemory;
  readonly history: HistoryStore;
  readonly candles: CandleStore;
  readonly analytics: AnalyticsStore;
  readonly settings: AccountSettings;
  readonly notices: NoticeStore;
  readonly options: RestOptions;
  /** How far the venue's clock is ahead of ours. */
  readonly skewMs: () => number;
  /**
   * The venue's clock. An answer is stamped when it is written, which may be long after its request
   * came.
   */
  readonly now: () => EpochMs;
}

/** Behaviour that was recorded in two forms, or that changed over the years. */
export interface RestOptions {
  /**
   * Private executions: one `order` with `executionType` (2026), or makerOrder and takerOrder
   * [rest 9 row 20].
   */
  readonly executionLayout: 'single' | 'pair';
  /** Lower-case symbols on the way out, as until about 2023 [rest 13 row 2]. */
  readonly legacyLowerCase: boolean;
  /**
   * What editorder and cancelorder do with orders that were placed by FIX: both reach them, cancels
   * alone, or neither; Kraken has not said [routing 9: UAT-1, UAT-6].
   */
  readonly fixOrders: 'all' | 'cancel' | 'none';
}

export const DEFAULT_REST_OPTIONS: RestOptions = {
  executionLayout: 'single',
  legacyLowerCase: false,
  fixOrders: 'all',
};

export interface ServedEndpoint {
  /** Name in the catalogue of the venue reference [rest 2]. */
  readonly id: string;
  readonly method: Method;
  /** Whole paths with `:parameters`; more than one when the venue has aliases. */
  readonly paths: readonly string[];
  readonly service: Service;
  readonly access: Access;
  /** Points or tokens [rest 5]. */
  readonly cost: (fields: Fields) => number;
  /** Refuses bad parameters. The venue checks them before the signature [rest 3.2]. */
  readonly check?: (call: Pick<RestCall, 'fields' | 'path' | 'at'>) => RestAnswer | undefined;
  /** Replaces `check` where the answer needs the parameters too, so that they are read once. */
  readonly prepare?: (call: Omit<RestCall, 'key'>) => RestAnswer | Prepared;
  readonly answer: Answerer;
}

export type Answerer = (call: RestCall, venue: RestVenue) => RestAnswer | Promise<RestAnswer>;

/** A request whose parameters are read. */
export interface Prepared {
  readonly cost: number;
  readonly answer: Answerer;
}

export const free = (): number => 0;
export const costs =
  (points: number): (() => number) =>
  () =>
    points;

/** Costs that the venue does not publish: the safest reading of [rest 9 row 6]. */
export const UNPUBLISHED_POINTS = 25;
export const UNPUBLISHED_TOKENS = 1;

/** The account of a private call. */
export const accountOf = (call: RestCall): string => call.key?.account ?? '';

export const isAnswer = (one: object): one is RestAnswer => 'body' in one;

/** Answers a call of an endpoint with `prepare`, also when it did not pass the gate. */
export const answerPrepared =
  (prepare: NonNullable<ServedEndpoint['prepare']>): Answerer =>
  (call, venue) => {
    const prepared = call.prepared ?? prepare(call);
    return isAnswer(prepared) ? prepared : prepared.answer(call, venue);
  };

/** First parts of the venue's paths [rest 1.1]. */
export const V3 = '/derivatives/api/v3';
export const V4 = '/derivatives/api/v4';
/** `v2` is an alias of `v3` with the same payloads and tokens. */
export const HISTORY = ['/api/history/v3', '/api/history/v2'] as const;
export const CHARTS = '/api/charts/v1';
export const AUTH = '/api/auth/v1';
export const STATS = '/api/stats/v1';
