import { type TradingSymbol } from '../../../domain/ids.ts';
import { type FixMessage, type OutboundMessage } from '../../../fix/codec/fix-message.ts';
import { type BookPrecision } from '../../books/checksum.ts';
import { type BookLimits } from '../../books/live-book.ts';
import { type MarketDepth } from './market-data-messages.ts';
import { type ListedInstrument } from './market-data-instruments.ts';
import { type MarketTrade } from './market-data-parser.ts';

export type MarketDataInput =
  | { readonly type: 'LoggedOn' }
  | { readonly type: 'LoggedOut' }
  | { readonly type: 'Message'; readonly message: FixMessage }
  | { readonly type: 'Woken' }
  | { readonly type: 'Subscribe'; readonly symbol: TradingSymbol }
  | { readonly type: 'Unsubscribe'; readonly symbol: TradingSymbol };

export interface MarketDataOptions {
  readonly symbols: readonly TradingSymbol[];
  readonly level: 'L2' | 'L3';
  readonly depth: MarketDepth;
  /** Makes MDReqIDs differ from those of earlier runs of the session. */
  readonly requestPrefix: string;
  readonly bookLimits: BookLimits;
  readonly limits?: MarketDataLimits;
  /** Decimals known from configuration; the instrument list overrides them. */
  readonly precisions?: Readonly<Record<string, BookPrecision>>;
}

export interface MarketDataLimits {
  readonly requestsPerSecondMax: number;
  /** A request without a snapshot or instrument list is repeated after this time. */
  readonly answerTimeoutMs: number;
  readonly listTriesMax: number;
  /** More subscriptions of one instrument within a minute have to wait. */
  readonly subscriptionsPerMinuteMax: number;
  /** Interval of the check for crossed, stale and unanswered subscriptions. */
  readonly checkIntervalMs: number;
}

export const DEFAULT_MARKET_DATA_LIMITS: MarketDataLimits = {
  requestsPerSecondMax: 20,
  answerTimeoutMs: 10_000,
  listTriesMax: 3,
  subscriptionsPerMinuteMax: 5,
  checkIntervalMs: 50,
};

export type MarketDataOutput =
  | { readonly type: 'Send'; readonly message: OutboundMessage }
  | { readonly type: 'BookChanged'; readonly symbol: TradingSymbol }
  | { readonly type: 'Traded'; readonly trade: MarketTrade }
  | { readonly type: 'InstrumentsListed'; readonly instruments: readonly ListedInstrument[] }
  | {
      readonly type: 'Notice';
      readonly severity: 'info' | 'warn' | 'error';
      /**
       * Stable: CHECKSUM_MISMATCH, NO_SNAPSHOT, CROSSED, STALE, SYMBOL_REFUSED, NO_INSTRUMENT_LIST,
       * …
       */
      readonly code: string;
      readonly text: string;
    };

export const marketDataNotice = (
  severity: 'info' | 'warn' | 'error',
  code: string,
  text: string,
): MarketDataOutput => ({ type: 'Notice', severity, code, text });
