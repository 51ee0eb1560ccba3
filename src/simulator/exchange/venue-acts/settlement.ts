import { type Account, feeOf } from '../model/account.ts';
import { book } from '../trading/bookkeeping.ts';
import { cancelMatching } from '../orders/cancellation.ts';
import { type Market } from '../model/market.ts';
import { type Money, moneyToText } from '../model/money.ts';
import { type Position, positionSize, valueAt } from '../model/position.ts';
import { emit, tally, type Venue } from '../model/venue.ts';

export const settleExpired = (venue: Venue): void => {
  for (const market of venue.markets.values()) {
    const at = market.instrument.spec.lastTradingTime;
    if (!market.expired && at !== undefined && at <= venue.at) settle(venue, market, market.index);
  }
};

/**
 * Ends a contract: cancels open orders (CONTRACT_EXPIRED) and closes every position at `price` with
 * the taker fee [rest 6.2]. The profits of all holders add up to 0, apart from rounding, which the
 * venue keeps.
 */
export const settle = (venue: Venue, market: Market, price: Money): void => {
  market.expired = true;
  venue.nextExpiryAt = nextExpiry(venue);
  for (const account of venue.accounts.values()) {
    cancelMatching(venue, account.uid, {
      isMeant: (order) => order.market === market,
      reason: 'CONTRACT_EXPIRED',
    });
  }
  let residue = 0n;
  for (const account of [...market.holders]) {
    const position = account.positions.get(market.symbol);
    if (position !== undefined) residue += close(venue, market, { account, position, price });
  }
  tally(venue, 'rounding', market.instrument.settlementCurrency, -residue);
  market.holders.clear();
  market.openInterestLots = 0;
  emit(venue, { type: 'Settled', symbol: market.symbol, price: moneyToText(price) });
  emit(venue, stateOf(market));
};

const nextExpiry = (venue: Venue): number => {
  let next = Number.POSITIVE_INFINITY;
  for (const { expired, instrument } of venue.markets.values()) {
    if (!expired) next = Math.min(next, instrument.spec.lastTradingTime ?? next);
  }
  return next;
};

interface Closing {
  readonly account: Account;
  readonly position: Position;
  readonly price: Money;
}

/** Returns the signed value of the position at the settlement price. */
const close = (venue: Venue, market: Market, closing: Closing): Money => {
  const { account, position, price } = closing;
  const { instrument } = market;
  const before = positionSize(instrument, position.lots, position.cost);
  const value = valueAt(instrument, position.lots, price);
  const realized = value - position.cost;
  const fee = feeOf(account, value, 'taker');
  account.positions.delete(market.symbol);
  tally(venue, 'fee', instrument.settlementCurrency, fee);
  const texts = { realizedPnl: moneyToText(realized), fee: moneyToText(fee) };
  book(venue, account, {
    wallet: instrument.wallet,
    currency: instrument.settlementCurrency,
    amount: realized - fee,
    info: 'settlement',
    details: {
      contract: market.symbol,
      oldEntryPrice: before.entryPrice,
      newEntryPrice: '0',
      tradePrice: moneyToText(price),
      markPrice: moneyToText(market.mark),
      ...texts,
    },
  });
  if (account.background) return value;
  emit(venue, {
    type: 'PositionChanged',
    account: account.uid,
    symbol: market.symbol,
    reason: 'settlement',
    before,
    after: { size: '0', entryPrice: '0' },
    realizedFunding: '0',
    feeCurrency: instrument.settlementCurrency,
    price: moneyToText(price),
    fillId: undefined,
    openedAt: position.openedAt,
    ...texts,
  });
  return value;
};

/** The event that tells a market's state. */
export const stateOf = (
  market: Market,
): {
  readonly type: 'MarketStateChanged';
  readonly symbol: string;
  readonly suspended: boolean;
  readonly postOnly: boolean;
  readonly cancelOnly: boolean;
  readonly expired: boolean;
} => ({
  type: 'MarketStateChanged',
  symbol: market.symbol,
  suspended: market.suspended,
  postOnly: market.postOnly,
  cancelOnly: market.cancelOnly,
  expired: market.expired,
});
