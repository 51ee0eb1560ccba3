import { invariant } from '../../../../lib/invariant.ts';
import { type EpochMs } from '../../../../lib/time.ts';
import { makeGrid, type Grid } from './grid.ts';
import { parseMoney, type Money } from '../money.ts';
import { type Currency, type WalletName } from '../vocabulary.ts';

/** Contract specification with the names of REST `instruments` [rest 2.2, 6.2]. */
export interface InstrumentSpec {
  readonly symbol: string;
  readonly type: 'flexible_futures' | 'futures_inverse';
  readonly base: string;
  readonly quote: string;
  /** Index code, e.g. rr_xbtusd. Markets with the same underlying share one index. */
  readonly underlying: string;
  readonly tickSize: string;
  /** Size step 10^-p, may be negative. */
  readonly contractValueTradePrecision: number;
  readonly maxPositionSize: string;
  readonly impactMidSize: string;
  readonly openingDate: EpochMs;
  /** Dated contracts only. */
  readonly lastTradingTime?: EpochMs;
  readonly marginLevels: readonly MarginLevel[];
  readonly fundingRateCoefficient?: number;
  readonly maxRelativeFundingRate?: string;
  readonly makerProtectionMillis?: number;
  readonly isin?: string;
  readonly mtf?: boolean;
  readonly category?: string;
}

/**
 * `from`: lower bound, in contracts (inverse) or USD of notional (flexible). Rates as fractions.
 */
export interface MarginLevel {
  readonly from: string;
  readonly initialMargin: string;
  readonly maintenanceMargin: string;
}

export interface MarginStep {
  readonly from: Money;
  readonly initial: Money;
  readonly maintenance: Money;
}

/** A specification compiled for integer arithmetic. */
export interface Instrument {
  readonly spec: InstrumentSpec;
  readonly symbol: string;
  readonly inverse: boolean;
  readonly perpetual: boolean;
  readonly priceGrid: Grid;
  readonly sizeGrid: Grid;
  readonly maxPositionLots: number;
  readonly impactLots: number;
  readonly marginSteps: readonly MarginStep[];
  /** Where its profit, fees and margin are kept. */
  readonly wallet: WalletName;
  /** Currency of profit, fee and funding: USD for linear, the base for inverse contracts. */
  readonly settlementCurrency: Currency;
  /** Asset in wallet spelling: XBT, not BTC. */
  readonly baseCurrency: Currency;
}

export const compileInstrument = (spec: InstrumentSpec): Instrument => {
  const p = spec.contractValueTradePrecision;
  const priceGrid = makeGrid(spec.tickSize);
  const sizeGrid = makeGrid(p > 0 ? `0.${'0'.repeat(p - 1)}1` : `1${'0'.repeat(-p)}`);
  invariant(priceGrid !== undefined, `${spec.symbol}: tickSize is a positive decimal`);
  invariant(sizeGrid !== undefined, `${spec.symbol}: the size step is a positive decimal`);
  const inverse = spec.type === 'futures_inverse';
  const baseCurrency = baseCurrencyOf(spec);
  return {
    spec,
    symbol: spec.symbol,
    inverse,
    perpetual: spec.lastTradingTime === undefined,
    priceGrid,
    sizeGrid,
    maxPositionLots: Number(needMoney(spec.maxPositionSize) / sizeGrid.step),
    impactLots: Math.max(1, Number(needMoney(spec.impactMidSize) / sizeGrid.step)),
    marginSteps: spec.marginLevels.map((level) => ({
      from: needMoney(level.from),
      initial: needMoney(level.initialMargin),
      maintenance: needMoney(level.maintenanceMargin),
    })),
    wallet: walletOfContract(spec),
    settlementCurrency: inverse ? baseCurrency : 'USD',
    baseCurrency,
  };
};

const baseCurrencyOf = ({ base }: InstrumentSpec): Currency => (base === 'BTC' ? 'XBT' : base);

/** `flex`, or a wallet of its own for each base: `fi_xbtusd` [rest 2.4]. */
export const walletOfContract = (spec: InstrumentSpec): WalletName =>
  spec.type === 'futures_inverse' ? `fi_${baseCurrencyOf(spec).toLowerCase()}usd` : 'flex';

/** Parses an amount of the configuration. It was checked when it was read, so a fault is a bug. */
export const needMoney = (text: string): Money => {
  const value = parseMoney(text);
  invariant(value !== undefined, `not a plain decimal: ${text.slice(0, 64)}`);
  return value;
};
