import { type EpochMs } from '../../../lib/time.ts';
import { type PositionMarginView, type WalletView } from './account-view.ts';
import { type AssignmentPreference } from '../model/commands.ts';
import { type InstrumentSpec } from '../model/instruments/instrument.ts';
import { type TickerView } from './ticker.ts';
import { type FillView, type OrderView, type TradeView } from '../model/views.ts';
import { type SelfTradeStrategy, type Side, type WalletName } from '../model/vocabulary.ts';

export interface LevelView {
  readonly price: string;
  readonly size: string;
  readonly orders: number;
}
export interface BookView {
  readonly symbol: string;
  readonly bookSeq: number;
  readonly bids: readonly LevelView[];
  readonly asks: readonly LevelView[];
}
export interface BookOrderView {
  readonly orderId: string;
  readonly side: Side;
  readonly price: string;
  readonly size: string;
  readonly at: EpochMs;
}
export interface PositionView {
  readonly account: string;
  readonly symbol: string;
  /** Signed: negative is short. */
  readonly size: string;
  readonly entryPrice: string;
  readonly unrealizedPnl: string;
  readonly unrealizedFunding: string;
  readonly markPrice: string;
  readonly openedAt: EpochMs;
  readonly pnlCurrency: string | undefined;
  readonly maxFixedLeverage: string | undefined;
}
/** One fill of an account with its public trade. */
export interface FillRecord {
  readonly trade: TradeView;
  readonly fill: FillView;
}

interface FundingRateView {
  /** Start of the period. */
  readonly at: EpochMs;
  readonly fundingRate: string;
  readonly relativeFundingRate: string;
}
export interface PreferencesView {
  readonly master: string;
  readonly subaccounts: readonly string[];
  readonly selfTradeStrategy: SelfTradeStrategy;
  readonly tradingEnabled: boolean;
  readonly leverage: Readonly<Record<string, string>>;
  readonly pnlCurrency: Readonly<Record<string, string>>;
  readonly assignments: readonly {
    readonly id: number;
    readonly preference: AssignmentPreference;
  }[];
  readonly deadManAt: EpochMs | undefined;
  readonly makerFee: string;
  readonly takerFee: string;
}
export interface InstrumentStatusView {
  readonly symbol: string;
  readonly experiencingDislocation: boolean;
  readonly priceDislocationDirection: 'ABOVE_UPPER_BOUND' | 'BELOW_LOWER_BOUND' | undefined;
  readonly experiencingExtremeVolatility: boolean;
  readonly extremeVolatilityInitialMarginMultiplier: number;
  readonly makerProtectionMillis: number;
}

/** Queries of the exchange's state as it is now. None changes it. */
export interface ExchangeQueries {
  readonly instruments: () => readonly InstrumentSpec[];
  /** Whether it is listed; cheap, where a ticker is computed. */
  readonly hasInstrument: (symbol: string) => boolean;
  readonly hasAccount: (uid: string) => boolean;
  readonly accountUids: () => readonly string[];
  /** Resting orders and waiting triggers, oldest first; held ones are not shown [rest 10]. */
  readonly openOrders: (account: string) => readonly OrderView[];
  readonly openOrderByCliOrdId: (account: string, cliOrdId: string) => OrderView | undefined;
  /**
   * An open order, or one that ended within the 5 seconds before `at`, the time of the request. The
   * exchange's own time may be older, since only commands move it.
   */
  readonly order: (orderId: string, at: EpochMs) => OrderView | undefined;
  readonly orderByCliOrdId: (
    account: string,
    cliOrdId: string,
    at: EpochMs,
  ) => OrderView | undefined;
  readonly book: (symbol: string, depth?: number) => BookView | undefined;
  /** Every resting order, bids then asks, best first, oldest first within a price. */
  readonly bookOrders: (symbol: string) => readonly BookOrderView[];
  readonly positions: (account: string) => readonly PositionView[];
  /** Amounts by wallet and currency. */
  readonly balances: (
    account: string,
  ) => Readonly<Record<WalletName, Readonly<Record<string, string>>>>;
  /** The latest fills, oldest first: 10,000 on a venue of a few accounts, 1,000 at least. */
  readonly fills: (account: string) => readonly FillRecord[];
  /**
   * The last public trades, oldest first: 10,000 on a venue of a dozen markets, fewer on a large
   * one, 1,000 at least.
   */
  readonly trades: (symbol: string) => readonly TradeView[];
  readonly indexPrice: (symbol: string) => string | undefined;
  readonly ticker: (symbol: string) => TickerView | undefined;
  readonly wallets: (account: string) => readonly WalletView[];
  readonly positionMargins: (account: string) => readonly PositionMarginView[];
  readonly unwindQueue: (
    account: string,
  ) => readonly { readonly symbol: string; readonly percentile: number }[];
  /** Of a perpetual, oldest first. */
  readonly fundingRates: (symbol: string) => readonly FundingRateView[];
  readonly preferences: (account: string) => PreferencesView | undefined;
  /** Dislocation and volatility [rest 2.2 instruments-status]. */
  readonly instrumentStatus: (symbol: string) => InstrumentStatusView | undefined;
}
