import { type Market } from '../model/market.ts';
import {
  divideFloor,
  minMoney,
  maxMoney,
  divideHalfEven,
  ONE,
  times,
  over,
  type Money,
} from '../model/money.ts';
import { type Position } from '../model/position.ts';
import { type EpochMs } from '../../../lib/time.ts';
import { needMoney } from '../model/instruments/instrument.ts';

const HOUR_MS = 3_600_000n;

/**
 * Funding per lot since the market opened: it accrues continuously at an absolute rate per contract
 * unit and hour [rest 6.2]. A whole number of 10^-18 units, so that what longs pay is exactly what
 * shorts get.
 */
export const cumulativeFunding = (market: Market, at: EpochMs): Money => {
  const { funding, instrument } = market;
  const elapsed = BigInt(Math.max(0, Math.floor(at - funding.since)));
  const perUnit = funding.rate * elapsed;
  return funding.cumulative + divideFloor(perUnit * instrument.sizeGrid.step, HOUR_MS * ONE);
};

/** Funding that a position has earned (positive) or owes since it was last realised. */
export const unrealizedFunding = (market: Market, position: Position, at: EpochMs): Money =>
  -BigInt(position.lots) * (cumulativeFunding(market, at) - position.fundingMark);
/** Average premium of the running period divided by the coefficient, within the market's bounds. */
export const predictedRelativeRate = (market: Market): Money => {
  const { premium, instrument } = market;
  const coefficient = BigInt(instrument.spec.fundingRateCoefficient ?? 24);
  const elapsed = BigInt(Math.max(1, Math.floor(premium.at - premium.since)));
  const rate = divideHalfEven(premium.sum, elapsed * coefficient);
  const bound = needMoney(instrument.spec.maxRelativeFundingRate ?? '0.0025');
  return maxMoney(-bound, minMoney(bound, rate));
};

/**
 * Per contract unit and hour: relative x index in USD on linear, relative / index in the base on
 * inverse contracts.
 */
export const absoluteRate = (market: Market, relative: Money): Money =>
  market.instrument.inverse ? over(relative, market.index) : times(relative, market.index);
