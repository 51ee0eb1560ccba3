import { epochMs } from '../../../lib/time.ts';
import { absoluteRate, cumulativeFunding, predictedRelativeRate } from '../reads/funding.ts';
import { realizeFunding } from '../trading/funding-payment.ts';
import { FUNDING_HISTORY_HOURS_MAX, type Market } from '../model/market.ts';
import { moneyToText } from '../model/money.ts';
import { positionSize } from '../model/position.ts';
import { updateMark } from './prices.ts';
import { emit, type Venue } from '../model/venue.ts';

/**
 * Ends a funding period in every perpetual market: pays the accrued funding and sets the next rate
 * (hourly, [rest 6.2]).
 */
export const endFundingPeriod = (venue: Venue): void => {
  for (const market of venue.markets.values()) {
    if (market.instrument.perpetual && !market.expired) endPeriodOf(venue, market);
  }
  venue.nextFundingAt = epochMs(venue.nextFundingAt + venue.rules.fundingPeriodMs);
};

/** Pays the accrued funding of one market and sets its next rate. */
export const endPeriodOf = (venue: Venue, market: Market): void => {
  payFunding(venue, market);
  updateMark(venue, market);
  const { funding, premium } = market;
  funding.cumulative = cumulativeFunding(market, venue.at);
  funding.since = venue.at;
  funding.relative = predictedRelativeRate(market);
  funding.rate = absoluteRate(market, funding.relative);
  premium.sum = 0n;
  premium.since = venue.at;
  funding.history.push({ at: venue.at, rate: funding.rate, relative: funding.relative });
  if (funding.history.length > FUNDING_HISTORY_HOURS_MAX) funding.history.shift();
  emit(venue, {
    type: 'FundingRateSet',
    symbol: market.symbol,
    fundingRate: moneyToText(funding.rate),
    relativeFundingRate: moneyToText(funding.relative),
  });
};

/** Pays the accrued funding of every position in a market. */
const payFunding = (venue: Venue, market: Market): void => {
  const { instrument } = market;
  for (const account of market.holders) {
    const position = account.positions.get(market.symbol);
    if (position === undefined) continue;
    const amount = realizeFunding(venue, market, account);
    if (amount === 0n || account.background) continue;
    const size = positionSize(instrument, position.lots, position.cost);
    emit(venue, {
      type: 'PositionChanged',
      account: account.uid,
      symbol: market.symbol,
      reason: 'fundingRealisation',
      before: size,
      after: size,
      realizedPnl: '0',
      realizedFunding: moneyToText(amount),
      fee: '0',
      feeCurrency: instrument.settlementCurrency,
      price: undefined,
      fillId: undefined,
      openedAt: position.openedAt,
    });
  }
};
