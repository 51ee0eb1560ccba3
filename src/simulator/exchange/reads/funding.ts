import { type Account } from '../model/account.ts';
import { book } from '../trading/bookkeeping.ts';
import { type Market } from '../model/market.ts';
import { divideFloor, moneyToText, ONE, type Money } from '../model/money.ts';
import { type Position } from '../model/position.ts';
import { type Venue } from '../model/venue.ts';
import { type EpochMs } from '../../../lib/time.ts';

const HOUR_MS = 3_600_000n;

/**
 * Funding per lot since the market opened: it accrues continuously at an absolute rate per contract unit and hour
 * (rest 6.2). A whole number of 10^-18 units, so that what longs pay is exactly what shorts get.
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

/** Pays out what has accrued; done before every change of a position and at the end of every period. */
export const realizeFunding = (venue: Venue, market: Market, account: Account): Money => {
  const position = account.positions.get(market.symbol);
  if (position === undefined) return 0n;
  const cumulative = cumulativeFunding(market, venue.at);
  const amount = -BigInt(position.lots) * (cumulative - position.fundingMark);
  position.fundingMark = cumulative;
  if (amount === 0n) return 0n;
  const { wallet, settlementCurrency } = market.instrument;
  book(venue, account, {
    wallet,
    currency: settlementCurrency,
    amount,
    info: 'funding rate change',
    details: {
      contract: market.symbol,
      markPrice: moneyToText(market.mark),
      fundingRate: moneyToText(market.funding.rate),
      realizedFunding: moneyToText(amount),
    },
  });
  return amount;
};
