import { type EpochMs } from '../../../lib/time.ts';
import { type Account } from './account.ts';
import { type Instrument } from './instruments/instrument.ts';
import { type Money } from './money.ts';
import { OrderBook } from './order-book.ts';
import { type Order } from './order.ts';
import { type TradeView } from './views.ts';

/** One tradeable market: its book, its prices, its state. Mutable, owned by the exchange. */
export interface Market {
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly book: OrderBook;
  readonly triggers: Set<Order>;
  /** Accounts with a position here. */
  readonly holders: Set<Account>;
  bookSeq: number;
  tradeSeq: number;
  index: Money;
  mark: Money;
  lastTicks: number;
  lastAt: EpochMs | undefined;
  lastLots: number;
  openInterestLots: number;
  readonly trades: TradeView[];
  suspended: boolean;
  postOnly: boolean;
  cancelOnly: boolean;
  expired: boolean;
  dislocation: 'ABOVE_UPPER_BOUND' | 'BELOW_LOWER_BOUND' | undefined;
  volatilityMultiplier: number;
  makerProtectionMillis: number;
  readonly premium: PremiumState;
  readonly funding: FundingState;
  /** Trades of the last 24 hours as sums per minute, oldest first. */
  readonly minutes: MinuteStats[];
}

export interface MinuteStats {
  readonly startAt: number;
  readonly openTicks: number;
  highTicks: number;
  lowTicks: number;
  closeTicks: number;
  lots: number;
  notional: Money;
  trades: number;
}

/** Mark price = index + premium, an average of (impact mid - index). */
interface PremiumState {
  at: EpochMs;
  value: Money;
  /** Time-weighted sum of the relative premium in this funding period, 10^-18 x ms. */
  sum: bigint;
  since: EpochMs;
}

interface FundingState {
  /** Absolute amount per contract unit and hour. */
  rate: Money;
  relative: Money;
  /** Cumulative funding per lot at `since`. */
  cumulative: Money;
  since: EpochMs;
  readonly history: { readonly at: EpochMs; readonly rate: Money; readonly relative: Money }[];
}

export const FUNDING_HISTORY_HOURS_MAX = 24 * 366;

export const makeMarket = (instrument: Instrument, index: Money, at: EpochMs): Market => ({
  instrument,
  symbol: instrument.symbol,
  book: new OrderBook(),
  triggers: new Set(),
  holders: new Set(),
  bookSeq: 0,
  tradeSeq: 0,
  index,
  mark: index,
  lastTicks: 0,
  lastAt: undefined,
  lastLots: 0,
  openInterestLots: 0,
  trades: [],
  suspended: false,
  postOnly: false,
  cancelOnly: false,
  expired: false,
  dislocation: undefined,
  volatilityMultiplier: 1,
  makerProtectionMillis: instrument.spec.makerProtectionMillis ?? 0,
  premium: { at, value: 0n, sum: 0n, since: at },
  funding: { rate: 0n, relative: 0n, cumulative: 0n, since: at, history: [] },
  minutes: [],
});
