import { type Money, ONE } from './money.ts';
import { type Venue } from './venue.ts';
import { type Currency } from './vocabulary.ts';

const DOLLARS = new Set<Currency>(['USD', 'USDT', 'USDC']);

/** USD per unit of a currency by its index; stable coins at 1; `undefined` when no market prices it. */
export const indexPriceOf = (venue: Venue, currency: Currency): Money | undefined => {
  if (DOLLARS.has(currency)) return ONE;
  for (const market of venue.markets.values()) {
    if (market.instrument.baseCurrency === currency) return market.index;
  }
  return undefined;
};
