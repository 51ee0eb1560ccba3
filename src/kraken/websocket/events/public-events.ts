import { type BookLevel, type BookSide } from '../../../domain/book.ts';
import { type DecimalText, type TradingSymbol } from '../../../domain/ids.ts';
import { type Side } from '../../../domain/order.ts';
import { type EpochMs } from '../../../lib/time.ts';

/** Events of the public feeds [websocket 7]. Amounts are exact text. */
export type PublicEvent =
  BookSnapshot | BookUpdate | TradeSnapshot | Trade | Ticker | TickerLite | Heartbeat | Candle;

export interface BookSnapshot {
  readonly type: 'BookSnapshot';
  readonly symbol: TradingSymbol;
  readonly seq: number;
  readonly at?: EpochMs;
  /** Best first. */
  readonly bids: readonly BookLevel[];
  readonly offers: readonly BookLevel[];
  /** False when a level could not be read: the book must not be used. */
  readonly isComplete: boolean;
}

export interface BookUpdate {
  readonly type: 'BookUpdate';
  readonly symbol: TradingSymbol;
  readonly seq: number;
  readonly side: BookSide;
  readonly price: DecimalText;
  /** New absolute quantity; '0' removes the level. */
  readonly qty: DecimalText;
  readonly at?: EpochMs;
}

export interface Trade {
  readonly type: 'Trade';
  readonly symbol: TradingSymbol;
  /** Public trade id, for de-duplication; not proven to equal a private fill id. */
  readonly tradeID: string;
  /** Side of the taker. */
  readonly side: Side;
  /** `fill`, `liquidation`, `termination`, `block` … Absent when the venue does not say it. */
  readonly kind?: string;
  readonly seq: number;
  readonly at: EpochMs;
  readonly qty: DecimalText;
  readonly price: DecimalText;
}

export interface TradeSnapshot {
  readonly type: 'TradeSnapshot';
  readonly symbol: TradingSymbol;
  /** Newest first. */
  readonly trades: readonly Trade[];
  readonly isComplete: boolean;
}

export interface OptionGreeks {
  readonly iv?: DecimalText;
  readonly delta?: DecimalText;
  readonly gamma?: DecimalText;
  readonly theta?: DecimalText;
  readonly vega?: DecimalText;
  readonly rho?: DecimalText;
}

export interface Ticker {
  readonly type: 'Ticker';
  readonly symbol: TradingSymbol;
  readonly at?: EpochMs;
  readonly bidPx?: DecimalText;
  readonly bidSize?: DecimalText;
  readonly offerPx?: DecimalText;
  readonly offerSize?: DecimalText;
  readonly lastPx?: DecimalText;
  readonly markPx?: DecimalText;
  readonly indexPx?: DecimalText;
  /** 24 hours. */
  readonly volume?: DecimalText;
  readonly volumeQuote?: DecimalText;
  readonly openPx?: DecimalText;
  readonly highPx?: DecimalText;
  readonly lowPx?: DecimalText;
  readonly changePercent?: DecimalText;
  readonly premium?: DecimalText;
  readonly openInterest?: DecimalText;
  /**
   * Perpetuals: the venue leaves a rate out when it is zero, and we write '0'. Absolute, per
   * contract unit.
   */
  readonly fundingRate?: DecimalText;
  readonly fundingRatePrediction?: DecimalText;
  /** Relative to spot. */
  readonly relativeFundingRate?: DecimalText;
  readonly relativeFundingRatePrediction?: DecimalText;
  readonly nextFundingAt?: EpochMs;
  readonly leverage?: string;
  readonly tag?: string;
  readonly pair?: string;
  readonly maturityAt?: EpochMs;
  readonly daysToMaturity?: number;
  /** No trading while true. Absent: not known, like the next one. */
  readonly isSuspended?: boolean;
  /** Only post-only orders while true. */
  readonly isPostOnly?: boolean;
  readonly greeks?: OptionGreeks;
  readonly bidIv?: DecimalText;
  readonly offerIv?: DecimalText;
  readonly markIv?: DecimalText;
  readonly extrinsicValue?: DecimalText;
}

export interface TickerLite {
  readonly type: 'TickerLite';
  readonly symbol: TradingSymbol;
  readonly bidPx?: DecimalText;
  readonly offerPx?: DecimalText;
  readonly changePercent?: DecimalText;
  readonly premium?: DecimalText;
  readonly volume?: DecimalText;
  readonly volumeQuote?: DecimalText;
  readonly tag?: string;
  readonly pair?: string;
  readonly daysToMaturity?: number;
  readonly maturityAt?: EpochMs;
  readonly greeks?: OptionGreeks;
}

export interface Heartbeat {
  readonly type: 'Heartbeat';
  readonly at: EpochMs;
}

/** Undocumented feed. Do not depend on it. */
export interface Candle {
  readonly type: 'Candle';
  readonly symbol: TradingSymbol;
  /** Price kind and length, `trade_1m`. */
  readonly series: string;
  readonly openedAt: EpochMs;
  readonly openPx: DecimalText;
  readonly highPx: DecimalText;
  readonly lowPx: DecimalText;
  readonly closePx: DecimalText;
  readonly volume: DecimalText;
  readonly isSnapshot: boolean;
}
