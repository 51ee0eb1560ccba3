import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { compileInstrument } from '../../../../../../src/simulator/exchange/model/instruments/instrument.ts';
import {
  INDEX_PRICES,
  INSTRUMENT_CATALOGUE,
  WHOLE_CATALOGUE,
} from '../../../../../../src/simulator/exchange/model/instruments/instrument-catalogue.ts';

interface Recorded {
  readonly symbol: string;
  readonly type: string;
  readonly tickSize: number;
  readonly contractValueTradePrecision: number;
  readonly maxPositionSize: number;
  readonly openingDate: string;
  readonly lastTradingTime?: string;
  readonly impactMidSize?: number;
  readonly makerProtectionMillis?: number;
  readonly fundingRateCoefficient?: number;
  readonly maxRelativeFundingRate?: number;
  readonly underlying?: string;
  readonly base?: string;
  readonly isin?: string;
  readonly marginLevels?: readonly Readonly<Record<string, number>>[];
}

const { instruments } = JSON.parse(
  readFileSync(
    new URL('../../../../../fixtures/simulator/instruments.json', import.meta.url),
    'utf8',
  ),
) as { readonly instruments: readonly Recorded[] };

const DATED_OR_RECORDED = [
  'impactMidSize',
  'makerProtectionMillis',
  'fundingRateCoefficient',
  'maxRelativeFundingRate',
  'base',
  'isin',
] as const;

describe('exchange instrument catalogue [rest 2.2, 6.2]', () => {
  for (const recorded of instruments) {
    it(`has ${recorded.symbol} as it was recorded`, () => {
      const spec = INSTRUMENT_CATALOGUE.find(({ symbol }) => symbol === recorded.symbol);
      if (spec === undefined) throw new Error(`${recorded.symbol} is in the catalogue`);
      expect(spec.type).to.equal(recorded.type);
      expect(Number(spec.tickSize)).to.equal(recorded.tickSize);
      expect(spec.contractValueTradePrecision).to.equal(recorded.contractValueTradePrecision);
      expect(Number(spec.maxPositionSize)).to.equal(recorded.maxPositionSize);
      expect(spec.lastTradingTime).to.equal(
        recorded.lastTradingTime === undefined ? undefined : Date.parse(recorded.lastTradingTime),
      );
      expect(spec.openingDate).to.equal(Date.parse(recorded.openingDate));
      for (const field of DATED_OR_RECORDED) {
        if (recorded[field] !== undefined)
          expect(String(spec[field]), field).to.equal(String(recorded[field]));
      }
      for (const [i, level] of (recorded.marginLevels ?? []).entries()) {
        const ours = spec.marginLevels[i];
        expect([
          Number(ours?.from),
          Number(ours?.initialMargin),
          Number(ours?.maintenanceMargin),
        ]).to.deep.equal([
          level['numNonContractUnits'] ?? level['contracts'],
          level['initialMargin'],
          level['maintenanceMargin'],
        ]);
      }
    });
  }

  it('lists every dated contract less than a year before it ends', () => {
    const dated = WHOLE_CATALOGUE.filter((spec) => spec.lastTradingTime !== undefined);
    expect(dated.map(({ symbol }) => symbol)).to.include('FI_ETHUSD_261225');
    for (const { symbol, openingDate, lastTradingTime = 0 } of dated) {
      expect(lastTradingTime - openingDate, symbol).to.be.within(1, 366 * 86_400_000);
    }
  });

  it('can be made ready and has an index price for every market, each name once', () => {
    for (const spec of WHOLE_CATALOGUE) {
      const instrument = compileInstrument(spec);
      expect(instrument.maxPositionLots, spec.symbol).to.be.greaterThan(0);
      expect(INDEX_PRICES[spec.underlying], spec.underlying).to.be.a('string');
      // Values in text and back must be exact: price and size steps together within 18 decimals.
      expect(instrument.priceGrid.decimals + instrument.sizeGrid.decimals).to.be.at.most(18);
    }
    const symbols = WHOLE_CATALOGUE.map(({ symbol }) => symbol);
    expect(new Set(symbols).size).to.equal(symbols.length);
  });

  it('lists at least 200 contracts with plausible prices, sizes and margins', () => {
    expect(WHOLE_CATALOGUE.length).to.be.at.least(200);
    expect(WHOLE_CATALOGUE.slice(0, INSTRUMENT_CATALOGUE.length)).to.deep.equal(
      INSTRUMENT_CATALOGUE,
    );
    for (const spec of WHOLE_CATALOGUE) {
      const price = Number(INDEX_PRICES[spec.underlying]);
      const lot = 10 ** -spec.contractValueTradePrecision;
      const usdOf = (size: number): number =>
        spec.type === 'futures_inverse' ? size : size * price;
      expect(Number(spec.tickSize) / price, `${spec.symbol} tick`).to.be.within(1e-6, 2e-3);
      expect(usdOf(lot), `${spec.symbol} lot`).to.be.within(0.001, 100);
      expect(usdOf(Number(spec.maxPositionSize)), `${spec.symbol} limit`).to.be.at.least(9e5);
      for (const { initialMargin, maintenanceMargin } of spec.marginLevels) {
        expect(Number(initialMargin), spec.symbol).to.be.greaterThan(Number(maintenanceMargin));
      }
      const from = spec.marginLevels.map((level) => Number(level.from));
      expect(from, spec.symbol).to.deep.equal([...from].sort((a, b) => a - b));
    }
  });
});
