import { defined } from '../../../../lib/defined.ts';
import { epochMs } from '../../../../lib/time.ts';
import { RULED_INDEX_PRICES, RULED_INSTRUMENTS } from './instrument-rule.ts';
import { type InstrumentSpec, type MarginLevel } from './instrument.ts';

/**
 * Contract specifications as recorded from the venue on 2026-09-25 [rest 2.2 instruments, 6.2];
 * sizes and margin levels of markets without a recording follow the family's pattern. Dates as
 * recorded.
 */
const levels = (rows: readonly (readonly [string, string, string])[]): readonly MarginLevel[] =>
  rows.map(([from, initialMargin, maintenanceMargin]) => ({
    from,
    initialMargin,
    maintenanceMargin,
  }));

const FLEX_LEVELS = levels([
  ['0', '0.01', '0.005'],
  ['1000000', '0.02', '0.01'],
  ['5000000', '0.04', '0.02'],
  ['20000000', '0.1', '0.05'],
]);
const ALT_LEVELS = levels([
  ['0', '0.02', '0.01'],
  ['500000', '0.04', '0.02'],
  ['2000000', '0.1', '0.05'],
]);
const INVERSE_LEVELS = levels([
  ['0', '0.02', '0.01'],
  ['500000', '0.04', '0.02'],
  ['3000000', '0.1', '0.05'],
]);

/** When a contract was listed and when it ends. */
interface Term {
  readonly opened: number;
  readonly last: number;
}

interface FlexFields {
  readonly symbol: string;
  readonly base: string;
  readonly underlying: string;
  readonly tickSize: string;
  readonly precision: number;
  readonly max: string;
  readonly impact: string;
  readonly term?: Term;
  readonly hold?: number;
  readonly major?: boolean;
}

const flex = (f: FlexFields): InstrumentSpec => ({
  symbol: f.symbol,
  type: 'flexible_futures',
  base: f.base,
  quote: 'USD',
  underlying: f.underlying,
  tickSize: f.tickSize,
  contractValueTradePrecision: f.precision,
  maxPositionSize: f.max,
  impactMidSize: f.impact,
  openingDate: epochMs(f.term?.opened ?? Date.UTC(2022, 2, 22, 13, 15, 36)),
  marginLevels: f.major === true ? FLEX_LEVELS : ALT_LEVELS,
  mtf: true,
  category: f.major === true ? 'Layer 1' : '',
  ...defined({ makerProtectionMillis: f.hold }),
  ...(f.term === undefined
    ? { fundingRateCoefficient: 8, maxRelativeFundingRate: '0.005' }
    : { lastTradingTime: epochMs(f.term.last) }),
});

interface InverseFields {
  readonly symbol: string;
  readonly base: string;
  readonly underlying: string;
  readonly tickSize: string;
  readonly max: string;
  readonly term?: Term;
  readonly hold?: number;
}

const inverse = (f: InverseFields): InstrumentSpec => ({
  symbol: f.symbol,
  type: 'futures_inverse',
  base: f.base,
  quote: 'USD',
  underlying: f.underlying,
  tickSize: f.tickSize,
  contractValueTradePrecision: 0,
  maxPositionSize: f.max,
  impactMidSize: '1000',
  openingDate: epochMs(f.term?.opened ?? Date.UTC(2018, 7, 31)),
  marginLevels: INVERSE_LEVELS,
  mtf: true,
  category: '',
  ...defined({ makerProtectionMillis: f.hold }),
  ...(f.term === undefined
    ? { fundingRateCoefficient: 8, maxRelativeFundingRate: '0.005' }
    : { lastTradingTime: epochMs(f.term.last) }),
});

/**
 * Listing and last trading time as recorded for XBT: Fridays, 31 (FF) and 30 (FI) weeks apart. FI
 * contracts follow London time, so the hour differs by one in summer.
 */
