import { type TradingSymbol } from '../../../domain/ids.ts';
import { type OutboundMessage } from '../../../fix/codec/fix-message.ts';
import { type ListedInstrument } from './market-data-instruments.ts';
import { type MarketTrade } from './market-data-parser.ts';

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
