import { type Account } from '../model/account.ts';
import { type Market } from '../model/market.ts';
import { type Money, moneyToText } from '../model/money.ts';
import { type Venue } from '../model/venue.ts';
import { cumulativeFunding } from '../reads/funding.ts';
import { book } from './bookkeeping.ts';

/** Pays accrued funding: before every change of a position and at the end of every period. */
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