const FF_DECEMBER: Term = { opened: Date.UTC(2026, 4, 22, 8), last: Date.UTC(2026, 11, 25, 8) };
const FI_DECEMBER: Term = { opened: Date.UTC(2026, 4, 29, 15), last: Date.UTC(2026, 11, 25, 16) };
const XBT = { base: 'BTC', underlying: 'rr_xbtusd' };
const ETH = { base: 'ETH', underlying: 'rr_ethusd' };

export const INSTRUMENT_CATALOGUE: readonly InstrumentSpec[] = [
  {
    ...flex({
      symbol: 'PF_XBTUSD',
      ...XBT,
      tickSize: '1',
      precision: 4,
      max: '1200',
      impact: '0.08',
      major: true,
    }),
    isin: 'GB00BQ84JX13',
  },
  flex({
    symbol: 'PF_ETHUSD',
    ...ETH,
    tickSize: '0.1',
    precision: 3,
    max: '24000',
    impact: '2',
    major: true,
  }),
  flex({
    symbol: 'PF_SOLUSD',
    base: 'SOL',
    underlying: 'rr_solusd',
    tickSize: '0.01',
    precision: 2,
    max: '100000',
    impact: '50',
  }),
  flex({
    symbol: 'PF_LTCUSD',
    base: 'LTC',
    underlying: 'rr_ltcusd',
    tickSize: '0.01',
    precision: 2,
    max: '50000',
    impact: '50',
  }),
  flex({
    symbol: 'PF_XRPUSD',
    base: 'XRP',
    underlying: 'rr_xrpusd',
    tickSize: '0.0001',
    precision: 0,
    max: '10000000',
    impact: '3000',
  }),
  flex({
    symbol: 'PF_DOGEUSD',
    base: 'DOGE',
    underlying: 'rr_dogeusd',
    tickSize: '0.00001',
    precision: 0,
    max: '50000000',
    impact: '30000',
  }),
  flex({
    symbol: 'PF_ATOMUSD',
    base: 'ATOM',
    underlying: 'rr_atomusd',
    tickSize: '0.001',
    precision: 1,
    max: '500000',
    impact: '500',
    hold: 20,
  }),
  flex({
    symbol: 'PF_PEPEUSD',
    base: 'PEPE',
    underlying: 'rr_pepeusd',
    tickSize: '0.0000000001',
    precision: -3,
    max: '500000000000',
    impact: '100000000',
  }),
  flex({
    symbol: 'FF_XBTUSD_261225',
    ...XBT,
    tickSize: '1',
    precision: 4,
    max: '600',
    impact: '0.08',
    term: FF_DECEMBER,
    major: true,
  }),
  {
    ...inverse({ symbol: 'PI_XBTUSD', ...XBT, tickSize: '0.5', max: '75000000', hold: 20 }),
    isin: 'GB00J62YGL67',
  },
  inverse({ symbol: 'PI_ETHUSD', ...ETH, tickSize: '0.05', max: '25000000' }),
  inverse({
    symbol: 'FI_XBTUSD_261225',
    ...XBT,
    tickSize: '0.5',
    max: '40000000',
    term: FI_DECEMBER,
  }),
  inverse({
    symbol: 'FI_ETHUSD_261225',
    ...ETH,
    tickSize: '0.05',
    max: '20000000',
    term: FI_DECEMBER,
  }),
];

/** The recorded contracts first, then those made by rule. */
export const WHOLE_CATALOGUE: readonly InstrumentSpec[] = [
  ...INSTRUMENT_CATALOGUE,
  ...RULED_INSTRUMENTS,
];

/** Plausible index prices for the catalogue, by underlying. */
export const INDEX_PRICES: Readonly<Record<string, string>> = {
  ...RULED_INDEX_PRICES,
  rr_xbtusd: '84000',
  rr_ethusd: '2000',
  rr_solusd: '140',
  rr_ltcusd: '85',
  rr_xrpusd: '2.2',
  rr_dogeusd: '0.16',
  rr_atomusd: '3.5',
  rr_pepeusd: '0.0000065',
};
